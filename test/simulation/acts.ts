import { QNetworkAccessManager } from '../../src/index.ts';
import type { TestClock } from '../../src/testing/network/clock.ts';
import type { TestFaultKind } from '../../src/testing/network/link.ts';
import type { TestNetwork } from '../../src/testing/network/network.ts';
import type { Books } from './books.ts';
import type { Dice } from './dice.ts';
import { drawPlan } from './draw.ts';
import type { Plan, Site } from './plan.ts';
import { Play } from './play.ts';
import type { Seen } from './seen.ts';
import type { World } from './world.ts';

/** Something that the program, or the world around it, does at a time. */
export type Act = { readonly at: number } & (
  | { readonly what: 'request'; readonly plan: Plan }
  | { readonly what: 'strike'; readonly fault: TestFaultKind }
  | { readonly what: 'jump'; readonly by: number }
  | { readonly what: 'dial'; readonly site: Site }
  | { readonly what: 'offline' | 'online' | 'forget connections' | 'forget access' | 'abort all' | 'close' }
);

export interface Scene {
  readonly manager: QNetworkAccessManager;
  readonly network: TestNetwork;
  readonly clock: TestClock;
  readonly books: Books;
  readonly world: World;
  readonly plays: Play[];
  readonly seen: Seen;
}

const DAY = 86_400_000;

/** 4 to 20 of them, most of them requests. */
export function drawActs(dice: Dice, world: World): Act[] {
  const acts: Act[] = [];
  const count = dice.between(4, 20);
  const crowd = dice.flip(0.1);
  let at = 0;
  for (let id = 1; id <= count; id++) {
    const own = dice.branch(id);
    // in a crowd everybody comes at once
    at += own.weighted([
      [crowd ? 100 : 5, 0],
      [4, own.between(1, 60)],
      [3, own.between(60, 2_500)],
      [0.3, 10_000],
      [0.3, 119_990],
      [0.15, 125_000],
    ]);
    if (own.flip(0.85)) acts.push({ at, what: 'request', plan: drawPlan(own.branch(1), id, world) });
    else acts.push(...drawOther(own, at, world));
  }
  return acts;
}

function drawOther(dice: Dice, at: number, { weather, sites }: World): Act[] {
  const what = dice.weighted([
    [weather.trouble * 8, 'strike' as const],
    [1.5, 'jump' as const],
    [1, 'dial' as const],
    [0.7, 'offline' as const],
    [0.7, 'forget connections' as const],
    [0.7, 'forget access' as const],
    [0.5, 'abort all' as const],
    [0.15, 'close' as const],
  ]);
  switch (what) {
    case 'strike': {
      const faults: TestFaultKind[] = weather.silent ? ['reset', 'close', 'stall', 'vanish', 'forget'] : ['reset', 'close'];
      return [{ at, what, fault: dice.pick(faults) }];
    }
    case 'jump':
      return [{ at, what, by: dice.pick([-DAY, -3_600_000, -5_000, 5_000, 3_600_000, DAY]) }];
    case 'dial':
      return [{ at, what, site: dice.pick(sites) }];
    case 'offline':
      return [
        { at, what },
        { at: at + dice.between(1, 2_000), what: 'online' },
      ];
    default:
      return [{ at, what }];
  }
}

export function act(what: Act, scene: Scene): void {
  const { manager, network, clock, books, plays, seen } = scene;
  if (what.what !== 'request') books.note(`-- ${what.what}${'fault' in what ? ` ${what.fault}` : ''}`);
  switch (what.what) {
    case 'request':
      return void request(what.plan, scene);
    case 'strike':
      seen.strike(what.fault);
      return network.strike(what.fault);
    case 'jump':
      seen.everywhere('clock jump');
      return clock.jump(what.by);
    case 'dial':
      if (what.site.scheme === 'http') manager.connectToHost(what.site.host);
      else manager.connectToHostEncrypted(what.site.host);
      return;
    case 'offline':
      seen.everywhere('offline');
      return manager.setNetworkAccessible(QNetworkAccessManager.NotAccessible);
    case 'online':
      return manager.setNetworkAccessible(QNetworkAccessManager.Accessible);
    case 'forget connections':
      return manager.clearConnectionCache();
    case 'forget access':
      return manager.clearAccessCache();
    case 'abort all':
      for (const { watched } of plays)
        if (watched !== null && !watched.over && !watched.destroying) {
          seen.ended(watched);
          watched.reply.abort();
        }
      return;
    case 'close':
      seen.closed();
      void manager.close();
  }
}

function request(plan: Plan, { manager, clock, books, plays, seen }: Scene): void {
  if (seen.isClosed) return;
  const play = new Play(plan, clock, books, (watched) => seen.ended(watched));
  plays.push(play);
  seen.started(play.start(manager));
}
