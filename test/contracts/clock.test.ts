import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/contract/clock.ts';
import { ManualClock } from '../support/clock.ts';
import { within } from '../support/once.ts';

interface Filling {
  readonly clock: Clock;
  /** Lets at least so much time pass. */
  pass(ms: number): Promise<void>;
}

const fillings: [name: string, make: () => Filling][] = [
  ['of the system', () => ({ clock: systemClock, pass: (ms) => new Promise((next) => setTimeout(next, ms + 5)) })],
  [
    'of tests',
    () => {
      const clock = new ManualClock();
      return { clock, pass: async (ms) => clock.advance(ms) };
    },
  ],
];

for (const [name, make] of fillings) {
  describe(`the clock ${name}`, () => {
    it('goes forward', async () => {
      const { clock, pass } = make();
      const [now, wall] = [clock.now(), clock.wall()];
      await pass(10);
      expect(clock.now() - now).toBeGreaterThanOrEqual(10);
      expect(clock.wall() - wall).toBeGreaterThanOrEqual(9);
      expect(clock.wall()).toBeGreaterThan(Date.UTC(2020, 0));
    });

    it('calls once, in order, never inside `after`', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      clock.after(20, () => calls.push('late'));
      clock.after(0, () => calls.push('now'));
      clock.after(5, () => calls.push('soon'), true);
      expect(calls).toEqual([]);
      await pass(30);
      await pass(30);
      expect(calls).toEqual(['now', 'soon', 'late']);
    });

    it('does not call what was canceled, before or inside another call', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      const a = clock.after(5, () => calls.push('a'));
      const c = clock.after(10, () => calls.push('c'));
      clock.after(5, () => {
        calls.push('b');
        c.cancel();
      });
      a.cancel();
      a.cancel();
      await pass(20);
      expect(calls).toEqual(['b']);
      c.cancel();
    });

    it('bears a time longer than any timer', async () => {
      const { clock, pass } = make();
      let called = false;
      const timer = clock.after(Number.MAX_SAFE_INTEGER, () => {
        called = true;
      });
      await pass(5);
      expect(called).toBe(false);
      timer.cancel();
    });

    it('runs `soon` before I/O and `afterIo` behind it', async () => {
      const { clock } = make();
      const calls: string[] = [];
      const done = new Promise<void>((resolve) => {
        clock.afterIo(() => {
          calls.push('afterIo');
          resolve();
        });
      });
      clock.soon(() => calls.push('soon'));
      calls.push('now');
      await within(done, 'afterIo');
      expect(calls).toEqual(['now', 'soon', 'afterIo']);
    });
  });
}
