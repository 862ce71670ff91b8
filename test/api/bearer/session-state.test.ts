import { describe, expect, it } from 'vitest';
import { SessionError, State } from '../../../src/api/bearer/bearer-enums.ts';
import { type Around, type Happening, type Standing, step, UNOPENED, waitsFor } from '../../../src/api/bearer/session-state.ts';

const { Invalid, NotAvailable, Connecting, Connected, Closing, Disconnected, Roaming } = State;

const around = (up: string, more: Partial<Around> = {}): Around => ({
  known: true,
  roaming: true,
  up: up === '' ? [] : up.split(' '),
  hope: false,
  stopped: false,
  asks: false,
  leader: null,
  joins: '',
  ...more,
});
const rests = (state: State): Standing => ({ ...UNOPENED, state });
const on = (active: string, more: Partial<Standing> = {}): Standing => ({
  ...rests(Connected),
  open: true,
  active,
  ...more,
});
const lost = (previous: string, more: Partial<Standing> = {}): Standing => on('', { state: Roaming, previous, ...more });
const trying = (active: string, previous: string): Standing => on(active, { state: Roaming, previous });
const ASKS = { asks: true };

/** What was told, in short. */
function words(from: Standing, what: Happening, now: Around): { standing: Standing | null; told: string[] } {
  const next = step(from, what, now);
  const told = (next?.told ?? []).map((one) => {
    if (one.signal === 'stateChanged') return State[one.state];
    if (one.signal === 'error') return SessionError[one.error];
    return one.signal === 'preferredConfigurationChanged' ? `prefers ${one.way}` : one.signal;
  });
  return { standing: next === null ? null : next.standing, told };
}

type Row = [title: string, from: Standing, what: Happening, now: Around, to: Standing | null, ...told: string[]];

const OPENING: Row[] = [
  ['up: at once', rests(Connected), 'open', around('a b'), on('a'), 'opened'],
  ['on the way of the others', rests(Connected), 'open', around('a b', { joins: 'b' }), on('b'), 'opened'],
  ['unless that is down', rests(Connected), 'open', around('a b', { joins: 'c' }), on('a'), 'opened'],
  ['soon up: waits', rests(Disconnected), 'open', around('', { hope: true }), rests(Connecting), 'Connecting'],
  ['it is up', rests(Connecting), 'look', around('a'), on('a'), 'Connected', 'opened'],
  ['not yet', rests(Connecting), 'look', around('', { hope: true }), null],
  ['too late', rests(Connecting), 'late', around('', { hope: true }), rests(Disconnected), 'Disconnected', 'UnknownSessionError'],
  ['down', rests(NotAvailable), 'open', around(''), rests(NotAvailable), 'InvalidConfigurationError'],
  ['unknown', rests(Invalid), 'open', around('', { known: false }), rests(Invalid), 'InvalidConfigurationError'],
  ['stopped before: again', rests(Disconnected), 'open', around('a'), rests(Connecting), 'Connecting'],
  ['open already', on('a'), 'open', around('a'), null],
  ['connecting already', rests(Connecting), 'open', around('a'), null],
];

const ENDING: Row[] = [
  ['close leaves the interface', on('a'), 'close', around('a'), rests(Connected), 'closed'],
  ['close while roaming', lost('a'), 'close', around(''), rests(Disconnected), 'Disconnected', 'closed'],
  ['close while connecting', rests(Connecting), 'close', around('', { hope: true }), rests(Disconnected), 'Disconnected'],
  ['close of what is closed', rests(Connected), 'close', around('a'), null],
  ['stop', on('a'), 'stop', around('a', { stopped: true }), on('a', { state: Closing }), 'Closing'],
  ['stopped', on('a', { state: Closing }), 'look', around('a', { stopped: true }), rests(Disconnected), 'Disconnected', 'closed'],
  ['stop of one that is not open', rests(Connected), 'stop', around('a', { stopped: true }), rests(Closing), 'Closing'],
  ['its end', rests(Closing), 'look', around('a', { stopped: true }), rests(Disconnected), 'Disconnected'],
  ['stop by another', on('a'), 'stopped', around('a'), on('a', { state: Closing, aborted: true }), 'Closing'],
  [
    ...(['stopped by another', on('a', { state: Closing, aborted: true }), 'look', around('a', { stopped: true })] as const),
    ...[rests(Disconnected), 'Disconnected', 'closed', 'SessionAbortedError'],
  ] as Row,
  ['stop of nothing', rests(NotAvailable), 'stop', around(''), null],
];

const RESTING: Row[] = [
  ['comes up', rests(NotAvailable), 'look', around('a'), rests(Connected), 'Connected'],
  ['goes down', rests(Connected), 'look', around(''), rests(NotAvailable), 'NotAvailable'],
  ['may come up', rests(NotAvailable), 'look', around('', { hope: true }), rests(Disconnected), 'Disconnected'],
  ['is removed', rests(Connected), 'look', around('', { known: false }), rests(Invalid), 'Invalid'],
  ['stays disconnected without a way', rests(Disconnected), 'look', around(''), null],
  ['stays disconnected when stopped', rests(Disconnected), 'look', around('a', { stopped: true }), null],
  ['is as it was', rests(Connected), 'look', around('a'), null],
];

const FORCED: Row[] = [
  ['loses its way', on('a'), 'look', around('b'), lost('a'), 'Roaming'],
  ['takes another', lost('a'), 'look', around('b c'), on('b'), 'newConfigurationActivated', 'Connected'],
  ['takes its own again', lost('a'), 'look', around('b a'), on('a'), 'Connected'],
  ['has none', lost('a'), 'look', around(''), null],
  ['too long, with others', lost('a'), 'late', around(''), rests(Disconnected), 'Disconnected', 'closed', 'RoamingError'],
  [
    ...(['too long, pinned', lost('a'), 'late', around('', { roaming: false })] as const),
    ...[rests(Disconnected), 'Disconnected', 'closed', 'SessionAbortedError'],
  ] as Row,
  ['a better one, and nobody asks', on('b'), 'look', around('a b'), null],
  ['late for nothing', on('a'), 'late', around('a'), null],
];

const CHOSEN: Row[] = [
  ['a better one is proposed', on('b'), 'look', around('a b', ASKS), on('b', { offered: 'a' }), 'prefers a'],
  ['once', on('b', { offered: 'a' }), 'look', around('a b', ASKS), null],
  ['not when refused', on('b', { refused: 'a' }), 'look', around('a b', ASKS), null],
  ['another after that', on('b', { refused: 'a' }), 'look', around('c b', ASKS), on('b', { offered: 'c' }), 'prefers c'],
  ['refused no more when it was gone', on('b', { refused: 'a' }), 'look', around('b', ASKS), on('b')],
  ['taken back', on('b', { offered: 'a' }), 'look', around('b', ASKS), on('b')],
  ['ignored', on('b', { offered: 'a' }), 'ignore', around('a b', ASKS), on('b', { refused: 'a' })],
  [
    ...(['migrates', on('b', { offered: 'a' }), 'migrate', around('a b', ASKS), trying('a', 'b')] as const),
    ...['Roaming', 'newConfigurationActivated'],
  ] as Row,
  ['accepts', trying('a', 'b'), 'accept', around('a b', ASKS), on('a'), 'Connected'],
  ['rejects', trying('a', 'b'), 'reject', around('a b', ASKS), on('b', { refused: 'a' }), 'Connected'],
  ['the new one goes', trying('a', 'b'), 'look', around('b', ASKS), on('b'), 'Connected'],
  ['the old one goes', trying('a', 'b'), 'look', around('a', ASKS), null],
  ['both go', trying('a', 'b'), 'look', around('', ASKS), lost('b')],
  ['a lost way: another is proposed', lost('a'), 'look', around('b', ASKS), lost('a', { offered: 'b' }), 'prefers b'],
  ['and goes, too', lost('a', { offered: 'b' }), 'look', around('', ASKS), lost('a')],
  [
    'migrates from nothing',
    lost('a', { offered: 'b' }),
    'migrate',
    around('b', ASKS),
    trying('b', 'a'),
    'newConfigurationActivated',
  ],
  ['rejects, and has no other', trying('b', 'a'), 'reject', around('b', ASKS), lost('a', { refused: 'b' })],
  ['refused is not proposed', lost('a', { refused: 'b' }), 'look', around('b', ASKS), null],
  ['nobody asks any more', lost('a', { offered: 'b' }), 'look', around('b'), on('b'), 'newConfigurationActivated', 'Connected'],
  ['migrate without a proposal', on('a'), 'migrate', around('a', ASKS), null],
  ['accept without a migration', on('a'), 'accept', around('a', ASKS), null],
  ['reject without a migration', lost('a'), 'reject', around('b', ASKS), null],
  ['ignore without a proposal', on('a'), 'ignore', around('a', ASKS), null],
];

const by = (leader: Standing): Partial<Around> => ({ leader });

const ALONG: Row[] = [
  [
    ...(['goes where the leader tries', on('b'), 'look', around('a b', by(trying('a', 'b'))), trying('a', 'b')] as const),
    ...['Roaming', 'newConfigurationActivated'],
  ] as Row,
  ['accepts with it', trying('a', 'b'), 'look', around('a b', by(on('a'))), on('a'), 'Connected'],
  ['turns with it', trying('a', 'b'), 'look', around('a b', by(on('b'))), trying('b', 'a'), 'newConfigurationActivated'],
  ['stays with it', on('b'), 'look', around('a b', by(on('b', { refused: 'a' }))), null],
  ['loses its way', on('b'), 'look', around('a', by(lost('b'))), lost('b'), 'Roaming'],
  ['waits with it', lost('b'), 'look', around('a', by(lost('b', { offered: 'a' }))), null],
  ['moves out of nothing', lost('b'), 'look', around('a', by(on('a'))), trying('a', 'b'), 'newConfigurationActivated'],
];

describe('a session', () => {
  for (const [group, rows] of Object.entries({ OPENING, ENDING, RESTING, FORCED, CHOSEN, ALONG }))
    it.each(rows)(`${group.toLowerCase()}: %s`, (_title, from, what, now, standing, ...told) => {
      expect(words(from, what, now)).toEqual({ standing, told });
    });

  it.each([
    ['connecting', rests(Connecting), 'connect'],
    ['without a way', lost('a'), 'way'],
    ['trying one', trying('a', 'b'), null],
    ['connected', on('a'), null],
    ['ended', rests(Disconnected), null],
  ] as const)('%s, waits by the clock for %s', (_title, standing, expected) => expect(waitsFor(standing)).toBe(expected));

  it('comes to rest: looking twice more changes nothing', () => {
    const all = [...OPENING, ...ENDING, ...RESTING, ...FORCED, ...CHOSEN, ...ALONG];
    for (const [title, from, what, now] of all) {
      let standing = step(from, what, now)?.standing ?? from;
      let steps = 0;
      for (let next = step(standing, 'look', now); next !== null; next = step(standing, 'look', now)) {
        standing = next.standing;
        expect(++steps, title).toBeLessThan(4);
      }
    }
  });
});
