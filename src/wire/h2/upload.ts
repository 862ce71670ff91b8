import type { PumpTarget } from '../body-pump.ts';
import type { Outlet } from './outlet.ts';

/** Bytes of a frame at most, so that others get their turn. */
const PIECE = 65_536;

/** What the streams of a connection share. */
export interface UploadOwner {
  readonly outlet: Outlet;
  /** Bytes that all streams together may send now. */
  sendWindow: number;
  /** Something of a body went out. */
  moved(upload: Upload, bytes: number): void;
  /** Windows are shut; asked again when one of them opens. */
  blocked(upload: Upload): void;
}

interface Piece {
  bytes: Uint8Array;
  readonly done: (() => void) | undefined;
}

/** The body of a request on its way out, as fast as both windows open (RFC 9113 5.2). */
export class Upload implements PumpTarget {
  /** Bytes that this stream may send now; below zero when the peer has taken some back. */
  window: number;
  /** The mark of the end was sent. */
  complete: boolean;
  private readonly id: number;
  private readonly owner: UploadOwner;
  /** Bytes that will still be given, -1 = unknown. */
  private left: number;
  private readonly pieces: Piece[] = [];
  private stopped = false;

  /** `length` bytes will come, 0 = none, -1 = nobody knows. */
  constructor(id: number, owner: UploadOwner, window: number, length: number) {
    this.id = id;
    this.owner = owner;
    this.window = window;
    this.left = length;
    this.complete = length === 0;
  }

  stop(): void {
    this.stopped = true;
    this.pieces.length = 0;
  }

  cork(): void {}
  uncork(): void {}
  writeText(): void {
    throw new Error('a body in HTTP/2 has no text around it');
  }

  write(bytes: Uint8Array, done?: () => void): void {
    if (this.stopped) return;
    this.pieces.push({ bytes, done });
    if (this.pieces.length === 1) this.go();
  }

  /** Everything was given. */
  finish(): void {
    if (this.stopped || this.complete) return;
    this.complete = true;
    this.owner.outlet.data(this.id, EMPTY, true);
  }

  /** Sends what the windows allow. */
  go(): void {
    const { owner, pieces } = this;
    while (pieces.length > 0 && !this.stopped) {
      const piece = pieces[0]!;
      const { bytes, done } = piece;
      const most = Math.min(bytes.length, this.window, owner.sendWindow, owner.outlet.longest, PIECE);
      if (most <= 0) {
        owner.blocked(this);
        return;
      }
      owner.moved(this, most);
      this.window -= most;
      owner.sendWindow -= most;
      if (this.left > 0) this.left -= most;
      const whole = most === bytes.length;
      this.complete = this.left === 0;
      if (whole) pieces.shift();
      else piece.bytes = bytes.subarray(most);
      owner.outlet.data(this.id, whole ? bytes : bytes.subarray(0, most), this.complete, whole ? done : undefined);
    }
  }
}

const EMPTY = new Uint8Array(0);
