// Ranges of what is stored (RFC 9110 14, RFC 9111 3.3).
import type { HeaderList } from '../../base/header-list.ts';
import type { StoredHead, StoredRange } from '../../contract/cache.ts';
import { strongMatch } from './entity-tags.ts';
import type { RequestFields } from './request-fields.ts';
import { servedHeaders } from './stored-head.ts';
import { parseStrictDate } from './strict-date.ts';

/** A range of bytes that is asked for: `first` to `last`; `last` is -1 for all from `first` on, `first` is -1 for the last `last` bytes. */
export interface RangeWish {
  readonly first: number;
  readonly last: number;
}

/** Which of the stored bytes answer a wish, and what Content-Range says to it. */
export interface Cut {
  readonly offset: number;
  readonly length: number;
  readonly contentRange: string;
}

export type RangeAnswer =
  /** The whole stored answer. */
  | 'whole'
  /** What is stored does not answer it. */
  | 'elsewhere'
  /** 206 with these bytes. */
  | Cut;

const RANGE = /^bytes=[ \t]*(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))[ \t]*$/i;

/** RFC 9110 14.1.2; null for several ranges, other units and what is not in form: these are the origin's to answer. */
export function readRange(text: string): RangeWish | null {
  const match = RANGE.exec(text);
  if (match === null) return null;
  if (match[3] !== undefined) return { first: -1, last: Number(match[3]) };
  const first = Number(match[1]);
  const last = match[2] === undefined ? -1 : Number(match[2]);
  return last >= 0 && last < first ? null : { first, last };
}

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i;

/** RFC 9110 14.4: which part a 206 brings; null when that is not said, or not in form, and for several parts in one body. */
export function rangeOf(status: number, headers: HeaderList): StoredRange | null {
  if (status !== 206) return null;
  const match = CONTENT_RANGE.exec(headers.combined('content-range') ?? '');
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Number(match[2]);
  const total = match[3] === '*' ? -1 : Number(match[3]);
  return last < first || (total >= 0 && last >= total) ? null : { first, last, total };
}

/** What of a stored answer answers a GET with this request's Range and If-Range. `length` is that of the stored body, -1 = unknown. */
export function rangeAnswer(request: RequestFields, stored: StoredHead, length: number): RangeAnswer {
  const whole = stored.range === null ? 'whole' : 'elsewhere';
  const text = request.get('range');
  if (text === undefined) return whole;
  // RFC 9110 14.2: it is for answers that would be 200
  if (stored.range === null && stored.status !== 200) return 'whole';
  const condition = request.get('if-range');
  if (condition !== undefined && !ifRangeHolds(condition, stored)) return whole;
  const wish = readRange(text);
  // parts of a coded body are of no use to who did not ask for that coding
  if (wish === null || (stored.range === null && stored.headers.has('content-encoding'))) return 'elsewhere';
  return cutOut(stored.range, length, wish) ?? 'elsewhere';
}

/** RFC 9110 13.1.5: the very tag, if it is strong; or the very date, if the answer was made at least a second after it (8.8.2.2). */
export function ifRangeHolds(condition: string, stored: StoredHead): boolean {
  if (condition.includes('"')) return strongMatch(condition, stored.headers.get('etag') ?? '');
  const changed = stored.headers.get('last-modified');
  if (changed !== condition) return false;
  const at = parseStrictDate(changed, stored.receivedAt);
  const made = parseStrictDate(stored.headers.get('date'), stored.receivedAt);
  return at !== null && made !== null && made - at >= 1000;
}

/**
 * RFC 9111 3.3: the bytes of `wish`, if all of them are stored; null when not, and when there are none such, which the origin is to tell.
 * A first position counts from the beginning of what is stored and a suffix from its end, so a part that is not as long as its
 * Content-Range says still gives what its origin would.
 */
export function cutOut(range: StoredRange | null, length: number, wish: RangeWish): Cut | null {
  if (length <= 0) return null;
  const start = range === null ? 0 : range.first;
  const total = range === null ? length : range.total;
  const toTheEnd = range === null || (total >= 0 && range.last === total - 1);
  if (wish.first < 0) return toTheEnd ? suffix(total, length, wish.last) : null;
  const offset = wish.first - start;
  if (offset < 0 || offset >= length) return null;
  // RFC 9110 14.1.2: a last position beyond the end means the end
  const open = wish.last < 0 || (total >= 0 && wish.last >= total);
  const size = open ? length - offset : wish.last - wish.first + 1;
  if ((open && !toTheEnd) || offset + size > length) return null;
  return cut(offset, size, wish.first, total);
}

function suffix(total: number, length: number, wanted: number): Cut | null {
  if (wanted === 0) return null;
  // more than there is means all of it, which a part that lacks the beginning cannot give
  const size = Math.min(wanted, total);
  return size > length ? null : cut(length - size, size, total - size, total);
}

function cut(offset: number, length: number, first: number, total: number): Cut {
  return { offset, length, contentRange: `bytes ${first}-${first + length - 1}/${total < 0 ? '*' : total}` };
}

/** The fields of the 206 with these bytes (RFC 9110 15.3.7). */
export function cutHeaders(stored: StoredHead, now: number, part: Cut): HeaderList {
  const headers = servedHeaders(stored, now);
  headers.set('Content-Range', part.contentRange);
  headers.set('Content-Length', String(part.length));
  return headers;
}
