import { HeaderList } from '../../base/header-list.ts';
import type { CacheKey, StoredHead } from '../../contract/cache.ts';

/**
 * A file of an answer: `qnwcach1`, the checksum of all that follows, the length of the head, the head as JSON; then the body, unless that is
 * too large and has a file of its own.
 */
const MAGIC = Buffer.from('qnwcach1', 'latin1');
const PREFIX = MAGIC.length + 8;

/** What the file of an answer says. */
export interface DiskRecord {
  readonly key: CacheKey;
  readonly head: StoredHead;
  /** Names this body among all that were ever stored under the key. */
  readonly id: string;
  /** Bytes of the body. */
  readonly length: number;
  /** Checksum of a body in a file of its own; -1 for one that is in here. */
  readonly crc: number;
}

/** All of the file but the body. */
export function encodeRecord(record: DiskRecord, body: Buffer | null): Buffer {
  const { crc32 } = process.getBuiltinModule('node:zlib');
  const { headers } = record.head;
  const text = JSON.stringify({ ...record, head: { ...record.head, headers: headers.flat } });
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(PREFIX + length);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(length, PREFIX - 4);
  bytes.write(text, PREFIX);
  const crc = crc32(bytes.subarray(PREFIX - 4));
  bytes.writeUInt32LE(body === null ? crc : crc32(body, crc), PREFIX - 8);
  return bytes;
}

/** Reads a whole file; null when it is damaged or none of ours. The body shares the memory; null when it is elsewhere. */
export function decodeRecord(bytes: Buffer): { readonly record: DiskRecord; readonly body: Buffer | null } | null {
  if (bytes.length < PREFIX || bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return null;
  const end = PREFIX + bytes.readUInt32LE(PREFIX - 4);
  if (end > bytes.length) return null;
  const crc = process.getBuiltinModule('node:zlib').crc32(bytes.subarray(PREFIX - 4));
  if (crc !== bytes.readUInt32LE(PREFIX - 8)) return null;
  const record = parseRecord(bytes.toString('utf8', PREFIX, end));
  if (record === null) return null;
  const inside = record.crc < 0;
  if (bytes.length - end !== (inside ? record.length : 0)) return null;
  return { record, body: inside ? bytes.subarray(end) : null };
}

function parseRecord(text: string): DiskRecord | null {
  try {
    const { key, head, id, length, crc } = JSON.parse(text) as DiskRecord;
    const { headers, vary, variants, notes } = head as unknown as Record<string, unknown>;
    if (![key.url, key.partition, key.variant, id].every((part) => typeof part === 'string')) return null;
    if (![headers, vary, variants, notes].every(Array.isArray)) return null;
    if (!isHex(id) || !(length >= 0) || typeof crc !== 'number') return null;
    // the parsed object is nobody else's yet
    (head as { headers: HeaderList }).headers = new HeaderList(headers as string[]);
    return { key, head, id, length, crc };
  } catch {
    // no file that we wrote
    return null;
  }
}

/** It becomes part of a file name. */
function isHex(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}
