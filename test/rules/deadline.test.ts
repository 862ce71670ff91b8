import { describe, expect, it } from 'vitest';
import { NO_TIMEOUTS, type Timeouts } from '../../src/contract/ask.ts';
import type { Phase } from '../../src/contract/failure.ts';
import type { Timings } from '../../src/contract/netlog.ts';
import { checkDeadlines, deadlineText, phaseOf } from '../../src/rules/deadline.ts';

const NEVER = -1;
const QUEUED: Timings = {
  queued: 1000,
  resolveStart: NEVER,
  connectStart: NEVER,
  proxyStart: -1,
  tlsStart: NEVER,
  connected: NEVER,
  sent: NEVER,
  headReceived: NEVER,
  ended: NEVER,
  reused: false,
};
const RESOLVING: Timings = { ...QUEUED, resolveStart: 1000 };
const CONNECTING: Timings = { ...RESOLVING, connectStart: 1100 };
const SECURING: Timings = { ...CONNECTING, tlsStart: 1200 };
const CONNECTED: Timings = { ...SECURING, connected: 1300 };
const WAITING: Timings = { ...CONNECTED, sent: 1300 };
const WAITING_REUSED: Timings = { ...QUEUED, sent: 1300, reused: true };
const RECEIVING: Timings = { ...WAITING, headReceived: 1400 };

describe('the phase of a hop', () => {
  const rows: [what: string, timings: Timings, phase: Phase][] = [
    ['nothing happened yet', QUEUED, 'queue'],
    ['the name is looked up', RESOLVING, 'resolve'],
    ['the first attempt has begun', CONNECTING, 'connect'],
    ['TLS shakes hands', SECURING, 'tls'],
    ['the request is out', WAITING, 'wait'],
    ['the request is out on a kept connection', WAITING_REUSED, 'wait'],
    ['the head is here', RECEIVING, 'receive'],
    ['the head came before all was sent', { ...CONNECTED, headReceived: 1350 }, 'receive'],
  ];
  for (const [what, timings, phase] of rows) it(`${what}: ${phase}`, () => expect(phaseOf(timings)).toBe(phase));
});

describe('the limits', () => {
  /** The limit that struck and its phase, or the milliseconds until the next look. */
  const look = (timings: Timings, timeouts: Partial<Timeouts>, now: number, lastActivity = 1000): string | number => {
    const answer = checkDeadlines({
      timeouts: { ...NO_TIMEOUTS, ...timeouts },
      timings,
      sending: false,
      now,
      started: 1000,
      lastActivity,
    });
    return answer.expired === null ? answer.nextIn : `${answer.expired.name} ${answer.expired.milliseconds} in ${answer.phase}`;
  };

  const rows: [
    what: string,
    timings: Timings,
    timeouts: Partial<Timeouts>,
    now: number,
    want: string | number,
    lastActivity?: number,
  ][] = [
    ['none', RECEIVING, {}, 9999, Number.POSITIVE_INFINITY],
    ['queue, running', QUEUED, { queue: 500 }, 1400, 100],
    ['queue, struck to the millisecond', QUEUED, { queue: 500 }, 1500, 'queue 500 in queue'],
    ['queue, over', RESOLVING, { queue: 500 }, 9999, 500],
    ['resolve, running', RESOLVING, { resolve: 300 }, 1299, 1],
    ['resolve, struck', RESOLVING, { resolve: 300 }, 1300, 'resolve 300 in resolve'],
    ['resolve, not begun', QUEUED, { resolve: 300 }, 9999, 300],
    ['connect, counted from the first attempt', CONNECTING, { connect: 300 }, 1399, 1],
    ['connect, struck', CONNECTING, { connect: 300 }, 1400, 'connect 300 in connect'],
    ['connect covers TLS', SECURING, { connect: 300 }, 1400, 'connect 300 in tls'],
    ['connect, over', WAITING, { connect: 300 }, 9999, 300],
    ['firstByte, counted from what was sent last', WAITING, { firstByte: 300 }, 1599, 1],
    ['firstByte, struck', WAITING, { firstByte: 300 }, 1600, 'firstByte 300 in wait'],
    ['firstByte on a kept connection', WAITING_REUSED, { firstByte: 300 }, 1600, 'firstByte 300 in wait'],
    ['firstByte, over', RECEIVING, { firstByte: 300 }, 9999, 300],
    ['idle, counted from the last piece', RECEIVING, { idle: 300 }, 2099, 1, 1800],
    ['idle, struck', RECEIVING, { idle: 300 }, 2100, 'idle 300 in receive', 1800],
    ['idle, not before the body', WAITING, { idle: 300 }, 9999, 300],
    ['transfer, counted from the last byte either way', WAITING, { transfer: 300 }, 1699, 1, 1400],
    ['transfer, struck in whatever phase', RESOLVING, { transfer: 300 }, 1300, 'transfer 300 in resolve'],
    ['total, counted from the start', RECEIVING, { total: 300 }, 1299, 1, 1299],
    ['total, struck although bytes move', RECEIVING, { total: 300 }, 1300, 'total 300 in receive', 1299],
    ['several: the next look is at the nearest', CONNECTING, { total: 5000, connect: 300, idle: 100 }, 1200, 100],
    ['several struck: total speaks', CONNECTING, { total: 100, connect: 100, transfer: 100 }, 9999, 'total 100 in connect'],
  ];
  for (const [what, timings, timeouts, now, want, last] of rows)
    it(`${what}`, () => expect(look(timings, timeouts, now, last)).toBe(want));

  it('never ask to be looked at at once', () => {
    for (const timings of [QUEUED, RESOLVING, CONNECTING, SECURING, CONNECTED, WAITING, RECEIVING]) {
      for (const name of Object.keys(NO_TIMEOUTS)) {
        const answer = look(timings, { [name]: 10_000 }, 2000);
        expect(answer).toBeGreaterThan(0);
      }
    }
  });

  it('say in a sentence what was too slow, for how long, and where', () => {
    for (const name of Object.keys(NO_TIMEOUTS) as (keyof Timeouts)[]) {
      const text = deadlineText(name, 1234);
      expect(text).toMatch(/^timed out: \S.* for 1234 ms \(limit "\w+"\)$/);
      expect(text).toContain(`"${name}"`);
    }
  });
});
