// Conditions that the caller has put into the request (RFC 9110 13, RFC 9111 4.3.2).
import { HeaderList } from '../../base/header-list.ts';
import type { StoredHead } from '../../contract/cache.ts';
import { listsTag } from './entity-tags.ts';
import { dateOf } from './initial-age.ts';
import type { RequestFields } from './request-fields.ts';
import { servedHeaders } from './stored-head.ts';
import { parseStrictDate } from './strict-date.ts';

/**
 * The caller asks conditions: no own ones are added then, and a 304 of the network is the caller's answer (it may refresh what is stored
 * all the same).
 */
export function isConditional(request: RequestFields): boolean {
  return (
    request.get('if-none-match') !== undefined ||
    request.get('if-modified-since') !== undefined ||
    request.get('if-match') !== undefined ||
    request.get('if-unmodified-since') !== undefined
  );
}

export type OwnCondition =
  /** There is none, or it holds: the stored answer is the answer. */
  | 'whole'
  /** 304, out of the store. */
  | 'not-modified'
  /** Only the origin can tell. */
  | 'ask';

/** RFC 9111 4.3.2, RFC 9110 13.2.2: the caller's conditions against a stored answer that may be served. */
export function ownCondition(request: RequestFields, stored: StoredHead): OwnCondition {
  // RFC 9111 4.3.2: these are about the state at the origin
  if (request.get('if-match') !== undefined || request.get('if-unmodified-since') !== undefined) return 'ask';
  // RFC 9110 13.2.1: conditions count where the answer without them would have succeeded
  if (stored.status < 200 || stored.status > 299) return 'whole';
  const tags = request.get('if-none-match');
  if (tags !== undefined) {
    return tags.trim() === '*' || listsTag(tags, stored.headers.get('etag') ?? '') ? 'not-modified' : 'whole';
  }
  const since = parseStrictDate(request.get('if-modified-since'), stored.receivedAt);
  return since !== null && changedAt(stored) <= since ? 'not-modified' : 'whole';
}

/** RFC 9111 4.3.2: Last-Modified, else Date, else when it came. */
function changedAt(stored: StoredHead): number {
  return parseStrictDate(stored.headers.get('last-modified'), stored.receivedAt) ?? dateOf(stored.headers, stored.receivedAt);
}

/** RFC 9110 15.4.5: what a 304 repeats of the answer it stands for. */
const IN_A_304: ReadonlySet<string> = new Set([
  'age',
  'cache-control',
  'content-location',
  'date',
  'etag',
  'expires',
  'last-modified',
  'vary',
]);

/** The fields of a 304 out of the store. */
export function notModifiedHeaders(stored: StoredHead, now: number): HeaderList {
  const all = servedHeaders(stored, now);
  const kept: string[] = [];
  for (let i = 0; i < all.size; i++) if (IN_A_304.has(all.nameAt(i).toLowerCase())) kept.push(all.nameAt(i), all.valueAt(i));
  return new HeaderList(kept);
}
