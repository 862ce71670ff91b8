import { HeaderList } from '../../base/header-list.ts';
import type { StoredHead } from '../../contract/cache.ts';
import { type BodyTag, SUM_BYTES, sumOf, tagIn } from './shared-names.ts';

/** Bytes of all pieces of a body but the last. */
export const PIECE_BYTES = 128 * 1024;
/** A body of at most so many bytes lies in the entry, and comes along with the head. */
export const SMALL_BODY = 64 * 1024;

/** What an entry says, proven to be what was written. */
export interface SharedEntry {
  readonly head: StoredHead;
  /** Bytes of the body. */
  readonly length: number;
  /** Checksums of its pieces one after the other, or of the small body. */
  readonly sums: Buffer;
  readonly tag: BodyTag;
  /** Another text after every change of the entry. */
  readonly version: string;
  /** The body where it is small. */
  readonly small: Buffer | null;
}

/** How many pieces a body has that is not in the entry. */
export function piecesOf(length: number): number {
  return Math.ceil(length / PIECE_BYTES);
}

/** What stands in the entry of this name: a checksum over the name, the tag and the text, and the text. */
export function sealed(name: string, tag: string, head: StoredHead, length: number, sums: Buffer): Buffer {
  const { status, reason, requestedAt, receivedAt, vary, range, variants, expires, notes } = head;
  const kept = { status, reason, headers: head.headers.flat, requestedAt, receivedAt, vary, range, variants, expires, notes };
  const text = Buffer.from(JSON.stringify({ head: kept, length, sums: sums.toString('base64') }));
  return Buffer.concat([sealOf(name, tag, text), text]);
}

/**
 * Reads the fields h, t, b and v of the entry. null when they are not all there, or when anything of the text or of a small body is not as
 * it was written.
 */
export function unsealed(name: string, fields: readonly unknown[]): SharedEntry | null {
  const [h, t, b, v] = fields;
  if (!(Buffer.isBuffer(h) && Buffer.isBuffer(t) && Buffer.isBuffer(v) && Buffer.isBuffer(b))) return null;
  const tag = tagIn(t.toString('latin1'));
  const text = h.subarray(SUM_BYTES);
  if (tag === null || !sealOf(name, t.toString('latin1'), text).equals(h.subarray(0, SUM_BYTES))) return null;
  const { head, length, sums } = JSON.parse(text.toString()) as Kept;
  const small = tag.count === 0 ? b : null;
  const entry = {
    head: { ...head, headers: new HeaderList(head.headers) },
    length,
    sums: Buffer.from(sums, 'base64'),
    tag,
    version: v.toString('latin1'),
    small,
  };
  const whole = small === null ? tag.count === piecesOf(length) : small.length === length && sumOf(small).equals(entry.sums);
  return whole ? entry : null;
}

/** The text of an entry. */
interface Kept {
  readonly head: Omit<StoredHead, 'headers'> & { readonly headers: string[] };
  readonly length: number;
  readonly sums: string;
}

function sealOf(name: string, tag: string, text: Buffer): Buffer {
  return sumOf(Buffer.concat([Buffer.from(`${name}\n${tag}\n`), text]));
}
