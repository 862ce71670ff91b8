import type { CacheWriter, StoredHead } from '../../contract/cache.ts';
import { GRACE, type SharedBodies } from './shared-bodies.ts';
import { PIECE_BYTES, SMALL_BODY } from './shared-entry.ts';
import type { SharedLink } from './shared-link.ts';
import { type BodyTag, sumOf } from './shared-names.ts';

/** Bytes that may be on their way to the server before who writes is asked to wait, and when he may go on. */
const MOST_WAITING = 1024 * 1024;
const LEAST_WAITING = 512 * 1024;

/** What a writer needs of its store. */
export interface WriterOwner {
  readonly link: SharedLink;
  readonly bodies: SharedBodies;
  readonly maximumEntrySize: number;
  /** Makes the entry: from now on the body is found. False when not all of it is there any more. */
  enter(name: string, tag: BodyTag, head: StoredHead, length: number, sums: Buffer, small: Buffer): Promise<boolean>;
}

const NOTHING = Buffer.alloc(0);

/** Takes one body and sends it piece by piece under names that nobody knows; the last step names them in the entry. */
export class SharedWriter implements CacheWriter {
  drained: (() => void) | null = null;
  private readonly owner: WriterOwner;
  /** Of the entry. */
  private readonly name: string;
  private readonly token: string;
  private readonly head: StoredHead;
  /** Bytes that will come, -1 = nobody knows. */
  private readonly expected: number;
  private readonly most: number;
  /** One for each piece that was sent. */
  private readonly sums: Buffer[] = [];
  private piece: Buffer | null = null;
  private filled = 0;
  /** Memory of pieces that have arrived, for the next ones: as garbage it would grow for a while. */
  private readonly spare: Buffer[] = [];
  private total = 0;
  /** Bytes on their way to the server. */
  private waiting = 0;
  /** Who writes was asked to wait. */
  private held = false;
  /** Bytes are taken and nothing is kept. */
  private over = false;
  /** When the pieces began to live. */
  private since: number;
  /** Called when nothing is on its way any more. */
  private arrived: (() => void) | null = null;

  constructor(owner: WriterOwner, name: string, head: StoredHead, expected: number, token: string) {
    this.owner = owner;
    this.name = name;
    this.token = token;
    this.head = head;
    this.expected = expected;
    this.most = expected < 0 ? owner.maximumEntrySize : expected;
    this.since = owner.link.clock.now();
  }

  write(bytes: Uint8Array): boolean {
    if (this.over) return true;
    this.total += bytes.length;
    if (this.total > this.most || !this.owner.link.awake) this.abort();
    else {
      this.take(bytes);
      this.keepPieces();
    }
    this.held = this.waiting > MOST_WAITING && !this.over;
    return !this.held;
  }

  private take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      this.piece ??= this.room();
      const n = Math.min(bytes.length - at, this.piece.length - this.filled);
      this.piece.set(bytes.subarray(at, at + n), this.filled);
      this.filled += n;
      at += n;
      if (this.filled === PIECE_BYTES) this.send();
    }
  }

  /** Memory for the next piece; just enough where it is known how much comes. */
  private room(): Buffer {
    const coming = this.expected < 0 ? PIECE_BYTES : this.expected - this.sums.length * PIECE_BYTES;
    if (coming < PIECE_BYTES) return Buffer.allocUnsafeSlow(coming);
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  }

  private send(): void {
    const piece = this.gathered();
    this.piece = null;
    this.filled = 0;
    this.waiting += piece.length;
    const index = this.sums.push(sumOf(piece)) - 1;
    this.owner.bodies.put(this.token, index, piece).then(
      () => {
        if (piece.length === PIECE_BYTES) this.spare.push(piece);
        this.sent(piece.length);
      },
      () => {
        this.abort();
        this.sent(piece.length);
      },
    );
  }

  private gathered(): Buffer {
    return this.piece?.subarray(0, this.filled) ?? NOTHING;
  }

  private sent(bytes: number): void {
    this.waiting -= bytes;
    if (this.waiting === 0) this.arrived?.();
    if (this.held && (this.over || this.waiting <= LEAST_WAITING)) {
      this.held = false;
      this.drained?.();
    }
  }

  /** What was sent long ago by a slow writer must not vanish. */
  private keepPieces(): void {
    const now = this.owner.link.clock.now();
    if (now - this.since < GRACE / 2) return;
    this.since = now;
    this.owner.bodies.renew(this.tag, GRACE).then(
      (whole) => {
        if (!whole) this.abort();
      },
      () => this.abort(),
    );
  }

  private get tag(): BodyTag {
    return { token: this.token, count: this.sums.length };
  }

  commit(head?: StoredHead): Promise<void> {
    // a head that comes now knows how much came
    const whole = this.expected < 0 || this.total === this.expected || head !== undefined;
    if (!whole) this.abort();
    return this.owner.link.job(this.store(head ?? this.head));
  }

  private async store(head: StoredHead): Promise<void> {
    if (this.over) return;
    let small = this.gathered();
    let sums = sumOf(small);
    if (this.total > SMALL_BODY) {
      if (this.filled > 0) this.send();
      small = NOTHING;
      sums = Buffer.concat(this.sums);
      if (this.waiting > 0) await new Promise<void>((resolve) => (this.arrived = resolve));
    }
    if (this.over) return;
    this.over = true;
    this.piece = null;
    const kept = await this.owner.enter(this.name, this.tag, head, this.total, sums, small).catch(() => false);
    if (!kept) this.owner.bodies.drop(this.tag);
  }

  abort(): void {
    if (this.over) return;
    this.over = true;
    this.piece = null;
    this.owner.bodies.drop(this.tag);
  }
}
