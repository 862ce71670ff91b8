import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { within } from '../support/once.ts';
import { accepts, freePorts } from './ports.ts';
import { program } from './programs.ts';

/** How a server is started; it stays in the foreground. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Ends the server when its own input ends, which also happens when the tests are killed. */
const leash = (signal: string): string => `exec 3<&0
"$@" 3<&- </dev/null &
child=$!
(read -r line; kill -${signal} $child; sleep 5; kill -9 $child) <&3 >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $child
status=$?
kill $guard
exit $status`;

/** A server in a folder and on ports of its own. */
export class Daemon implements AsyncDisposable {
  readonly folder: string;
  ports: readonly number[] = [];
  /** What it printed. */
  printed = '';
  private readonly name: string;
  private readonly signal: 'TERM' | 'KILL';
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();

  /** `signal` ends it; what still stands after 5 s is killed. */
  constructor(name: string, signal: 'TERM' | 'KILL' = 'TERM') {
    this.name = name;
    this.signal = signal;
    this.folder = mkdtempSync(join(tmpdir(), `qnetwork-${name}-`));
    // a server that root starts becomes somebody who may not look into the folders of others
    chmodSync(this.folder, 0o755);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** A folder in which also somebody else may write. */
  shared(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    chmodSync(this.path(name), 0o777);
    return this.path(name);
  }

  /** What stands in a file; '' when there is none. */
  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  /** Starts it with so many free ports, and waits until it listens on all of them. */
  async start(count: number, launch: (ports: readonly number[]) => Launch): Promise<this> {
    for (let attempt = 1; ; attempt++) {
      this.ports = await freePorts(count);
      const { command, args, env } = launch(this.ports);
      const child = spawn('/bin/sh', ['-c', leash(this.signal), 'leash', program(command)!, ...args], {
        cwd: this.folder,
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      this.process = child;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          this.printed += data.toString();
        });
      }
      this.over = new Promise((resolve) => void child.on('close', () => resolve()));
      const end = performance.now() + 20_000;
      const waits = (): boolean => child.exitCode === null && child.signalCode === null && performance.now() < end;
      for (const port of this.ports) while (waits() && !(await accepts(port)));
      if (waits()) return this;
      await this.stop();
      // somebody else may have taken a port
      if (attempt < 3) continue;
      rmSync(this.folder, { recursive: true, force: true });
      throw new Error(`${this.name} did not start:\n${this.printed}`);
    }
  }

  private async stop(): Promise<void> {
    this.process?.stdin?.destroy();
    await within(this.over, `the end of ${this.name}`, 10_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
