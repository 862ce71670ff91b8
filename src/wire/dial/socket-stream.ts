import type net from 'node:net';
import type { SecureInfo } from '../../contract/security.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import { LastWords } from './last-words.ts';
import { socketFailure } from './socket-failure.ts';

/** Memory to read into: narrow for heads, wide for bodies. */
export interface ReadMemory {
  readonly narrow: Buffer;
  readonly wide: Buffer;
}

/** A connected Node socket as a ByteStream. Bytes come by `arrived` (the socket's onread) or by its 'data' event. */
export class SocketStream implements ByteStream {
  readonly socket: net.Socket;
  secure: SecureInfo | null;
  private told: StreamHandler = NOBODY;
  private readonly own: ReadMemory | null;
  private next: Buffer | undefined = undefined;
  private over = false;
  private problem: Error | null = null;
  /** What came before anybody was there to be told; null = nothing. */
  private early: Buffer[] | null = null;
  private listening: Listening | null = null;
  private earlyBytes = 0;
  private lastWords: LastWords | null = null;

  /** `own` is what the socket reads into by default; null for one that tells by event. */
  constructor(socket: net.Socket, secure: SecureInfo | null, own: ReadMemory | null) {
    this.socket = socket;
    this.secure = secure;
    this.own = own;
    socket.on('error', (error) => {
      this.problem ??= error;
      // a TLS error after the handshake leaves the socket open
      socket.destroy();
    });
  }

  get handler(): StreamHandler {
    return this.told;
  }

  set handler(handler: StreamHandler) {
    this.told = handler;
    if (this.listening === null) this.listen();
    else if (this.early !== null) {
      this.socket.resume();
      process.nextTick(() => this.tellEarly());
    }
  }

  private listen(): void {
    const { socket } = this;
    const data = (chunk: Buffer): void => this.arrived(chunk, chunk.length);
    const end = (): void => {
      // behind a failed write it is the end of what could be read, not a FIN
      if (!this.over && !this.lastWords?.problem) this.told.ended();
    };
    const close = (): void => this.gone();
    this.listening = { data, end, close };
    if (this.own === null) socket.on('data', data);
    socket.on('end', end);
    socket.on('close', close);
    socket.resume();
    if (this.early !== null) process.nextTick(() => this.tellEarly());
    // while somebody was asked about the peer it may have gone
    if (socket.destroyed) process.nextTick(() => this.gone());
  }

  handOver(rest: Uint8Array | null): void {
    this.told = NOBODY;
    this.secure = null;
    if (rest !== null) this.before(rest, rest.length);
  }

  /** The socket for somebody else to read from, with what was read too much; the stream hears nothing any more. */
  bare(): net.Socket {
    const { socket, listening, early } = this;
    if (listening !== null) for (const event of EVENTS) socket.removeListener(event, listening[event]);
    this.over = true;
    this.early = null;
    if (early !== null) {
      socket.pause();
      socket.unshift(Buffer.concat(early));
    }
    return socket;
  }

  private tellEarly(): void {
    const early = this.early ?? [];
    this.early = null;
    this.earlyBytes = 0;
    for (const bytes of early) this.arrived(bytes, bytes.length);
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  get remotePort(): number {
    return this.socket.remotePort ?? 0;
  }

  get pending(): number {
    return this.socket.writableLength;
  }

  /**
   * Asked right after a write with nothing before it: the system refused it at once, or the stream was gone already, so none of it left.
   * A reset that is here is told by the write itself before it is told by an event.
   */
  get refused(): boolean {
    return this.socket.errored !== null || this.socket.destroyed;
  }

  /** From the socket; the memory is valid during the call only. */
  arrived(memory: Buffer, size: number): void {
    if (this.over) return;
    if (this.told !== NOBODY && this.early === null) this.told.bytes(memory, size);
    else this.before(memory, size);
  }

  /** TLS reads from the beginning, and a peer may speak first. */
  private before(memory: Uint8Array, size: number): void {
    this.early ??= [];
    this.early.push(Buffer.from(memory.subarray(0, size)));
    this.earlyBytes += size;
    if (this.told === NOBODY && this.earlyBytes > MOST_EARLY) this.socket.pause();
  }

  private gone(): void {
    if (this.over) return;
    this.over = true;
    this.told.closed(this.problem === null ? null : socketFailure(this.problem, 'receive', ''));
  }

  writeText(text: string, done?: () => void): void {
    if (done === undefined) this.socket.write(text, 'latin1');
    else this.socket.write(text, 'latin1', (error) => (error == null ? done() : undefined));
  }

  write(bytes: Uint8Array, done?: () => void): void {
    if (done === undefined) this.socket.write(bytes);
    else this.socket.write(bytes, (error) => (error == null ? done() : undefined));
  }

  hearOut(on: boolean): void {
    if (on) this.lastWords ??= new LastWords(this.socket);
    if (this.lastWords !== null) this.lastWords.on = on;
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  /** What the socket is to read into next; undefined = as before. Asked after every read. */
  nextMemory(): Buffer | undefined {
    const { next } = this;
    this.next = undefined;
    return next;
  }

  readInto(memory: Buffer | null, wide: boolean): void {
    if (this.own !== null) this.next = memory ?? (wide ? this.own.wide : this.own.narrow);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  ref(): void {
    this.socket.ref();
  }

  unref(): void {
    this.socket.unref();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.over = true;
    this.socket.destroy();
  }
}

/** What is heard of a socket. */
interface Listening {
  readonly data: (chunk: Buffer) => void;
  readonly end: () => void;
  readonly close: () => void;
}

const EVENTS = ['data', 'end', 'close'] as const;

/** A peer that talks on while nobody listens has to wait. */
const MOST_EARLY = 65_536;

const NOBODY: StreamHandler = { bytes() {}, ended() {}, closed() {} };
