import { type Failure, failure } from '../../contract/failure.ts';
import type { SecureInfo } from '../../contract/security.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import type { Agenda } from './agenda.ts';
import type { Lane, Parcel } from './lane.ts';

/** The connection as this end of it sees it. */
export interface ClientSide {
  readonly agenda: Agenda;
  readonly up: Lane;
  readonly down: Lane;
  /** The socket is closed. */
  clientCloses(): void;
  /** It has been heard that the connection is over. */
  clientIsDone(): void;
}

interface Corked {
  readonly bytes: Buffer;
  readonly done: (() => void) | undefined;
}

/** The client's end of a connection. */
export class ClientStream implements ByteStream {
  secure: SecureInfo | null = null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  private readonly connection: ClientSide;
  /** null = nobody is there to be told. */
  private told: StreamHandler | null = null;
  private paused = false;
  private over = false;
  private passing = false;
  private referenced = true;
  private hearsOut = false;
  /** The news that it broke is here, perhaps unread. */
  private broken = false;
  /** A write has found that out. */
  private failed = false;
  private endHeard = false;
  private next: Buffer | null = null;
  private corked: Corked[] | null = null;

  constructor(connection: ClientSide, address: string, port: number) {
    this.connection = connection;
    this.remoteAddress = address;
    this.remotePort = port;
    connection.agenda.clock.wake();
  }

  get handler(): StreamHandler {
    return this.told ?? NOBODY;
  }

  set handler(handler: StreamHandler) {
    this.told = handler;
    this.passSoon();
  }

  handOver(rest: Uint8Array | null): void {
    this.told = null;
    this.secure = null;
    if (rest !== null && rest.length > 0) this.connection.down.putBack(Buffer.from(rest));
  }

  // ---- what comes

  /** From the connection. */
  arrived(parcel: Parcel): void {
    if (parcel === 'reset') this.broken = true;
    this.pass();
  }

  private passSoon(): void {
    if (!this.over) this.connection.agenda.clock.soon(() => this.pass());
  }

  private pass(): void {
    if (this.passing) return;
    this.passing = true;
    const { down } = this.connection;
    while (!this.over && !this.paused && this.told !== null) {
      const parcel = down.take();
      if (parcel === undefined) break;
      if (parcel === 'fin') this.heardEnd(this.told);
      else if (parcel === 'reset') this.gone(RESET);
      else this.tell(this.told, parcel);
    }
    this.passing = false;
  }

  private tell(handler: StreamHandler, bytes: Buffer): void {
    const { next } = this;
    this.next = null;
    if (next === null || next.length === 0) return handler.bytes(bytes, bytes.length);
    const size = bytes.copy(next);
    // before anybody is told, who may hand over what he did not use
    if (size < bytes.length) this.connection.down.putBack(bytes.subarray(size));
    handler.bytes(next, size);
  }

  private heardEnd(handler: StreamHandler): void {
    this.endHeard = true;
    // TLS is never half open
    if (this.secure !== null) this.connection.up.fin();
    handler.ended();
    this.closeWhenDone();
  }

  private closeWhenDone(): void {
    if (this.over || !this.endHeard || !this.connection.up.ended) return;
    this.connection.agenda.clock.soon(() => this.gone(null));
  }

  private gone(problem: (() => Failure) | null): void {
    if (this.over) return;
    this.finish();
    this.connection.clientIsDone();
    this.told?.closed(problem === null ? null : problem());
  }

  private finish(): void {
    this.over = true;
    this.corked = null;
    if (this.referenced) this.connection.agenda.clock.rest();
  }

  readInto(memory: Buffer | null): void {
    this.next = memory;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.passSoon();
  }

  // ---- what goes

  writeText(text: string, done?: () => void): void {
    this.put(Buffer.from(text, 'latin1'), done);
  }

  write(bytes: Uint8Array, done?: () => void): void {
    this.put(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), done);
  }

  /** Bytes that faults do not count. */
  say(bytes: Buffer): void {
    this.connection.up.send(bytes, undefined, false);
  }

  private put(bytes: Buffer, done: (() => void) | undefined): void {
    if (this.over) return;
    if (this.broken) return this.writeFailed();
    if (this.corked !== null) this.corked.push({ bytes, done });
    else this.connection.up.send(bytes, done);
  }

  private writeFailed(): void {
    if (this.failed) return;
    this.failed = true;
    if (!this.hearsOut) this.connection.agenda.clock.soon(() => this.gone(RESET));
  }

  get refused(): boolean {
    return this.over || this.broken;
  }

  hearOut(on: boolean): void {
    this.hearsOut = on;
  }

  get pending(): number {
    const corked = this.corked === null ? 0 : this.corked.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return this.connection.up.pending + corked;
  }

  cork(): void {
    if (!this.over) this.corked ??= [];
  }

  uncork(): void {
    const { corked } = this;
    this.corked = null;
    if (corked === null || corked.length === 0) return;
    const all = corked.length === 1 ? corked[0]!.bytes : Buffer.concat(corked.map(({ bytes }) => bytes));
    const told = corked.flatMap(({ done }) => (done === undefined ? [] : [done]));
    this.put(all, told.length === 0 ? undefined : () => told.forEach((done) => void done()));
  }

  end(): void {
    if (this.over) return;
    this.connection.up.fin();
    this.closeWhenDone();
  }

  destroy(): void {
    if (this.over) return;
    this.finish();
    this.connection.clientCloses();
  }

  // ---- who waits

  ref(): void {
    if (this.referenced || this.over) return;
    this.referenced = true;
    this.connection.agenda.clock.wake();
  }

  unref(): void {
    if (!this.referenced || this.over) return;
    this.referenced = false;
    this.connection.agenda.clock.rest();
  }
}

const NOBODY: StreamHandler = { bytes() {}, ended() {}, closed() {} };

function RESET(): Failure {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  return failure('closed', 'receive', 'connection reset by the peer', { cause });
}
