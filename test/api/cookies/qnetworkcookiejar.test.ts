import { describe, expect, test } from 'vitest';
import { QNetworkCookie, QNetworkCookieJar, type QUrl, type UrlLike } from '../../../src/index.ts';

/** A jar whose cookies can be seen. */
class Jar extends QNetworkCookieJar {
  override allCookies(): QNetworkCookie[] {
    return super.allCookies();
  }
  override setAllCookies(list: Iterable<QNetworkCookie>): void {
    super.setAllCookies(list);
  }
}

const parse = (lines: string): QNetworkCookie[] => QNetworkCookie.parseCookies(lines);
const shown = (cookies: readonly QNetworkCookie[]): string => cookies.map((one) => one.toRawForm(0).toString()).join('; ');
const raw = (cookies: readonly QNetworkCookie[]): string[] => cookies.map((one) => one.toRawForm().toString());

const HTTP = 'http://www.example.org/a/b';
const HTTPS = 'https://www.example.org/a/b';

describe('a jar', () => {
  test('keeps the cookies of an answer and gives them to requests', () => {
    const jar = new Jar();
    expect(jar.setCookiesFromUrl(parse('a=1\nb=2; Domain=example.org; Path=/\nc=3; Secure'), HTTPS)).toBe(true);
    expect(shown(jar.cookiesForUrl(HTTPS))).toBe('a=1; c=3; b=2');
    expect(shown(jar.cookiesForUrl(HTTP))).toBe('a=1; b=2');
    expect(shown(jar.cookiesForUrl('http://example.org/'))).toBe('b=2');
    expect(jar.cookieHeaderForUrl(HTTPS).toString()).toBe('a=1; c=3; b=2');
    expect(raw(jar.allCookies())).toEqual([
      'a=1; domain=www.example.org; path=/a',
      'b=2; domain=.example.org; path=/',
      'c=3; secure; domain=www.example.org; path=/a',
    ]);
  });

  test('says whether one was kept', () => {
    const jar = new Jar();
    const set = (lines: string): boolean => jar.setCookiesFromUrl(parse(lines), HTTP);
    expect([set('a=1'), set('b=1; Domain=other.org'), set('c=1\nd=1; Domain=other.org'), set('')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(set('a=1; Max-Age=0')).toBe(false);
    expect(shown(jar.allCookies())).toBe('c=1');
  });

  test('takes cookies as they are, one by one', () => {
    const jar = new Jar();
    const [a, b, gone] = parse('a=1; Domain=x.org; Path=/\nb=1; Domain=.x.org; Path=/\na=2; Domain=x.org; Path=/; Max-Age=0');
    expect([jar.updateCookie(a!), jar.insertCookie(a!), jar.insertCookie(b!), jar.updateCookie(a!)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    a!.setValue('2');
    expect(jar.updateCookie(a!)).toBe(true);
    expect(shown(jar.cookiesForUrl('http://x.org/'))).toBe('a=2; b=1');
    expect([jar.insertCookie(gone!), jar.insertCookie(gone!)]).toEqual([false, false]);
    expect(shown(jar.allCookies())).toBe('b=1');
    expect([jar.deleteCookie(b!), jar.deleteCookie(b!)]).toEqual([true, false]);
  });

  test('shows what has expired to subclasses, and sends it to nobody', () => {
    const jar = new Jar();
    jar.setAllCookies(parse('old=1; Domain=x.org; Path=/; Expires=Thu, 01 Jan 1970 00:00:10 GMT\nnew=1; Domain=x.org; Path=/'));
    expect(shown(jar.allCookies())).toBe('old=1; new=1');
    expect(shown(jar.cookiesForUrl('http://x.org/'))).toBe('new=1');
    jar.setAllCookies([]);
    expect(jar.allCookies()).toEqual([]);
  });

  test('gives copies', () => {
    const jar = new Jar();
    const [cookie] = parse('a=1');
    jar.setCookiesFromUrl([cookie!], HTTP);
    expect(cookie!.domain()).toBe('');
    jar.cookiesForUrl(HTTP)[0]!.setValue('2');
    expect(shown(jar.cookiesForUrl(HTTP))).toBe('a=1');
  });

  test('follows RFC 6265bis, or RFC 6265 as published', () => {
    const lines = ['a=1; Secure', '__Host-b=1', '=nameless', 'c=1; SameSite=None', `d=${'x'.repeat(5000)}`];
    const names = (standard: '6265' | '6265bis'): string[] => {
      const jar = new Jar();
      jar.setStandard(standard);
      expect(jar.standard()).toBe(standard);
      jar.setCookiesFromHeader(lines, HTTP);
      return jar.allCookies().map((one) => one.name().toString());
    };
    const old = new Jar();
    old.setStandard('6265');
    expect(old.setCookiesFromHeader('a=1; SameSite=Strict', HTTP, { siteForCookies: null })).toBe(true);
    expect(old.cookieHeaderForUrl(HTTP, { siteForCookies: null }).toString()).toBe('a=1');
    expect(new Jar().standard()).toBe('6265bis');
    expect(names('6265bis')).toEqual(['']);
    expect(names('6265')).toEqual(['a', '__Host-b', 'c', 'd']);
    expect(() => new Jar().setStandard('2965' as never)).toThrow(/setStandard expects '6265bis' or '6265'; got 2965/);
  });

  test('of RFC 6265 one name and path has one cookie, for a host alone or with those below', () => {
    for (const [standard, expected] of [
      ['6265', 'a=3'],
      ['6265bis', 'a=2; a=3'],
    ] as const) {
      const jar = new Jar();
      jar.setStandard(standard);
      jar.setCookiesFromHeader(['a=1; Domain=www.example.org', 'a=2', 'a=3; Domain=www.example.org'], HTTP);
      expect(shown(jar.allCookies()).split('; ').sort().join('; ')).toBe(expected);
    }
  });

  test('knows on whose behalf a request is made', () => {
    const jar = new Jar();
    jar.setCookiesFromHeader(['s=1; SameSite=Strict', 'l=1; SameSite=Lax', 'n=1; SameSite=None; Secure', 'd=1'], HTTPS);
    const header = (options?: Parameters<typeof jar.cookieHeaderForUrl>[1]): string =>
      jar.cookieHeaderForUrl(HTTPS, options).toString();
    expect(header()).toBe('s=1; l=1; n=1; d=1');
    expect(header({ siteForCookies: 'https://example.org/' })).toBe('s=1; l=1; n=1; d=1');
    expect(header({ siteForCookies: 'http://example.org/' })).toBe('n=1');
    expect(header({ siteForCookies: 'https://other.org/' })).toBe('n=1');
    expect(header({ siteForCookies: null })).toBe('n=1');
    expect(header({ siteForCookies: { url: 'https://other.org', navigation: true } })).toBe('l=1; n=1; d=1');
    expect(header({ siteForCookies: { url: null, navigation: true }, method: 'POST' })).toBe('n=1');
    expect(jar.setCookiesFromHeader('x=1', HTTPS, { siteForCookies: null })).toBe(false);
    expect(jar.setCookiesFromHeader('x=1; SameSite=None; Secure', HTTPS, { siteForCookies: null })).toBe(true);
    const bad = (site: unknown) => () => header({ siteForCookies: site as never });
    expect(bad('/relative')).toThrow(/siteForCookies expects the URL of a site|expects the URL of a site/);
    expect(bad(5)).toThrow(TypeError);
    expect(bad({ url: 'https://x.org', navigation: 1 })).toThrow(/expects a URL, null, or \{ url, navigation \}/);
    expect(bad({})).toThrow(TypeError);
  });

  test('keeps partitions apart', () => {
    const jar = new Jar();
    jar.setCookiesFromHeader('a=1', HTTP, { partition: 'one' });
    jar.setCookiesFromHeader('a=2', HTTP);
    const header = (partition: string): string => jar.cookieHeaderForUrl(HTTP, { partition }).toString();
    expect([header('one'), header(''), header('two')]).toEqual(['a=1', 'a=2', '']);
    expect(shown(jar.allCookies())).toBe('a=2');
  });

  test('takes header lines as text, bytes or a list', () => {
    const jar = new Jar();
    expect(jar.setCookiesFromHeader('a=ä', HTTP)).toBe(true);
    expect(jar.setCookiesFromHeader(Buffer.from('b=2'), HTTP)).toBe(true);
    expect(jar.setCookiesFromHeader(new Set(['c=3', 'd=4\nx=5']), HTTP)).toBe(true);
    expect(jar.cookieHeaderForUrl(HTTP).toString()).toBe('a=ä; b=2; c=3');
  });

  test('says what it cannot take', () => {
    const jar = new Jar();
    expect(() => jar.insertCookie('a=1' as never)).toThrow('QNetworkCookieJar.insertCookie: string is no QNetworkCookie.');
    expect(() => jar.setCookiesFromUrl([null as never], HTTP)).toThrow(/setCookiesFromUrl: null is no QNetworkCookie/);
    expect(() => jar.setAllCookies([{} as never])).toThrow(/setAllCookies: object is no/);
    expect(() => jar.cookiesForUrl(5 as never)).toThrow(/Expected a URL/);
  });

  test('knows what somebody registered', () => {
    expect(QNetworkCookieJar.registrableDomain('a.B.co.UK')).toBe('b.co.uk');
    expect(QNetworkCookieJar.registrableDomain('www.食狮.公司.cn')).toBe('食狮.公司.cn');
    for (const none of ['co.uk', 'localhost', '127.0.0.1', '::1', '.com', '', 'a b'])
      expect(QNetworkCookieJar.registrableDomain(none)).toBeNull();
  });
});

describe('a subclass', () => {
  test('has a say in each step', () => {
    const told: string[] = [];
    class Own extends Jar {
      override validateCookie(cookie: QNetworkCookie, url: QUrl): boolean {
        told.push(`validate ${cookie.name()} ${cookie.domain()}${cookie.path()} ${url.host()}`);
        return cookie.name().toString() !== 'no' && super.validateCookie(cookie, url);
      }
      override insertCookie(cookie: QNetworkCookie): boolean {
        told.push(`insert ${cookie.name()}`);
        return super.insertCookie(cookie);
      }
      override deleteCookie(cookie: QNetworkCookie): boolean {
        told.push(`delete ${cookie.name()}`);
        return super.deleteCookie(cookie);
      }
    }
    const jar = new Own();
    expect(jar.setCookiesFromHeader(['a=1', 'no=1', 'b=1; Domain=other.org'], HTTP)).toBe(true);
    expect(told).toEqual([
      'validate a www.example.org/a www.example.org',
      'insert a',
      'delete a',
      'validate no www.example.org/a www.example.org',
      'validate b .other.org/a www.example.org',
    ]);
    expect(shown(jar.allCookies())).toBe('a=1');
    jar.setCookiesFromHeader('a=; Max-Age=0', HTTP);
    expect([told.at(-1), jar.allCookies().length]).toEqual(['delete a', 0]);
  });

  test('may answer by itself', () => {
    class Own extends Jar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return [...super.cookiesForUrl(url), new QNetworkCookie('own', '1'), new QNetworkCookie('', 'bare')];
      }
    }
    const jar = new Own();
    jar.setCookiesFromHeader(['s=1; SameSite=Strict'], HTTP);
    expect(jar.cookieHeaderForUrl(HTTP).toString()).toBe('s=1; own=1; bare');
    // what is known of the request reaches the base implementation
    expect(jar.cookieHeaderForUrl(HTTP, { siteForCookies: null }).toString()).toBe('own=1; bare');
    expect(jar.cookieHeaderForUrl(HTTP, { partition: 'x' }).toString()).toBe('own=1; bare');
    expect(shown(jar.cookiesForUrl(HTTP))).toBe('s=1; own=1; bare');
  });

  test('that only wants to see what is set sees it', () => {
    const told: string[] = [];
    class Own extends Jar {
      override setCookiesFromUrl(list: Iterable<QNetworkCookie>, url: UrlLike): boolean {
        const cookies = [...list];
        told.push(`${raw(cookies).join(' | ')} ${String(url)}`);
        return super.setCookiesFromUrl(cookies, url);
      }
    }
    const jar = new Own();
    jar.setCookiesFromHeader(['a=1; Path=/x', '=bare', ''], HTTP);
    expect(told).toEqual([`a=1; path=/x | bare ${HTTP}`]);
    expect(shown(jar.allCookies())).toBe('a=1; bare');
  });
});
