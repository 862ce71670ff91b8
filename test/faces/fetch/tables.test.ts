import { describe, expect, test } from 'vitest';
import { readDataUrl } from '../../../src/faces/fetch/data-url.ts';
import { fitsIntegrity } from '../../../src/faces/fetch/integrity.ts';
import { readPolicy, refererOf } from '../../../src/faces/fetch/referrer.ts';
import { normalMethod } from '../../../src/faces/fetch/words.ts';

describe('the Referer of https://a.test/path?q#f', () => {
  const near = 'https://a.test/other';
  const far = 'https://b.test/';
  const plain = 'http://b.test/';
  test.each([
    ['', 'https://a.test/path?q', 'https://a.test/', ''],
    ['no-referrer', '', '', ''],
    ['unsafe-url', 'https://a.test/path?q', 'https://a.test/path?q', 'https://a.test/path?q'],
    ['origin', 'https://a.test/', 'https://a.test/', 'https://a.test/'],
    ['same-origin', 'https://a.test/path?q', '', ''],
    ['strict-origin', 'https://a.test/', 'https://a.test/', ''],
    ['origin-when-cross-origin', 'https://a.test/path?q', 'https://a.test/', 'https://a.test/'],
    ['strict-origin-when-cross-origin', 'https://a.test/path?q', 'https://a.test/', ''],
    ['no-referrer-when-downgrade', 'https://a.test/path?q', 'https://a.test/path?q', ''],
  ])('with the policy "%s"', (policy, home, away, down) => {
    const told = [near, far, plain].map((url) => refererOf('https://u:p@a.test/path?q#f', policy, url));
    expect(told).toEqual([home, away, down]);
  });
});

test.each([
  ['origin, unsafe-url', 'unsafe-url'],
  ['origin, future-policy', 'origin'],
  ['Same-Origin', 'same-origin'],
  ['nonsense', ''],
])('Referrer-Policy %s', (field, policy) => expect(readPolicy(field)).toBe(policy));

test.each([
  ['data:,a%20b', 'text/plain;charset=US-ASCII', 'a b'],
  ['data:text/html,<b>#x', 'text/html', '<b>'],
  ['data:;charset=utf-8,%C3%BC', 'text/plain;charset=utf-8', 'ü'],
  ['data:text/plain; base64,aGk', 'text/plain', 'hi'],
  ['data:x;base64,aGk=', 'text/plain;charset=US-ASCII', 'hi'],
  ['data:,%zz%4', 'text/plain;charset=US-ASCII', '%zz%4'],
])('%s', (url, type, text) => {
  const content = readDataUrl(url);
  expect([content?.type, Buffer.from(content!.bytes).toString()]).toEqual([type, text]);
});

test.each(['data:no-comma', 'data:;base64,a', 'data:;base64,a*b='])('%s is none', (url) => expect(readDataUrl(url)).toBeNull());

test.each([
  ['sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=', true],
  ['sha256-ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0', true],
  ['SHA256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=?opt', true],
  ['sha256-aaaa', false],
  ['sha1-aaaa', true],
  ['sha256-', false],
  ['sha384', false],
  ['sha512-not!base64', false],
  ['', true],
])('integrity %s of abc', (metadata, fits) => expect(fitsIntegrity(Buffer.from('abc'), metadata)).toBe(fits));

test.each([
  ['get', 'GET'],
  ['Delete', 'DELETE'],
  ['patch', 'patch'],
  ['Own', 'Own'],
])('the method %s is %s', (given, normal) => expect(normalMethod(given)).toBe(normal));
