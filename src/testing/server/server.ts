import type { Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import { aFlag, between, type Check, is, isRecord, show, text } from './check.ts';
import type { Layer, Line } from './line.ts';
import { Listening } from './listening.ts';
import type { TestConnection, TestOrigin } from './origin.ts';
import type { TestRequest } from './request.ts';
import { Script } from './script.ts';

/** What `createTestServer` plays, and where. */
export interface TestServerScript extends TestOrigin {
  /**
   * Speaks TLS with these settings of `tls.createServer`; `identity()` of a `createTestAuthority()` makes the least of them. Default: no TLS.
   */
  readonly tls?: TlsOptions;
  /** With `tls`: who does not begin with a handshake is answered in the clear. Default false. */
  readonly plainToo?: boolean;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Path of a local socket to listen on instead. */
  readonly socket?: string;
  /** Whose time delays and pauses take. Default that of the machine. */
  readonly clock?: Clock;
}

/** A server under a test. It ends with `close()`, or by itself with `await using`. */
export interface TestServer {
  /** The one it listens on; 0 with a local socket. */
  readonly port: number;
  /** Absolute URL of a path here. Default `/`. */
  url(path?: string): string;
  /** In the order in which their heads arrived. */
  readonly requests: readonly TestRequest[];
  /** Those of them that no route fits; they were answered with 404. */
  readonly unexpected: readonly TestRequest[];
  /** In the order of their first byte; connections that never said anything are not in it. */
  readonly connections: readonly TestConnection[];
  /** Sockets accepted so far, talkative or not. */
  readonly accepted: number;
  /** Those open now. */
  readonly open: number;
  /** Waits until so many requests have arrived; fails after `limit` milliseconds (default 5000). */
  whenRequests(count: number, limit?: number): Promise<void>;
  /** Waits until no client socket is open; fails after `limit` milliseconds (default 5000). */
  whenIdle(limit?: number): Promise<void>;
  /**
   * Throws an Error when not everything went as the script has it, naming each request that no route fits, each route that threw, and what
   * could not be said. For the end of a test.
   */
  verify(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Type of the TLS records that a connection begins with (RFC 8446 5.1). */
const HANDSHAKE = 22;

/** What of a script is about the place. */
const PLACE: Readonly<Record<'tls' | 'plainToo' | 'host' | 'port' | 'socket' | 'clock', Check>> = {
  tls: is('settings of tls.createServer, as createTestAuthority().identity() makes them', isRecord),
  plainToo: aFlag,
  host: text,
  port: between(0, 65_535),
  socket: text,
  clock: is('a clock', (value) => isRecord(value) && typeof value['after'] === 'function'),
};

/**
 * A server on a port of loopback that does what the script says. A script that cannot be meant is a TypeError or RangeError at once, which
 * names the place in it; a port that is taken, what the system says.
 *
 * @example await using server = await createTestServer({ routes: { '/x': { body: 'hello' } } });
 * await manager.get(server.url('/x')).text(); // hello
 * server.requests[0].header('User-Agent');
 */
export async function createTestServer(script: TestServerScript = {}): Promise<TestServer> {
  if (!isRecord(script as unknown))
    throw new TypeError(`createTestServer() takes a script, as in { routes: { '/': {} } }, not ${show(script)}`);
  const { tls, plainToo, host, port, socket, clock, ...origin } = script;
  for (const [key, value] of Object.entries({ tls, plainToo, host, port, socket, clock }))
    if (value !== undefined) PLACE[key as keyof typeof PLACE](value, key);
  if (tls !== undefined) usable(tls);
  const house = new House(script, new Script(origin, clock ?? systemClock));
  await house.listen(socket ?? port, host);
  return house;
}

/** What cannot be shown is noticed now and not when somebody connects. */
function usable(tls: TlsOptions): void {
  try {
    process.getBuiltinModule('node:tls').createSecureContext(tls);
  } catch (error) {
    throw new TypeError(`tls: ${(error as Error).message}`, { cause: error });
  }
}

/** Sockets and TLS around a `Script`. */
class House extends Listening implements TestServer {
  protected readonly server: Server;
  readonly #settings: TestServerScript;
  readonly #script: Script;

  constructor(settings: TestServerScript, script: Script) {
    super();
    this.#settings = settings;
    this.#script = script;
    const { createServer } = process.getBuiltinModule('node:net');
    // Half-open sockets: a client that has sent its FIN may still read the answer.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
  }

  get requests(): readonly TestRequest[] {
    return this.#script.requests;
  }

  get unexpected(): readonly TestRequest[] {
    return this.#script.unexpected;
  }

  get connections(): readonly TestConnection[] {
    return this.#script.connections;
  }

  get accepted(): number {
    return this.#script.accepted;
  }

  url(path = '/'): string {
    const { socket, host = '127.0.0.1', tls } = this.#settings;
    if (socket !== undefined) return `unix+http://${encodeURIComponent(socket)}${path}`;
    return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${this.port}${path}`;
  }

  override async whenRequests(count: number, limit?: number): Promise<void> {
    await super.whenRequests(count, limit).catch((error: Error) => {
      throw new Error(`${error.message}; there were ${this.requests.map(({ line }) => line).join(', ') || 'none'}`);
    });
  }

  verify(): void {
    this.#script.verify();
  }

  protected override accept(socket: Socket): void {
    super.accept(socket);
    this.#script.play(lineOf(socket), this.#over(socket));
  }

  #over(socket: Socket): Layer | undefined {
    const { plainToo, http2 } = this.#settings;
    if (this.#settings.tls === undefined) return undefined;
    const tls = http2 === true ? { ALPNProtocols: ['h2', 'http/1.1'], ...this.#settings.tls } : this.#settings.tls;
    if (plainToo !== true) return (converse) => secure(socket, tls, converse);
    return (converse) => {
      socket.once('data', (first: Buffer) => {
        socket.pause();
        socket.unshift(first);
        if (first[0] === HANDSHAKE) secure(socket, tls, converse);
        else converse(lineOf(socket));
      });
    };
  }
}

const lineOf = (socket: Socket): Line => ({ stream: socket, secure: false, reset: () => reset(socket) });

function secure(socket: Socket, options: TlsOptions, converse: (line: Line) => void): void {
  // a client that goes before the handshake is over would otherwise never be noticed
  socket.allowHalfOpen = false;
  const server = process.getBuiltinModule('node:tls').createServer(options, (stream) => {
    stream.allowHalfOpen = true;
    stream.on('error', () => {});
    converse({ stream, secure: true, reset: () => reset(socket) });
  });
  server.on('tlsClientError', () => socket.destroy());
  server.emit('connection', socket);
}

/** RST without a FIN before it: Node's own way ends the stream first, and the peer may then see an orderly end. */
function reset(socket: Socket): void {
  socket._final = (done) => done();
  socket.resetAndDestroy();
}
