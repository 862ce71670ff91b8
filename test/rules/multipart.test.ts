import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { boundariesClash, boundaryProblem, closing, multipartType, partHead } from '../../src/rules/multipart.ts';

describe('boundaryProblem (RFC 2046 5.1.1)', () => {
  const rows: readonly [boundary: string, problem: string | RegExp][] = [
    ['B', ''],
    ['boundary_.oOo._0123456789abcdef', ''],
    ["0aZ'()+_,-./:=?", ''],
    ['with a space', ''],
    [' starts with one', ''],
    ['x'.repeat(70), ''],
    ['x'.repeat(71), /71 characters, the most are 70/],
    ['', 'is empty'],
    ['ends with one ', 'ends with a space'],
    ['a"b', /contains "\\"" at position 1/],
    ['a\r\nX: 1', /contains "\\r" at position 1/],
    ['a\0', /contains "\\u0000"/],
    ['ab;c', /contains ";" at position 2/],
    ['a\\b', /contains "\\\\"/],
    ['gr\u00fcn', /contains "\u00fc" at position 2/],
    ['a@b', /contains "@"/],
    ['a\tb', /contains "\\t"/],
  ];
  it.each(rows)('%j', (boundary, problem) => {
    if (typeof problem === 'string') expect(boundaryProblem(boundary)).toBe(problem);
    else expect(boundaryProblem(boundary)).toMatch(problem);
  });
});

describe('boundariesClash', () => {
  const rows: readonly [string, string, boolean][] = [
    ['a', 'b', false],
    ['a', 'a', true],
    ['a', 'ab', true],
    ['ab', 'a', true],
    ['ba', 'a', false],
  ];
  it.each(rows)('%s and %s', (a, b, clash) => {
    expect(boundariesClash(a, b)).toBe(clash);
  });
});

describe('what stands around the bodies', () => {
  it('a part begins with the delimiter and its fields', () => {
    expect(partHead('B', new HeaderList(['A', '1', 'b', '2']))).toBe('--B\r\nA: 1\r\nb: 2\r\n\r\n');
    expect(partHead('B', new HeaderList())).toBe('--B\r\n\r\n');
  });

  it('the end and the media type', () => {
    expect(closing('B')).toBe('--B--\r\n');
    expect(multipartType('mixed', 'B')).toBe('multipart/mixed; boundary="B"');
  });
});
