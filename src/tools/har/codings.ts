import { HeaderList } from '../../base/header-list.ts';
import { type Coding, codingsToUndo } from '../../rules/content-coding.ts';
import type { HarNameValue } from './format.ts';

type Zlib = typeof import('node:zlib');
/** Node.js has these since 22.15. */
type Zstd = {
  zstdCompressSync?: (bytes: Uint8Array) => Buffer;
  zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer;
};

/** A body that comes to more than this without its codings is not unpacked. */
const LARGEST = 1 << 26;

/** ZSTD_e_flush; the types of Node.js 20 do not have it. */
const ZSTD_FLUSH = 1;

const zlib = (): Zlib & Zstd => process.getBuiltinModule('node:zlib');

/** Content codings that are on the body of an answer and can be undone, in the order in which they were applied. A range has none of its own (RFC 9110 14.1.2). */
export function codingsOf(status: number, headers: readonly HarNameValue[]): readonly Coding[] {
  if (status === 206) return [];
  const list = new HeaderList(headers.flatMap(({ name, value }) => [name, value]));
  const known = new Set<Coding>(['gzip', 'deflate', 'br']);
  if (zlib().zstdDecompressSync !== undefined) known.add('zstd');
  return codingsToUndo(list, known) ?? [];
}

/** The body without its codings; null when they are not what they claim to be, or not all of it is there. */
export function undone(bytes: Buffer, codings: readonly Coding[]): Buffer | null {
  return unpacked(bytes, codings, false);
}

/** The same, as far as the body goes. */
export function begun(bytes: Buffer, codings: readonly Coding[]): Buffer | null {
  return unpacked(bytes, codings, true);
}

function unpacked(bytes: Buffer, codings: readonly Coding[], partly: boolean): Buffer | null {
  let plain = bytes;
  try {
    for (const coding of [...codings].reverse()) plain = undo(plain, coding, partly);
  } catch {
    return null;
  }
  return plain;
}

function undo(bytes: Buffer, coding: Coding, partly: boolean): Buffer {
  const { gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync, zstdDecompressSync, constants } = zlib();
  const most = { maxOutputLength: LARGEST };
  const options = partly ? { ...most, finishFlush: constants.Z_SYNC_FLUSH } : most;
  switch (coding) {
    case 'gzip':
      return gunzipSync(bytes, options);
    case 'br':
      return brotliDecompressSync(bytes, partly ? { ...most, finishFlush: constants.BROTLI_OPERATION_FLUSH } : most);
    case 'zstd':
      return zstdDecompressSync!(bytes, partly ? { ...most, finishFlush: ZSTD_FLUSH } : most);
    case 'deflate':
      // RFC 9110 8.4.1.2: some send it without the wrapping of zlib
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
  }
}

/** The body with these codings on it. */
export function applied(bytes: Buffer, codings: readonly Coding[]): Buffer {
  const { gzipSync, deflateSync, brotliCompressSync, zstdCompressSync, constants } = zlib();
  // quick ones: nothing is saved by a smaller answer that never leaves the machine
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  let coded = bytes;
  for (const coding of codings) {
    if (coding === 'gzip') coded = gzipSync(coded, { level: 1 });
    else if (coding === 'deflate') coded = deflateSync(coded, { level: 1 });
    else if (coding === 'br') coded = brotliCompressSync(coded, brotli);
    else coded = zstdCompressSync!(coded);
  }
  return coded;
}
