import { describe, expect, it } from 'vitest';
import { ProgressPace } from '../../../src/api/bridge/progress-pace.ts';
import { Signal } from '../../../src/index.ts';

function listening(): { signal: Signal<[number, number]>; told: [number, number][] } {
  const told: [number, number][] = [];
  const signal = new Signal<[number, number]>();
  signal.connect((done, total) => void told.push([done, total]));
  return { signal, told };
}

describe('the pace of progress (semantics 9)', () => {
  it('downloads: every 100 ms, counted from the start of the transfer', () => {
    const { signal, told } = listening();
    const pace = new ProgressPace(1000);
    for (const [now, received] of [
      [1000, 1],
      [1099, 2],
      [1100, 3],
      [1150, 4],
      [1199, 5],
      [1200, 6],
      [1250, 9],
    ] as const)
      pace.downloaded(signal, now, received, 9);
    expect(told).toEqual([
      [3, 9],
      [6, 9],
    ]);
  });

  const sent: readonly (readonly [now: number, bytes: number])[] = [
    [1000, 1],
    [1050, 2],
    [1099, 3],
    [1100, 4],
    [1120, 5],
    [1130, 6],
  ];
  it.each<[every: boolean, total: number, told: number[]]>([
    // the first and the whole come always
    [false, 6, [1, 4, 6]],
    [false, -1, [1, 4]],
    [true, 6, [1, 2, 3, 4, 5, 6]],
    [true, -1, [1, 2, 3, 4, 5, 6]],
  ])('uploads: all of it wanted %s, total %d', (every, total, bytes) => {
    const { signal, told } = listening();
    const pace = new ProgressPace(1000);
    for (const [now, size] of sent) pace.uploaded(signal, now, size, total, every);
    expect(told).toEqual(bytes.map((size) => [size, total]));
    // with an unknown length the answer says that it was all; what was told is not told again
    pace.uploadEnded(signal, total);
    pace.uploadEnded(signal, total);
    expect(told).toEqual([...bytes, ...(bytes.at(-1) === 6 ? [] : [6])].map((size) => [size, total]));
  });

  it('uploads begin again with another sending', () => {
    const { signal, told } = listening();
    const pace = new ProgressPace(1000);
    pace.uploaded(signal, 1000, 5, 9, false);
    pace.uploaded(signal, 1010, 9, 9, false);
    pace.uploaded(signal, 1200, 5, 9, false);
    pace.uploaded(signal, 1210, 9, 9, false);
    expect(told.map(([bytes]) => bytes)).toEqual([5, 9, 5, 9]);
  });
});
