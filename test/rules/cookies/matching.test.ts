import { describe, expect, test } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { domainMatches, domainsOf, isAddress } from '../../../src/rules/cookies/domain-match.ts';
import { defaultPath, matchingPaths, pathMatches, requestPath } from '../../../src/rules/cookies/path-match.ts';
import { isSecureScheme } from '../../../src/rules/cookies/secure-scheme.ts';

describe('domains', () => {
  test.each<[string, string, boolean]>([
    ['example.org', 'example.org', true],
    ['www.example.org', 'example.org', true],
    ['a.b.example.org', 'example.org', true],
    ['example.org', 'www.example.org', false],
    ['notexample.org', 'example.org', false],
    ['example.org.', 'example.org', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '0.0.1', false],
    ['::1', '::1', true],
    ['1.2.3.4', '3.4', false],
    ['%2Frun%2Fa.b.sock', '%2Frun%2Fa.b.sock', true],
    ['%2Frun%2Fa.b.sock', 'b.sock', false],
  ])('%s in %s: %s', (host, domain, expected) => {
    expect(domainMatches(host, domain)).toBe(expected);
  });

  test.each<[string, string[]]>([
    ['a.b.org', ['a.b.org', '.a.b.org', '.b.org', '.org']],
    ['localhost', ['localhost', '.localhost']],
    ['127.0.0.1', ['127.0.0.1']],
    ['::1', ['::1']],
    ['%2Frun%2Fa.b.sock', ['%2Frun%2Fa.b.sock']],
  ])('cookies of %s are those of %j', (host, expected) => {
    expect(domainsOf(host)).toEqual(expected);
  });

  test.each<[string, boolean]>([
    ['127.0.0.1', true],
    ['::1', true],
    ['1.2.3.example', false],
    ['example.org', false],
  ])('%s is an address: %s', (host, expected) => {
    expect(isAddress(host)).toBe(expected);
  });
});

describe('paths', () => {
  test.each<[string, string]>([
    ['http://h', '/'],
    ['http://h/a/b?c#d', '/a/b'],
    ['http://h/a/./b/../c', '/a/c'],
    ['http://h/f%2Fo', '/f%2Fo'],
  ])('that of %s is %s', (url, expected) => {
    expect(requestPath(Url.parse(url))).toBe(expected);
  });

  test.each<[string, string]>([
    ['/', '/'],
    ['/a', '/'],
    ['/a/', '/a'],
    ['/a/b/c', '/a/b'],
  ])('by default %s sets for %s', (path, expected) => {
    expect(defaultPath(path)).toBe(expected);
  });

  const PATHS: [string, string, boolean][] = [
    ['/', '/', true],
    ['/a', '/', true],
    ['/a', '/a', true],
    ['/a/', '/a', true],
    ['/a/b', '/a', true],
    ['/a/b', '/a/', true],
    ['/a', '/a/', false],
    ['/ab', '/a', false],
    ['/A', '/a', false],
    ['/', '/a', false],
    ['/a//b', '/a/', true],
    ['/a//b', '/a//', true],
    ['/a', '', true],
  ];
  test.each(PATHS)('%s under %s: %s', (path, cookiePath, expected) => {
    expect(pathMatches(path, cookiePath)).toBe(expected);
    // the two ways to look cookies up agree
    expect(matchingPaths(path).includes(cookiePath)).toBe(expected);
  });

  test('the longest come first, each once', () => {
    expect(matchingPaths('/a/b/c')).toEqual(['/a/b/c', '/a/b/', '/a/b', '/a/', '/a', '/', '']);
    expect(matchingPaths('/a/b/')).toEqual(['/a/b/', '/a/b', '/a/', '/a', '/', '']);
    expect(matchingPaths('/')).toEqual(['/', '']);
  });
});

test.each<[string, boolean]>([
  ['https', true],
  ['wss', true],
  ['http', false],
  ['ftp', false],
])('%s is secure: %s', (scheme, expected) => {
  expect(isSecureScheme(scheme)).toBe(expected);
});
