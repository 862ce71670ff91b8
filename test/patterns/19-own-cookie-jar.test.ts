import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { QNetworkAccessManager, QNetworkCookie, QNetworkCookieJar, type UrlLike } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { serve } from '../support/server.ts';

// Pattern 19: a jar of the program's own that outlives it, as Set-Cookie lines in a file (arora, qutebrowser, phantomjs, qBittorrent).

class FileJar extends QNetworkCookieJar {
  readonly #file: string;

  constructor(file: string) {
    super();
    this.#file = file;
    this.setAllCookies(FileJar.#living(QNetworkCookie.parseCookies(readFileSync(file))));
  }

  /** Without those of the session and those that have expired, on the way in and on the way out. */
  static #living(cookies: readonly QNetworkCookie[]): QNetworkCookie[] {
    return cookies.filter((cookie) => !cookie.isSessionCookie() && cookie.expirationDate()! > new Date());
  }

  override setCookiesFromUrl(cookieList: Iterable<QNetworkCookie>, url: UrlLike): boolean {
    const kept = super.setCookiesFromUrl(cookieList, url);
    const lines = FileJar.#living(this.allCookies()).map((cookie) => cookie.toRawForm());
    writeFileSync(this.#file, lines.join('\n'));
    return kept;
  }
}

it('a jar in a file of Set-Cookie lines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jar-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'cookies.txt');
  writeFileSync(
    file,
    'old=1; domain=127.0.0.1; path=/; expires=Thu, 01-Jan-1970 00:00:10 GMT\nlogin=yes; domain=127.0.0.1; path=/; expires=Wed, 21-Oct-2099 07:28:00 GMT',
  );
  await using server = await serve({
    routes: {
      '*': {
        headers: [
          ['Set-Cookie', 'id=1; Max-Age=60; Path=/; HttpOnly'],
          ['Set-Cookie', 'session=1; Path=/'],
        ],
      },
    },
  });
  const jar = new FileJar(file);
  const managers = [new QNetworkAccessManager(), new QNetworkAccessManager()];
  for (const manager of managers) {
    manager.setCookieJar(jar);
    await within(manager.get(server.url()).whenFinished(), 'the reply');
  }
  expect(server.requests.map((request) => request.header('cookie'))).toEqual(['login=yes', 'login=yes; id=1; session=1']);
  for (const manager of managers) await manager.close();

  const again = new FileJar(file);
  expect(again.cookiesForUrl(server.url()).map((cookie) => cookie.toRawForm(QNetworkCookie.NameAndValueOnly).toString())).toEqual(
    ['login=yes', 'id=1'],
  );
  expect(again.cookiesForUrl(server.url())[1]!.isHttpOnly()).toBe(true);
});
