import { HeaderList } from '../../src/base/header-list.ts';
import type { CacheKey, StoredAnswer, StoredHead } from '../../src/contract/cache.ts';

/** Bytes repeat after so many: a piece that is in the place of another is noticed. */
const PERIOD = 65_521;
const PATTERN = Buffer.alloc(PERIOD + 65_536);
for (let i = 0; i < PATTERN.length; i++) PATTERN[i] = Math.imul(i % PERIOD, 0x9e3779b1) >>> 24;
const LABEL = 12;

/** An answer that says in its head and in its body which one it is, so that every byte can be checked. */
export interface Described {
  readonly name: number;
  readonly seed: number;
  readonly length: number;
}

export function keyOf(name: number): CacheKey {
  return { url: `http://crash.test/${name}`, partition: name % 5 === 0 ? 'p' : '', variant: name % 7 === 0 ? 'v' : '' };
}

export function headOf({ name, seed, length }: Described, changes = 0): StoredHead {
  return {
    status: 200,
    reason: 'x'.repeat(changes),
    headers: new HeaderList(['Content-Type', 'application/octet-stream', 'ETag', `"${seed}"`]),
    requestedAt: name,
    receivedAt: seed,
    vary: [],
    range: null,
    variants: [],
    expires: length,
    notes: [],
  };
}

/** The bytes of the body from `from` on, at most 64 KiB. */
export function bytesOf({ name, seed, length }: Described, from: number): Buffer {
  if (from === 0) {
    const label = Buffer.alloc(LABEL);
    label.writeUInt32LE(name, 0);
    label.writeUInt32LE(seed, 4);
    label.writeUInt32LE(length, 8);
    return label.subarray(0, length);
  }
  const at = (from + seed) % PERIOD;
  return PATTERN.subarray(at, at + Math.min(65_536, length - from));
}

/** Reads the whole body and tells what is wrong with it: '' when nothing is; null when it was removed since it was found. */
export function fault(name: number, answer: StoredAnswer): string | null {
  const { requestedAt, receivedAt: seed, expires: length } = answer.head;
  const said = `${name}/${seed} of ${length} bytes`;
  if (requestedAt !== name) return `${said}: the head is that of ${requestedAt}`;
  if (answer.length !== length) return `${said}: the store says ${answer.length} bytes`;
  const reader = answer.open(0);
  if (reader === null) return null;
  let at = 0;
  for (let piece = reader.pull(ignore); piece != null; piece = reader.pull(ignore)) {
    const wrong = mismatch({ name, seed, length }, at, piece);
    if (wrong) return `${said}: wrong bytes from ${at} on`;
    at += piece.length;
  }
  if (reader.failure !== null) return `${said}: ${reader.failure.message}`;
  return at === length ? '' : `${said}: only ${at} bytes`;
}

function mismatch(answer: Described, from: number, piece: Uint8Array): boolean {
  for (let at = 0; at < piece.length; ) {
    const wanted = bytesOf(answer, from + at);
    const n = Math.min(wanted.length, piece.length - at);
    if (n === 0 || wanted.compare(piece, at, at + n, 0, n) !== 0) return true;
    at += n;
  }
  return false;
}

function ignore(): void {
  // files have what they have
}
