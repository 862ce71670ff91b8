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
  readonly secure: SecureInfo | null;
  handler: StreamHandler = NOBODY;
  private readonly own: ReadMemory | null;
  private next: Buffer | undefined = undefined;
  private over = false;
  private problem: Error | null = null;
  private lastWords: LastWords | null = null;

  /** `own` is what the socket reads into by default; null for one that tells by event. */
  constructor(socket: net.Socket, secure: SecureInfo | null, own: ReadMemory | null) {
    this.socket = socket;
    this.secure = secure;
    this.own = own;
    if (own === null) socket.on('data', (chunk: Buffer) => this.arrived(chunk, chunk.length));
    socket.on('end', () => {
      // behind a failed write it is the end of what could be read, not a FIN
      if (!this.over && !this.lastWords?.problem) this.handler.ended();
    });
    socket.on('error', (error) => {
      this.problem ??= error;
    });
    socket.on('close', () => this.gone());
    socket.resume();
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
    if (!this.over) this.handler.bytes(memory, size);
  }

  private gone(): void {
    if (this.over) return;
    this.over = true;
    this.handler.closed(this.problem === null ? null : socketFailure(this.problem, 'receive', ''));
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

const NOBODY: StreamHandler = { bytes() {}, ended() {}, closed() {} };
