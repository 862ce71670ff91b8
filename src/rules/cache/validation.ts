// Asking the origin whether a stored answer still holds, and what its word changes (RFC 9111 4.3, 3.2).
import { HeaderList } from '../../base/header-list.ts';
import type { StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { Head } from '../../contract/head.ts';
import { isStrongTag, strongMatch, weakMatch } from './entity-tags.ts';
import { factsOf } from './facts.ts';
import { endToEnd } from './stored-head.ts';

/**
 * RFC 9110 13.2.1: only for answers that succeeded are conditions looked at. RFC 9111 4.3.1: one needs a validator to ask with.
 */
export function canBeValidated(stored: StoredHead): boolean {
  if (stored.status < 200 || stored.status > 299) return false;
  return hasValue(stored.headers.get('etag')) || hasValue(stored.headers.get('last-modified'));
}

/** The fields to ask with, in the order in which they are sent (RFC 9111 4.3.1); both validators where both are known, as Qt does. */
export function conditions(stored: StoredHead): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [];
  if (!canBeValidated(stored)) return fields;
  const tag = stored.headers.get('etag');
  const changed = stored.headers.get('last-modified');
  if (hasValue(tag)) fields.push(['If-None-Match', tag]);
  if (hasValue(changed)) fields.push(['If-Modified-Since', changed]);
  return fields;
}

function hasValue(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/**
 * RFC 9111 4.3.3: the 304 speaks of this very answer, and may update it. One without validators speaks of what was asked about. When it
 * speaks of another, nothing stored may be used on its word: the request is to be made once more without conditions.
 */
export function sameSelection(stored: StoredHead, head304: Pick<Head, 'headers'>): boolean {
  const tag = head304.headers.get('etag');
  const known = stored.headers.get('etag');
  if (hasValue(tag) && hasValue(known)) return isStrongTag(tag) ? strongMatch(tag, known) : weakMatch(tag, known);
  const changed = head304.headers.get('last-modified');
  const knownChanged = stored.headers.get('last-modified');
  return !hasValue(changed) || !hasValue(knownChanged) || changed === knownChanged;
}

/**
 * RFC 9111 3.2: fields that a 304 does not replace. They say how the stored body is coded, how long it is and which part it is, and that
 * did not come anew.
 */
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'content-range']);

/**
 * RFC 9111 3.2, 4.3.4: the stored answer with the fields that came instead of its own of the same names, and with its age told by them.
 * As in Qt, what was replaced goes to the end, and a Content-Type that is known stays: servers add their default one to a 304.
 */
export function refreshed(
  stored: StoredHead,
  answer: Pick<Head, 'headers'>,
  requestedAt: number,
  receivedAt: number,
): StoredHead {
  const headers = updated(stored.headers, answer.headers);
  return { ...stored, headers, requestedAt, receivedAt, expires: -1 };
}

/** RFC 9111 3.2. An Age that is not said again is gone, too: it told the age of what came before. */
export function updated(old: HeaderList, received: HeaderList): HeaderList {
  const fresh = endToEnd(received).flat;
  const keepsType = old.has('content-type');
  const replaced = new Set<string>(['age']);
  const added: string[] = [];
  for (let i = 0; i < fresh.length; i += 2) {
    const lower = fresh[i]!.toLowerCase();
    if (OF_THE_BODY.has(lower) || (keepsType && lower === 'content-type')) continue;
    replaced.add(lower);
    added.push(fresh[i]!, fresh[i + 1]!);
  }
  const flat: string[] = [];
  for (let i = 0; i < old.size; i++) {
    if (!replaced.has(old.nameAt(i).toLowerCase())) flat.push(old.nameAt(i), old.valueAt(i));
  }
  return new HeaderList(flat.concat(added));
}

/**
 * What a HEAD that was answered 200 makes of the answer stored for GET (RFC 9111 4.3.5): its renewed head when it speaks of the same
 * representation, null when that is outdated. Other statuses say nothing about it.
 */
export function refreshedByHead(
  answer: StoredAnswer,
  received: Pick<Head, 'status' | 'headers'>,
  requestedAt: number,
  receivedAt: number,
): StoredHead | null {
  if (received.status !== 200) return answer.head;
  return isSameRepresentation(answer, received.headers) ? refreshed(answer.head, received, requestedAt, receivedAt) : null;
}

function isSameRepresentation({ head, length }: StoredAnswer, headers: HeaderList): boolean {
  for (const name of VALIDATORS) {
    const value = headers.get(name);
    if (value !== undefined && value !== head.headers.get(name)) return false;
  }
  const total = headers.get('content-length');
  if (total === undefined) return true;
  const known = head.headers.get('content-length') ?? (length < 0 || head.range !== null ? total : String(length));
  return known === total;
}

const VALIDATORS = ['etag', 'last-modified'] as const;

/** Keeping the renewed head would change nothing: the same fields, and no time in which the answer can be used is counted from now. */
export function unchanged(old: StoredHead, fresh: StoredHead): boolean {
  const { said, lifetime, sharedLifetime } = factsOf(fresh);
  if (old.expires !== fresh.expires || lifetime > 0 || sharedLifetime > 0) return false;
  return said.staleWhileRevalidate < 0 && said.staleIfError < 0 && sameFields(old.headers, fresh.headers);
}

/** In any order, as renewed fields go to the end. */
function sameFields(a: HeaderList, b: HeaderList): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.size; i++) {
    const name = a.nameAt(i);
    if (a.combined(name) !== b.combined(name)) return false;
  }
  return true;
}
