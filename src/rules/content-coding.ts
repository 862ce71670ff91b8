import type { HeaderList } from '../base/header-list.ts';

/** A content coding that can be undone (RFC 9110 8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** The order in which Qt offers them. */
const OFFER_ORDER: readonly Coding[] = ['zstd', 'br', 'gzip', 'deflate'];

/** Nobody applies this many codings to one body for a good reason. */
const MOST_CODINGS = 5;

const SINGLE: Readonly<Record<Coding, readonly Coding[]>> = {
  gzip: Object.freeze(['gzip'] as const),
  deflate: Object.freeze(['deflate'] as const),
  br: Object.freeze(['br'] as const),
  zstd: Object.freeze(['zstd'] as const),
};

/**
 * The codings to undo, in the order in which the server applied them; null when the body is to be delivered as it is: nothing was
 * applied, or something that is not `available` (Qt delivers such a body undecoded and reports no error).
 */
export function codingsToUndo(headers: HeaderList, available: ReadonlySet<Coding>): readonly Coding[] | null {
  const value = headers.combined('content-encoding');
  if (value === undefined) return null;
  const single = knownCoding(value);
  if (single !== null) return available.has(single) ? SINGLE[single] : null;
  const codings: Coding[] = [];
  for (const item of value.split(',')) {
    const name = trimBlanks(item);
    if (name === '' || name.toLowerCase() === 'identity') continue;
    const coding = knownCoding(name);
    if (coding === null || !available.has(coding) || codings.length === MOST_CODINGS) return null;
    codings.push(coding);
  }
  return codings.length > 0 ? codings : null;
}

/** Value of Accept-Encoding for what can be undone. */
export function offer(available: ReadonlySet<Coding>): string {
  return OFFER_ORDER.filter((coding) => available.has(coding)).join(', ');
}

/**
 * How many bytes may come out of `received` bytes before the answer counts as a decompression bomb; Infinity when the guard is off.
 * `threshold` is the size up to which the ratio is not looked at: 0 = always look, -1 = never.
 */
export function bombLimit(codings: readonly Coding[], received: number, threshold: number): number {
  if (threshold < 0) return Number.POSITIVE_INFINITY;
  return Math.max(threshold, received * allowedRatio(codings));
}

/** Qt's limits: 40 for what deflates, 100 for the newer codings. Of several codings the more generous limit holds. */
export function allowedRatio(codings: readonly Coding[]): number {
  for (const coding of codings) if (coding === 'br' || coding === 'zstd') return 100;
  return 40;
}

/** RFC 9110 8.4.1: names are compared without case, and x-gzip is gzip. */
function knownCoding(name: string): Coding | null {
  switch (name) {
    case 'gzip':
    case 'deflate':
    case 'br':
    case 'zstd':
      return name;
  }
  switch (name.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
      return 'deflate';
    case 'br':
      return 'br';
    case 'zstd':
      return 'zstd';
  }
  return null;
}

/** Optional white space of RFC 9110 5.6.3. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
