import { expect } from 'vitest';
import type { QNetworkCookie, QNetworkCookieJar, UrlLike } from '../../src/index.ts';
import { over, type Package, scene } from './support.ts';
import type { MemberTests } from './types.ts';

const URL_ = 'http://x.org/a/b';

const parsed = (q: Package, line: string): QNetworkCookie => q.QNetworkCookie.parseCookies(line)[0]!;

/** What a manager would send: a way to look that asks for no member of Qt's. */
const sent = (jar: QNetworkCookieJar): string => jar.cookieHeaderForUrl(URL_).toString();

/** A jar with what these lines set. */
function filled(q: Package, ...lines: string[]): QNetworkCookieJar {
  const jar = new q.QNetworkCookieJar();
  jar.setCookiesFromHeader(lines, URL_);
  return jar;
}

/** Gives the origin's answers cookies, and says what the two requests to it sent. */
const traffic = (q: Package, jar: QNetworkCookieJar): Promise<(string | undefined)[]> => {
  let seen: (string | undefined)[] = [];
  return scene(
    q,
    async ({ manager, origin }) => {
      manager.setCookieJar(jar);
      await over(manager.get(origin.url('/')));
      await over(manager.get(origin.url('/')));
      seen = origin.requests.map((request) => request.header('cookie'));
    },
    { headers: { 'Set-Cookie': 'a=1' } },
  ).then(() => seen);
};

export const qnetworkcookiejar: MemberTests = {
  'QNetworkCookieJar.constructor': (q) => {
    const parent = new q.QObject();
    expect(new q.QNetworkCookieJar(parent).parent()).toBe(parent);
  },
  'QNetworkCookieJar.cookiesForUrl': async (q) => {
    expect(filled(q, 'a=1').cookiesForUrl(URL_).map(String)).toHaveLength(1);
    class Own extends q.QNetworkCookieJar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return [...super.cookiesForUrl(url), parsed(q, 'own=1')];
      }
    }
    expect(await traffic(q, new Own())).toEqual(['own=1', 'a=1; own=1']);
  },
  'QNetworkCookieJar.setCookiesFromUrl': async (q) => {
    const jar = new q.QNetworkCookieJar();
    expect(jar.setCookiesFromUrl([parsed(q, 'a=1')], URL_)).toBe(true);
    expect(sent(jar)).toBe('a=1');
    class Own extends q.QNetworkCookieJar {
      override setCookiesFromUrl(list: Iterable<QNetworkCookie>, url: UrlLike): boolean {
        return super.setCookiesFromUrl([...list, parsed(q, 'own=1')], url);
      }
    }
    expect(await traffic(q, new Own())).toEqual([undefined, 'a=1; own=1']);
  },
  'QNetworkCookieJar.allCookies': (q) => {
    class Own extends q.QNetworkCookieJar {
      names(): string[] {
        return this.allCookies().map((one) => one.name().toString());
      }
    }
    const jar = new Own();
    jar.setCookiesFromHeader(['a=1', 'b=1; Path=/elsewhere'], URL_);
    expect(jar.names()).toEqual(['a', 'b']);
  },
  'QNetworkCookieJar.setAllCookies': (q) => {
    class Own extends q.QNetworkCookieJar {
      fill(): void {
        this.setAllCookies([parsed(q, 'b=2; Domain=x.org; Path=/')]);
      }
    }
    const jar = new Own();
    jar.setCookiesFromHeader('a=1', URL_);
    jar.fill();
    expect(sent(jar)).toBe('b=2');
  },
  'QNetworkCookieJar.insertCookie': async (q) => {
    const jar = new q.QNetworkCookieJar();
    expect(jar.insertCookie(parsed(q, 'a=1; Domain=x.org; Path=/'))).toBe(true);
    expect(sent(jar)).toBe('a=1');
    class Own extends q.QNetworkCookieJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        cookie.setValue('own');
        return super.insertCookie(cookie);
      }
    }
    expect(await traffic(q, new Own())).toEqual([undefined, 'a=own']);
  },
  'QNetworkCookieJar.updateCookie': (q) => {
    const cookie = parsed(q, 'a=2; Domain=x.org; Path=/a');
    const jar = filled(q, 'a=1');
    expect([jar.updateCookie(cookie), sent(jar)]).toEqual([true, 'a=2']);
    class Own extends q.QNetworkCookieJar {
      override updateCookie(one: QNetworkCookie): boolean {
        one.setValue('own');
        return super.updateCookie(one);
      }
    }
    const own = new Own();
    own.setCookiesFromHeader('a=1', URL_);
    expect([own.updateCookie(cookie), sent(own)]).toEqual([true, 'a=own']);
  },
  'QNetworkCookieJar.deleteCookie': (q) => {
    const cookie = parsed(q, 'a=; Domain=x.org; Path=/a');
    const jar = filled(q, 'a=1');
    expect([jar.deleteCookie(cookie), sent(jar)]).toEqual([true, '']);
    const told: string[] = [];
    class Own extends q.QNetworkCookieJar {
      override deleteCookie(one: QNetworkCookie): boolean {
        told.push(one.name().toString());
        return super.deleteCookie(one);
      }
    }
    const own = new Own();
    own.setCookiesFromHeader(['a=1', 'a=; Max-Age=0'], URL_);
    expect([told.at(-1), sent(own)]).toEqual(['a', '']);
  },
  'QNetworkCookieJar.validateCookie': (q) => {
    class Open extends q.QNetworkCookieJar {
      valid(line: string): boolean {
        const cookie = parsed(q, line);
        cookie.normalize(URL_);
        return this.validateCookie(cookie, URL_);
      }
    }
    expect([new Open().valid('a=1'), new Open().valid('a=1; Domain=y.org')]).toEqual([true, false]);
    class Own extends q.QNetworkCookieJar {
      protected override validateCookie(cookie: QNetworkCookie, url: UrlLike): boolean {
        return cookie.name().toString() !== 'no' && super.validateCookie(cookie, url);
      }
    }
    const own = new Own();
    own.setCookiesFromHeader(['no=1', 'a=1'], URL_);
    expect(sent(own)).toBe('a=1');
  },
};
