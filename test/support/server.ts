import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Answer, bytes, type Ending, ending, script } from './answer.ts';
import { Incoming, type OpenRequest, type SeenRequest } from './incoming.ts';
import { Listening } from './listening.ts';

export type { Answer, SeenRequest };

/** One answer for ever, a list (the last one stays), or a decision for each request. */
export type Route = Answer | readonly Answer[] | ((request: SeenRequest, nth: number) => Answer);

export interface Origin {
  /** By `METHOD /path`, `/path` (a query is ignored) or `*`. Nothing fits: 404. */
  readonly routes?: Readonly<Record<string, Route>>;
  /** What happens to a connection before it says anything; a function decides by its number, from 1. */
  readonly connect?: ConnectFault | ((connection: number) => ConnectFault | undefined);
  /** What happens at the first byte that comes, whatever it is. */
  readonly refuse?: { readonly write?: string; readonly end: 'close' | 'reset' };
  /** Speaks TLS with these settings (`identity()` of `tls.ts`). */
  readonly tls?: TlsOptions;
  /** With `tls`: who does not begin with a handshake is answered in the clear. */
  readonly plainToo?: boolean;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Path of a local socket to listen on instead. */
  readonly socket?: string;
}

export type ConnectFault = 'hang' | { readonly end: 'close' | 'reset'; readonly delay?: number; readonly write?: string };

/** One connection that said something, or to which something was done. */
export interface SeenConnection {
  readonly number: number;
  readonly secure: boolean;
  requests: number;
  open: boolean;
}

export interface Served {
  readonly port: number;
  /** Absolute URL of a path here. */
  url(path?: string): string;
  /** In the order in which their heads arrived. */
  readonly requests: readonly SeenRequest[];
  /** In the order of their first byte; connections that never said anything are not in it. */
  readonly connections: readonly SeenConnection[];
  /** Sockets accepted so far, talkative or not, and those open now. */
  readonly accepted: number;
  readonly open: number;
  /** Waits until so many requests have arrived; fails after `limit` milliseconds. */
  whenRequests(count: number, limit?: number): Promise<void>;
  /** Waits until no client socket is open. */
  whenIdle(limit?: number): Promise<void>;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Type of the TLS records that a connection begins with (RFC 8446 5.1). */
const HANDSHAKE = 22;

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A scripted origin on a port of its own: `await using server = await serve({ routes: { '/x': { body: 'hello' } } })`. */
export async function serve(origin: Origin = {}): Promise<Served> {
  const house = new House(origin);
  await house.listen(origin.socket ?? origin.port, origin.host);
  return house;
}

class House extends Listening implements Served {
  readonly requests: SeenRequest[] = [];
  readonly connections: SeenConnection[] = [];
  accepted = 0;
  readonly #origin: Origin;
  protected readonly server: Server;
  readonly #asked = new Map<Route, number>();

  constructor(origin: Origin) {
    super();
    this.#origin = origin;
    // Half-open sockets: a client that has sent its FIN may still read the answer.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
  }

  url(path = '/'): string {
    if (this.#origin.socket !== undefined) return `unix+http://${encodeURIComponent(this.#origin.socket)}${path}`;
    const host = this.#origin.host ?? '127.0.0.1';
    return `${this.#origin.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${this.port}${path}`;
  }

  protected override accept(socket: Socket): void {
    super.accept(socket);
    this.accepted++;
    answerEnd(socket);
    const { connect, refuse } = this.#origin;
    const fault = typeof connect === 'function' ? connect(this.accepted) : connect;
    if (fault !== undefined) {
      this.#register(socket);
      void this.#spoil(socket, fault);
    } else if (refuse !== undefined) {
      this.#register(socket);
      socket.once('data', () => void this.#spoil(socket, refuse));
    } else if (this.#origin.tls !== undefined) {
      if (this.#origin.plainToo === true) void this.#eitherWay(socket, this.#origin.tls);
      else this.#secure(socket, this.#origin.tls);
    } else {
      this.#greet(socket, socket);
    }
  }

  #register(socket: Duplex, secure = false): SeenConnection {
    const connection: SeenConnection = { number: this.connections.length + 1, secure, requests: 0, open: true };
    this.connections.push(connection);
    socket.once('close', () => {
      connection.open = false;
    });
    return connection;
  }

  async #spoil(socket: Socket, fault: ConnectFault): Promise<void> {
    socket.resume();
    if (fault === 'hang') return;
    if (fault.delay !== undefined) await later(fault.delay);
    if (socket.destroyed) return;
    if (fault.write !== undefined) socket.write(fault.write, 'latin1');
    if (fault.end === 'reset') reset(socket);
    else socket.end();
  }

  async #eitherWay(socket: Socket, options: TlsOptions): Promise<void> {
    const [first] = (await once(socket, 'data').catch(() => [])) as Buffer[];
    if (first === undefined) return;
    socket.pause();
    socket.unshift(first);
    if (first[0] === HANDSHAKE) this.#secure(socket, options);
    else this.#greet(socket, socket);
  }

  #secure(socket: Socket, options: TlsOptions): void {
    // a client that goes before the handshake is over would otherwise never be noticed
    socket.allowHalfOpen = false;
    const server = createTlsServer(options, (stream) => {
      stream.allowHalfOpen = true;
      stream.on('error', () => {});
      // the socket below says nothing of its end once TLS reads from it
      answerEnd(stream);
      this.#greet(stream, socket);
    });
    server.on('tlsClientError', () => socket.destroy());
    server.emit('connection', socket);
  }

  /** A connection counts from its first byte, so that one opened in advance and never used does not. */
  #greet(stream: Duplex, socket: Socket): void {
    stream.once('readable', () => {
      if (stream.readableLength > 0) void this.#converse(stream, socket, this.#register(socket, stream !== socket));
      else stream.resume();
    });
  }

  async #converse(stream: Duplex, socket: Socket, connection: SeenConnection): Promise<void> {
    const incoming = new Incoming(stream);
    for (;;) {
      const request = await incoming.head(connection.number);
      if (request === null) return;
      this.requests.push(request);
      connection.requests++;
      const answer = await this.#choose(request, incoming, stream);
      const how = await this.#reply(stream, answer, request, incoming);
      if (how === 'keep') continue;
      if (how === 'hang') return incoming.abandon();
      // A reset on the heels of data looks like an orderly end to a Node client (libuv reports the hang-up as end of file).
      const gap = answer.endDelay ?? (how === 'reset' && answer.fault !== 'reset before head' ? 20 : 0);
      if (gap > 0) await later(gap);
      if (how === 'reset') reset(socket);
      else stream.end();
      return;
    }
  }

  /** A decision sees the whole request; `early` answers are therefore values, not functions. */
  async #choose(request: OpenRequest, incoming: Incoming, stream: Duplex): Promise<Answer> {
    const route = this.#route(request);
    const nth = (this.#asked.get(route) ?? 0) + 1;
    this.#asked.set(route, nth);
    if (typeof route === 'function') {
      await incoming.body(request);
      return route(request, nth);
    }
    const list: readonly Answer[] = Array.isArray(route) ? route : [route as Answer];
    const answer = list[Math.min(nth, list.length) - 1] ?? { status: 500, body: 'the script has no answer' };
    if (answer.atHead !== undefined) await write(stream, bytes(answer.atHead));
    if (answer.early !== true) await incoming.body(request);
    return answer;
  }

  #route(request: SeenRequest): Route {
    const routes = this.#origin.routes ?? {};
    const path = request.target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?')[0] ?? '/';
    return routes[`${request.method} ${path}`] ?? routes[path] ?? routes['*'] ?? NOT_FOUND;
  }

  async #reply(stream: Duplex, answer: Answer, request: OpenRequest, incoming: Incoming): Promise<Ending> {
    const fault = answer.fault;
    if (typeof fault === 'string') {
      if (answer.delay !== undefined) await later(answer.delay);
      return fault === 'close before head' ? 'close' : fault === 'reset before head' ? 'reset' : 'hang';
    }
    const [kind, limit] =
      fault === undefined ? (['', Number.POSITIVE_INFINITY] as const) : (Object.entries(fault)[0] as [string, number]);
    let left = limit;
    for (const step of script(answer, request.method)) {
      if ('pause' in step) {
        await later(step.pause);
        continue;
      }
      await write(stream, step.subarray(0, Math.min(left, step.length)));
      if (stream.destroyed) return 'hang';
      left -= step.length;
      if (left <= 0) return kind === 'close' ? 'close' : kind === 'reset' ? 'reset' : 'hang';
    }
    if (answer.early === true && answer.drain !== false) await incoming.body(request);
    return ending(answer, /close/i.test(request.header('connection') ?? ''));
  }
}

const NOT_FOUND: Answer = { status: 404, body: 'no such route' };

/** Answers the client's FIN with ours, but leaves a moment for an answer that is being written. */
function answerEnd(stream: Duplex): void {
  stream.on('end', () => setTimeout(() => stream.destroyed || stream.end(), 5));
}

/** RST without a FIN before it: Node's own way ends the stream first, and the peer may then see an orderly end. */
function reset(socket: Socket): void {
  socket._final = (done) => done();
  socket.resetAndDestroy();
}

/** Writes with back-pressure; a connection that is gone swallows the bytes. */
function write(stream: Duplex, data: Buffer): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.write(data)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
