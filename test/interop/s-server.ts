import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Minted } from '../support/mint.ts';
import { until, within } from '../support/once.ts';
import { accepts, freePorts } from './ports.ts';
import { program } from './programs.ts';

/** What the machine's openssl.cnf says about versions and strength does not count. */
const ENVIRONMENT = { ...process.env, OPENSSL_CONF: '/dev/null' };

/** All suites that OpenSSL has left, however weak. */
const ANYTHING = 'ALL:eNULL:aNULL:@SECLEVEL=0';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage';

const LAST = 'the end';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Showing {
  /** The server's certificate and those it shows behind it; none = it has none. */
  readonly chain?: readonly Minted[];
  /** More of what `openssl s_server -help` lists. What is PEM goes into a file. */
  readonly options?: readonly string[];
  /** What is answered to each request; '' = nothing. */
  readonly answer?: string;
  /** It also speaks of its handshakes; then `heard` is not only what clients say, and what is said to it may be a command. */
  readonly talkative?: boolean;
}

/** `openssl s_server`: one connection after the other; what clients say comes out of it, what is put into it goes to the client. */
export class SServer implements AsyncDisposable {
  /** What clients have said after their handshakes, to the byte. */
  heard = '';
  port = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'qnetwork-openssl-'));
  private readonly showing: Showing;
  private server: Child | null = null;
  private readonly ends: Promise<void>[] = [];
  private answered = 0;

  constructor(showing: Showing) {
    this.showing = showing;
  }

  async start(): Promise<this> {
    const { chain = [], options = [], talkative = false } = this.showing;
    const [own, ...above] = chain;
    const identity = own === undefined ? ['-nocert'] : ['-cert', own.pem, '-key', own.keyPem];
    if (above.length > 0) identity.push('-cert_chain', above.map((one) => one.pem).join(''));
    if (!options.includes('-cipher')) identity.push('-cipher', ANYTHING);
    const words = [...identity, ...options].map((word, i) =>
      word.startsWith('-----BEGIN') ? this.file(`${i}.pem`, word) : word,
    );
    for (let attempt = 1; ; attempt++) {
      [this.port] = (await freePorts(1)) as [number];
      const where = ['-accept', `127.0.0.1:${this.port}`, ...(talkative ? [] : ['-quiet'])];
      const child = this.run('s_server', ...where, ...words);
      let complaints = '';
      child.stderr.on('data', (data: Buffer) => {
        complaints += data.toString();
      });
      child.stdout.on('data', (data: Buffer) => this.hear(data.toString('latin1')));
      this.server = child;
      while (child.exitCode === null && !(await accepts(this.port)));
      if (child.exitCode === null) return this;
      // somebody else may have taken the port
      if (attempt === 3) throw new Error(`openssl s_server did not start:\n${complaints}`);
    }
  }

  url(path = '/'): string {
    return `https://127.0.0.1:${this.port}${path}`;
  }

  /** To the client of the moment; to a talkative server it may be a command. */
  say(text: string): Promise<void> {
    return new Promise((resolve) => void this.server!.stdin.write(text, 'latin1', () => resolve()));
  }

  /** Its connections end without a word of TLS. */
  kill(): void {
    this.server?.kill('SIGKILL');
  }

  /**
   * All that clients have said so far. Another client comes and says a last word: it is served when the connections before it are over,
   * so nothing of theirs can come behind it.
   */
  async whenAllHeard(...options: string[]): Promise<string> {
    const client = this.run('s_client', '-connect', `127.0.0.1:${this.port}`, '-cipher', ANYTHING, '-quiet', ...options);
    client.stdin.write(LAST);
    await until(() => this.heard.endsWith(LAST), 'the last word of openssl s_client');
    client.kill('SIGKILL');
    this.heard = this.heard.slice(0, -LAST.length);
    return this.heard;
  }

  private run(...words: string[]): Child {
    const child = spawn(program('openssl')!, words, { stdio: 'pipe', env: ENVIRONMENT });
    child.stdin.on('error', () => {});
    child.stdout.resume();
    child.stderr.resume();
    this.ends.push(
      new Promise((resolve) => {
        child.on('close', () => resolve());
      }),
    );
    return child;
  }

  private file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  private hear(text: string): void {
    this.heard += text;
    const { answer = PAGE } = this.showing;
    const requests = this.heard.split('\r\n\r\n').length - 1;
    for (; this.answered < requests; this.answered++) if (answer !== '') void this.say(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await within(Promise.all(this.ends), 'the end of openssl');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
