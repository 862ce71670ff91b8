import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { within } from '../support/once.ts';
import { accepts, freePorts } from './ports.ts';
import { program } from './programs.ts';

/** An nghttpd of the test's own, which sends back what is posted to it. */
export class Nghttpd implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'qnetwork-nghttpd-'));
  port = 0;
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();

  /** Writes a file to be served under this name. */
  put(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, 'docs', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** With the key and the certificate of a server it speaks TLS. */
  async start(identity: { key: string; cert: string } | null, ...options: string[]): Promise<this> {
    const files = ['key.pem', 'cert.pem'].map((name) => join(this.folder, name));
    if (identity !== null) [identity.key, identity.cert].forEach((content, i) => void writeFileSync(files[i]!, content));
    for (let attempt = 1; ; attempt++) {
      [this.port] = (await freePorts(1)) as [number];
      const words = ['-a', '127.0.0.1', '-d', join(this.folder, 'docs'), '--echo-upload', ...options, `${this.port}`];
      const child = spawn(program('nghttpd')!, [...words, ...(identity === null ? ['--no-tls'] : files)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      this.process = child;
      let complaints = '';
      child.stderr.on('data', (data: Buffer) => {
        complaints += data.toString();
      });
      this.over = new Promise((resolve) => void child.on('close', () => resolve()));
      while (child.exitCode === null && !(await accepts(this.port)));
      if (child.exitCode === null) return this;
      // somebody else may have taken the port
      if (attempt === 3) throw new Error(`nghttpd did not start:\n${complaints}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process?.kill('SIGKILL');
    await within(this.over, 'the end of nghttpd');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
