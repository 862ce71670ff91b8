import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from '../support/once.ts';
import { program } from './programs.ts';

/** A server of the test's own: it listens on a unix socket in a folder of its own and writes nothing to disk. */
export class RedisServer implements AsyncDisposable {
  readonly folder: string;
  /** What SharedCache takes for its url. */
  readonly path: string;
  private readonly options: readonly string[];
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();
  private words = '';

  constructor(...options: string[]) {
    this.folder = mkdtempSync(join(tmpdir(), 'qnetwork-redis-'));
    this.path = join(this.folder, 'socket');
    this.options = options;
  }

  async start(): Promise<this> {
    const words = ['--save', '', '--appendonly', 'no', '--port', '0', '--unixsocket', this.path, '--dir', this.folder];
    const child = spawn(program('redis-server')!, [...words, ...this.options], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.process = child;
    this.words = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.words += chunk.toString();
    });
    this.over = new Promise((resolve) => child.on('close', () => resolve()));
    await until(
      () => /Ready to accept|ready to accept/.test(this.words) || child.exitCode !== null,
      'the start of redis-server',
      10_000,
    );
    if (child.exitCode !== null) throw new Error(`redis-server did not start:\n${this.words}`);
    return this;
  }

  /** It answers nothing from now on, but nobody is told. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Dies without a word, and forgets everything. */
  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    await within(this.over, 'the end of redis-server', 10_000);
    this.process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
