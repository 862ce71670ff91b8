import { describe, expect, it } from 'vitest';
import { Bodies, NONE } from '../../../src/tools/har/bodies.ts';
import { Shelf } from '../../../src/tools/har/shelf.ts';

const MiB = 1_048_576;

/** Pieces of two bodies in turns; what is read of them afterwards. */
function recorded(sizes: readonly number[], limit: number): (Buffer | null | undefined)[] {
  const bodies = new Bodies(new Shelf(), limit, 64 * MiB);
  const page = new Float64Array([NONE, 0, NONE, 0]);
  for (const [i, size] of sizes.entries())
    for (const name of [0, 2]) bodies.add(name, page, name, Buffer.alloc(size + 2, 65 + i + name), 1, size + 1);
  return [0, 2].map((name) => bodies.read(name, page[name]!, page[name + 1]!)?.bytes);
}

describe('bodies', () => {
  it.each<[string, number[]]>([
    ['one small piece', [3]],
    ['one large piece', [5000]],
    ['many small pieces', [1, 2, 3, 4, 5]],
    ['small and large ones', [10, 4096, 4097, 1, 70_000, 2]],
    ['pieces without a byte', [0, 3, 0]],
    ['pieces that fill a piece of memory', new Array(40).fill(4096)],
  ])('%s come out as they went in', (_title, sizes) => {
    const whole = (name: number): Buffer => Buffer.concat(sizes.map((size, i) => Buffer.alloc(size, 65 + i + name)));
    const [a, b] = recorded(sizes, MiB);
    expect([a?.equals(whole(0)), b?.equals(whole(2))]).toEqual([true, true]);
  });

  it('nothing is not an empty body', () => {
    expect(recorded([], MiB)).toEqual([undefined, undefined]);
  });

  it.each<[number[], number]>([
    [[100], 99],
    [[50, 50], 99],
    [[5000, 5000, 1], 10_000],
    [[1], 0],
  ])('%j bytes are more than a limit of %i', (sizes, limit) => {
    const total = sizes.reduce((sum, size) => sum + size);
    expect(recorded(sizes, limit)).toEqual([null, null]);
    expect(recorded(sizes, total)[0]?.length).toBe(total);
  });

  it('memory of bodies beyond the limit goes, whatever their pieces were', () => {
    const shelf = new Shelf();
    const bodies = new Bodies(shelf, MiB, 64 * MiB);
    for (const size of [500, 60_000])
      for (let body = 0; body < 10; body++) {
        const page = new Float64Array([NONE, 0]);
        for (let sent = 0; sent <= MiB; sent += size) bodies.add(body, page, 0, Buffer.alloc(size), 0, size);
        expect(bodies.read(body, page[0]!, page[1]!)?.bytes).toBe(null);
      }
    expect(shelf.held).toBeLessThan(MiB / 8);
  });

  it('a place that was given back is taken again', () => {
    const shelf = new Shelf();
    const places = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      const place = shelf.keep(Buffer.alloc(5000), 0, 5000);
      places.add(place);
      shelf.release(place);
    }
    expect([places.size, shelf.held]).toEqual([1, 0]);
  });

  it('all of them together take so much memory, and what would be more is left out', () => {
    const shelf = new Shelf();
    const bodies = new Bodies(shelf, MiB, MiB);
    const page = new Float64Array(200).fill(NONE);
    const add = (body: number, size: number): void => bodies.add(body, page, 2 * body, Buffer.alloc(size), 0, size);
    const kept = (body: number): unknown[] => {
      const { size, bytes, crowded } = bodies.read(body, page[2 * body]!, page[2 * body + 1]!)!;
      return [size, bytes?.length, crowded];
    };
    for (let body = 0; body < 50; body++) {
      add(body, 50_000);
      add(body, 50_000);
      expect(shelf.held).toBeLessThanOrEqual(MiB);
    }
    expect([0, 9, 10, 49].map(kept)).toEqual([
      [100_000, 100_000, false],
      [100_000, 100_000, false],
      [100_000, undefined, true],
      [100_000, undefined, true],
    ]);
    add(50, MiB + 1);
    expect(kept(50)).toEqual([MiB + 1, undefined, false]);
    // what was left out has given its room back
    add(51, 40_000);
    expect(kept(51)).toEqual([40_000, 40_000, false]);
    bodies.forget(0, page[0]!);
    add(52, 90_000);
    expect(kept(52)).toEqual([90_000, 90_000, false]);
  });

  it('pieces cost more than their bytes, and are counted so', () => {
    const bodies = new Bodies(new Shelf(), MiB, MiB);
    const page = new Float64Array([NONE, 0]);
    for (let i = 0; i < 100_000; i++) bodies.add(0, page, 0, Buffer.from('x'), 0, 1);
    expect(bodies.read(0, page[0]!, page[1]!)).toEqual({ size: 100_000, bytes: null, crowded: true });
  });

  it('small bodies are counted as well, and what is known of pieces goes with them', () => {
    const bodies = new Bodies(new Shelf(), MiB, MiB);
    const page = new Float64Array(4000).fill(NONE);
    for (let body = 0; body < 2000; body++) bodies.add(body, page, 2 * body, Buffer.alloc(1000), 0, 1000);
    const kept = Array.from({ length: 2000 }, (_, body) => page[2 * body]! >= 0).lastIndexOf(true);
    expect(kept).toBeGreaterThan(1000);
    expect(kept).toBeLessThan(1049);
    const others = new Bodies(new Shelf(), MiB, MiB);
    for (let round = 0; round < 4; round++) {
      const own = new Float64Array([NONE, 0]);
      for (let i = 0; i < 30_000; i++) others.add(round, own, 0, Buffer.from('x'), 0, 1);
      expect(others.read(round, own[0]!, own[1]!)?.bytes).toHaveLength(30_000);
      others.forget(round, own[0]!);
    }
  });

  it('an empty piece behind a full memory is no piece of the next one', () => {
    const [a, b] = recorded([...new Array(8).fill(4096), 0, 1], MiB);
    expect([a?.length, b?.length]).toEqual([8 * 4096 + 1, 8 * 4096 + 1]);
    const shelf = new Shelf();
    for (let i = 0; i < 16; i++) shelf.keep(Buffer.alloc(4096), 0, 4096);
    expect(shelf.read(shelf.keep(Buffer.alloc(0), 0, 0), 0)).toHaveLength(0);
  });
});
