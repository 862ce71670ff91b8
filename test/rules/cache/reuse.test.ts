import { describe, expect, it } from 'vitest';
import type { StoredHead } from '../../../src/contract/cache.ts';
import { isOriginTrouble, mayServeStale, type Reuse, reuse, type Use } from '../../../src/rules/cache/reuse.ts';
import { at, date, list, stored, use } from './support.ts';

type Change = Omit<Partial<Use>, 'fields'> & { readonly request?: string };

function asked(seconds: number, { request = '', ...change }: Change): Use {
  return use(seconds, { ...change, fields: list(request) });
}

const HOUR = 'Cache-Control: max-age=3600';
const TAGGED = `${HOUR}\nETag: "1"`;
const part = { range: { first: 0, last: 4, total: 10 } };

describe('what a request gets (RFC 9111 4)', () => {
  const rows: readonly [what: string, seconds: number, answer: StoredHead | null, want: Reuse, change?: Change][] = [
    ['nothing stored', 0, null, 'fetch'],
    ['fresh', 3599, stored(TAGGED), 'serve'],
    ['fresh for HEAD', 0, stored(TAGGED), 'serve', { method: 'HEAD' }],
    ['fresh for who prefers the cache', 0, stored(TAGGED), 'serve', { load: 'prefer-cache' }],
    ['fresh by a guess', 100, stored(`Last-Modified: ${date(-10000)}`), 'serve'],
    ['stale with a tag', 3600, stored(TAGGED), 'validate'],
    ['stale with a change date', 3600, stored(`${HOUR}\nLast-Modified: ${date(-9)}`), 'validate'],
    ['stale without a validator', 3600, stored(HOUR), 'fetch'],
    ['stale for who prefers the cache', 3600, stored(TAGGED), 'validate', { load: 'prefer-cache' }],
    ['stale at once', 0, stored('ETag: "1"'), 'validate'],
    ['of no age, with max-age=0', 0, stored('Cache-Control: max-age=0\nETag: "1"'), 'validate'],
    // RFC 9110 13.2.1
    ['stale, and an error', 3600, stored(TAGGED, { status: 404 }), 'fetch'],
    ['stale, and a redirect', 3600, stored(TAGGED, { status: 301 }), 'fetch'],
    ['fresh, and an error', 0, stored(TAGGED, { status: 404 }), 'serve'],
    // 4.3.5
    ['stale for HEAD', 3600, stored(TAGGED), 'fetch', { method: 'HEAD' }],
    // 5.2.2.4
    ['no-cache', 0, stored(`${TAGGED}, no-cache\nCache-Control: no-cache`), 'validate'],
    ['no-cache without a validator', 0, stored('Cache-Control: max-age=3600, no-cache'), 'fetch'],
    ['no-cache of a field', 0, stored(`${TAGGED}\nCache-Control: no-cache="x"`), 'serve'],
    ['no-store that a 304 brought', 0, stored(`${TAGGED}\nCache-Control: no-store`), 'validate'],
    ['no-store for those who do not understand', 0, stored(`${TAGGED}\nCache-Control: no-store, must-understand`), 'serve'],
    ['must-revalidate, fresh', 0, stored(`${TAGGED}\nCache-Control: must-revalidate`), 'serve'],
    ['must-revalidate, stale', 3600, stored(`${TAGGED}\nCache-Control: must-revalidate`), 'validate'],
    ['private', 0, stored(`${TAGGED}\nCache-Control: private`), 'serve'],
    ['Pragma in an answer', 0, stored(`${HOUR}\nPragma: no-cache`), 'serve'],
    // the word of the program
    ['stale by the program', 0, stored(TAGGED, { expires: at(0) }), 'validate'],
    ['fresh by the program', 5000, stored(TAGGED, { expires: at(5001) }), 'serve'],
    // shared
    ['s-maxage for us', 10, stored('Cache-Control: max-age=1, s-maxage=60'), 'fetch'],
    ['s-maxage for many', 10, stored('Cache-Control: max-age=1, s-maxage=60'), 'serve', { shared: true }],
    ['shorter s-maxage for many', 10, stored('Cache-Control: max-age=60, s-maxage=1'), 'fetch', { shared: true }],
  ];
  it.each(rows)('%s, after %d s', (_what, seconds, answer, want, change = {}) => {
    expect(reuse(asked(seconds, change), answer)).toBe(want);
  });
});

describe('what the request says to it (RFC 9111 5.2.1, 5.4)', () => {
  const rows: readonly [what: string, request: string, seconds: number, answer: string, want: Reuse][] = [
    ['no-cache', 'Cache-Control: no-cache', 0, TAGGED, 'validate'],
    ['no-cache without a validator', 'Cache-Control: no-cache', 0, HOUR, 'fetch'],
    ['no-cache in a second field', 'Cache-Control: x\nCache-Control: no-cache', 0, TAGGED, 'validate'],
    ['Pragma', 'Pragma: no-cache', 0, TAGGED, 'validate'],
    ['Pragma of another kind', 'Pragma: foo', 0, TAGGED, 'serve'],
    ['Pragma beside Cache-Control', 'Pragma: no-cache\nCache-Control: x', 0, TAGGED, 'serve'],
    // 5.2.1.5: it is about storing
    ['no-store', 'Cache-Control: no-store', 0, TAGGED, 'serve'],
    ['max-age=0 at once', 'Cache-Control: max-age=0', 0, TAGGED, 'serve'],
    ['max-age=0 a moment later', 'Cache-Control: max-age=0', 0.001, TAGGED, 'validate'],
    ['max-age reached', 'Cache-Control: max-age=600', 600, TAGGED, 'serve'],
    ['max-age passed', 'Cache-Control: max-age=600', 601, TAGGED, 'validate'],
    ['max-age passed on the way', 'Cache-Control: max-age=600', 0, `${TAGGED}\nAge: 1800`, 'validate'],
    ['min-fresh met', 'Cache-Control: min-fresh=600', 3000, TAGGED, 'serve'],
    ['min-fresh not met', 'Cache-Control: min-fresh=601', 3000, TAGGED, 'validate'],
    ['max-stale of any length', 'Cache-Control: max-stale', 9999999, TAGGED, 'serve'],
    ['max-stale met', 'Cache-Control: max-stale=10', 3610, TAGGED, 'serve'],
    ['max-stale not met', 'Cache-Control: max-stale=10', 3611, TAGGED, 'validate'],
    ['max-stale where nothing is said', 'Cache-Control: max-stale=10', 5, 'ETag: "1"', 'serve'],
    ['max-stale and max-age', 'Cache-Control: max-stale, max-age=60', 3610, TAGGED, 'validate'],
    ['max-stale and min-fresh', 'Cache-Control: max-stale, min-fresh=0', 3610, TAGGED, 'validate'],
    ['max-stale and must-revalidate', 'Cache-Control: max-stale', 3610, `${TAGGED}\nCache-Control: must-revalidate`, 'validate'],
    ['max-stale and no-cache', 'Cache-Control: max-stale', 0, `${TAGGED}\nCache-Control: no-cache`, 'validate'],
    ['only-if-cached, fresh', 'Cache-Control: only-if-cached', 0, TAGGED, 'serve'],
    ['only-if-cached, stale', 'Cache-Control: only-if-cached', 3600, TAGGED, 'absent'],
    ['only-if-cached, stale and welcome', 'Cache-Control: only-if-cached, max-stale', 3600, TAGGED, 'serve'],
    ['only-if-cached and no-cache', 'Cache-Control: only-if-cached, no-cache', 0, TAGGED, 'absent'],
    // RFC 8246
    ['a reload of what does not change', 'Cache-Control: max-age=0', 60, `${TAGGED}\nCache-Control: immutable`, 'serve'],
    ['a forced reload of it', 'Cache-Control: no-cache', 60, `${TAGGED}\nCache-Control: immutable`, 'validate'],
    ['a reload when it is stale', 'Cache-Control: max-age=0', 3600, `${TAGGED}\nCache-Control: immutable`, 'validate'],
    ['stale, does not change', '', 3600, `${TAGGED}\nCache-Control: immutable`, 'validate'],
  ];
  it.each(rows)('%s', (_what, request, seconds, answer, want) => {
    expect(reuse(asked(seconds, { request }), stored(answer))).toBe(want);
  });

  it('only-if-cached with nothing stored', () => {
    expect(reuse(asked(0, { request: 'Cache-Control: only-if-cached' }), null)).toBe('absent');
  });
});

describe('stale-while-revalidate (RFC 5861 3)', () => {
  const SWR = 'Cache-Control: max-age=60, stale-while-revalidate=30\nETag: "1"';
  const rows: readonly [what: string, seconds: number, answer: string, want: Reuse, change?: Change][] = [
    ['fresh', 59, SWR, 'serve'],
    ['in its time', 60, SWR, 'serve-and-refresh'],
    ['at its end', 90, SWR, 'serve-and-refresh'],
    ['past its time', 91, SWR, 'validate'],
    ['of 0 at the moment', 60, 'Cache-Control: max-age=60, stale-while-revalidate=0\nETag: "1"', 'serve-and-refresh'],
    ['must-revalidate', 60, `${SWR}\nCache-Control: must-revalidate`, 'validate'],
    ['no-cache', 60, `${SWR}\nCache-Control: no-cache`, 'validate'],
    ['proxy-revalidate is not for us', 60, `${SWR}\nCache-Control: proxy-revalidate`, 'serve-and-refresh'],
    ['proxy-revalidate for many', 60, `${SWR}\nCache-Control: proxy-revalidate`, 'validate', { shared: true }],
    ['s-maxage for many', 60, `${SWR}\nCache-Control: s-maxage=60`, 'validate', { shared: true }],
    ['a request that wants it younger', 60, SWR, 'validate', { request: 'Cache-Control: max-age=10' }],
    ['a request that takes it stale needs no refresh', 60, SWR, 'serve', { request: 'Cache-Control: max-stale=10' }],
    ['a request that sends nothing out', 60, SWR, 'serve', { request: 'Cache-Control: only-if-cached' }],
  ];
  it.each(rows)('%s', (_what, seconds, answer, want, change = {}) => {
    expect(reuse(asked(seconds, change), stored(answer))).toBe(want);
  });
});

describe('the modes', () => {
  it('network looks at nothing', () => {
    expect(reuse(use(0, { load: 'network' }), stored(TAGGED))).toBe('fetch');
    expect(reuse(asked(0, { load: 'network', request: 'Cache-Control: only-if-cached' }), stored(TAGGED))).toBe('fetch');
  });

  it('renew validates what is fresh', () => {
    expect(reuse(use(0, { load: 'renew' }), stored(TAGGED))).toBe('validate');
    expect(reuse(use(0, { load: 'renew' }), stored(HOUR))).toBe('fetch');
    expect(reuse(use(0, { load: 'renew' }), null)).toBe('fetch');
  });

  const only: readonly [what: string, seconds: number, answer: StoredHead | null, want: Reuse, change?: Change][] = [
    ['nothing stored', 0, null, 'absent'],
    ['fresh', 0, stored(TAGGED), 'serve'],
    ['stale', 9999, stored(TAGGED), 'serve'],
    ['nothing said', 9999, stored(''), 'serve'],
    ['no-cache, fresh', 0, stored(`${TAGGED}\nCache-Control: no-cache`), 'absent'],
    ['must-revalidate, fresh', 0, stored(`${TAGGED}\nCache-Control: must-revalidate`), 'serve'],
    ['must-revalidate, stale', 3600, stored(`${TAGGED}\nCache-Control: must-revalidate`), 'absent'],
    ['proxy-revalidate, stale', 3600, stored(`${TAGGED}\nCache-Control: proxy-revalidate`), 'serve'],
    ['proxy-revalidate, stale, for many', 3600, stored(`${TAGGED}\nCache-Control: proxy-revalidate`), 'absent', { shared: true }],
    ['the program goes before the request', 9999, stored(TAGGED), 'serve', { request: 'Cache-Control: no-cache' }],
    ['its own condition is answered with all', 0, stored(TAGGED), 'serve', { request: 'If-None-Match: "1"' }],
    ['HEAD', 0, stored(TAGGED), 'serve', { method: 'HEAD' }],
    ['a part', 0, stored(TAGGED, part), 'absent'],
  ];
  it.each(only)('only: %s', (_what, seconds, answer, want, change = {}) => {
    expect(reuse(asked(seconds, { ...change, load: 'only' }), answer)).toBe(want);
  });
});

describe('answers of which a part is here', () => {
  const headOnly = { status: 302, range: { first: 0, last: -1, total: -1 } };
  const rows: readonly [what: string, answer: StoredHead, want: Reuse, change?: Change][] = [
    ['do not answer a plain request', stored(TAGGED, part), 'fetch'],
    ['do not stand behind only-if-cached', stored(TAGGED, part), 'absent', { request: 'Cache-Control: only-if-cached' }],
    ['answer a request for that part', stored(TAGGED, part), 'serve', { part: true }],
    ['lend their head, if it is that of the whole', stored(TAGGED, part), 'serve', { method: 'HEAD' }],
    ['but not the head of a part', stored(TAGGED, { ...part, status: 206 }), 'fetch', { method: 'HEAD' }],
    ['lead on when redirects are followed', stored(TAGGED, headOnly), 'serve'],
    ['but are not shown', stored(TAGGED, headOnly), 'fetch', { follows: false }],
  ];
  it.each(rows)('%s', (_what, answer, want, change = {}) => {
    expect(reuse(asked(0, change), answer)).toBe(want);
  });

  it('are asked about like others when stale', () => {
    expect(reuse(use(3600, { part: true }), stored(TAGGED, part))).toBe('validate');
  });
});

describe("the caller's own conditions (RFC 9111 4.3.2)", () => {
  const rows: readonly [what: string, request: string, seconds: number, want: Reuse][] = [
    ['it has what is stored', 'If-None-Match: "1"', 0, 'not-modified'],
    ['it has another', 'If-None-Match: "2"', 0, 'serve'],
    ['what is stored is stale: its question goes out', 'If-None-Match: "1"', 3600, 'fetch'],
    ['what is stored is stale: another question of it', `If-Modified-Since: ${date(0)}`, 3600, 'fetch'],
    ['only the origin can tell', 'If-Match: "1"', 0, 'fetch'],
    ['nothing may go out', 'If-None-Match: "1"\nCache-Control: only-if-cached', 3600, 'absent'],
  ];
  it.each(rows)('%s', (_what, request, seconds, want) => {
    expect(reuse(asked(seconds, { request }), stored(TAGGED))).toBe(want);
  });
});

describe('a stale answer in the place of trouble (RFC 5861 4, RFC 9111 4.2.4)', () => {
  const MINUTE = 'Cache-Control: max-age=60';
  const SIE = `${MINUTE}, stale-if-error=30`;
  type Row = readonly [what: string, seconds: number, answer: string, error: boolean, unreachable: boolean, change?: Change];
  const rows: readonly Row[] = [
    ['nothing said', 70, MINUTE, false, false],
    ['nothing said, for who prefers the cache', 70, MINUTE, false, true, { load: 'prefer-cache' }],
    ['allowed', 70, SIE, true, true],
    ['allowed to the end', 90, SIE, true, true],
    ['not any more', 91, SIE, false, false],
    ['not any more, for who prefers the cache', 91, SIE, false, true, { load: 'prefer-cache' }],
    ['still fresh, but asked about', 50, SIE, true, true, { request: 'Cache-Control: max-age=10' }],
    [
      'too old for who prefers the cache',
      50,
      MINUTE,
      false,
      false,
      { load: 'prefer-cache', request: 'Cache-Control: max-age=10' },
    ],
    ['young enough for it', 70, MINUTE, false, true, { load: 'prefer-cache', request: 'Cache-Control: max-age=80' }],
    ['allowed by the request', 70, MINUTE, true, true, { request: 'Cache-Control: stale-if-error=30' }],
    ['the request allows less', 70, SIE, false, false, { request: 'Cache-Control: stale-if-error=5' }],
    ['the request allows none', 70, SIE, false, false, { request: 'Cache-Control: stale-if-error=0' }],
    ['the request wants none unasked', 70, SIE, false, false, { load: 'prefer-cache', request: 'Cache-Control: no-cache' }],
    ['so does the caller', 70, SIE, false, false, { load: 'network' }],
    ['must-revalidate', 70, `${SIE}, must-revalidate`, false, false, { load: 'prefer-cache' }],
    ['no-cache', 70, `${SIE}, no-cache`, false, false, { load: 'prefer-cache' }],
    ['proxy-revalidate', 70, `${SIE}, proxy-revalidate`, true, true],
    ['proxy-revalidate for many', 70, `${SIE}, proxy-revalidate`, false, false, { shared: true, load: 'prefer-cache' }],
    ['s-maxage for many', 70, `${SIE}, s-maxage=60`, false, false, { shared: true, load: 'prefer-cache' }],
  ];
  it.each(rows.map((row) => [row[0], row] as const))('%s', (_what, [, seconds, answer, error, unreachable, change = {}]) => {
    expect(mayServeStale({ ...asked(seconds, change), why: 'error' }, stored(answer))).toBe(error);
    expect(mayServeStale({ ...asked(seconds, change), why: 'unreachable' }, stored(answer))).toBe(unreachable);
  });

  it('is not a part of one, unless that is all that was asked for', () => {
    const question = { ...use(70), why: 'error' } as const;
    expect(mayServeStale(question, stored(SIE, part))).toBe(false);
    expect(mayServeStale({ ...question, part: true }, stored(SIE, part))).toBe(true);
  });

  it('is for these statuses', () => {
    const all = Array.from({ length: 500 }, (_, i) => i + 100).filter(isOriginTrouble);
    expect(all).toEqual([500, 502, 503, 504]);
  });
});
