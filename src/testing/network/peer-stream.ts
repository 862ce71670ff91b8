import { Duplex } from 'node:stream';
import type { Agenda } from './agenda.ts';
import type { Lane } from './lane.ts';

/** The connection as this end of it sees it. */
export interface PeerSide {
  readonly agenda: Agenda;
  readonly up: Lane;
  readonly down: Lane;
  /** The socket is closed; `unread`: with bytes in it that nobody has read. */
  peerCloses(unread: boolean): void;
  peerResets(): void;
}

/** The server's end of a connection: a half-open stream as a socket is one. */
export class PeerStream extends Duplex {
  readonly #connection: PeerSide;
  #wants = false;
  #passing = false;
  /** Hears what comes before the stream is anybody's. */
  #ear: ((bytes: Buffer | null) => void) | null = null;

  constructor(connection: PeerSide) {
    super({ allowHalfOpen: true, emitClose: true, highWaterMark: 16_384 });
    this.#connection = connection;
    // who plays the server learns of the end by 'close'
    this.on('error', () => {});
  }

  /** Breaks the connection as a crash would. */
  reset(): void {
    if (this.destroyed) return;
    this.#connection.peerResets();
    this.destroy();
  }

  /** Bytes that faults do not count. */
  say(bytes: Buffer): void {
    this.#connection.down.send(bytes, undefined, false);
  }

  /** What comes is told here, null at its end, until `release`; the stream knows nothing of it. */
  listen(ear: (bytes: Buffer | null) => void): void {
    this.#ear = ear;
  }

  /** From now on it is read as a stream, beginning with what was heard too much. */
  release(rest: Buffer): void {
    this.#ear = null;
    const { up, agenda } = this.#connection;
    if (rest.length > 0) up.putBack(rest);
    agenda.clock.soon(() => this.arrived());
  }

  /** Something can be read. */
  arrived(): void {
    if (!this.#passing) this.#pass();
  }

  /** The client, or something between, has broken the connection. */
  broke(): void {
    this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }

  #pass(): void {
    this.#passing = true;
    const { up } = this.#connection;
    while ((this.#wants || this.#ear !== null) && !this.destroyed) {
      const parcel = up.take();
      if (parcel === undefined) break;
      if (this.#ear !== null) this.#ear(parcel instanceof Buffer ? parcel : null);
      else if (parcel !== 'reset') this.#wants = this.push(parcel === 'fin' ? null : parcel);
    }
    this.#passing = false;
  }

  override _read(): void {
    this.#wants = true;
    if (this.#passing || !this.#connection.up.holds) return;
    this.#connection.agenda.clock.soon(() => this.arrived());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#connection.down.send(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.down.fin();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.peerCloses(this.readableLength > 0);
    done(error);
  }
}
