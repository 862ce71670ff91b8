import type { CacheStore, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { Verdict } from '../../contract/stage.ts';
import { invalidated } from '../../rules/cache/invalidation.ts';
import { isOriginTrouble } from '../../rules/cache/reuse.ts';
import { mayStore } from '../../rules/cache/storing.ts';
import { refreshed, refreshedByHead, sameSelection, unchanged } from '../../rules/cache/validation.ts';
import { varyFields } from '../../rules/cache/vary.ts';
import { substitute } from './choice.ts';
import { complete, type Heard, headToKeep, isFollowed, keeps, write } from './keeping.ts';
import { fieldsOf, keyOf, Note } from './note.ts';
import { forget, forgetVariant } from './signposts.ts';

/** What a head from the network does to the store, and what the store does to the transfer. */
export function heard(parts: Heard): Verdict {
  const { head, note, hop } = parts;
  if (note.asking === 'whether' && head.status === 304) return renewed(parts);
  if (note.asking === 'rest' && head.status === 206) return complete(parts) ? 'go' : startOver(parts);
  // RFC 9110 15.5.17: it is shorter now than what is here
  if (note.asking === 'rest' && head.status === 416) return startOver(parts);
  if (isOriginTrouble(head.status)) note.serving = substitute(hop, note, parts.clock, 'error');
  if (note.serving !== null) note.land(true);
  else if (hop.method === 'HEAD') freshen(parts);
  else keep(parts);
  return 'go';
}

/** The server says that what is stored still holds (RFC 9111 4.3.3 and 4.3.4). */
function renewed(parts: Heard): Verdict {
  const { hop, head, note, clock } = parts;
  const answer = note.found!;
  // it means something that is not here
  if (!sameSelection(answer.head, head)) return startOver(parts);
  const fresh = refreshed(answer.head, head, note.requestedAt, clock.wall());
  if (keeps(hop)) renew(parts, answer, fresh);
  note.serving = { answer, head: fresh, validated: true, as: 'whole' };
  note.land(true, true);
  return 'go';
}

function renew({ note, changes }: Heard, answer: StoredAnswer, fresh: StoredHead): void {
  // a simple store looks by itself whether anything has changed
  if (note.store.simple === true || !unchanged(answer.head, fresh))
    changes.add(note.key, note.store.update(note.foundKey, answer, fresh));
}

/** Asks again, and for all of it. */
function startOver({ hop, note, journey }: Heard): Verdict {
  note.asking = 'all';
  if (hop.noting) hop.note('again', { kind: 'cache', why: 'what is stored is not what the server has: all of it is asked for' });
  journey.reroute(journey.trip);
  return 'again';
}

/** An answer to HEAD tells whether what is stored for GET still holds (RFC 9111 4.3.5). */
function freshen(parts: Heard): void {
  const { head, note, clock, hop, changes } = parts;
  const answer = note.found;
  if (answer === null || !keeps(hop)) return;
  const fresh = refreshedByHead(answer, head, note.requestedAt, clock.wall());
  if (fresh === null) changes.add(note.key, note.store.remove(note.foundKey));
  else renew(parts, answer, fresh);
}

/** A 304 that the caller asked for himself is his, and tells as much when it names what is stored (RFC 9111 4.3.4). */
function confirm(parts: Heard): void {
  const { head, note, clock } = parts;
  const answer = note.found;
  if (answer === null || !(head.headers.has('ETag') || head.headers.has('Last-Modified'))) return;
  if (sameSelection(answer.head, head)) renew(parts, answer, refreshed(answer.head, head, note.requestedAt, clock.wall()));
}

function keep(parts: Heard): void {
  const { hop, head, note, clock } = parts;
  if (!keeps(hop)) return note.land(true);
  const fields = fieldsOf(hop);
  const vary = varyFields(head.headers, fields);
  const stored = mayStore({
    method: hop.method,
    url: hop.url,
    fields,
    status: head.status,
    headers: head.headers,
    now: clock.wall(),
    shared: note.store.shared === true,
    partitioned: hop.ask.wishes.partition !== '',
  });
  // of a redirect that is followed a simple store hears nothing
  if (note.store.simple === true && isFollowed(parts)) return note.land(true);
  if (stored && vary !== null) return write(parts, vary);
  note.store.passed?.(note.key, headToKeep(parts, NO_FIELDS, null));
  if (head.status === 304) confirm(parts);
  // who was told that it has passed has removed what it outdates
  else if (note.store.passed === undefined && head.status < 400 && head.status !== 206) outdate(parts);
  note.land(true);
}

/** An answer that is none of an error, and is not kept, has taken the place of what is here. */
function outdate({ hop, note, changes }: Heard): void {
  if (note.found !== null) changes.add(note.key, note.store.remove(note.foundKey));
  else if (hop.ask.wishes.cacheLoad === 'network') changes.add(note.key, forgetVariant(note.store, note.key, fieldsOf(hop)));
}

const NO_FIELDS: StoredHead['vary'] = Object.freeze([]);

/** The answer to a request that is not looked up: it may have changed what is stored (RFC 9111 4.4), or be stored itself (RFC 9110 9.3.3). */
export function heardOther(parts: Omit<Heard, 'note'>, store: CacheStore): void {
  const { hop, head, journey, clock, changes } = parts;
  const { partition } = hop.ask.wishes;
  for (const url of invalidated(hop.method, head.status, hop.url, head.headers)) {
    const key = keyOf(url, partition, store);
    changes.add(key, forget(store, key));
  }
  if (hop.method !== 'POST' || store.simple === true) return;
  const note = new Note(journey.trip, store, keyOf(hop.url, partition, store));
  note.requestedAt = clock.wall();
  keep({ ...parts, note });
}
