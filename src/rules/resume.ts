// What it takes to go on with an answer that broke off (RFC 9110 13.1.5, 14.2, 15.3.7).
import type { HeaderList } from '../base/header-list.ts';
import type { Head } from '../contract/head.ts';
import { isStrongTag } from './cache/entity-tags.ts';
import { rangeOf } from './cache/ranges.ts';
import { parseStrictDate } from './cache/strict-date.ts';

type Answer = Pick<Head, 'status' | 'headers' | 'bodyLength'>;

/** An answer that could be gone on with. */
export interface Resumable {
  /** Strong: only the same bytes have it. */
  readonly validator: string;
  readonly coding: string;
  /** Where the body begins in the representation, and its last octet; -1 = unknown. */
  readonly first: number;
  readonly last: number;
  /** Octets of the whole representation; -1 = unknown. */
  readonly total: number;
}

/** null when the rest of this answer to a GET could not be had, or not be told from something else. */
export function resumable(method: string, { status, headers, bodyLength }: Answer): Resumable | null {
  const validator = strongValidator(headers);
  if (method !== 'GET' || validator === '') return null;
  const coding = headers.combined('content-encoding') ?? '';
  if (status === 200) return { validator, coding, first: 0, last: bodyLength > 0 ? bodyLength - 1 : -1, total: bodyLength };
  const range = rangeOf(status, headers);
  return range === null ? null : { validator, coding, ...range };
}

/** RFC 9110 8.8: a tag, or a date that was at least a second past when the answer was made (8.8.2.2); '' = there is none. */
function strongValidator(headers: HeaderList): string {
  const tag = headers.get('etag') ?? '';
  if (tag !== '') return isStrongTag(tag) ? tag : '';
  const changed = headers.get('last-modified');
  // years with two digits are of no century that matters here: both dates are read alike
  const at = parseStrictDate(changed, 0);
  const made = parseStrictDate(headers.get('date'), 0);
  return changed !== undefined && at !== null && made !== null && made - at >= 1000 ? changed : '';
}

/** The fields that ask for what comes after `passed` bytes of it. */
export function resumption(
  { validator, first, last }: Resumable,
  passed: number,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['Range', `bytes=${first + passed}-${last < 0 ? '' : last}`],
    ['If-Range', validator],
  ];
}

/** Bytes that the body has with its rest in `answer`; -1 = nobody knows. */
export function lengthOf({ first, last }: Resumable, answer: Answer): number {
  const end = last < 0 ? (rangeOf(answer.status, answer.headers)?.last ?? -1) : last;
  return end < 0 ? -1 : end - first + 1;
}

/**
 * How many bytes of the body of `answer` are here already, when the rest of it is what is wanted; -1 when it is something else. A server that
 * knows no ranges sends all of it once more.
 */
export function overlap(wanted: Resumable, passed: number, answer: Answer): number {
  const found = resumable('GET', answer);
  if (found === null || found.validator !== wanted.validator || found.coding !== wanted.coding) return -1;
  if (wanted.last >= 0 && found.last >= 0 && found.last !== wanted.last) return -1;
  // what had no length ends with the representation, and a server may send less than it was asked for (RFC 9110 14.2)
  if (wanted.last < 0 && answer.status === 206 && found.last !== found.total - 1) return -1;
  const begin = wanted.first + passed;
  if (found.first > begin) return -1;
  // of a part that was asked for, the whole has other bytes behind it as well
  if (answer.status === 200 && (wanted.first > 0 || (wanted.last >= 0 && found.last !== wanted.last))) return -1;
  return begin - found.first;
}
