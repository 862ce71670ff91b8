// Answers of which only a part is here, and what makes them whole (RFC 9111 3.3, 3.4; RFC 9110 15.3.7.3).
import type { HeaderList } from '../../base/header-list.ts';
import type { StoredHead, StoredRange } from '../../contract/cache.ts';
import type { Head } from '../../contract/head.ts';
import { isStrongTag } from './entity-tags.ts';
import { rangeOf } from './ranges.ts';
import { updated } from './validation.ts';

/**
 * Which part of an answer is here when its body ended after `received` bytes; null when that part is not worth keeping. Without a strong
 * validator nothing could ever be added to it, and without a known end nobody could tell that it lacks something.
 */
export function interrupted(answer: Pick<Head, 'status' | 'headers' | 'bodyLength'>, received: number): StoredRange | null {
  const { status, headers, bodyLength } = answer;
  if (received <= 0 || strongTag(headers) === null) return null;
  if (status === 200) {
    if (bodyLength <= received || headers.get('accept-ranges')?.toLowerCase() === 'none') return null;
    return { first: 0, last: received - 1, total: bodyLength };
  }
  const range = rangeOf(status, headers);
  if (range === null || received > range.last - range.first) return null;
  return { first: range.first, last: range.first + received - 1, total: range.total };
}

/**
 * The fields that ask for the rest of a stored part (RFC 9111 3.3); null when it lacks more than its end, or nothing could be added. The
 * answer is 206 with the rest, or 200 with what has taken its place (RFC 9110 13.1.5).
 */
export function completion(stored: StoredHead, length: number): readonly (readonly [name: string, value: string])[] | null {
  const { range } = stored;
  const tag = strongTag(stored.headers);
  if (range === null || range.first !== 0 || tag === null || length <= 0 || length !== range.last + 1) return null;
  return [
    ['Range', `bytes=${length}-`],
    ['If-Range', tag],
  ];
}

/** What a 206 does to what is stored. */
export type Meeting =
  /** They are not of one piece: the new one takes its place. */
  | { readonly kind: 'replace' }
  /** It brings nothing that is not there; the stored body gets this head. */
  | { readonly kind: 'refresh'; readonly head: StoredHead }
  /** `keep` bytes of the stored body with those of the new one behind them, under this head. */
  | { readonly kind: 'append'; readonly head: StoredHead; readonly keep: number };

const REPLACE: Meeting = Object.freeze({ kind: 'replace' });

/**
 * RFC 9111 3.4: both need the same strong validator, and their lengths must be what they say. A part that lies before what is stored, or
 * leaves a gap, is no gain for it. `length` is that of the stored body.
 */
export function meeting(
  stored: StoredHead,
  length: number,
  answer: Pick<Head, 'status' | 'headers' | 'bodyLength'>,
  requestedAt: number,
  receivedAt: number,
): Meeting {
  const tag = strongTag(answer.headers);
  const next = rangeOf(answer.status, answer.headers);
  if (tag === null || next === null || tag !== strongTag(stored.headers)) return REPLACE;
  const here = stored.range ?? { first: 0, last: length - 1, total: length };
  if (length <= 0 || length !== here.last - here.first + 1) return REPLACE;
  const total = next.total < 0 ? here.total : next.total;
  if (here.total >= 0 && total !== here.total) return REPLACE;
  if (next.first < here.first || next.first > here.last + 1) return REPLACE;
  const times = { requestedAt, receivedAt, expires: -1 };
  if (next.last <= here.last)
    return { kind: 'refresh', head: { ...stored, ...times, headers: updated(stored.headers, answer.headers) } };
  if (answer.bodyLength !== next.last - next.first + 1) return REPLACE;
  const range = { first: here.first, last: next.last, total };
  return { kind: 'append', head: joined({ ...stored, ...times }, answer.headers, range), keep: next.first - here.first };
}

/** The head of what both make together: a whole answer, if they do. */
function joined(stored: StoredHead, received: HeaderList, range: StoredRange): StoredHead {
  const headers = updated(stored.headers, received);
  const { first, last, total } = range;
  headers.set('Content-Length', String(last - first + 1));
  if (first === 0 && last === total - 1) {
    headers.remove('content-range');
    return { ...stored, status: 200, reason: 'OK', headers, range: null };
  }
  headers.set('Content-Range', `bytes ${first}-${last}/${total < 0 ? '*' : total}`);
  return { ...stored, status: 206, reason: 'Partial Content', headers, range };
}

/** RFC 9111 3.4 wants a strong validator; dates are too coarse to trust bytes to. */
function strongTag(headers: HeaderList): string | null {
  const tag = headers.get('etag');
  return tag !== undefined && isStrongTag(tag) ? tag : null;
}
