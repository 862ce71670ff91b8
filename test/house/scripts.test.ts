import { describe, expect, test } from 'vitest';
import { count, failures } from '../../scripts/house/count.mjs';
import { coverage, unknown } from '../../scripts/house/coverage.mjs';

const suite = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((result) => ({ status: result })) });

describe('counting tests', () => {
  const rows: readonly [string, Parameters<typeof count>[0], number, string][] = [
    [
      'all well',
      { testResults: [suite('passed', 'passed', 'passed'), suite('passed', 'passed', 'skipped', 'todo')] },
      0,
      '3/0/2',
    ],
    ['failed tests', { testResults: [suite('failed', 'passed', 'failed', 'failed')] }, 1, '1/2/0'],
    ['a suite that does not load', { testResults: [suite('failed'), suite('passed', 'passed')] }, 1, '1/1/0'],
    ['a failed hook', { testResults: [suite('failed', 'passed', 'skipped')] }, 1, '1/1/1'],
    ['an uncaught error beside passed tests', { testResults: [suite('passed', 'passed')] }, 1, '1/1/0'],
    ['no tests', { testResults: [] }, 0, '0/1/0'],
    ['no report', null, 137, '0/1/0'],
  ];
  test.each(rows)('%s', (_, report, status, expected) => {
    const { passed, failed, skipped } = count(report, status);
    expect(`${passed}/${failed}/${skipped}`).toBe(expected);
  });
});

test('each failure is a line', () => {
  const message =
    'AssertionError: expected 1 to be 2\n- 2\n+ 1\n    at Proxy.<anonymous> (/x/node_modules/y.js:1:2)\n    at /x/test/b.test.ts:7:8\n';
  const assertionResults = [
    { status: 'passed', fullName: 'fine' },
    { status: 'failed', fullName: 'group sums', failureMessages: [message] },
  ];
  const testResults = [
    { name: '/x/test/a.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
    { name: '/x/test/b.test.ts', status: 'failed', message: '', assertionResults },
    { name: '/x/test/c.test.ts', status: 'passed', message: '', assertionResults: assertionResults.slice(0, 1) },
  ];
  expect(failures({ testResults })).toEqual([
    '/x/test/a.test.ts: Cannot find module',
    '/x/test/b.test.ts: group sums: AssertionError: expected 1 to be 2 at /x/test/b.test.ts:7:8',
  ]);
  expect(failures(null)).toEqual([]);
});

describe('coverage of Qt’s members', () => {
  class Base {
    parent(): null {
      return null;
    }
  }
  class QThing extends Base {
    static readonly Kind = Object.freeze({ Plain: 0, Own: 100_001 });
    static readonly Plain = 0;
    static readonly Own = 100_001;
    static readonly Limit = 30;
    static make(): QThing {
      return new QThing();
    }
    readonly ready = { connect: () => {} };
    get done(): object {
      throw new Error('nobody may run this');
    }
    value(): number {
      return 1;
    }
  }
  const members = {
    constructor: 'constructor',
    parent: 'method',
    value: 'virtual',
    done: 'signal + method',
    ready: 'signal',
    make: 'static',
    Limit: 'static = 30',
    Kind: 'enum',
  };
  const inventory = {
    QThing: { kind: 'class', members },
    'QThing.Kind': { kind: 'enum', members: { Plain: 0, Own: '>=100000' } },
    QOther: { kind: 'class', members: { constructor: 'constructor' } },
  };
  const missing = (extra: Record<string, string | number>, path = 'QThing', later: readonly string[] = ['QOther']) =>
    coverage(
      { QThing },
      { ...inventory, [path]: { kind: path.includes('.') ? 'enum' : 'class', members: extra } },
      new Set(later),
    ).flatMap((row) => row.missing);

  test('finds methods, statics, signals, enums and constants', () => {
    expect(coverage({ QThing }, inventory, new Set(['QOther']))).toEqual([
      {
        name: 'QThing',
        present: Object.keys(members).map((name) => `QThing.${name}`),
        total: 8,
        later: 0,
        missing: [],
        early: [],
      },
      { name: 'QThing.Kind', present: ['QThing.Kind.Plain', 'QThing.Kind.Own'], total: 2, later: 0, missing: [], early: [] },
    ]);
  });
  test.each([
    [{ gone: 'method' }, 'QThing.gone is missing'],
    [{ toString: 'method' }, 'QThing.toString is missing'],
    [{ gone: 'signal' }, 'QThing.gone is missing'],
    [{ value: 'signal' }, 'QThing.value is no signal'],
    [{ value: 'static' }, 'QThing.value is missing'],
    [{ Limit: 'static = 31' }, 'QThing.Limit is 30 instead of 31'],
    [{ Sort: 'enum' }, 'QThing.Sort is missing'],
  ] as const)('misses %o', (extra, sentence) => {
    expect(missing(extra)).toEqual([sentence]);
  });
  test('misses values of enums, by name and by number', () => {
    expect(missing({ Plain: 1 }, 'QThing.Kind')).toEqual(['QThing.Kind.Plain is 0 instead of 1']);
    expect(missing({ Fancy: 1 }, 'QThing.Kind')).toEqual(['QThing.Kind.Fancy is undefined instead of 1']);
    expect(missing({ Plain: '>=100000' }, 'QThing.Kind')).toEqual(['QThing.Kind.Plain is 0 instead of >=100000']);
    expect(missing({ Plain: 0 }, 'QThing.Sort')).toEqual(['QThing.Sort.Plain has no enum']);
  });
  test('misses a class that is not exported', () => {
    expect(missing(members, 'QThing', [])).toEqual(['QOther is not exported']);
  });
  test('lets members come later, but says when they are there', () => {
    expect(missing({ gone: 'method' }, 'QThing', ['QOther', 'QThing.gone'])).toEqual([]);
    expect(coverage({ QThing }, inventory, new Set(['QOther', 'QThing.value'])).flatMap(({ early }) => early)).toEqual([
      'QThing.value is there',
    ]);
    expect(coverage({ QThing, QOther: QThing }, inventory, new Set(['QOther'])).flatMap(({ early }) => early)).toEqual([
      'QOther is there',
    ]);
    expect(unknown(inventory, ['QOther', 'QThing.Kind', 'QThing.value', 'QThing.nothing'])).toEqual(['QThing.nothing']);
  });
});
