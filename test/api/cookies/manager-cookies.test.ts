import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  QNetworkAccessManager,
  QNetworkCookie,
  QNetworkCookieJar,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
  type UrlLike,
} from '../../../src/index.ts';
import { useRecordedNames } from '../../parity/lib/names.ts';
import { until, within } from '../../support/once.ts';
import { type Route, type Served, serve } from '../../support/server.ts';

// names that end in .test are this machine
beforeAll(useRecordedNames);

function made(jar?: QNetworkCookieJar | null): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  if (jar !== undefined) manager.setCookieJar(jar);
  onTestFinished(() => manager.close());
  return manager;
}

const ended = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end of the reply');
const sets = (...cookies: string[]): Route => ({
  headers: cookies.map((value): [string, string] => ['Set-Cookie', value]),
  body: 'set',
});
const PAGE: Route = { body: 'page' };
const at = (server: Served, host: string, path: string): string => `http://${host}:${server.port}${path}`;

/** The Cookie field of every request. */
const sent = (server: Served): (string | undefined)[] => server.requests.map((one) => one.header('cookie'));
const names = (jar: QNetworkCookieJar, url: string): string[] => jar.cookiesForUrl(url).map((one) => one.name().toString());

describe('a manager', () => {
  it('sends the cookies of the answers before, and makes its jar when the first comes', async () => {
    await using server = await serve({ routes: { '/set': sets('a=1', 'b=2; Path=/'), '*': PAGE } });
    const manager = made();
    await ended(manager.get(server.url('/')));
    await ended(manager.get(server.url('/set')));
    await ended(manager.get(server.url('/')));
    await ended(manager.post(server.url('/x?y'), 'data', { headers: { 'X-A': '1' } }));
    expect(sent(server)).toEqual([undefined, undefined, 'a=1; b=2', 'a=1; b=2']);
    expect(names(manager.cookieJar()!, server.url('/'))).toEqual(['a', 'b']);
    expect(manager.cookieJar()!.parent()).toBe(manager);
  });

  it('keeps cookies of redirects and errors, and sends each hop its own', async () => {
    await using server = await serve({
      routes: {
        '/go': (request) => ({
          status: 302,
          headers: [
            ['Location', at(server, 'b.www.test', '/end')],
            ['Set-Cookie', 'all=1; Domain=www.test; Path=/'],
            ['Set-Cookie', 'only-a=1; Path=/'],
          ],
          body: request.target,
        }),
        '/end': { status: 404, headers: { 'Set-Cookie': 'b=1' }, body: 'gone' },
        '*': PAGE,
      },
    });
    const manager = made();
    const reply = await ended(manager.get(at(server, 'a.www.test', '/go')));
    expect(reply.status()).toBe(404);
    await ended(manager.get(at(server, 'a.www.test', '/')));
    await ended(manager.get(at(server, 'b.www.test', '/')));
    await ended(manager.get(at(server, 'c.test', '/')));
    expect(sent(server)).toEqual([undefined, 'all=1', 'all=1; only-a=1', 'all=1; b=1', undefined]);
  });

  it('has the cookies when metaDataChanged comes', async () => {
    await using server = await serve({ routes: { '*': sets('a=1') } });
    const manager = made();
    const reply = manager.get(server.url('/'));
    const seen: string[][] = [];
    reply.metaDataChanged.connect(() => seen.push(names(manager.cookieJar()!, server.url('/'))));
    await ended(reply);
    expect(seen).toEqual([['a']]);
    expect(reply.header(QNetworkRequest.SetCookieHeader)!.map(String)).toHaveLength(1);
  });

  it('leaves cookies alone where it has no jar, or the request says so', async () => {
    await using server = await serve({
      routes: { '/set': sets('a=1; Path=/'), '/go': { status: 302, headers: { Location: '/' } }, '*': PAGE },
    });
    const none = made(null);
    await ended(none.get(server.url('/set')));
    await ended(none.get(server.url('/')));
    expect(none.cookieJar()).toBeNull();
    const manager = made();
    const { Manual } = QNetworkRequest.LoadControl;
    await ended(manager.get(server.url('/set'), { attributes: { CookieSaveControlAttribute: Manual } }));
    await ended(manager.get(server.url('/')));
    await ended(manager.get(server.url('/set'), { attributes: { CookieLoadControlAttribute: Manual } }));
    // Manual holds for all hops
    await ended(manager.get(server.url('/go'), { attributes: { CookieLoadControlAttribute: Manual } }));
    await ended(manager.get(server.url('/go')));
    expect(sent(server)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, undefined, 'a=1', 'a=1']);
  });

  it('replaces a Cookie header of the caller, and leaves it where the jar has none', async () => {
    await using server = await serve({ routes: { '/set': sets('a=1; Path=/x'), '*': PAGE } });
    const manager = made();
    const warnings: string[] = [];
    const warned = (warning: Error & { code?: string }): void => void warnings.push(`${warning.code} ${warning.message}`);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    await ended(manager.get(server.url('/set')));
    const own = { headers: { cookie: 'secret=1' } };
    await ended(manager.get(server.url('/'), own));
    for (let i = 0; i < 2; i++) await ended(manager.get(server.url('/x'), own));
    await ended(manager.get(server.url('/x'), { ...own, attributes: { CookieLoadControlAttribute: QNetworkRequest.Manual } }));
    expect(sent(server)).toEqual([undefined, 'secret=1', 'a=1', 'a=1', 'secret=1']);
    await until(() => warnings.length > 0, 'the warning');
    expect(warnings).toEqual([expect.stringMatching(/^QNETWORK_COOKIE_REPLACED The Cookie header set for http:\S+ is replaced/)]);
    expect(warnings[0]).not.toContain('secret');
  });

  it("takes a redirect's cookies before the caller's, which never go to another origin", async () => {
    await using server = await serve({
      routes: {
        '/same': { status: 302, headers: { Location: '/end', 'Set-Cookie': 'a=1; Path=/end' } },
        '/away': () => ({ status: 302, headers: { Location: at(server, 'b.test', '/') } }),
        '*': PAGE,
      },
    });
    const own = { headers: { Cookie: 'mine=1' } };
    await ended(made().get(server.url('/same'), own));
    await ended(made().get(server.url('/away'), own));
    expect(sent(server)).toEqual(['mine=1', 'a=1', 'mine=1', undefined]);
  });

  it('sends no cookies on behalf of other sites that do not want it', async () => {
    await using server = await serve({ routes: { '/set': sets('s=1; SameSite=Strict', 'l=1; SameSite=Lax', 'd=1'), '*': PAGE } });
    const manager = made();
    const here = (path: string): string => at(server, 'www.good.test', path);
    await ended(manager.get(here('/set')));
    await ended(manager.get(here('/'), { siteForCookies: 'http://good.test/' }));
    await ended(manager.get(here('/'), { siteForCookies: 'http://evil.test/' }));
    await ended(manager.get(here('/'), { siteForCookies: { url: 'http://evil.test/', navigation: true } }));
    await ended(manager.post(here('/'), 'x', { siteForCookies: { url: 'http://evil.test/', navigation: true } }));
    await ended(manager.get(here('/set2'), { siteForCookies: null }));
    expect(sent(server)).toEqual([undefined, 's=1; l=1; d=1', undefined, 'l=1; d=1', undefined, undefined]);
    expect(() => manager.get(here('/'), { siteForCookies: 'nowhere' })).toThrow(
      /Request option siteForCookies expects the URL of a site/,
    );
  });

  it('keeps the cookies of a partition to it', async () => {
    await using server = await serve({ routes: { '/set': sets('a=1'), '*': PAGE } });
    const manager = made();
    await ended(manager.get(server.url('/set'), { partition: 'one' }));
    await ended(manager.get(server.url('/'), { partition: 'one' }));
    await ended(manager.get(server.url('/')));
    await ended(manager.get(server.url('/'), { partition: 'two' }));
    expect(sent(server)).toEqual([undefined, 'a=1', undefined, undefined]);
  });

  it('does not give cookies to data: and file:', async () => {
    const manager = made();
    const asked: string[] = [];
    manager.setCookieJar(
      new (class extends QNetworkCookieJar {
        override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
          asked.push(String(url));
          return [];
        }
      })(),
    );
    expect(await manager.get('data:,x').text()).toBe('x');
    expect(asked).toEqual([]);
  });

  it('sends octets as they came', async () => {
    await using server = await serve({
      routes: {
        '/set': { raw: Buffer.from('HTTP/1.1 200 OK\r\nSet-Cookie: a=\xe4\xff\r\nContent-Length: 0\r\n\r\n', 'latin1') },
        '*': PAGE,
      },
    });
    const manager = made();
    await ended(manager.get(server.url('/set')));
    expect([...manager.cookieJar()!.cookiesForUrl(server.url('/'))[0]!.value()]).toEqual([0xe4, 0xff]);
    await ended(manager.get(server.url('/')));
    expect(sent(server)[1]).toBe('a=\xe4\xff');
  });
});

describe('setCookieJar', () => {
  it('makes a jar without a parent the manager’s own, and deletes the one before', () => {
    const manager = made();
    const first = manager.cookieJar()!;
    let gone = 0;
    first.destroyed.connect(() => gone++);
    const second = new QNetworkCookieJar();
    manager.setCookieJar(second);
    expect([second.parent() === manager, gone]).toEqual([true, 1]);
    const parent = new QObject();
    const shared = new QNetworkCookieJar(parent);
    manager.setCookieJar(shared);
    manager.setCookieJar(shared);
    expect(shared.parent()).toBe(parent);
    manager.setCookieJar(null);
    expect([manager.cookieJar(), shared.parent()]).toEqual([null, parent]);
    expect(() => manager.setCookieJar({} as never)).toThrow(
      'QNetworkAccessManager.setCookieJar expects a QNetworkCookieJar, or null',
    );
  });

  it('shares a jar between managers', async () => {
    await using server = await serve({ routes: { '/set': sets('a=1'), '*': PAGE } });
    const jar = new QNetworkCookieJar();
    const [one, two] = [made(jar), made(jar)];
    await ended(one.get(server.url('/set')));
    await ended(two.get(server.url('/')));
    expect(sent(server)).toEqual([undefined, 'a=1']);
    expect(jar.parent()).toBe(one);
    // a jar that was deleted is as good as none
    jar._destroy();
    await ended(two.get(server.url('/set')));
    await ended(two.get(server.url('/')));
    expect(sent(server).slice(2)).toEqual([undefined, undefined]);
  });
});

describe('the jar of a program', () => {
  it('is asked for every request, and told of every answer', async () => {
    await using server = await serve({
      routes: { '/from': { status: 302, headers: { Location: '/to', 'Set-Cookie': 'hop=1' } }, '/to': sets('end=1'), '*': PAGE },
    });
    const told: string[] = [];
    const path = (url: UrlLike): string => new URL(String(url)).pathname;
    class Own extends QNetworkCookieJar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        told.push(`for ${path(url)}`);
        return [new QNetworkCookie('own', path(url))];
      }
      override setCookiesFromUrl(list: Iterable<QNetworkCookie>, url: UrlLike): boolean {
        told.push(`from ${path(url)} ${[...list].map((one) => one.name()).join()}`);
        return false;
      }
    }
    await ended(made(new Own()).get(server.url('/from')));
    expect(told).toEqual(['for /from', 'from /from hop', 'for /to', 'from /to end']);
    expect(sent(server)).toEqual(['own=/from', 'own=/to']);
  });

  it('may fail: the request goes on without cookies, and the error is not lost', async () => {
    await using server = await serve({ routes: { '*': sets('a=1') } });
    const errors: unknown[] = [];
    const caught = (error: unknown): void => void errors.push((error as Error).message);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', caught);
    onTestFinished(() => {
      process.off('uncaughtException', caught);
      for (const one of others) process.on('uncaughtException', one);
    });
    class Own extends QNetworkCookieJar {
      override cookiesForUrl(): QNetworkCookie[] {
        throw new Error('asked');
      }
      override setCookiesFromUrl(): boolean {
        throw new Error('told');
      }
    }
    const reply = await ended(made(new Own()).get(server.url('/')));
    expect([reply.status(), reply.error(), sent(server)]).toEqual([200, 0, [undefined]]);
    await until(() => errors.length === 2, 'both errors');
    expect(errors).toEqual(['asked', 'told']);
  });
});

describe('the known headers', () => {
  it('are lists of cookies', () => {
    const request = new QNetworkRequest('http://example.org/');
    const { CookieHeader, SetCookieHeader } = QNetworkRequest;
    request.setHeader(CookieHeader, [new QNetworkCookie('a', '1'), new QNetworkCookie('b', '2')]);
    expect(request.rawHeader('Cookie').toString()).toBe('a=1; b=2');
    expect(request.header(CookieHeader)!.map((one) => one.toRawForm().toString())).toEqual(['a=1', 'b=2']);
    request.setHeader(SetCookieHeader, QNetworkCookie.parseCookies('a=1; Path=/\nb=2'));
    expect(request.rawHeader('Set-Cookie').toString()).toBe('a=1; path=/\nb=2');
    expect(request.headers().values('set-cookie').map(String)).toEqual(['a=1; path=/', 'b=2']);
    expect(request.header(SetCookieHeader)!.map((one) => one.path())).toEqual(['/', '']);
  });
});
