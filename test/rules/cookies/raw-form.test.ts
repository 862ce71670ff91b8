import { expect, test } from 'vitest';
import type { Cookie } from '../../../src/contract/cookie.ts';
import { cookieTextProblem } from '../../../src/rules/cookies/limits.ts';
import { cookiePair, setCookieLine } from '../../../src/rules/cookies/raw-form.ts';
import { parseSetCookie } from '../../../src/rules/cookies/set-cookie.ts';
import { cookie } from './support.ts';

const WHEN = Date.parse('2099-10-21T07:28:00Z');

test.each<[Partial<Cookie>, string]>([
  [{}, 'a=1'],
  [{ value: '' }, 'a='],
  [{ name: '' }, '1'],
  [{ secure: true, httpOnly: true, sameSite: 'lax' }, 'a=1; secure; HttpOnly; SameSite=Lax'],
  [{ sameSite: 'none' }, 'a=1; SameSite=None'],
  [{ sameSite: 'strict' }, 'a=1; SameSite=Strict'],
  [{ expires: WHEN }, 'a=1; expires=Wed, 21-Oct-2099 07:28:00 GMT'],
  [{ expires: 8.64e15 }, 'a=1; expires=Fri, 31-Dec-9999 23:59:59 GMT'],
  [{ domain: '.example.org', path: '/x', pathGiven: true }, 'a=1; domain=.example.org; path=/x'],
  [{ domain: '::1' }, 'a=1; domain=[::1]'],
  [{ partitioned: true, secure: true }, 'a=1; secure; Partitioned'],
])('%o is %s', (changes, line) => {
  const made = cookie(changes);
  expect(setCookieLine(made)).toBe(line);
  // and back again, but for years that have no four digits
  if (made.expires <= WHEN || made.expires === Number.POSITIVE_INFINITY) expect(parseSetCookie(line, '6265bis', 0)).toEqual(made);
});

test('what is sent is name and value', () => {
  expect(cookiePair(cookie({ secure: true, path: '/' }))).toBe('a=1');
  expect(cookiePair(cookie({ name: '', value: 'x' }))).toBe('x');
});

test.each<[string, boolean, string]>([
  ['a', true, ''],
  ['a b"c\t\xe4', true, ''],
  ['a=b', false, ''],
  ['a=b', true, 'contains "="'],
  ['a;b', false, 'contains ";"'],
  ['a\nb', false, 'contains a control character'],
  ['\x7f', true, 'contains a control character'],
])('%j as a name (%s)', (text, isName, problem) => {
  expect(cookieTextProblem(text, isName)).toBe(problem);
});
