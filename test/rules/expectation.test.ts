import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { expectsContinue, repeatsWithout } from '../../src/rules/expectation.ts';

describe('expectsContinue (RFC 9110 10.1.1)', () => {
  const rows: readonly [fields: string[], waits: boolean][] = [
    [[], false],
    [['Expect', '100-continue'], true],
    [['expect', '100-Continue'], true],
    [['Expect', ' 100-continue\t'], true],
    [['Expect', 'other'], false],
    [['Expect', 'other, 100-continue'], true],
    [['Expect', 'other', 'X', 'y', 'EXPECT', '100-continue'], true],
    [['Expect', '100-continued'], false],
    [['Expect', ''], false],
    [['X-Expect', '100-continue'], false],
  ];
  it.each(rows)('%j: %s', (fields, waits) => {
    expect(expectsContinue(new HeaderList(fields))).toBe(waits);
  });
});

describe('repeatsWithout (RFC 9110 15.5.18)', () => {
  const rows: readonly [status: number, expected: boolean, replayable: boolean, again: boolean][] = [
    [417, true, true, true],
    [417, true, false, false],
    [417, false, true, false],
    [413, true, true, false],
    [200, true, true, false],
    [401, true, true, false],
  ];
  it.each(rows)('status %d, expected %s, replayable %s: %s', (status, expected, replayable, again) => {
    expect(repeatsWithout({ status, expected, replayable })).toBe(again);
  });
});
