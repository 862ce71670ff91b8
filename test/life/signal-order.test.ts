import { describe, expect, it } from 'vitest';
import { Signal } from '../../src/index.ts';
import { play, type Row } from './scene.ts';
import { ROWS, swapAll } from './swaps.ts';

/** Section 1 of semantics.md: the numbered rows, then those of the table of calls. */
const SECTION = [
  ...Array.from({ length: 24 }, (_, i) => String(i + 1)),
  'abort()',
  'abort() during an upload',
  'abort() inside authenticationRequired',
  'abort() inside encrypted',
  'close(), unfinished',
  'close(), finished',
  'deleteLater(), running',
  'data:, file: abort()',
  'autoDelete',
  'parent()',
  'reading',
  'error(), errorString()',
  'request()',
  'operation()',
  'isSequential()',
  'open mode',
];

describe('the order of signals', () => {
  it.each(ROWS.map((row) => [`${row.of}: ${row.title}`, row] as const))('%s', async (_name, row) => {
    const { lines, facts } = await play(row);
    expect(lines).toEqual(row.order);
    expect(facts).toEqual(row.facts);
  });

  it('has every row of the section, and no other', () => {
    const played = new Set(ROWS.map((row) => row.of));
    expect(SECTION.filter((row) => !played.has(row))).toEqual([]);
    expect([...played].filter((row) => !SECTION.includes(row))).toEqual([]);
  });
});

// The swaps themselves are `npm run check:signal-order`; here is shown that it would find what it looks for.
describe('swapping neighbours', () => {
  const rows = ROWS.filter(({ of }) => of === '8');

  it('is noticed, and leaves the signals as they were', async () => {
    const { emit } = Signal.prototype;
    const { swaps, noticed, survivors } = await swapAll(rows);
    expect(survivors).toEqual([]);
    expect([swaps, noticed]).toEqual([23, 23]);
    expect(Signal.prototype.emit).toBe(emit);
  });

  it('is reported when nobody looks', async () => {
    const { noticed, survivors } = await swapAll(rows, () => true);
    expect(noticed).toBe(0);
    expect(survivors).toHaveLength(23);
    expect(survivors[0]).toBe('8: nobody listens: socketStartedConnecting ↔ error(1) was not noticed');
  });

  it('is reported when it cannot be made, when a row fails by itself, and when equal neighbours go unexplained', async () => {
    const row: Row = {
      of: '0',
      title: 'made up',
      play: (scene) => scene.whole(scene.manager.get('http://nobody.invalid/')),
      order: ['error(3)', 'error(3)', 'finished', 'never'],
    };
    const { survivors } = await swapAll([row]);
    expect(survivors).toEqual([
      '0: made up: `alike` and the neighbours that are the same do not agree',
      '0: made up: fails without a swap',
      '0: made up: error(3) ↔ finished could not be swapped',
      '0: made up: finished ↔ never: what the row waits for did not happen within 1000 ms',
    ]);
  });
});
