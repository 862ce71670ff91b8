import { expect, test } from 'vitest';
import { joinedPath, joinedQuery } from '../../src/rules/base-url.ts';

test.each([
  ['', '', ''],
  ['', 'a', '/a'],
  ['', '/a', '/a'],
  ['/', '', '/'],
  ['/', 'a', '/a'],
  ['/', '/a', '/a'],
  ['/api', '', '/api'],
  ['/api', 'a', '/api/a'],
  ['/api', '/a', '/api/a'],
  ['/api/', 'a/', '/api/a/'],
  ['/api/', '/a', '/api/a'],
  ['/api/', '/', '/api/'],
  ['/api//', '//a', '/api///a'],
])('base path %j and path %j make %j', (base, path, joined) => {
  expect(joinedPath(base, path)).toBe(joined);
});

test.each<[base: string | null, given: (string | null)[], joined: string | null]>([
  [null, [], null],
  ['b=1', [], 'b=1'],
  ['b=1', ['', null], 'b=1'],
  ['', [''], ''],
  ['b=1', ['q=2'], 'q=2'],
  [null, ['q=2', 'p=3', 'f=4'], 'q=2&p=3&f=4'],
  [null, ['', 'p=3', null], 'p=3'],
])('base query %j and %j make %j', (base, given, joined) => {
  expect(joinedQuery(base, ...given)).toBe(joined);
});
