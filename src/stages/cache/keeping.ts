import type { HeaderList } from '../../base/header-list.ts';
import type { BodyReader } from '../../contract/body.ts';
import type { CacheKey, CacheWriter, StoredAnswer, StoredHead, StoredRange } from '../../contract/cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { FilterPhase } from '../../contract/filter.ts';
import type { Head } from '../../contract/head.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Journey } from '../../contract/stage.ts';
import { Prefix } from '../../filters/prefix.ts';
import { Tee, type TeeDone } from '../../filters/tee.ts';
import { interrupted, type Meeting, meeting } from '../../rules/cache/partial.ts';
import { rangeOf } from '../../rules/cache/ranges.ts';
import { servedHeaders, storedHead } from '../../rules/cache/stored-head.ts';
import { variantName } from '../../rules/cache/vary.ts';
import { isRedirect } from '../../rules/redirect.ts';
import { after, type Changes } from './changes.ts';
import type { Note } from './note.ts';
import { point } from './signposts.ts';

/** A head from the network, and for whom it is. */
export interface Heard {
  readonly hop: Hop;
  readonly head: Head;
  readonly journey: Journey;
  readonly note: Note;
  readonly clock: Clock;
  readonly changes: Changes;
}

/** What came over a connection that somebody had to close an eye for is for who closed it, and for nobody later. */
export function keeps({ ask, secure }: Hop): boolean {
  return ask.wishes.cacheSave && secure?.doubted !== true;
}

/** Nothing of the body of a redirect that is followed. */
const NO_BODY: StoredRange = Object.freeze({ first: 0, last: -1, total: -1 });

export function headToKeep({ head, note, clock }: Heard, vary: StoredHead['vary'], range: StoredRange | null): StoredHead {
  return storedHead(head, { requestedAt: note.requestedAt, receivedAt: clock.wall(), vary, range });
}

/** Has the answer written down. */
export function write(parts: Heard, vary: StoredHead['vary']): void {
  const { hop, head, note } = parts;
  const { store } = note;
  const simple = store.simple === true;
  const range = rangeOf(head.status, head.headers);
  if (range !== null && (simple || join(parts))) return note.land(true);
  const key: CacheKey = vary.length === 0 || simple ? note.key : { ...note.key, variant: variantName(vary) };
  const left = isFollowed(parts);
  const coded = simple && hop.acceptEncoding !== '' && head.headers.has('Content-Encoding');
  const kept = headToKeep(parts, vary, left ? NO_BODY : range);
  const writer = store.put(key, kept, left ? 0 : coded ? -1 : head.bodyLength);
  if (writer === null) return note.land(true);
  const done = writing(parts, key, vary);
  if (left) done(true, true, writer.commit());
  else tee(parts, writer, done, (received) => (simple ? null : broken(head, kept, received)));
}

/** What is to happen when the answer is written down, or will not be. */
function writing({ note, changes }: Heard, key: CacheKey, vary: StoredHead['vary']): TeeDone {
  note.writing = true;
  return (kept, whole, committing) => {
    const done = after(committing, () => (kept ? point(note, key, vary) : undefined));
    changes.add(note.key, done);
    void after(done, () => {
      note.writing = false;
      note.land(whole, kept);
    });
  };
}

function tee({ journey, note }: Heard, writer: CacheWriter, done: TeeDone, part: (received: number) => StoredHead | null): void {
  const phase = note.store.simple === true ? FilterPhase.decoded : FilterPhase.raw;
  journey.insert(phase, (target) => {
    const made = new Tee(target, writer, done, part);
    note.flight?.boards(() => made.received);
    return made;
  });
}

type BrokenHead = Pick<Head, 'status' | 'headers' | 'bodyLength'>;

/** What is worth keeping of an answer whose body broke off; null = nothing. */
function broken(head: BrokenHead, kept: StoredHead, received: number): StoredHead | null {
  const range = interrupted(head, received);
  return range === null ? null : { ...kept, range };
}

/**
 * A part that the caller asked for meets what is stored (RFC 9111 3.4). True when the new one is not to be put in its place: it brings
 * nothing new, or goes on where the stored part ends, or has the whole before it, or nobody looked at what is here.
 */
function join(parts: Heard): boolean {
  const { hop, head, note, clock, changes } = parts;
  const { found } = note;
  if (hop.ask.wishes.cacheLoad === 'network') return true;
  if (found === null) return false;
  const met = meeting(found.head, found.length, head, note.requestedAt, clock.wall());
  if (met.kind === 'refresh') changes.add(note.key, note.store.update(note.foundKey, found, met.head));
  else if (met.kind === 'append') extend(parts, found, met);
  return met.kind !== 'replace' || found.head.range === null;
}

/** Bytes that are copied in one go; more would keep everybody waiting. */
const MOST_COPIED = 8 * 1024 * 1024;

/** Has the stored part written anew, with what comes behind it. Where that takes long the store is left as it is. */
function extend(parts: Heard, found: StoredAnswer, { keep, head }: Meeting & { kind: 'append' }): void {
  const { note } = parts;
  if (keep > MOST_COPIED) return;
  const reader = found.open(0);
  const writer = reader === null ? null : note.store.put(note.foundKey, head, keep + parts.head.bodyLength);
  if (writer !== null && copy(reader!, writer, keep)) tee(parts, writer, writing(parts, note.foundKey, head.vary), () => null);
  else writer?.abort();
  reader?.close();
}

/** False when the reader has not got so many bytes, or not at once. */
function copy(reader: BodyReader, writer: CacheWriter, length: number): boolean {
  let left = length;
  while (left > 0) {
    const piece = reader.pull(NOTHING);
    if (piece === null || piece === undefined) return false;
    writer.write(piece.subarray(0, left));
    left -= piece.length;
  }
  return true;
}

const NOTHING = (): void => {};

/**
 * The rest of an answer of which a part is here (RFC 9111 3.4): the part goes before it, to the reader and into the store, and the reader
 * sees the head of the whole. False when they do not belong together.
 */
export function complete(parts: Heard): boolean {
  const { head, note, journey, clock } = parts;
  const found = note.found!;
  const whole = meeting(found.head, found.length, head, note.requestedAt, clock.wall());
  if (whole.kind !== 'append' || whole.head.range !== null) return false;
  const reader = found.open(0);
  if (reader === null) return false;
  const length = whole.keep + head.bodyLength;
  journey.insert(FilterPhase.raw, (target) => new Prefix(target, reader, whole.keep));
  const writer = keeps(parts.hop) ? note.store.put(note.foundKey, whole.head, length) : null;
  const more = (received: number): StoredHead | null =>
    received > whole.keep ? broken({ ...whole.head, bodyLength: length }, whole.head, received) : null;
  if (writer === null) note.land(true);
  else tee(parts, writer, writing(parts, note.foundKey, whole.head.vary), more);
  journey.standIn({
    ...head,
    status: 200,
    reason: 'OK',
    headers: unlearned(servedHeaders(whole.head, clock.wall(), true), head.headers),
    bodyLength: length,
  });
  return true;
}

/** Without the fields of the stored answer that others learn from; they have heard them once. */
function unlearned(headers: HeaderList, received: HeaderList): HeaderList {
  for (const name of ['Set-Cookie', 'Strict-Transport-Security']) if (!received.has(name)) headers.remove(name);
  return headers;
}

/** A redirect that is followed: its body never comes. */
export function isFollowed({ hop, head }: Heard): boolean {
  return isRedirect(head.status) && hop.ask.wishes.redirects !== 'manual' && head.headers.has('Location');
}
