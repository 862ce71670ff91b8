import { namesSocket } from '../base/local-scheme.ts';
import type { Access, Passage } from '../contract/access.ts';
import type { Timer } from '../contract/clock.ts';
import type { FailureKind } from '../contract/failure.ts';
import type { Hop } from '../contract/hop.ts';
import type { Journey, Stage, Verdict } from '../contract/stage.ts';

/** Schemes whose answers do not come from a network, beside those of local sockets. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set(['data', 'file', 'qrc']);

/** Has each hop leave the way that the network session says, wait until there is one, or not leave at all. Without a session it costs one comparison. */
export const access: Stage = {
  name: 'access',
  outward(hop, journey) {
    const { access: ways, cacheLoad } = journey.ask.wishes;
    if (ways === null || cacheLoad === 'only') return 'go';
    const { scheme } = hop.url;
    if (OF_THIS_MACHINE.has(scheme) || namesSocket(scheme)) return 'go';
    return admit(hop, journey, ways);
  },
  failed(hop, { kind }, { bytesWritten }, { ask }) {
    const { local } = hop;
    if (local === null || bytesWritten > 0 || !UNREACHED.has(kind)) return 'go';
    const whole = hop.body === null || hop.body.replayable;
    return whole && ask.wishes.access?.gone(local) === true ? 'again' : 'go';
  },
  settle(journey) {
    if (journey.ask.wishes.access !== null) stopWatching(journey);
  },
};

/** How a way that is gone shows before the system tells: there is no route to the server, or to a name server. */
const UNREACHED: ReadonlySet<FailureKind> = new Set(['network', 'not-found', 'proxy-not-found']);

/** While somebody waits there may be no socket that keeps the process alive; the session ends the waiting long before. */
const LONG_MS = 0x7fffffff;

/** What is remembered of a transfer that wants to hear of changes. */
interface Watch {
  /** It waits for its way, and does nothing else meanwhile. */
  waiting: Timer | null;
  readonly stop: () => void;
}

function admit(hop: Hop, journey: Journey, ways: Access): Verdict {
  const passage = askFor(hop, journey, ways);
  if (journey.over) return 'fail';
  // of what nobody waits for the session may want to be rid while it runs
  if (passage === 'wait' || journey.ask.wishes.background) rest(watch(journey, ways), journey, passage === 'wait');
  return passage === 'wait' ? 'wait' : take(hop, journey, passage);
}

function askFor({ url }: Hop, { ask }: Journey, ways: Access): Passage {
  return ways.passage(url.host ?? '', ask.wishes.background);
}

function take(hop: Hop, journey: Journey, passage: Exclude<Passage, 'wait'>): Verdict {
  if (passage === 'unbound') return 'go';
  // what is noted on a failure later belongs to one request
  if ('kind' in passage) return journey.refuse({ ...passage });
  hop.local = passage;
  return 'go';
}

function watch(journey: Journey, ways: Access): Watch {
  const known = journey.memory.get(access) as Watch | undefined;
  if (known !== undefined) return known;
  const made: Watch = { waiting: null, stop: ways.watch(() => look(journey, ways)) };
  journey.memory.set(access, made);
  return made;
}

function stopWatching(journey: Journey): void {
  const known = journey.recall(access) as Watch | undefined;
  if (known === undefined) return;
  known.stop();
  known.waiting?.cancel();
  journey.memory.delete(access);
}

function rest(known: Watch, { clock }: Journey, waits: boolean): void {
  known.waiting?.cancel();
  known.waiting = waits ? clock.after(LONG_MS, () => {}, true) : null;
}

/** Something about the session has changed. */
function look(journey: Journey, ways: Access): void {
  if (journey.over) return;
  const { hop } = journey;
  const passage = askFor(hop, journey, ways);
  const known = journey.recall(access) as Watch | undefined;
  // the question may have brought another change about, which was heard already
  if (journey.over || known === undefined || passage === 'wait') return;
  if (known.waiting === null) {
    if (typeof passage === 'object' && 'kind' in passage && passage.kind === 'background') journey.giveUp({ ...passage });
    return;
  }
  if (journey.ask.wishes.background) rest(known, journey, false);
  else stopWatching(journey);
  journey.proceed(take(hop, journey, passage));
}
