import type { Clock } from '../../contract/clock.ts';
import type { Hop } from '../../contract/hop.ts';
import { completion } from '../../rules/cache/partial.ts';
import { type RangeAnswer, rangeAnswer } from '../../rules/cache/ranges.ts';
import { reasonOf } from '../../rules/cache/reasons.ts';
import { mayServeStale, reuse, type StaleUse, type Use } from '../../rules/cache/reuse.ts';
import { fieldsOf, type Note, type Serving } from './note.ts';

/** What is done with a request after a look into the store. */
export type Choice =
  | { readonly kind: 'serve'; readonly serving: Serving; readonly refresh: boolean }
  | { readonly kind: 'ask' }
  | { readonly kind: 'absent' };

const ASK: Choice = Object.freeze({ kind: 'ask' });
const ABSENT: Choice = Object.freeze({ kind: 'absent' });

/** Chooses, for what was found, and notes what the network is asked for. */
export function choose(hop: Hop, note: Note, clock: Clock): Choice {
  const { found } = note;
  const part = partOf(hop, note);
  const verdict = reuse(useOf(hop, note, clock, typeof part === 'object'), found?.head ?? null);
  if (verdict === 'absent') return ABSENT;
  if (verdict === 'fetch' || verdict === 'validate') return ask(hop, note, verdict);
  if (part === 'elsewhere') return hop.ask.wishes.cacheLoad === 'only' ? ABSENT : ASK;
  const as = verdict === 'not-modified' ? verdict : part;
  const serving = { answer: found!, head: found!.head, validated: false, as };
  return { kind: 'serve', serving, refresh: verdict === 'serve-and-refresh' };
}

/** Why it was chosen so, for people. */
export function reasonFor(hop: Hop, note: Note, clock: Clock): string {
  const part = partOf(hop, note);
  return reasonOf(useOf(hop, note, clock, typeof part === 'object'), note.found?.head ?? null);
}

/** What stands in for what the network gave; null when nothing may. */
export function substitute(hop: Hop, note: Note, clock: Clock, why: StaleUse['why']): Serving | null {
  const { found } = note;
  if (found === null) return null;
  const part = partOf(hop, note);
  if (!mayServeStale({ ...useOf(hop, note, clock, typeof part === 'object'), why }, found.head)) return null;
  return { answer: found, head: found.head, validated: false, as: part === 'elsewhere' ? 'whole' : part };
}

/** How the request uses the store; `part`: what is stored has the part that it asks for. */
function useOf(hop: Hop, { store }: Note, clock: Clock, part = false): Use {
  const { cacheLoad, redirects } = hop.ask.wishes;
  return {
    method: hop.method,
    fields: hop.headers,
    load: cacheLoad,
    now: clock.wall(),
    shared: store.shared === true,
    follows: redirects !== 'manual',
    part,
  };
}

/** What of the stored answer is the answer. RFC 9110 14.2: a range means nothing to HEAD. */
function partOf(hop: Hop, { found, store }: Note): RangeAnswer {
  if (found === null || hop.headers.size === 0 || hop.method === 'HEAD' || !hop.headers.has('Range')) return 'whole';
  // such a store has other bytes than its head says
  return store.simple === true ? 'elsewhere' : rangeAnswer(fieldsOf(hop), found.head, found.length);
}

/** Whether what is here holds, or for the rest of it, unless the caller asks for a part of his own. */
function ask(hop: Hop, note: Note, verdict: 'fetch' | 'validate'): Choice {
  const { found } = note;
  if (found === null || hop.method !== 'GET' || hop.headers.has('Range')) return ASK;
  if (verdict === 'validate') note.asking = 'whether';
  else if (completion(found.head, found.length) !== null && !hop.headers.has('If-Match')) note.asking = 'rest';
  return ASK;
}
