import { describe, expect, test } from 'vitest';
import type { Cookie } from '../../../src/contract/cookie.ts';
import { cookieFileText, cookiesInFile } from '../../../src/rules/cookies/cookie-file.ts';
import { cookieKey, madeCookie } from '../../../src/rules/cookies/made-cookie.ts';
import { cookiesInNetscape, netscapeText } from '../../../src/rules/cookies/netscape.ts';
import { cookiesInState, storageState } from '../../../src/rules/cookies/storage-state.ts';
import { cookie } from './support.ts';

const WHEN = Date.parse('2099-10-21T07:28:00Z');
const kept = (changes: Partial<Cookie> = {}): Cookie => cookie({ domain: 'example.org', path: '/', pathGiven: true, ...changes });

const SAMPLES: readonly Cookie[] = [
  kept(),
  kept({ name: 'b', domain: '.example.org', path: '/x', expires: WHEN, secure: true }),
  kept({ name: 'c', httpOnly: true, value: 'a "quoted" value, with = and \xe4' }),
  kept({ name: '', value: 'no name' }),
];

describe('what makes a cookie', () => {
  const facts = kept({ sameSite: 'lax' });
  test.each<[Partial<Cookie>]>([
    [{ value: 'a\nb' }],
    [{ value: 'a;b' }],
    [{ name: 'a=b' }],
    [{ name: '', value: '' }],
    [{ domain: '' }],
    [{ domain: '.' }],
    [{ domain: 'a b' }],
    [{ domain: '..example.org' }],
    [{ path: '' }],
    [{ path: 'x' }],
    [{ expires: Number.NaN }],
  ])('not %o', (changes) => {
    expect(madeCookie({ ...facts, ...changes })).toBeNull();
  });
  test('domains in lower case', () => {
    expect(madeCookie({ ...facts, domain: '.Example.ORG' })).toEqual({ ...facts, domain: '.example.org' });
  });
  test('a key for name, domain and path', () => {
    const keys = [kept(), kept({ name: 'b' }), kept({ domain: '.example.org' }), kept({ path: '/x' })].map(cookieKey);
    expect(new Set(keys).size).toBe(4);
    expect(cookieKey(kept({ value: '2', secure: true }))).toBe(keys[0]);
  });
});

describe('the file of a persistent jar', () => {
  const all = [...SAMPLES, kept({ name: 'd', sameSite: 'strict', partitioned: true, secure: true })];
  test('is read as it was written, one cookie a line', () => {
    const text = cookieFileText(all);
    expect(cookiesInFile(text)).toEqual(all);
    expect(text.split('\n')).toHaveLength(all.length + 3);
    expect(cookiesInFile(cookieFileText([]))).toEqual([]);
    expect(cookiesInFile('')).toEqual([]);
  });
  test.each([
    ['x'],
    ['[]'],
    ['null'],
    ['{}'],
    ['{"format":"qnetwork-cookies","version":2,"cookies":[]}'],
    [cookieFileText([kept()]).slice(0, -4)],
  ])('%j is none', (text) => {
    expect(cookiesInFile(text)).toBeNull();
  });
  test('damaged cookies are passed over', () => {
    const line = (changes: object): object => ({ ...JSON.parse(JSON.stringify({ ...kept(), expires: null })), ...changes });
    const lines = [
      line({ name: 1 }),
      line({ secure: 'yes' }),
      line({ sameSite: 'odd' }),
      line({ expires: 'x' }),
      line({ value: 'a;b' }),
      null,
      line({ name: 'good' }),
    ];
    const found = cookiesInFile(JSON.stringify({ format: 'qnetwork-cookies', version: 1, cookies: lines }));
    expect(found).toEqual([kept({ name: 'good' })]);
  });
});

describe('Netscape files', () => {
  test('are read as they were written', () => {
    const text = netscapeText(SAMPLES);
    expect(text.split('\n')).toEqual([
      '# Netscape HTTP Cookie File',
      'example.org\tFALSE\t/\tFALSE\t0\ta\t1',
      '.example.org\tTRUE\t/x\tTRUE\t4096250880\tb\t1',
      '#HttpOnly_example.org\tFALSE\t/\tFALSE\t0\tc\ta "quoted" value, with = and \xe4',
      'example.org\tFALSE\t/\tFALSE\t0\t\tno name',
      '',
    ]);
    expect(cookiesInNetscape(text)).toEqual(SAMPLES);
  });
  test('of others are read, too', () => {
    const text = [
      '# Netscape HTTP Cookie File',
      '# http://curl.haxx.se/rfc/cookie_spec.html',
      '',
      'Example.org\tTRUE\t/\tFALSE\t0\tbelow\t1',
      '.example.org\tFALSE\t/\tFALSE\t0\thost\t1',
      'example.org\tFALSE\t/\tFALSE\t0\tempty',
      'example.org\tFALSE\t/\tFALSE\t0\ttabs\ta\tb',
      'example.org\tFALSE\t/\tFALSE\tsoon\tbad\t1',
      'example.org FALSE / FALSE 0 spaces 1',
      'example.org\tFALSE\t/\tFALSE\t0\tbad\ta;b',
    ].join('\r\n');
    expect(cookiesInNetscape(text).map(({ name, value, domain }) => `${name}=${value} ${domain}`)).toEqual([
      'below=1 .example.org',
      'host=1 example.org',
      'empty= example.org',
      'tabs=a\tb example.org',
    ]);
  });
});

describe('storage states of Playwright', () => {
  test('are read as they were written', () => {
    const state = storageState(SAMPLES);
    expect(state.origins).toEqual([]);
    expect(state.cookies[1]).toEqual({
      name: 'b',
      value: '1',
      domain: '.example.org',
      path: '/x',
      expires: WHEN / 1000,
      httpOnly: false,
      secure: true,
      sameSite: 'Lax',
    });
    expect(state.cookies[0]!.expires).toBe(-1);
    // Playwright knows no cookie without SameSite
    const back = SAMPLES.map((one) => ({ ...one, sameSite: 'lax', value: Buffer.from(one.value).toString('latin1') }));
    expect(cookiesInState(JSON.parse(JSON.stringify(state)))).toEqual(back);
  });
  test('text is UTF-8 on the wire', () => {
    const utf8 = kept({ value: '\xc3\xa4' });
    expect(storageState([utf8]).cookies[0]!.value).toBe('ä');
    expect(cookiesInState(storageState([utf8]))![0]!.value).toBe('\xc3\xa4');
  });
  test('what is no cookie is passed over, what is no state is null', () => {
    const given = { name: 'a', value: '1', domain: 'example.org' };
    const odd = [null, 1, { ...given, value: 1 }, { ...given, expires: 'x' }, { ...given, value: 'a;b' }, { ...given, path: 1 }];
    expect(cookiesInState({ cookies: [...odd, given, { ...given, name: 'p', partitionKey: 'https://x.org' }] })).toEqual([
      kept(),
      kept({ name: 'p', partitioned: true }),
    ]);
    for (const none of [null, 1, [], {}, { cookies: 1 }]) expect(cookiesInState(none)).toBeNull();
  });
});
