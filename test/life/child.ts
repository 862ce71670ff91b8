import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PACKAGE = new URL('../../dist/index.js', import.meta.url);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** From the first line it printed to its end, in milliseconds. */
  readonly lingered: number;
}

export interface ChildOptions {
  /** Hears how many lines were printed. */
  readonly spoke?: (process_: ChildProcess, lines: number) => void;
  /** A script of `sh` that starts the process: `exec "$0" "$@"`, after what has to be said before. */
  readonly shell?: string;
}

/** Runs `code`, an ES module with everything of the built package in scope and its arguments in `args`, in a process of its own. */
export function child(
  code: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
  { spoke = () => {}, shell }: ChildOptions = {},
): Promise<Ended> {
  if (!existsSync(fileURLToPath(PACKAGE))) throw new Error('dist/index.js is missing: npm run build');
  const names =
    'QNetworkAccessManager, QNetworkRequest, QHstsPolicy, QHttp1Configuration, QNetworkReply, QSsl, QSslCertificate, QSslConfiguration';
  const module = `import { ${names} } from ${JSON.stringify(PACKAGE.href)};\nconst args = process.argv.slice(1);\n${code}`;
  const words = [process.execPath, '--input-type=module', '-e', module, ...args];
  const [command = '', ...rest] = shell === undefined ? words : ['sh', '-c', shell, ...words];
  const process_ = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void process_.kill('SIGKILL'));
  let lines = 0;
  process_.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    spoke(process_, lines);
  });
  return ended(process_);
}

function ended(process_: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  let spoke = 0;
  process_.stdout!.on('data', (chunk: Buffer) => {
    if (spoke === 0) spoke = performance.now();
    out += chunk.toString();
  });
  process_.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => {
    process_.on('close', (code, signal) => resolve({ code, signal, out, err, lingered: performance.now() - spoke }));
  });
}
