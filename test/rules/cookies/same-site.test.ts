import { expect, test } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import type { SameSite, SiteRelation } from '../../../src/contract/cookie.ts';
import { isSameSite, isSentTo, isTakenFrom, relationOf } from '../../../src/rules/cookies/same-site.ts';
import { cookie, suffixes } from './support.ts';

const url = (text: string): Url => Url.parse(text);

test.each<[string, string, boolean]>([
  ['https://a.example.org/x', 'https://b.example.org/y', true],
  ['https://example.org/', 'https://example.org:8443/', true],
  ['https://example.org/', 'http://example.org/', false],
  ['https://a.github.io/', 'https://b.github.io/', false],
  ['https://x.a.github.io/', 'https://a.github.io/', true],
  ['https://github.io/', 'https://github.io/', true],
  ['http://localhost/', 'http://localhost/', true],
  ['http://a.localhost/', 'http://localhost/', false],
  ['http://127.0.0.1/', 'http://127.0.0.1:81/', true],
  ['http://127.0.0.1/', 'http://128.0.0.1/', false],
  ['data:,x', 'data:,x', false],
])('%s and %s are one site: %s', (a, b, expected) => {
  expect(isSameSite(url(a), url(b), suffixes)).toBe(expected);
});

const HERE = url('https://www.example.org/');
const SAME = url('https://example.org/');
const OTHER = url('https://other.org/');

test.each<[string, Url | null | undefined, boolean, string, SiteRelation]>([
  ['for itself', undefined, false, 'POST', 'same-site'],
  ['of the same site', SAME, false, 'POST', 'same-site'],
  ['of another site', OTHER, false, 'GET', 'cross-site'],
  ['of no site', null, false, 'GET', 'cross-site'],
  ['by a link', OTHER, true, 'GET', 'safe-navigation'],
  ['by a form', OTHER, true, 'POST', 'unsafe-navigation'],
  ['by a link of the same site', SAME, true, 'GET', 'same-site'],
])('a request %s', (_what, site, navigation, method, expected) => {
  expect(relationOf(HERE, method, site === undefined ? null : { url: site, navigation }, suffixes)).toBe(expected);
});

// whether a cookie is sent to, and taken from, each kind of request
const TABLE: readonly [SameSite, SiteRelation, sent: boolean, taken: boolean][] = [
  ['strict', 'same-site', true, true],
  ['strict', 'safe-navigation', false, true],
  ['strict', 'unsafe-navigation', false, true],
  ['strict', 'cross-site', false, false],
  ['lax', 'same-site', true, true],
  ['lax', 'safe-navigation', true, true],
  ['lax', 'unsafe-navigation', false, true],
  ['lax', 'cross-site', false, false],
  ['default', 'same-site', true, true],
  ['default', 'safe-navigation', true, true],
  ['default', 'unsafe-navigation', false, true],
  ['default', 'cross-site', false, false],
  ['none', 'same-site', true, true],
  ['none', 'safe-navigation', true, true],
  ['none', 'unsafe-navigation', true, true],
  ['none', 'cross-site', true, true],
];
test.each(TABLE)('%s, %s: sent %s, taken %s', (sameSite, relation, sent, taken) => {
  expect(isSentTo(cookie({ sameSite }), relation)).toBe(sent);
  expect(isTakenFrom(cookie({ sameSite }), relation)).toBe(taken);
});
