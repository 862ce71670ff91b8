import { readRange } from '../cache/ranges.ts';

/** Which bytes of a file are wanted: `first` to `last`, which is -1 for all from there on. */
export interface FtpPart {
  readonly first: number;
  readonly last: number;
}

/** What a Range field means for a file of this size (RFC 9110 14), -1 = unknown. */
export type FtpRange = FtpPart | 'whole' | 'outside';

/**
 * `condition` is If-Range, `modified` what the file shows as Last-Modified, '' = nothing. What is not understood, and several ranges, give
 * the whole file, as RFC 9110 14.2 allows.
 */
export function ftpRange(text: string | undefined, condition: string | undefined, modified: string, size: number): FtpRange {
  const wish = text === undefined ? null : readRange(text);
  if (wish === null || (condition !== undefined && (modified === '' || condition !== modified))) return 'whole';
  const { first, last } = wish;
  if (first < 0) {
    if (last === 0 || size === 0) return 'outside';
    return size < 0 ? 'whole' : { first: Math.max(0, size - last), last: -1 };
  }
  if (size < 0) return { first, last };
  if (first >= size) return 'outside';
  return { first, last: last < 0 || last >= size - 1 ? -1 : last };
}
