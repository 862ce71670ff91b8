import type { Environment } from '../../rules/proxy/environment.ts';

/** What of the machine tells about proxies. */
export interface SettingsMachine {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  /** The home of the user, '' when it is not known. */
  readonly home: string;
  /** What a program writes, '' when there is none, it fails, takes too long or says too much. */
  output(program: string, args: readonly string[]): Promise<string>;
  /** The text of a file, '' when it cannot be read or is too large. */
  text(path: string): Promise<string>;
}

const LONGEST_MS = 2000;
const LARGEST = 1_048_576;

/** This one. */
export function thisMachine(): SettingsMachine {
  const { platform, env } = process;
  return { platform, env, home: process.getBuiltinModule('node:os').homedir(), output, text };
}

function output(program: string, args: readonly string[]): Promise<string> {
  const options = { timeout: LONGEST_MS, killSignal: 'SIGKILL', maxBuffer: LARGEST, windowsHide: true } as const;
  return new Promise((done) => {
    process.getBuiltinModule('node:child_process').execFile(program, [...args], options, (error, said) => {
      done(error === null ? said : '');
    });
  });
}

async function text(path: string): Promise<string> {
  const { open } = process.getBuiltinModule('node:fs/promises');
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return size > LARGEST ? '' : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
