import type { BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { PIECE_BYTES, piecesOf, type SharedEntry } from './shared-entry.ts';
import type { SharedLink } from './shared-link.ts';
import { type SharedNames, SUM_BYTES, sumOf } from './shared-names.ts';

/** Pieces that are asked for ahead: the memory that a reader takes. */
const AHEAD = 4;

/** Reads a body that is in pieces, some pieces ahead. What is damaged is not given out: the reader ends there with a failure. */
export class SharedReader implements BodyReader {
  failure: Failure | null = null;
  private readonly link: SharedLink;
  private readonly names: SharedNames;
  private readonly entry: SharedEntry;
  private readonly broken: () => void;
  /** Pieces that have come; null while one is under way. */
  private readonly here: (Buffer | null)[] = [];
  /** The next piece to be given out, and the next to be asked for. */
  private next: number;
  private asked: number;
  private readonly last: number;
  /** Bytes of the first piece that nobody wants. */
  private skip: number;
  private wake: (() => void) | null = null;

  /** `broken` is told when the body is not whole any more. */
  constructor(link: SharedLink, names: SharedNames, entry: SharedEntry, from: number, broken: () => void) {
    this.link = link;
    this.names = names;
    this.entry = entry;
    this.broken = broken;
    this.last = piecesOf(entry.length);
    this.next = this.asked = from < entry.length ? Math.floor(from / PIECE_BYTES) : this.last;
    this.skip = from % PIECE_BYTES;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null || this.next >= this.last) return null;
    while (this.asked < this.last && this.asked < this.next + AHEAD) void this.ask(this.asked++);
    const piece = this.here[0] ?? null;
    if (piece === null) {
      this.wake = wake;
      return undefined;
    }
    this.here.shift();
    this.next++;
    const { skip } = this;
    this.skip = 0;
    return skip === 0 ? piece : piece.subarray(skip);
  }

  private async ask(index: number): Promise<void> {
    const { link, names, entry } = this;
    this.here.push(null);
    const name = names.piece(entry.tag.token, index);
    const piece = await link.ask(link.long, 'get', name).catch((problem: unknown) => link.explained(problem));
    const place = index - this.next;
    if (place < 0 || this.failure !== null) return;
    if (piece instanceof Error) this.fail(piece.message);
    else if (!this.sound(index, piece)) {
      this.fail('SharedCache: a part of a stored answer is lost or damaged');
      this.broken();
    } else this.here[place] = piece as Buffer;
    if (place === 0 || this.failure !== null) this.tell();
  }

  private sound(index: number, piece: unknown): boolean {
    const { length, sums } = this.entry;
    if (!Buffer.isBuffer(piece) || piece.length !== Math.min(PIECE_BYTES, length - index * PIECE_BYTES)) return false;
    return sumOf(piece).equals(sums.subarray(index * SUM_BYTES, (index + 1) * SUM_BYTES));
  }

  /** What has come before the gap is not given out either: the answer is not whole. */
  private fail(message: string): void {
    this.failure = failure('closed', 'receive', message);
    this.here.length = 0;
  }

  private tell(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  close(): void {
    this.next = this.last;
    this.here.length = 0;
    this.wake = null;
  }
}
