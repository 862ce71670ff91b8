import { describe, expect, test } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { bombLimit, type Coding, codingsToUndo, offer } from '../../src/rules/content-coding.ts';

const ALL = new Set<Coding>(['gzip', 'deflate', 'br', 'zstd']);
const OLD = new Set<Coding>(['gzip', 'deflate', 'br']);

describe('codingsToUndo', () => {
  test.each<[string, string[], Coding[] | null]>([
    ['no field', [], null],
    ['gzip', ['gzip'], ['gzip']],
    ['case', ['GZip'], ['gzip']],
    ['x-gzip', ['X-Gzip'], ['gzip']],
    ['deflate', ['deflate'], ['deflate']],
    ['br', ['Br'], ['br']],
    ['zstd', ['zstd'], ['zstd']],
    ['identity', ['identity'], null],
    ['empty value', [''], null],
    ['a list keeps the order of application', ['deflate, gzip'], ['deflate', 'gzip']],
    ['twice the same', ['gzip,gzip'], ['gzip', 'gzip']],
    ['identity in a list', ['gzip, Identity'], ['gzip']],
    ['empty list members', [', br,\t,'], ['br']],
    ['several fields', ['deflate', 'gzip'], ['deflate', 'gzip']],
    ['unknown', ['snappy'], null],
    ['unknown in a list', ['gzip, snappy'], null],
    ['unknown below', ['snappy, gzip'], null],
    ['a prefix of a name', ['gzipped'], null],
    ['five are undone', ['gzip, gzip, gzip, gzip, gzip'], ['gzip', 'gzip', 'gzip', 'gzip', 'gzip']],
    ['six are an attack', ['gzip, gzip, gzip, gzip, gzip, gzip'], null],
  ])('%s', (_, values, expected) => {
    const headers = new HeaderList();
    for (const value of values) headers.append('Content-encoding', value);
    expect(codingsToUndo(headers, ALL)).toEqual(expected);
  });

  test('what this Node cannot undo is left alone', () => {
    expect(codingsToUndo(new HeaderList(['Content-Encoding', 'zstd']), OLD)).toBeNull();
    expect(codingsToUndo(new HeaderList(['Content-Encoding', 'gzip, zstd']), OLD)).toBeNull();
  });
});

test('the offer follows the order of Qt and leaves out what is missing', () => {
  expect(offer(ALL)).toBe('zstd, br, gzip, deflate');
  expect(offer(OLD)).toBe('br, gzip, deflate');
  expect(offer(new Set<Coding>(['deflate', 'gzip']))).toBe('gzip, deflate');
  expect(offer(new Set())).toBe('');
});

test.each<[string, Coding[], number, number, number]>([
  ['below the threshold the ratio does not matter', ['gzip'], 100, 10_000, 10_000],
  ['gzip grows 40 times', ['gzip'], 1000, 10_000, 40_000],
  ['deflate grows 40 times', ['deflate'], 1000, 0, 40_000],
  ['br grows 100 times', ['br'], 1000, 10_000, 100_000],
  ['zstd grows 100 times', ['zstd'], 1000, 10_000, 100_000],
  ['of several the generous one', ['gzip', 'br'], 1000, 10_000, 100_000],
  ['0 looks always', ['gzip'], 1, 0, 40],
  ['-1 never', ['gzip'], 1, -1, Number.POSITIVE_INFINITY],
])('bomb limit: %s', (_, codings, received, threshold, expected) => {
  expect(bombLimit(codings, received, threshold)).toBe(expected);
});
