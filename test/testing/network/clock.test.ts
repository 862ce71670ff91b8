import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../src/testing/network/clock.ts';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** More turns than a clock that goes on by itself waits for. */
async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn();
}

describe('TestClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new TestClock();
    let called = 0;
    clock.after(10, () => called++, true);
    await turns();
    expect([clock.now(), called]).toEqual([0, 0]);
    clock.advance(9);
    expect([clock.now(), called]).toEqual([9, 0]);
    clock.advance(1);
    expect([clock.now(), called, clock.running]).toEqual([10, 1, 0]);
  });

  it('runs timers by time, then by the order in which they were set, also those set on the way', () => {
    const clock = new TestClock();
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(`${name}@${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(5, () => clock.after(2, note('new')));
    clock.after(15, note('never')).cancel();
    clock.advance(30);
    expect(calls).toEqual(['new@7', 'a@10', 'b@10', 'late@20']);
  });

  it('has a wall of its own', () => {
    const clock = new TestClock({ wall: 1_000 });
    clock.advance(500);
    expect([clock.wall(), new TestClock().wall()]).toEqual([1_500, Date.UTC(2026, 0, 1)]);
    expect(() => new TestClock({ wall: Number.NaN })).toThrow(RangeError);
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });

  it('goes on by itself as long as a process would live', async () => {
    const clock = new TestClock({ auto: true });
    clock.after(120_000, () => {});
    await turns();
    expect(clock.now()).toBe(0);
    await new Promise<void>((done) => clock.after(30_000, done, true));
    await turns();
    expect([clock.now(), clock.running]).toEqual([30_000, 1]);
  });

  it('waits until everything else was done', async () => {
    const clock = new TestClock({ auto: true });
    const calls: string[] = [];
    const done = new Promise<void>((resolve) => clock.after(10, resolve, true));
    // work that is put off again and again, in every way there is
    let left = 30;
    const work = (): void => {
      calls.push(String(clock.now()));
      if (--left === 0) return;
      if (left % 3 === 0) clock.soon(work);
      else if (left % 3 === 1) clock.afterIo(work);
      else setImmediate(() => void Promise.resolve().then(work));
    };
    work();
    await done;
    expect(calls).toEqual(new Array(30).fill('0'));
  });

  it('waits for files', async () => {
    const { open } = await import('node:fs/promises');
    const clock = new TestClock({ auto: true });
    let at = -1;
    const done = new Promise<void>((resolve) => clock.after(10, resolve, true));
    for (let n = 0; n < 20; n++) {
      const file = await open(new URL(import.meta.url));
      await file.read(Buffer.alloc(1_000));
      await file.close();
    }
    at = clock.now();
    await done;
    expect([at, clock.now()]).toEqual([0, 10]);
  });

  it('can be held', async () => {
    const clock = new TestClock({ auto: true });
    const [one, two] = [clock.hold(), clock.hold()];
    let called = false;
    const done = new Promise<void>((resolve) => clock.after(10, resolve, true)).then(() => {
      called = true;
    });
    await turns();
    one();
    one();
    await turns();
    expect(called).toBe(false);
    two();
    await done;
    expect(clock.now()).toBe(10);
  });

  it('runs until a promise is settled', async () => {
    const clock = new TestClock();
    const late = new Promise<string>((resolve) => clock.after(5_000, () => resolve('late')));
    expect(await clock.runUntil(late)).toBe('late');
    expect(clock.now()).toBe(5_000);
    await expect(clock.runUntil(Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    clock.after(10, () => {}, true);
    await turns();
    expect(clock.now()).toBe(5_000);
  });

  it('passes, with what is set off on the way', async () => {
    const clock = new TestClock();
    const calls: string[] = [];
    const step = async (ms: number): Promise<void> => {
      await new Promise<void>((resolve) => clock.after(ms, resolve));
      calls.push(String(clock.now()));
    };
    void step(10)
      .then(() => step(20))
      .then(() => step(30));
    await clock.pass(45);
    expect([calls, clock.now(), clock.running]).toEqual([['10', '30'], 45, 1]);
    await clock.pass(90_000_000);
    expect([calls, clock.now()]).toEqual([['10', '30', '60'], 90_000_045]);
    expect(() => clock.pass(-1)).toThrow(RangeError);
  });

  it('says that nothing is left, or that it takes too long', async () => {
    const clock = new TestClock();
    const never = new Promise<void>(() => {});
    await expect(clock.runUntil(never)).rejects.toThrow('Nothing is left that could happen at 0 ms');
    const again = (): void => void clock.after(1_000, again);
    again();
    await expect(clock.runUntil(never, 10_500)).rejects.toThrow('At 10500 ms of the test clock');
    await expect(clock.runUntilIdle(10_000)).rejects.toThrow('there still are 1 timers');
  });

  it('runs until nothing is left', async () => {
    const clock = new TestClock();
    const calls: number[] = [];
    clock.after(100, () => {
      calls.push(clock.now());
      setImmediate(() => clock.after(100, () => void calls.push(clock.now())));
    });
    await clock.runUntilIdle();
    expect([calls, clock.running]).toEqual([[100, 200], 0]);
    await clock.runUntilIdle();
  });
});
