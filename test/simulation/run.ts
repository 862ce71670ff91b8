import { getEventListeners } from 'node:events';
import { type QNetworkAccessManager, QNetworkMemoryCache } from '../../src/index.ts';
import { TestClock } from '../../src/testing/network/clock.ts';
import { createTestNetwork, type TestNetwork } from '../../src/testing/network/network.ts';
import { type Act, act, drawActs } from './acts.ts';
import { checkActed } from './arrival.ts';
import { Books, type Violation } from './books.ts';
import { checkKnown, checkLeft, checkLimits, checkListeners, checkReply } from './checks.ts';
import { Dice } from './dice.ts';
import { Origins } from './origin.ts';
import type { Play } from './play.ts';
import { Questions } from './questions.ts';
import { Seen } from './seen.ts';
import { SeenManager } from './spy.ts';
import type { Watched } from './watched.ts';
import { drawWorld, originsOf } from './world.ts';

/** What came of a seed. */
export interface Outcome {
  readonly seed: number;
  readonly transfers: number;
  /** Stands for all that has happened in the network and was told to the program. */
  readonly fingerprint: string;
  readonly cells: readonly string[];
  readonly violations: readonly Violation[];
  /** With a trace: one line an event. */
  readonly lines: readonly string[];
}

/** Milliseconds of the network, by which everything has come to its end. */
const LONGEST = 2_000_000;

/** Draws a world and a program, lets it run to its end, and looks whether everything was as it has to be. */
export async function runSeed(seed: number, tracing = false): Promise<Outcome> {
  const clock = new TestClock({ auto: true });
  const books = new Books(clock);
  books.tracing = tracing;
  const dice = new Dice(seed);
  const world = drawWorld(dice.branch(1), clock);
  const seen = new Seen(clock);
  const origins = new Origins(books, dice.branch(2), {
    clock,
    whole: world.whole,
    wronged: (id, fault) => seen.wronged(id, fault),
  });
  const network = createTestNetwork({
    ...world.script,
    origins: originsOf(world.sites, (site) => origins.service(site)),
    seed,
    clock,
    watch: (event) => {
      if (tracing) books.note(`   #${event.connection} ${event.what} ${event.bytes} ${event.detail}`);
      seen.event(event);
    },
  });
  const manager = network.manager(
    new SeenManager(
      () => network.attempts,
      (number) => seen.dialled(number),
    ),
  );
  prepare(manager, dice.branch(3), world.way);
  seen.follow(manager);
  const plays: Play[] = [];
  new Questions(manager, clock, books, () => plays).answer();
  manager.finished.connect((reply) => plays.find(({ watched }) => watched?.reply === reply)?.watched?.hear('manager'));
  const go = (what: Act): void => act(what, { manager, network, clock, books, world, plays, seen });
  for (const what of drawActs(dice.branch(4), world)) clock.after(what.at, () => go(what), true);
  await ends(clock, books, plays, network);
  const replies = plays.flatMap(({ watched }) => watched ?? []);
  for (const watched of replies) checkReply(books, watched);
  checkActed(books);
  checkKnown(books, manager);
  checkListeners(books, plays, (signal) => getEventListeners(signal, 'abort').length);
  checkLeft(books, seen, network, manager);
  checkLimits(books, seen.most, world.http2);
  await manager.close();
  await network.close();
  await clock.runUntilIdle(LONGEST).catch((error: Error) => books.violated('nothing left', `after close(): ${error.message}`));
  // what other threads decode comes in pieces of whatever size
  const told = replies.map(({ told, body }) => `${[...new Set(told)].join(' ')} ${body.length}`).join('\n');
  const { lines } = books;
  return {
    seed,
    transfers: replies.length,
    fingerprint: `${network.fingerprint}${hashOf(told)}`,
    cells: seen.hits,
    violations: books.violations,
    lines,
  };
}

function prepare(manager: QNetworkAccessManager, dice: Dice, way: ReturnType<typeof drawWorld>['way']): void {
  if (dice.flip(0.7)) manager.setCache(new QNetworkMemoryCache());
  manager.setStrictTransportSecurityEnabled(dice.flip(0.7));
  manager.setAutoDeleteReplies(dice.flip(0.1));
  if (way.proxy !== null) manager.setProxy(way.proxy);
  if (way.factory !== null) manager.setProxyFactory(way.factory);
}

/** Time goes on until nothing is left that could happen. */
async function ends(clock: TestClock, books: Books, plays: readonly Play[], network: TestNetwork): Promise<void> {
  const waits = (): string => {
    const names = plays.flatMap(({ watched }) => (watched !== null && !watched.over ? [(watched as Watched).name] : []));
    return `${names.length === 0 ? 'no reply waits' : `waiting: ${names.join(', ')}`}; ${network.open} connections are open`;
  };
  await clock.runUntilIdle(LONGEST).catch((error: Error) => books.violated('hang', `${error.message} ${waits()}`));
  // promises that were kept by the last event
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
