import { describe, expect, it } from 'vitest';
import type { Timings } from '../../src/contract/netlog.ts';
import { phasesOf } from '../../src/rules/phases.ts';
import { NO_TIMINGS } from '../support/timings.ts';

const NONE: Timings = { ...NO_TIMINGS, queued: 100 };
const DIALED = { resolveStart: 101, connectStart: 103, proxyStart: 106, tlsStart: 110, connected: 115 };

describe('the phases of a hop', () => {
  it.each<[string, Partial<Timings>, number, number[]]>([
    ['a new connection', { ...DIALED, sent: 121, headReceived: 128, ended: 136 }, 115, [1, 2, 3, 4, 5, 6, 7, 8]],
    [
      'a connection that was there',
      { reused: true, sent: 103, headReceived: 106, ended: 110 },
      101,
      [1, -1, -1, -1, -1, 2, 3, 4],
    ],
    [
      'another one was free first',
      { resolveStart: 101, connectStart: 103, sent: 110, headReceived: 111, ended: 112 },
      106,
      [1, 2, 3, -1, -1, 4, 1, 1],
    ],
    ['out of the store', { headReceived: 102, ended: 103 }, -1, [2, -1, -1, -1, -1, -1, -1, 1]],
    ['no name', { resolveStart: 101, ended: 103 }, -1, [1, 2, -1, -1, -1, -1, -1, -1]],
    ['refused', { resolveStart: 101, connectStart: 102, ended: 105 }, -1, [1, 1, 3, -1, -1, -1, -1, -1]],
    ['no answer', { sent: 102, ended: 105 }, 101, [1, -1, -1, -1, -1, 1, 3, -1]],
    ['an answer before all was sent', { sent: 150, headReceived: 120, ended: 160 }, 101, [1, -1, -1, -1, -1, 19, 0, 40]],
    ['canceled while it waited', { ended: 104 }, -1, [4, -1, -1, -1, -1, -1, -1, -1]],
  ])('%s: they fill its time, and none overlaps', (_title, given, lent, wanted) => {
    const timings = { ...NONE, ...given };
    const { queue, dns, connect, proxy, tls, send, wait, receive } = phasesOf(timings, lent);
    const all = [queue, dns, connect, proxy, tls, send, wait, receive];
    expect(all).toEqual(wanted);
    expect(all.reduce((sum, each) => sum + Math.max(0, each), 0)).toBe(timings.ended - timings.queued);
  });
});
