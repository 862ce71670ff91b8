import type { TestLink, TestLinkFault, TestPace } from '../../src/testing/network/link.ts';
import type { TestNames } from '../../src/testing/network/names.ts';
import type { Dice } from './dice.ts';

/** What may go wrong in a world. */
export interface Weather {
  /** How likely it is that something is wrong with an attempt to connect. */
  readonly trouble: number;
  /** Peers may fall silent, so every request has a limit. */
  readonly silent: boolean;
}

/** A link to one address: a pace that stays, and something that goes wrong with this or that attempt. */
export interface DrawnLink {
  readonly link: (nth: number) => TestLink;
  /** What is sent at once comes at once. */
  readonly whole: boolean;
}

export function drawLinks(dice: Dice, weather: Weather): DrawnLink {
  const pace = drawPace(dice);
  const link = (nth: number): TestLink => {
    const own = dice.branch(nth);
    return own.flip(weather.trouble) ? { ...pace, ...drawTrouble(own, weather) } : pace;
  };
  return { link, whole: pace.segment === 65_536 && pace.bandwidth === undefined && pace.window === undefined };
}

function drawPace(dice: Dice): TestPace {
  return {
    latency: dice.weighted([
      [2, 0],
      [4, dice.between(1, 40)],
      [1, dice.between(100, 400)],
    ]),
    jitter: dice.flip(0.4) ? dice.between(1, 30) : 0,
    ...(dice.flip(0.12) ? { bandwidth: dice.between(2_000, 200_000) } : {}),
    ...(dice.flip(0.12) ? { window: dice.pick([100, 1_000, 16_384]) } : {}),
    ...(dice.flip(0.2) ? { loss: dice.pick([0.02, 0.1, 0.3]) } : {}),
    segment: dice.weighted<number | 'random'>([
      [5, 65_536],
      [3, 1_460],
      [2, 'random'],
      [1, dice.pick([20, 60, 200])],
    ]),
    ...(dice.flip(0.1) ? { gather: dice.pick([1, 20]) } : {}),
  };
}

function drawTrouble(dice: Dice, { silent }: Weather): TestLink {
  const kind = dice.weighted<'connect' | 'tls' | 'sending' | 'receiving'>([
    [2, 'connect'],
    [2, 'tls'],
    [3, 'sending'],
    [5, 'receiving'],
  ]);
  if (kind === 'connect')
    return { connect: dice.pick(silent ? ['refused', 'unreachable', 'timeout'] : ['refused', 'unreachable']) };
  if (kind === 'tls') return { tls: dice.pick(silent ? ['refused', 'reset', 'close', 'stall'] : ['refused', 'reset', 'close']) };
  return { [kind]: { fault: drawFault(dice, silent) } };
}

function drawFault(dice: Dice, silent: boolean): TestLinkFault {
  const at = dice.weighted([
    [1, 0],
    [3, dice.between(1, 60)],
    [3, dice.between(60, 500)],
    [4, dice.between(500, 6_000)],
    [1, dice.between(6_000, 60_000)],
  ]);
  const kind = dice.pick(silent ? (['reset', 'close', 'stall', 'vanish', 'forget'] as const) : (['reset', 'close'] as const));
  return { [kind]: at } as unknown as TestLinkFault;
}

/** What a name server says; null = what it says by itself. */
export function drawNames(dice: Dice, number: number, { silent, trouble }: Weather): TestNames | null {
  const how = dice.weighted<'plain' | 'several' | 'late' | 'fails'>([
    [5, 'plain'],
    [2, 'several'],
    [1.5, 'late'],
    [trouble * 3, 'fails'],
  ]);
  if (how === 'plain') return null;
  const delay = dice.pick([5, 40, 1_500]);
  if (how === 'several') {
    const all = [`2001:db8::${number}`, `203.0.113.${number}`, `203.0.113.${100 + number}`];
    return { addresses: all.slice(dice.between(0, 1), dice.between(2, 3)), delay: dice.flip(0.5) ? delay : 0 };
  }
  const often = dice.between(1, 3);
  const fails = dice.flip(0.5) ? 'not found' : 'no answer';
  return (nth) => {
    if (how === 'late') return { delay };
    return nth <= often ? { fails, delay: fails === 'not found' ? delay : silent ? 20_000 : 3_000 } : { delay };
  };
}
