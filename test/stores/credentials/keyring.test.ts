import { describe, expect, test } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import type { Known, Signer } from '../../../src/contract/keyring.ts';
import { MemoryKeyring } from '../../../src/stores/credentials/keyring.ts';

const signer = (value: string): Signer => ({ scheme: 'basic', sign: () => value, learn() {} });
const known = (user: string, root = '/', realm = 'R', origin = 'http://a.test:80'): Known => ({
  space: { origin, realm, roots: [root] },
  credentials: { user, password: 'p', domain: '' },
  signer: signer(user),
});
const url = (path: string, origin = 'http://a.test'): Url => Url.parse(origin + path);
const userOf = (found: Known | null): string | null => found?.credentials?.user ?? null;

describe('the keyring', () => {
  test.each([
    { name: 'below the path', partition: '', at: url('/d/e'), user: '', found: 'u' },
    { name: 'above it', partition: '', at: url('/'), user: '', found: null },
    { name: 'beside it', partition: '', at: url('/dd/e'), user: '', found: null },
    { name: 'another host', partition: '', at: url('/d/e', 'http://b.test'), user: '', found: null },
    { name: 'another port', partition: '', at: url('/d/e', 'http://a.test:81'), user: '', found: null },
    { name: 'another scheme', partition: '', at: url('/d/e', 'https://a.test:80'), user: '', found: null },
    { name: 'another partition', partition: 'x', at: url('/d/e'), user: '', found: null },
    { name: 'the user by name', partition: '', at: url('/d/e'), user: 'u', found: 'u' },
    { name: 'another user by name', partition: '', at: url('/d/e'), user: 'v', found: null },
  ])('$name: $found', ({ partition, at, user, found }) => {
    const ring = new MemoryKeyring();
    expect(ring.empty).toBe(true);
    ring.keep('', known('u', '/d/'), ['', 'u']);
    expect(ring.empty).toBe(false);
    expect(userOf(ring.forUrl(partition, at, user))).toBe(found);
  });

  test('the last one that was kept goes first', () => {
    const ring = new MemoryKeyring();
    ring.keep('', known('one', '/', 'A'), ['']);
    ring.keep('', known('two', '/d/', 'B'), ['']);
    expect(userOf(ring.forUrl('', url('/d/x'), ''))).toBe('two');
    ring.keep('', known('one', '/', 'A'), ['']);
    expect(userOf(ring.forUrl('', url('/d/x'), ''))).toBe('one');
    expect(ring.size).toBe(2);
  });

  test('one realm at several places; another user begins anew', () => {
    const ring = new MemoryKeyring();
    ring.keep('', known('u', '/a/'), ['']);
    ring.keep('', known('u', '/b/'), ['']);
    expect([userOf(ring.forUrl('', url('/a/x'), '')), userOf(ring.forUrl('', url('/b/x'), ''))]).toEqual(['u', 'u']);
    ring.keep('', known('v', '/c/'), ['']);
    expect([userOf(ring.forUrl('', url('/a/x'), '')), userOf(ring.forUrl('', url('/c/x'), ''))]).toEqual([null, 'v']);
  });

  test('what is bound to connections is known, and not sent unasked', () => {
    const ring = new MemoryKeyring();
    ring.keep('', { ...known('u', '/', ''), signer: null }, ['']);
    expect(ring.forUrl('', url('/'), '')).toBeNull();
    expect(userOf(ring.forRealm('', 'http://a.test:80', '', ''))).toBe('u');
  });

  test('what is not accepted any more is dropped for everybody, and nothing else is', () => {
    const ring = new MemoryKeyring();
    const old = known('u');
    ring.keep('', old, ['', 'u']);
    ring.keep('', known('v', '/', 'other'), ['']);
    ring.drop('', known('u'));
    expect(ring.size).toBe(3);
    ring.drop('x', old);
    expect(ring.size).toBe(3);
    ring.drop('', old);
    expect(ring.size).toBe(1);
    ring.drop('', ring.forRealm('', 'http://a.test:80', 'other', '')!);
    expect(ring.empty).toBe(true);
  });

  test('proxies are one space each', () => {
    const ring = new MemoryKeyring();
    ring.keep('', known('u', '/', 'P', 'http://proxy:3128'), ['']);
    expect(userOf(ring.forProxy('', 'http://proxy:3128', ''))).toBe('u');
    expect(ring.forProxy('', 'http://proxy:3129', '')).toBeNull();
    expect(ring.forProxy('x', 'http://proxy:3128', '')).toBeNull();
  });

  test('it has an end: the oldest go', () => {
    const ring = new MemoryKeyring(10);
    for (let i = 0; i < 100; i++) ring.keep('', known('u', '/', 'R', `http://h${i}.test:80`), ['', 'u']);
    expect(ring.size).toBe(10);
    expect(ring.forRealm('', 'http://h94.test:80', 'R', '')).toBeNull();
    expect(userOf(ring.forRealm('', 'http://h95.test:80', 'R', ''))).toBe('u');
    ring.clear();
    expect([ring.size, ring.empty, ring.forRealm('', 'http://h99.test:80', 'R', '')]).toEqual([0, true, null]);
  });
});
