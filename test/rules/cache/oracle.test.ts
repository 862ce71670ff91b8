// The same questions to us and to http-cache-semantics, which reads RFC 9111 on its own. Where the two differ for a reason, the reason is
// in the list at the end, and the questions of the comparison leave it out.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import { Url } from '../../../src/base/url.ts';
import { freshnessLifetime } from '../../../src/rules/cache/freshness.ts';
import { type Reuse, reuse } from '../../../src/rules/cache/reuse.ts';
import { mayStore } from '../../../src/rules/cache/storing.ts';
import { at, CAME, date, stored, use } from './support.ts';

type Fields = Readonly<Record<string, string>>;

interface Policy {
  storable(): boolean;
  maxAge(): number;
  evaluateRequest(request: object): { response?: object; revalidation?: { synchronous: boolean } };
}

const require = createRequire(import.meta.url);
const Base = require('http-cache-semantics') as new (request: object, response: object, options: object) => Policy;

let clock = CAME;

class Theirs extends Base {
  now(): number {
    return clock;
  }
}

function requestOf(headers: Fields): object {
  return { url: '/', method: 'GET', headers: { host: 'a.test', ...headers } };
}

function theirs(status: number, headers: Fields, shared: boolean): Policy {
  clock = CAME;
  return new Theirs(requestOf({}), { status, headers }, { shared });
}

function listOf(fields: Fields): HeaderList {
  return new HeaderList(Object.entries(fields).flat());
}

function ours(status: number, fields: Fields) {
  return stored('', { status, headers: listOf(fields) });
}

function theirReuse(policy: Policy, request: Fields, seconds: number): Reuse {
  clock = at(seconds);
  const { response, revalidation } = policy.evaluateRequest(requestOf(request));
  if (response === undefined) return 'fetch';
  return revalidation === undefined ? 'serve' : 'serve-and-refresh';
}

function ourReuse(status: number, answer: Fields, request: Fields, seconds: number, shared = false): Reuse {
  const kind = reuse(use(seconds, { fields: listOf(request), shared }), ours(status, answer));
  return kind === 'validate' ? 'fetch' : kind;
}

const seconds = fc.constantFrom(0, 1, 5, 30, 60, 3600, 86400, 2147483647);

/** Some of these, in the order given by chance, as one Cache-Control. */
function directives(...all: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string | undefined> {
  const maybe = all.map((one) => fc.option(one, { nil: '' }));
  return fc.tuple(...maybe).map((some) => some.filter((text) => text !== '').join(', ') || undefined);
}

const number = (name: string): fc.Arbitrary<string> => seconds.map((value) => `${name}=${value}`);
const word = (name: string): fc.Arbitrary<string> => fc.constant(name);

const moment = fc.constantFrom(-864000, -3600, -60, -1, 0, 1, 60, 3600, 864000).map(date);

function record(fields: Readonly<Record<string, fc.Arbitrary<string | undefined>>>): fc.Arbitrary<Fields> {
  return fc
    .record(fields)
    .map((all) => Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)));
}

const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });

const PRIVATE_ANSWER = record({
  'cache-control': directives(
    number('max-age'),
    number('s-maxage'),
    number('stale-while-revalidate'),
    word('public'),
    word('private'),
    word('ext="max-age:1"'),
  ),
  expires: maybe(fc.oneof(moment, fc.constant('0'))),
  date: maybe(fc.constant(date(0))),
  age: maybe(fc.constantFrom('0', '10', '61', '4000')),
  'last-modified': maybe(moment),
  etag: maybe(fc.constantFrom('"1"', 'W/"1"')),
});

const SHARED_ANSWER = record({
  'cache-control': directives(number('max-age'), number('s-maxage'), word('public')),
  expires: maybe(moment),
  age: maybe(fc.constantFrom('0', '10', '61', '4000')),
  'last-modified': maybe(moment),
});

const REQUEST = record({
  'cache-control': directives(
    number('max-age'),
    number('min-fresh'),
    fc.oneof(number('max-stale'), word('max-stale')),
    word('no-cache'),
  ),
});

const STATUS = fc.constantFrom(200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 410, 501);
/** Half seconds, so that nothing is decided by < or <=. */
const LATER = fc.constantFrom(0.5, 4.5, 31.5, 59.5, 60.5, 3599.5, 3700.5, 90000.5);

/** Those that both may keep, the same way. */
const BOTH = (status: number, answer: Fields, shared: boolean): Policy | null => {
  const policy = theirs(status, answer, shared);
  return policy.storable() ? policy : null;
};

const RUNS = { numRuns: 3000 };

describe('we and http-cache-semantics agree', () => {
  it('on how long an answer is fresh', () => {
    fc.assert(
      fc.property(STATUS, PRIVATE_ANSWER, (status, answer) => {
        const policy = BOTH(status, answer, false);
        if (policy !== null) expect(freshnessLifetime(ours(status, answer), false) / 1000).toBeCloseTo(policy.maxAge(), 3);
      }),
      RUNS,
    );
  });

  it('on how long it is for many', () => {
    fc.assert(
      fc.property(STATUS, SHARED_ANSWER, (status, answer) => {
        const policy = BOTH(status, answer, true);
        if (policy !== null) expect(freshnessLifetime(ours(status, answer), true) / 1000).toBeCloseTo(policy.maxAge(), 3);
      }),
      RUNS,
    );
  });

  it('on what a request gets', () => {
    fc.assert(
      fc.property(STATUS, PRIVATE_ANSWER, REQUEST, LATER, (status, answer, request, later) => {
        const policy = BOTH(status, answer, false);
        if (policy !== null) expect(ourReuse(status, answer, request, later)).toBe(theirReuse(policy, request, later));
      }),
      RUNS,
    );
  });

  it('on what may be stored, of what is no error', () => {
    const noStore = record({ 'cache-control': directives(word('no-store'), word('no-cache')) });
    const answers = record({
      'cache-control': directives(number('max-age'), number('s-maxage'), word('public'), word('no-cache'), word('no-store')),
      expires: maybe(moment),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(200, 203, 204, 300, 301, 302, 303, 307, 308),
        answers,
        noStore,
        fc.boolean(),
        (status, answer, request, shared) => {
          clock = CAME;
          const policy = new Theirs(requestOf(request), { status, headers: answer }, { shared });
          const question = {
            method: 'GET',
            url: Url.parse('http://a.test/'),
            status,
            headers: listOf(answer),
            now: CAME,
            shared,
            partitioned: false,
          };
          expect(mayStore({ ...question, fields: { get: (name) => request[name] } })).toBe(policy.storable());
        },
      ),
      RUNS,
    );
  });
});

describe('and differ', () => {
  type Row = readonly [why: string, answer: Fields, request: Fields, later: number, we: Reuse, they: Reuse, shared?: boolean];
  const rows: readonly Row[] = [
    [
      'RFC 9111 5.2.2.2: must-revalidate is for stale answers',
      { 'cache-control': 'max-age=60, must-revalidate' },
      {},
      1,
      'serve',
      'fetch',
    ],
    [
      'RFC 9111 5.2.2.4: no-cache is not overruled by max-stale',
      { 'cache-control': 'no-cache' },
      { 'cache-control': 'max-stale' },
      1,
      'fetch',
      'serve',
    ],
    ['RFC 9111 4.2.3: Date tells an age, too', { 'cache-control': 'max-age=60', date: date(-90) }, {}, 1, 'fetch', 'serve'],
    ['RFC 9111 5.1: an Age in no form is none', { 'cache-control': 'max-age=60', age: '90.5' }, {}, 1, 'serve', 'fetch'],
    ['RFC 9111 4.2.1: what is no number is stale', { 'cache-control': 'max-age=60s' }, {}, 1, 'fetch', 'serve'],
    [
      'RFC 9111 4.2.1: of two different values none is good',
      { 'cache-control': 'max-age=0, max-age=60' },
      {},
      1,
      'fetch',
      'serve',
    ],
    ['RFC 9111 5.2: names have no case', { 'cache-control': 'Max-Age=60' }, {}, 1, 'serve', 'fetch'],
    ['RFC 9111 5.2: commas in quotes belong to the value', { 'cache-control': 'x="a, max-age=60"' }, {}, 1, 'fetch', 'serve'],
    ['RFC 9111 5.3: a date in another zone is none', { expires: 'Thu, 18 Aug 2050 02:01:18 UTC' }, {}, 1, 'fetch', 'serve'],
    [
      'RFC 9111 5.4: Cache-Control goes before Pragma',
      { 'cache-control': 'max-age=60' },
      { pragma: 'no-cache', 'cache-control': 'x' },
      1,
      'serve',
      'fetch',
    ],
    [
      'RFC 8246 2: a reload does not ask for what does not change',
      { 'cache-control': 'max-age=60, immutable' },
      { 'cache-control': 'max-age=0' },
      1,
      'serve',
      'fetch',
    ],
    ['RFC 8246 2: immutable says nothing about how long', { 'cache-control': 'immutable' }, {}, 1, 'fetch', 'serve'],
    [
      'RFC 9111 5.2.2.8: proxy-revalidate is for stale answers',
      { 'cache-control': 'max-age=60, proxy-revalidate' },
      {},
      1,
      'serve',
      'fetch',
      true,
    ],
    [
      'RFC 9111 5.2.2.10: s-maxage is must-revalidate for many',
      { 'cache-control': 's-maxage=60' },
      { 'cache-control': 'max-stale' },
      61,
      'fetch',
      'serve',
      true,
    ],
  ];
  it.each(rows.map((row) => [row[0], row] as const))('%s', (_why, [, answer, request, later, we, they, shared = false]) => {
    expect(ourReuse(200, answer, request, later, shared)).toBe(we);
    expect(theirReuse(theirs(200, answer, shared), request, later)).toBe(they);
  });
});
