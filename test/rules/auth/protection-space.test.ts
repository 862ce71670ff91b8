import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { parseChallenges } from '../../../src/rules/auth/challenges.ts';
import { isInside, joined, MOST_ROOTS, type ProtectionSpace, spaceOf } from '../../../src/rules/auth/protection-space.ts';

const spaceAt = (url: string, field: string): ProtectionSpace => spaceOf(Url.parse(url), parseChallenges([field])[0]!);

describe('what a challenge protects', () => {
  it.each([
    // RFC 7617 2.2
    ['http://h.test/docs/index.html', 'Basic', ['/docs/']],
    ['http://h.test/docs/', 'Basic', ['/docs/']],
    ['http://h.test/docs', 'Basic', ['/']],
    ['http://h.test', 'Basic', ['/']],
    ['http://h.test/a/b/c?x=/d/e', 'Bearer', ['/a/b/']],
    ['http://h.test/a/../b/./c', 'Basic', ['/b/']],
    // RFC 7616 3.3
    ['http://h.test/a/b', 'Digest', ['/']],
    ['http://h.test/a/b', 'Digest domain=" "', ['/']],
    ['http://h.test/a/b', 'Digest domain="/a"', ['/a']],
    ['http://h.test/a/b', 'Digest domain="/x/ /a/b/c /x/y http://h.test:80/z?q"', ['/x/', '/z', '/a/b']],
    ['http://h.test/a/b', 'Digest domain="/x/../y"', ['/y', '/a/b']],
    ['http://h.test/a/b', 'Digest domain="c"', ['/a/c', '/a/b']],
    // other places have to ask themselves
    ['http://h.test/a/b', 'Digest domain="http://other.test/ https://h.test/ http://h.test:81/"', ['/a/b']],
    ['http://h.test/a/b', 'Digest domain="http://["', ['/a/b']],
    // what speaks of connections
    ['http://h.test/a/b', 'NTLM', ['/']],
    ['http://h.test/a/b', 'Negotiate', ['/']],
  ])('%s %s', (url, field, roots) => {
    expect(spaceAt(url, `${field}, realm="r"`)).toEqual({ origin: 'http://h.test:80', realm: 'r', roots });
  });
});

describe('what is inside', () => {
  it.each([
    ['http://h.test/a/b', true],
    ['http://h.test/a/', true],
    ['http://h.test/a/b/c?d', true],
    ['http://h.test/x/../a/b', true],
    ['http://H.test:80/a/b', true],
    ['http://h.test/', false],
    ['http://h.test/a', false],
    ['http://h.test/ab', false],
    ['http://h.test/A/b', false],
    ['http://h.test/a/../b', false],
    ['http://h.test/a/%2e%2e/b', false],
    ['http://h.test/?/a/', false],
    ['https://h.test/a/b', false],
    ['http://h.test:8080/a/b', false],
    ['http://other.test/a/b', false],
    ['http://h.test.evil.test/a/b', false],
    ['http://h.test@evil.test/a/b', false],
  ])('/a/: %s %j', (url, inside) => {
    expect(isInside(spaceAt('http://h.test/a/index', 'Basic'), Url.parse(url))).toBe(inside);
  });

  it.each([
    ['/a', true],
    ['/a/b', true],
    ['/a?b', true],
    ['/ab', false],
    ['/', false],
  ])('domain /a: %s %j', (path, inside) => {
    expect(isInside(spaceAt('http://h.test/a', 'Digest domain="/a"'), Url.parse(`http://h.test${path}`))).toBe(inside);
  });
});

it.each([
  ['/a/x', '/b/x', ['/a/', '/b/']],
  ['/a/x', '/a/b/x', ['/a/']],
  ['/a/b/x', '/a/x', ['/a/']],
  ['/a/x', '/a/y', ['/a/']],
  ['/a/x', '/', ['/']],
])('%s and %s of one realm', (first, second, roots) => {
  const [a, b] = [first, second].map((path) => spaceAt(`http://h.test${path}`, 'Basic realm=r'));
  expect(joined(a!, b!)).toEqual({ origin: 'http://h.test:80', realm: 'r', roots });
});

it('has a limit', () => {
  const domain = Array.from({ length: 10_000 }, (_, i) => `/${i}`).join(' ');
  const space = spaceAt('http://h.test/own', `Digest domain="${domain}"`);
  expect([space.roots.length, space.roots[0], space.roots.at(-1)]).toEqual([MOST_ROOTS, `/${10_001 - MOST_ROOTS}`, '/own']);
  const more = joined(space, spaceAt('http://h.test/more/', 'Basic'));
  expect([more.roots.length, more.roots.at(-1)]).toEqual([MOST_ROOTS, '/more/']);
});
