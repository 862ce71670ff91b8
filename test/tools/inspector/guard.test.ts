import { describe, expect, test } from 'vitest';
import { type Caller, Guard } from '../../../src/tools/inspector/guard.ts';

function guard(): Guard {
  let n = 0;
  return new Guard(
    4000,
    () => `secret${++n}`,
    (a, b) => a === b,
  );
}

const COOKIE = 'qnetwork-inspector-4000=secret1';
const fine: Caller = {
  ...{ method: 'GET', path: '/', host: '127.0.0.1:4000', origin: undefined, site: undefined, cookie: COOKIE, token: null },
};

const judged = (caller: Partial<Caller>): unknown => {
  const verdict = guard().judge({ ...fine, ...caller });
  return typeof verdict === 'string' ? verdict : verdict.status;
};

describe('who is let through', () => {
  test.each<[string, Partial<Caller>, unknown]>([
    ['with the cookie', {}, 'pass'],
    ['by the name localhost', { host: 'localhost:4000' }, 'pass'],
    ['with other cookies beside it', { cookie: `a=1; ${COOKIE}; b=2` }, 'pass'],
    ['from our own page', { origin: 'http://127.0.0.1:4000', site: 'same-origin' }, 'pass'],
    ['a change from our own page', { method: 'POST', origin: 'http://127.0.0.1:4000' }, 'pass'],
    ['a person who followed a link here', { site: 'cross-site' }, 'pass'],
    ['without a cookie', { cookie: undefined }, 401],
    ['with the cookie of another inspector', { cookie: 'qnetwork-inspector-4001=secret1' }, 401],
    ['with a wrong cookie', { cookie: 'qnetwork-inspector-4000=secret2' }, 401],
    ['with an empty cookie', { cookie: 'qnetwork-inspector-4000=' }, 401],
    ['by a name that was bent to here', { host: 'evil.example:4000' }, 403],
    ['by another port', { host: '127.0.0.1:4001' }, 403],
    ['without a Host', { host: undefined }, 403],
    ['from another site', { origin: 'http://evil.example' }, 403],
    ['from a page without an origin', { origin: 'null' }, 403],
    ['from the same host at another port', { origin: 'http://127.0.0.1:4001' }, 403],
    ['from the other name of this host', { origin: 'http://localhost:4000' }, 403],
    ['as an image on another site', { site: 'cross-site', path: '/rows/1' }, 403],
    ['as an image on a page of another port', { site: 'same-site', path: '/feed' }, 403],
    ['as an image, called by name', { site: 'none', path: '/feed' }, 'pass'],
    ['a change without an origin', { method: 'POST' }, 403],
    ['a change from another site', { method: 'POST', origin: 'http://evil.example' }, 403],
    ['another method', { method: 'DELETE', origin: 'http://127.0.0.1:4000' }, 405],
    ['asking for permission', { method: 'OPTIONS', origin: 'http://127.0.0.1:4000' }, 405],
    ['with a token before there is one', { token: '', cookie: undefined }, 403],
    ['with a token that was used, by who is in', { token: 'old' }, 'enter'],
  ])('%s', (_name, caller, expected) => {
    expect(judged(caller)).toEqual(expected);
  });
});

test('the port that goes without saying is not named', () => {
  const door = new Guard(
    80,
    () => 'key',
    (a, b) => a === b,
  );
  const caller = { ...fine, cookie: 'qnetwork-inspector-80=key' };
  expect(door.judge({ ...caller, host: '127.0.0.1' })).toBe('pass');
  expect(door.judge({ ...caller, method: 'POST', host: 'localhost', origin: 'http://localhost' })).toBe('pass');
  expect(door.judge({ ...caller, host: 'evil.example' })).toMatchObject({ status: 403 });
});

describe('the token', () => {
  test('opens once; the next one is another one', () => {
    const door = guard();
    const first = door.invitation();
    expect(door.invitation()).toBe(first);
    const come = (token: string): unknown => door.judge({ ...fine, cookie: undefined, token });
    expect(come('wrong')).toMatchObject({ status: 403 });
    expect(come(first)).toBe('enter');
    expect(come(first)).toMatchObject({ status: 403 });
    const second = door.invitation();
    expect(second).not.toBe(first);
    expect(come(second)).toBe('enter');
  });

  test('does not open to another host or site', () => {
    const door = guard();
    const token = door.invitation();
    expect(door.judge({ ...fine, token, host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(door.judge({ ...fine, token, origin: 'http://evil.example' })).toMatchObject({ status: 403 });
    expect(door.judge({ ...fine, cookie: undefined, token })).toBe('enter');
  });

  test('gives a cookie that scripts and other sites do not get', () => {
    expect(guard().cookie).toBe(`${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
  });
});
