import assert from 'node:assert/strict';
import { HeaderList } from '../../../base/header-list.ts';
import type { BodyReader } from '../../../contract/body.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../../contract/cache.ts';
import { assertBytes, soon } from '../case.ts';

export function keyOf(url: string, partition = '', variant = ''): CacheKey {
  return { url: `https://cache.test/${url}`, partition, variant };
}

export function headOf(fields: Partial<StoredHead> = {}): StoredHead {
  return {
    status: 200,
    reason: 'OK',
    headers: new HeaderList(['Content-Type', 'text/plain', 'Cache-Control', 'max-age=60']),
    requestedAt: 1_767_225_600_000,
    receivedAt: 1_767_225_600_125,
    vary: [],
    range: null,
    variants: [],
    expires: -1,
    notes: [],
    ...fields,
  };
}

/** Writes bytes in pieces, waits where the store wants it, and spoils the memory of each piece after it was written. */
export async function write(writer: CacheWriter, bytes: Buffer, piece: number, waits = true): Promise<void> {
  for (let at = 0; at < bytes.length; at += piece) {
    const part = Buffer.from(bytes.subarray(at, at + piece));
    const drained = new Promise<void>((resolve) => {
      writer.drained = resolve;
    });
    const more = writer.write(part);
    part.fill(0xee);
    if (!more && waits) await soon('write gave false, and drained was to be called', drained);
  }
  writer.drained = null;
}

/** How an answer is put. */
export interface Putting {
  head?: StoredHead;
  /** Whether the store is told the length. */
  told?: boolean;
  piece?: number;
}

/** Puts an answer; false when the store does not want it. */
export async function offer(store: CacheStore, key: CacheKey, body: Buffer, how: Putting = {}): Promise<boolean> {
  const { head = headOf(), told = true, piece = 65_536 } = how;
  const writer = store.put(key, head, told ? body.length : -1);
  if (writer === null) return false;
  await write(writer, body, piece);
  await soon('commit', writer.commit());
  return true;
}

/** Puts an answer that the store has to take. */
export async function put(store: CacheStore, key: CacheKey, body: Buffer, how: Putting = {}): Promise<void> {
  assert.ok(await offer(store, key, body, how), `put refused a body of ${body.length} bytes`);
}

export async function find(store: CacheStore, key: CacheKey): Promise<StoredAnswer | null> {
  return soon('get', store.get(key));
}

/** The answer, which has to be there. */
export async function found(store: CacheStore, key: CacheKey): Promise<StoredAnswer> {
  const answer = await find(store, key);
  assert.ok(answer !== null, `what was stored for ${JSON.stringify(key)} is not found`);
  return answer;
}

export function opened(answer: StoredAnswer, from = 0): BodyReader {
  const reader = answer.open(from);
  assert.ok(reader !== null, 'open gave null for an answer that is stored');
  return reader;
}

/** The next piece, copied; null at the end. */
export async function pull(reader: BodyReader): Promise<Buffer | null> {
  for (;;) {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const piece = reader.pull(wake);
    if (piece === null) return null;
    if (piece !== undefined) return Buffer.from(piece);
    await soon('pull gave undefined, and wake was to be called', woken);
  }
}

/** All that is left in a reader; null when it failed. */
export async function rest(reader: BodyReader): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  for (let piece = await pull(reader); piece !== null; piece = await pull(reader)) pieces.push(piece);
  const { failure } = reader;
  reader.close();
  return failure === null ? Buffer.concat(pieces) : null;
}

export async function bodyOf(answer: StoredAnswer, from = 0): Promise<Buffer> {
  const body = await rest(opened(answer, from));
  assert.ok(body !== null, 'the reader failed');
  return body;
}

/** What is stored under a key has to be just this. */
export async function assertStored(store: CacheStore, key: CacheKey, body: Buffer, head = headOf()): Promise<StoredAnswer> {
  const answer = await found(store, key);
  assertHead(answer.head, head);
  assert.ok(answer.length === body.length || answer.length === -1, `length is ${answer.length}, not ${body.length}`);
  assertBytes(await bodyOf(answer), body);
  return answer;
}

export async function assertNothing(store: CacheStore, key: CacheKey): Promise<void> {
  assert.equal(await find(store, key), null, `something is stored for ${JSON.stringify(key)}`);
}

export function assertHead(actual: StoredHead, expected: StoredHead): void {
  assert.ok(actual.headers instanceof HeaderList, 'headers is no HeaderList');
  assert.deepEqual({ ...actual, headers: actual.headers.flat }, { ...expected, headers: expected.headers.flat });
}
