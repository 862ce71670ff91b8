import type { QNetworkAccessManager, QNetworkReply } from '../../src/index.ts';
import { fresh, type Heard, Trace, turns } from '../api/bridge/support.ts';
import { useRecordedNames } from '../parity/lib/names.ts';
import { until, within } from '../support/once.ts';
import { type Origin, type Served, serve } from '../support/server.ts';
import { identity, trustTestAuthority } from '../support/tls.ts';

// names that end in .invalid do not exist, and no name server is asked
useRecordedNames();

/** What the origin of a row offers. */
export const ROUTES = {
  '/hello': { body: 'hello world' },
  '/chunked': { body: 'hello world', framing: 'chunked' },
  '/until-close': { body: 'hello world', framing: 'close' },
  '/204': { status: 204 },
  '/304': { status: 304, headers: { ETag: '"x"' } },
  '/404': { status: 404, body: 'nope' },
  '/500': { status: 500, body: 'oops', framing: 'chunked' },
  '/cut': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'close' },
  '/cut-chunks': { body: '0123456789', framing: 'chunked', truncate: 10, end: 'close' },
  '/reset': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'reset' },
  '/stall': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'hang' },
  '/never': { fault: 'stall before head' },
  '/slow': { body: 'slow', delay: 20 },
  '/pieces': { body: 'aabbcc', chunks: [2, 2], pause: 10 },
  '/secret': [{ status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' }, body: 'denied' }, { body: 'hello world' }],
  '/denied': { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' }, body: 'denied' },
  '/twice': [{ fault: 'close before head' }, { body: 'hello world' }],
  '/found': { status: 302, headers: { Location: '/hello' }, body: 'elsewhere' },
  '/found-404': { status: 302, headers: { Location: '/404' }, body: 'elsewhere' },
  '/other': { status: 303, headers: { Location: '/found' }, body: 'elsewhere' },
  '/same': { status: 307, headers: { Location: '/hello' }, body: 'elsewhere' },
  '/loop': { status: 301, headers: { Location: '/loop' }, body: 'elsewhere' },
  '/elsewhere': { status: 302, headers: { Location: 'http://127.0.0.1:1/' }, body: 'elsewhere' },
  '/ftp': { status: 302, headers: { Location: 'ftp://127.0.0.1/' }, body: 'elsewhere' },
  '/nowhere': { status: 302, body: 'elsewhere' },
  '/kept': { headers: { 'Cache-Control': 'max-age=600' }, body: 'hello world' },
  '/kept-404': { status: 404, headers: { 'Cache-Control': 'max-age=600' }, body: 'nope' },
  '/kept-found': { status: 302, headers: { 'Cache-Control': 'max-age=600', Location: '/kept' }, body: 'elsewhere' },
  '/asked': [{ headers: { ETag: '"x"' }, body: 'hello world' }, { status: 304 }],
  '/renewed': [{ headers: { ETag: '"x"' }, body: 'bye' }, { body: 'hello world' }],
} as const satisfies Origin['routes'];

/** One situation of Qt's behaviour reference and what is heard in it. */
export interface Row {
  /** Number of the row, or the call, in section 1 of semantics.md. */
  readonly of: string;
  readonly title: string;
  /** Over TLS; `selfsigned`: with a certificate that nobody trusts. */
  readonly tls?: true | 'selfsigned';
  /** Brings the situation about, with {@link Scene.record}; what it gives is compared with `facts`. */
  readonly play: (scene: Scene) => Promise<unknown>;
  /** Signals with their arguments; `> call` and `< call` are the beginning and the end of a call that the test makes. */
  readonly order: readonly string[];
  readonly facts?: unknown;
  /** Why neighbours that are the same cannot be told apart. */
  readonly alike?: string;
}

/** Stands between a signal and its slots while a row is played. */
export interface Prompter {
  marked(line: string): void;
}

/** A server, a manager, and everything that one reply says. */
export class Scene {
  readonly server: Served;
  readonly manager: QNetworkAccessManager = fresh();
  prompter: Prompter | null = null;
  /** How long anything may take, in milliseconds. */
  patience = 5_000;
  private trace: Trace | null = null;

  private constructor(server: Served) {
    this.server = server;
  }

  static async open(row: Row): Promise<Scene> {
    if (row.tls === undefined) return new Scene(await serve({ routes: ROUTES }));
    trustTestAuthority();
    return new Scene(await serve({ routes: ROUTES, tls: identity(row.tls === true ? 'good' : row.tls) }));
  }

  at(path: string): string {
    return this.server.url(path);
  }

  /** Writes down what the reply says from now on. */
  record<R extends QNetworkReply>(reply: R, names?: readonly Heard[]): R {
    this.trace = new Trace(this.manager, reply, names);
    return reply;
  }

  /** What was heard, URLs of the server shortened to their path. */
  get lines(): string[] {
    return (this.trace?.all ?? []).map((line) => this.shown(line));
  }

  lineOf(signal: object, args: readonly unknown[]): string | null {
    const line = this.trace?.lineOf(signal, args) ?? null;
    return line === null ? null : this.shown(line);
  }

  private shown(line: string): string {
    return line.replace(this.at(''), '');
  }

  /** Makes a call that the record shows, with what is said inside of it. */
  call(name: string, f: () => void): void {
    this.mark(`> ${name}`);
    f();
    this.mark(`< ${name}`);
  }

  mark(line: string): void {
    this.trace!.mark(line);
    this.prompter?.marked(line);
  }

  /** Waits for the end of the reply, and for what must not come after it. */
  async over(reply: QNetworkReply): Promise<void> {
    if (!reply.isFinished()) await this.within(ended(reply));
    await turns(5);
  }

  /** Records a reply from its first signal to its last. */
  async whole(reply: QNetworkReply, names?: readonly Heard[]): Promise<void> {
    this.record(reply, names);
    // data: and file: are finished at once and speak later
    if (reply.isFinished()) await this.within(ended(reply));
    await this.over(reply);
  }

  /** A connection stands when this is over. */
  async warm(): Promise<void> {
    await this.manager.get(this.at('/hello')).bytes();
  }

  /** Waits until no connection of the manager is left, so that the server cannot be heard any more. */
  async silence(): Promise<void> {
    await until(() => this.server.open === 0, 'the end of the connections', this.patience);
    await turns(5);
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return within(promise, 'what the row waits for', this.patience);
  }

  async close(): Promise<void> {
    await this.manager.close();
    await this.server.close();
  }
}

function ended(reply: QNetworkReply): Promise<void> {
  return new Promise((resolve) => {
    reply.finished.connect(() => resolve());
    reply.destroyed.connect(() => resolve());
  });
}

/** Plays a row and tells what was heard, and what came of it. */
export async function play(row: Row, prepare?: (scene: Scene) => void): Promise<{ lines: string[]; facts: unknown }> {
  const scene = await Scene.open(row);
  try {
    prepare?.(scene);
    const facts = await row.play(scene);
    return { lines: scene.lines, facts };
  } finally {
    await scene.close();
  }
}
