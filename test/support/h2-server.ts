import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import {
  blockOf,
  data,
  dataOf,
  Flag,
  type Frame,
  FrameReader,
  headers,
  octets,
  pingAck,
  settings,
  settingsAck,
  Type,
  windowUpdate,
} from './h2-frames.ts';
import { answer, type Field, HpackDecoder } from './h2-hpack.ts';
import { Listening } from './listening.ts';

/** What a server does next: sends a frame or any bytes, waits for a frame of the client, floods, or goes. */
export type Step =
  | Frame
  | Buffer
  | { readonly heard: (frame: Frame) => boolean }
  /** The same bytes again and again, as fast as they are taken, until the connection is gone. */
  | { readonly forever: Uint8Array }
  /** Lets what was said go out alone: a turn of the event loop. */
  | 'turn'
  /** Reads nothing more, and leaves it to the system to hold what comes. */
  | 'stop reading'
  /** What is decided when its turn has come. */
  | (() => readonly Step[])
  /** Bytes beneath TLS. */
  | { readonly beneath: Uint8Array }
  | { readonly end: 'close' | 'reset' };

/** How one connection behaves. */
export interface Script {
  /** Said at once; default an empty SETTINGS. */
  readonly greeting?: readonly Step[];
  /** What is said to a request, beginning with its HEADERS; default 200 with `ok` when all of it has come. */
  readonly answer?: (stream: number, request: SeenStream) => readonly Step[];
  /** Acknowledges neither SETTINGS nor PING, and gives back no window. */
  readonly deaf?: boolean;
}

export interface H2Origin {
  /** One script for every connection, or one each; the last one stays. */
  readonly scripts?: Script | readonly Script[] | ((connection: number) => Script);
  /** Speaks TLS with these settings (`identity()` of `tls.ts`), and HTTP/1.1 to who does not want more: 200 with `one`. */
  readonly tls?: TlsOptions;
  /** Answers to ALPN; default h2 and http/1.1. */
  readonly protocols?: readonly string[];
}

/** One request as it came. */
export interface SeenStream {
  readonly connection: number;
  readonly stream: number;
  readonly fields: readonly Field[];
  /** First value of a field. */
  field(name: string): string | undefined;
  body: Buffer;
  /** END_STREAM has come. */
  complete: boolean;
}

export interface SeenPeer {
  readonly number: number;
  readonly protocol: 'h2' | 'http/1.1';
  /** What the client sent, without the preface; of a flood the beginning. */
  readonly frames: readonly Frame[];
  /** Requests that came, over whichever protocol. */
  readonly requests: number;
  readonly open: boolean;
  /** Says something unasked. */
  say(...steps: Step[]): Promise<void>;
}

export interface H2Served {
  readonly port: number;
  url(path?: string): string;
  /** In the order of their HEADERS. */
  readonly requests: readonly SeenStream[];
  readonly connections: readonly SeenPeer[];
  /** Sockets open now. */
  readonly open: number;
  /** What clients did that HTTP/2 does not know. */
  readonly faults: readonly string[];
  whenRequests(count: number, limit?: number): Promise<void>;
  /** Waits until no client socket is open. */
  whenIdle(limit?: number): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Frames kept of one connection. */
const KEPT = 10_000;

/** Waits for a frame of this type, on this stream if one is named. Looks at frames since the request, each once. */
export const heard = (type: number, stream?: number): Step => ({
  heard: (frame) => frame.type === type && (stream === undefined || frame.stream === stream),
});

/** Waits until the client acknowledges SETTINGS or PING. */
export const acknowledged = (type: number): Step => ({
  heard: (frame) => frame.type === type && (frame.flags & Flag.ACK) !== 0,
});

/** Waits for the end of a request. */
export const ended = (stream: number): Step => ({ heard: (frame) => frame.stream === stream && ends(frame) });

/** A good answer: 200 and a body. */
export const fine = (stream: number, body = 'ok'): readonly Step[] => [
  headers(stream, answer(200, ['content-length', String(body.length)])),
  data(stream, body, { end: true }),
];

const ends = ({ type, flags }: Frame): boolean =>
  (type === Type.HEADERS || type === Type.DATA) && (flags & Flag.END_STREAM) !== 0;

/** A scripted server of raw HTTP/2: `await using server = await serveH2({ scripts: { answer: (stream) => [rst(stream, 2)] } })`. */
export async function serveH2(origin: H2Origin = {}): Promise<H2Served> {
  const house = new House(origin);
  await house.listen();
  return house;
}

class House extends Listening implements H2Served {
  readonly requests: SeenStream[] = [];
  readonly connections: Peer[] = [];
  readonly faults: string[] = [];
  readonly #script: (connection: number) => Script;
  readonly #tls: TlsOptions | undefined;
  protected readonly server: Server;

  constructor({ scripts = {}, tls, protocols = ['h2', 'http/1.1'] }: H2Origin) {
    super();
    const list: readonly Script[] = Array.isArray(scripts) ? scripts : [scripts as Script];
    this.#script = typeof scripts === 'function' ? scripts : (nth) => list[Math.min(nth, list.length) - 1] ?? {};
    this.#tls = tls;
    const accept = (socket: Socket): void => this.accept(socket);
    if (tls === undefined) {
      this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        accept(socket);
        this.#greet(socket, socket);
      });
      return;
    }
    const secure = createTlsServer({ ...tls, ALPNProtocols: [...protocols] }, (stream) =>
      this.#greet(stream, this.#beneath(stream)),
    );
    secure.on('tlsClientError', (_error, stream) => stream.destroy());
    secure.prependListener('connection', accept);
    this.server = secure;
  }

  url(path = '/'): string {
    return `${this.#tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}${path}`;
  }

  /** The TCP socket of a TLS stream. */
  #beneath(stream: TLSSocket): Socket {
    return [...this.sockets].find((socket) => socket.remotePort === stream.remotePort)!;
  }

  #greet(stream: Duplex, socket: Socket): void {
    const number = this.connections.length + 1;
    this.connections.push(new Peer(number, this.#script(number), this, stream, socket));
  }
}

/** One connection, seen from the server. */
class Peer implements SeenPeer {
  readonly number: number;
  readonly protocol: 'h2' | 'http/1.1';
  readonly frames: Frame[] = [];
  requests = 0;
  open = true;
  readonly #script: Script;
  readonly #house: House;
  readonly #stream: Duplex;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #hpack = new HpackDecoder();
  readonly #streams = new Map<number, SeenStream>();
  readonly #waiting = new Set<(frame: Frame | null) => void>();
  /** Pieces of a block that CONTINUATION goes on with. */
  #pieces: Buffer[] = [];

  constructor(number: number, script: Script, house: House, stream: Duplex, socket: Socket) {
    this.number = number;
    this.#script = script;
    this.#house = house;
    this.#stream = stream;
    this.#socket = socket;
    const plain = stream !== socket && (stream as TLSSocket).alpnProtocol !== 'h2';
    this.protocol = plain ? 'http/1.1' : 'h2';
    stream.on('error', () => {});
    stream.on('end', () => stream.end());
    stream.on('close', () => this.#gone());
    if (plain) {
      this.#speakHttp1();
      return;
    }
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    void this.#run(script.greeting ?? [settings()], 0);
  }

  say(...steps: Step[]): Promise<void> {
    return this.#run(steps, this.frames.length);
  }

  #gone(): void {
    this.open = false;
    for (const tell of [...this.#waiting]) tell(null);
  }

  #speakHttp1(): void {
    let text = '';
    this.#stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (let at = text.indexOf('\r\n\r\n'); at >= 0; at = text.indexOf('\r\n\r\n')) {
        text = text.slice(at + 4);
        this.requests++;
        this.#stream.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none');
      }
    });
  }

  #read(bytes: Buffer): void {
    let frames: Frame[] = [];
    try {
      frames = this.#reader.read(bytes);
      for (const frame of frames) this.#take(frame);
    } catch (error) {
      this.#house.faults.push((error as Error).message);
      this.#socket.destroy();
    }
  }

  #take(frame: Frame): void {
    if (this.frames.length < KEPT) this.frames.push(frame);
    if (this.#script.deaf !== true) this.#beCivil(frame);
    const { type, flags, stream } = frame;
    if (type === Type.HEADERS || type === Type.CONTINUATION) {
      this.#pieces.push(type === Type.HEADERS ? blockOf(frame) : frame.payload);
      if ((flags & Flag.END_HEADERS) !== 0) this.#begin(stream);
    }
    const request = this.#streams.get(stream);
    if (request !== undefined && type === Type.DATA) request.body = Buffer.concat([request.body, dataOf(frame)]);
    if (request !== undefined && ends(frame)) request.complete = true;
    for (const tell of [...this.#waiting]) tell(frame);
  }

  #beCivil({ type, flags, stream, payload }: Frame): void {
    if (type === Type.SETTINGS && (flags & Flag.ACK) === 0) this.#write(octets(settingsAck()));
    if (type === Type.PING && (flags & Flag.ACK) === 0) this.#write(octets(pingAck(payload)));
    if (type !== Type.DATA || payload.length === 0) return;
    this.#write(octets(windowUpdate(0, payload.length)));
    if ((flags & Flag.END_STREAM) === 0) this.#write(octets(windowUpdate(stream, payload.length)));
  }

  #begin(stream: number): void {
    const fields = this.#hpack.read(Buffer.concat(this.#pieces));
    this.#pieces = [];
    // trailers
    if (this.#streams.has(stream)) return;
    const field = (name: string): string | undefined => fields.find(([known]) => known === name)?.[1];
    const request: SeenStream = { connection: this.number, stream, fields, field, body: Buffer.alloc(0), complete: false };
    this.#streams.set(stream, request);
    this.#house.requests.push(request);
    this.requests++;
    const steps = this.#script.answer?.(stream, request) ?? [ended(stream), ...fine(stream)];
    void this.#run(steps, this.frames.length - 1);
  }

  /** Does one step after the other; `from` is the first frame it may wait for. */
  async #run(steps: readonly Step[], from: number): Promise<void> {
    const left = [...steps];
    for (let step = left.shift(); step !== undefined && this.open; step = left.shift()) {
      if (typeof step === 'function') left.unshift(...step());
      else if (step === 'turn') await new Promise((next) => setImmediate(next));
      else if (step === 'stop reading') this.#stream.pause();
      else if (Buffer.isBuffer(step)) await this.#write(step);
      else if ('type' in step) await this.#write(octets(step));
      else if ('heard' in step) from = await this.#hear(step.heard, from);
      else if ('beneath' in step) this.#socket.write(step.beneath);
      else if ('forever' in step) while (!this.#stream.writableEnded && this.open) await this.#write(step.forever);
      else if (step.end === 'close') this.#stream.end();
      else reset(this.#socket);
    }
  }

  /** Waits for a frame and gives the place after it. */
  #hear(fits: (frame: Frame) => boolean, from: number): Promise<number> | number {
    for (let i = from; i < this.frames.length; i++) if (fits(this.frames[i]!)) return i + 1;
    return new Promise((resolve) => {
      const tell = (frame: Frame | null): void => {
        if (frame !== null && !fits(frame)) return;
        this.#waiting.delete(tell);
        resolve(this.frames.length);
      };
      this.#waiting.add(tell);
    });
  }

  /** Writes with back-pressure; a connection that is gone swallows the bytes. Waits for nothing that was taken at once. */
  #write(bytes: Uint8Array): Promise<void> | undefined {
    const stream = this.#stream;
    if (stream.destroyed || stream.writableEnded || stream.write(bytes)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }
}

/** RST without a FIN before it, as in `server.ts`. */
function reset(socket: Socket): void {
  socket._final = (done) => done();
  socket.resetAndDestroy();
}
