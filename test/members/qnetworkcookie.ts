import { expect } from 'vitest';
import type { QNetworkCookie } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** Read by a member that is not the one on trial wherever that can be. */
const parsed = (q: Package, line: string): QNetworkCookie => q.QNetworkCookie.parseCookies(line)[0]!;
const raw = (cookie: QNetworkCookie): string => cookie.toRawForm().toString();

export const qnetworkcookie: MemberTests = {
  'QNetworkCookie.constructor': (q) => {
    expect(raw(new q.QNetworkCookie('a', 'b'))).toBe('a=b');
  },
  'QNetworkCookie.equals': (q) => {
    const cookie = parsed(q, 'a=1; Path=/x');
    expect(cookie.equals(parsed(q, 'a=1; Path=/x'))).toBe(true);
    expect(cookie.equals(parsed(q, 'a=1; Path=/y'))).toBe(false);
  },
  'QNetworkCookie.isSecure': (q) => {
    expect([parsed(q, 'a=1; Secure').isSecure(), parsed(q, 'a=1').isSecure()]).toEqual([true, false]);
  },
  'QNetworkCookie.setSecure': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setSecure(true);
    expect(raw(cookie)).toBe('a=1; secure');
  },
  'QNetworkCookie.isHttpOnly': (q) => {
    expect([parsed(q, 'a=1; HttpOnly').isHttpOnly(), parsed(q, 'a=1').isHttpOnly()]).toEqual([true, false]);
  },
  'QNetworkCookie.setHttpOnly': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setHttpOnly(true);
    expect(raw(cookie)).toBe('a=1; HttpOnly');
  },
  'QNetworkCookie.isSessionCookie': (q) => {
    expect([parsed(q, 'a=1').isSessionCookie(), parsed(q, 'a=1; Max-Age=5').isSessionCookie()]).toEqual([true, false]);
  },
  'QNetworkCookie.expirationDate': (q) => {
    const line = 'a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT';
    expect(parsed(q, line).expirationDate()).toEqual(new Date('2099-10-21T07:28:00Z'));
    expect(parsed(q, 'a=1').expirationDate()).toBeNull();
  },
  'QNetworkCookie.setExpirationDate': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setExpirationDate(new Date('2099-10-21T07:28:00Z'));
    expect(raw(cookie)).toBe('a=1; expires=Wed, 21-Oct-2099 07:28:00 GMT');
  },
  'QNetworkCookie.domain': (q) => {
    expect(parsed(q, 'a=1; Domain=.X.org').domain()).toBe('.x.org');
  },
  'QNetworkCookie.setDomain': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setDomain('.x.org');
    expect(raw(cookie)).toBe('a=1; domain=.x.org');
  },
  'QNetworkCookie.path': (q) => {
    expect(parsed(q, 'a=1; Path=/x').path()).toBe('/x');
  },
  'QNetworkCookie.setPath': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setPath('/x');
    expect(raw(cookie)).toBe('a=1; path=/x');
  },
  'QNetworkCookie.name': (q) => {
    expect(parsed(q, 'a=1').name()).toEqual(Buffer.from('a'));
  },
  'QNetworkCookie.setName': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setName('b');
    expect(raw(cookie)).toBe('b=1');
  },
  'QNetworkCookie.value': (q) => {
    expect(parsed(q, 'a=1').value()).toEqual(Buffer.from('1'));
  },
  'QNetworkCookie.setValue': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setValue('2');
    expect(raw(cookie)).toBe('a=2');
  },
  'QNetworkCookie.toRawForm': (q) => {
    const cookie = parsed(q, 'a=1; Path=/x');
    expect(cookie.toRawForm()).toEqual(Buffer.from('a=1; path=/x'));
    expect(cookie.toRawForm(q.QNetworkCookie.RawForm.NameAndValueOnly)).toEqual(Buffer.from('a=1'));
  },
  'QNetworkCookie.parseCookies': (q) => {
    expect(q.QNetworkCookie.parseCookies('a=1\nb=2').map(raw)).toEqual(['a=1', 'b=2']);
  },
  'QNetworkCookie.hasSameIdentifier': (q) => {
    const cookie = parsed(q, 'a=1; Path=/');
    expect(cookie.hasSameIdentifier(parsed(q, 'a=2; Path=/; Secure'))).toBe(true);
    expect(cookie.hasSameIdentifier(parsed(q, 'a=1; Path=/x'))).toBe(false);
  },
  'QNetworkCookie.normalize': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.normalize(new q.QUrl('http://x.org/a/b'));
    expect(raw(cookie)).toBe('a=1; domain=x.org; path=/a');
  },
  'QNetworkCookie.sameSitePolicy': (q) => {
    expect(parsed(q, 'a=1; SameSite=Lax').sameSitePolicy()).toBe(2);
  },
  'QNetworkCookie.setSameSitePolicy': (q) => {
    const cookie = parsed(q, 'a=1');
    cookie.setSameSitePolicy(3);
    expect(raw(cookie)).toBe('a=1; SameSite=Strict');
  },
  'QNetworkCookie.RawForm': (q) => {
    expect([q.QNetworkCookie.RawForm.Full, q.QNetworkCookie.RawForm[0]]).toEqual([1, 'NameAndValueOnly']);
  },
  'QNetworkCookie.SameSite': (q) => {
    expect([q.QNetworkCookie.SameSite.Strict, q.QNetworkCookie.SameSite[1]]).toEqual([3, 'None']);
  },
};
