import { beforeEach, describe, expect, test } from 'vitest';
import type { Cookie, CookieStore, CookieWants } from '../../src/contract/cookie.ts';
import { MemoryCookieStore } from '../../src/stores/cookies/memory-store.ts';
import { cookie } from '../rules/cookies/support.ts';

/** What every cookie store keeps to. */
const STORES: readonly [string, () => CookieStore][] = [['memory', () => new MemoryCookieStore()]];

const NOW = 1_000_000;

describe.each(STORES)('%s', (_name, make) => {
  let store: CookieStore;
  beforeEach(() => {
    store = make();
  });

  const put = (name: string, domain: string, path = '/', changes: Partial<Cookie> = {}): void =>
    store.put(cookie({ name, domain, path, ...changes }), NOW);

  /** Both ways to ask, which have to agree. */
  function sent(host: string, path = '/', changes: Partial<CookieWants> = {}): string {
    const wants: CookieWants = { host, path, secure: false, relation: 'same-site', now: NOW, ...changes };
    const text = store.header(wants);
    expect(store.select(wants).map(({ name, value }) => (name === '' ? value : `${name}=${value}`))).toEqual(
      text === '' ? [] : text.split('; '),
    );
    // and again, from what may be remembered
    expect(store.header(wants)).toBe(text);
    return text;
  }

  test('gives a host its own cookies and those of the domains above it', () => {
    put('h', 'a.test');
    put('d', '.a.test');
    put('t', '.test');
    put('o', 'b.test');
    expect(sent('a.test')).toBe('h=1; d=1; t=1');
    expect(sent('x.a.test')).toBe('d=1; t=1');
    expect(sent('b.test')).toBe('t=1; o=1');
    expect(sent('c.b.test')).toBe('t=1');
    expect(sent('nota.test')).toBe('t=1');
    expect(sent('a.other')).toBe('');
  });

  test('an address has no domain above it', () => {
    put('i', '127.0.0.1');
    put('d', '.0.0.1');
    expect(sent('127.0.0.1')).toBe('i=1');
  });

  test('the longest path goes first, then what came first, over all domains', () => {
    put('root', 'a.test');
    put('other', '.a.test');
    put('deep', '.a.test', '/x/y');
    put('mid', 'a.test', '/x');
    put('slash', 'a.test', '/x/');
    put('no', 'a.test', '/xy');
    expect(sent('a.test', '/x/y/z')).toBe('deep=1; slash=1; mid=1; root=1; other=1');
    expect(sent('a.test', '/x')).toBe('mid=1; root=1; other=1');
    expect(sent('a.test', '/')).toBe('root=1; other=1');
  });

  test('so it is with many paths and long ones', () => {
    for (let i = 0; i < 100; i++) put(`p${i}`, 'a.test', `/p${i}`);
    put('root', 'a.test');
    put('deep', '.a.test', '/p7/x');
    expect(sent('a.test', '/p7/x/y')).toBe('deep=1; p7=1; root=1');
    expect(sent('a.test', '/p7')).toBe('p7=1; root=1');
    expect(sent('a.test', `/p7${'/'.repeat(500)}`)).toBe('p7=1; root=1');
    expect(sent('a.test', '/q')).toBe('root=1');
    put('none', 'a.test', '');
    expect(sent('a.test', '/q')).toBe('root=1; none=1');
  });

  test('secure cookies go over secure connections only', () => {
    put('s', 'a.test', '/', { secure: true });
    put('o', 'a.test');
    expect(sent('a.test')).toBe('o=1');
    expect(sent('a.test', '/', { secure: true })).toBe('s=1; o=1');
  });

  test('SameSite is kept to', () => {
    for (const sameSite of ['strict', 'lax', 'none', 'default'] as const) put(sameSite, 'a.test', '/', { sameSite });
    expect(sent('a.test')).toBe('strict=1; lax=1; none=1; default=1');
    expect(sent('a.test', '/', { relation: 'cross-site' })).toBe('none=1');
    expect(sent('a.test', '/', { relation: 'safe-navigation' })).toBe('lax=1; none=1; default=1');
    expect(sent('a.test', '/', { relation: 'unsafe-navigation' })).toBe('none=1');
  });

  test('what has expired is not sent, and is still here', () => {
    put('soon', 'a.test', '/', { expires: NOW + 10 });
    put('later', 'a.test', '/', { expires: NOW + 20 });
    put('session', 'a.test');
    expect(sent('a.test')).toBe('soon=1; later=1; session=1');
    expect(sent('a.test', '/', { now: NOW + 9 })).toBe('soon=1; later=1; session=1');
    expect(sent('a.test', '/', { now: NOW + 10 })).toBe('later=1; session=1');
    expect(sent('a.test', '/', { now: NOW + 20 })).toBe('session=1');
    expect([store.size, store.all().length]).toEqual([3, 3]);
  });

  test('a cookie takes the place of the one with its name, domain and path', () => {
    put('a', 'a.test');
    put('b', 'a.test');
    expect(sent('a.test')).toBe('a=1; b=1');
    put('a', 'a.test', '/', { value: '2' });
    expect(sent('a.test')).toBe('a=2; b=1');
    put('a', 'a.test', '/x', { value: '3' });
    put('a', '.a.test', '/', { value: '4' });
    expect(sent('a.test', '/x')).toBe('a=3; a=2; b=1; a=4');
    expect(store.size).toBe(4);
    expect(store.all().map(({ value }) => value)).toEqual(['2', '1', '3', '4']);
  });

  test('a cookie is taken out', () => {
    put('a', 'a.test');
    put('b', 'a.test');
    expect(sent('a.test')).toBe('a=1; b=1');
    expect(store.has('a', 'a.test', '/')).toBe(true);
    expect(store.remove('a', 'a.test', '/')).toBe(true);
    expect(store.has('a', 'a.test', '/')).toBe(false);
    expect(store.remove('a', 'a.test', '/')).toBe(false);
    expect(store.remove('b', '.a.test', '/')).toBe(false);
    expect(store.remove('b', 'a.test', '/x')).toBe(false);
    expect(sent('a.test')).toBe('b=1');
    put('a', 'a.test');
    expect(sent('a.test')).toBe('b=1; a=1');
    expect(store.size).toBe(2);
  });

  test('secure cookies are guarded, for the domain and path they are sent to', () => {
    put('s', '.a.test', '/login', { secure: true, expires: NOW + 10 });
    const guarded = (domain: string, path: string, name = 's', now = NOW): boolean => store.shadows(name, domain, path, now);
    expect(guarded('.a.test', '/login')).toBe(true);
    expect(guarded('x.a.test', '/login/en')).toBe(true);
    expect(guarded('.test', '/login')).toBe(true);
    expect(guarded('b.test', '/login')).toBe(false);
    expect(guarded('a.test', '/')).toBe(false);
    expect(guarded('a.test', '/loginx')).toBe(false);
    expect(guarded('a.test', '/login', 't')).toBe(false);
    expect(guarded('a.test', '/login', 's', NOW + 10)).toBe(false);
    put('s', '.a.test', '/login', { secure: false });
    expect(guarded('.a.test', '/login')).toBe(false);
    put('s', '.a.test', '/login', { secure: true });
    store.remove('s', '.a.test', '/login');
    expect(guarded('.a.test', '/login')).toBe(false);
  });

  test('everything is replaced', () => {
    put('a', 'a.test', '/', { secure: true });
    store.replace([cookie({ name: 'x', domain: 'b.test', path: '/' }), cookie({ name: 'y', domain: 'a.test', path: '/' })]);
    expect(store.all().map(({ name }) => name)).toEqual(['x', 'y']);
    expect([sent('a.test', '/', { secure: true }), sent('b.test')]).toEqual(['y=1', 'x=1']);
    expect(store.shadows('a', 'a.test', '/', NOW)).toBe(false);
    expect(store.size).toBe(2);
  });

  test('there is an end to it: a crowded domain gives up its own', () => {
    put('quiet', 'b.test');
    put('over', 'b.test', '/', { expires: NOW - 1 });
    for (let i = 0; i <= 10_000; i++) put(`c${i}`, 'a.test');
    expect(store.size).toBeLessThanOrEqual(10_000);
    expect(sent('b.test')).toBe('quiet=1');
    expect(store.has('over', 'b.test', '/')).toBe(false);
    expect(store.has('c0', 'a.test', '/')).toBe(false);
    expect(store.has('c10000', 'a.test', '/')).toBe(true);
  });
});
