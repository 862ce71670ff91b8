import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { QNetworkCookie, QNetworkCookieJar, QPersistentCookieJar, type QUrl, type UrlLike } from '../../src/index.ts';
import { type CookieJarContractOptions, cookieJarContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

const root = mkdtempSync(join(tmpdir(), 'jar-contract-'));
afterAll(() => rmSync(root, { recursive: true }));

let files = 0;
const inFile = (fileName = join(root, `${files++}.json`)): QPersistentCookieJar => new QPersistentCookieJar(fileName);
const file: CookieJarContractOptions = {
  make: () => inFile(),
  async again(jar) {
    await (jar as QPersistentCookieJar).save();
    return inFile((jar as QPersistentCookieJar).fileName());
  },
  dispose: (jar) => (jar as QPersistentCookieJar).save(),
};

/** Keeps its cookies itself, as a program of Qt would: all virtual functions are its own. */
class OwnJar extends QNetworkCookieJar {
  protected cookies: QNetworkCookie[] = [];
  override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
    // what goes where is the business of the base class
    super.setAllCookies(this.cookies);
    return super.cookiesForUrl(url);
  }
  override insertCookie(cookie: QNetworkCookie): boolean {
    const at = this.cookies.findIndex((known) => known.hasSameIdentifier(cookie));
    const expired = (cookie.expirationDate()?.getTime() ?? Number.POSITIVE_INFINITY) <= Date.now();
    if (at >= 0) this.cookies.splice(at, 1, ...(expired ? [] : [new QNetworkCookie(cookie)]));
    else if (!expired) this.cookies.push(new QNetworkCookie(cookie));
    super.setAllCookies(this.cookies);
    return !expired;
  }
  override deleteCookie(cookie: QNetworkCookie): boolean {
    const left = this.cookies.filter((known) => !known.hasSameIdentifier(cookie));
    const found = left.length < this.cookies.length;
    this.cookies = left;
    super.setAllCookies(left);
    return found;
  }
}

/** A jar with one thing wrong with it. */
const wrong = (Jar: new () => QNetworkCookieJar): CookieJarContractOptions => ({ make: () => new Jar() });
const shared: QNetworkCookie[] = [];

const BROKEN: Readonly<Record<string, CookieJarContractOptions>> = {
  'sends nothing': wrong(
    class extends QNetworkCookieJar {
      override cookiesForUrl(): QNetworkCookie[] {
        return [];
      }
    },
  ),
  'has something from the start': wrong(
    class extends QNetworkCookieJar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return [...super.cookiesForUrl(url), new QNetworkCookie('always', '1')];
      }
    },
  ),
  'sends everything to everybody': wrong(
    class extends QNetworkCookieJar {
      override cookiesForUrl(): QNetworkCookie[] {
        return this.allCookies();
      }
    },
  ),
  'sends what came last first': wrong(
    class extends QNetworkCookieJar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return super.cookiesForUrl(url).reverse();
      }
    },
  ),
  'believes everything': wrong(
    class extends QNetworkCookieJar {
      protected override validateCookie(): boolean {
        return true;
      }
    },
  ),
  'forgets what it is not told in the first place': wrong(
    class extends QNetworkCookieJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        const plain = new QNetworkCookie(cookie.name(), cookie.value());
        plain.setDomain(cookie.domain());
        plain.setPath(cookie.path());
        plain.setExpirationDate(cookie.expirationDate());
        return super.insertCookie(plain);
      }
    },
  ),
  'keeps values as UTF-8': wrong(
    class extends QNetworkCookieJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        const changed = new QNetworkCookie(cookie);
        changed.setValue(cookie.value().toString('latin1')); // which is written as UTF-8 then
        return super.insertCookie(changed);
      }
    },
  ),
  'gives away what it keeps': wrong(
    class extends QNetworkCookieJar {
      private readonly given = new Map<string, QNetworkCookie>();
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return super.cookiesForUrl(url).map((cookie) => {
          const key = `${cookie.name()} ${cookie.domain()} ${cookie.path()} ${cookie.sameSitePolicy()}`;
          const known = this.given.get(key) ?? cookie;
          this.given.set(key, known);
          return known;
        });
      }
    },
  ),
  'works on what it is given': wrong(
    class extends QNetworkCookieJar {
      override setCookiesFromUrl(cookies: Iterable<QNetworkCookie>, url: QUrl): boolean {
        const list = [...cookies];
        for (const cookie of list) cookie.normalize(url);
        return super.setCookiesFromUrl(list, url);
      }
    },
  ),
  'always says that it was kept': wrong(
    class extends QNetworkCookieJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        super.insertCookie(cookie);
        return true;
      }
    },
  ),
  'never takes anything out': wrong(
    class extends OwnJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        if (cookie.expirationDate() !== null && cookie.expirationDate()!.getTime() < Date.now()) return false;
        return super.insertCookie(cookie);
      }
      override deleteCookie(): boolean {
        return true;
      }
    },
  ),
  'has one cookie a name': wrong(
    class extends OwnJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        this.cookies = this.cookies.filter((known) => !known.name().equals(cookie.name()));
        return super.insertCookie(cookie);
      }
    },
  ),
  'has room for little': wrong(
    class extends OwnJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        const kept = super.insertCookie(cookie);
        this.cookies = this.cookies.slice(-20);
        return kept;
      }
    },
  ),
  'has no room for a long one': wrong(
    class extends OwnJar {
      override insertCookie(cookie: QNetworkCookie): boolean {
        return cookie.value().length < 4000 && super.insertCookie(cookie);
      }
    },
  ),
  'is one with all others': wrong(
    class extends OwnJar {
      protected override cookies = shared;
    },
  ),
  'does not know on whose behalf it is asked': wrong(
    class extends QNetworkCookieJar {
      override cookiesForUrl(url: UrlLike): QNetworkCookie[] {
        return new Map(this.jars).get('')?.cookiesForUrl(url) ?? [];
      }
      override setCookiesFromUrl(cookies: Iterable<QNetworkCookie>, url: UrlLike): boolean {
        return this.jars.get('')!.setCookiesFromUrl(cookies, url);
      }
      private readonly jars = new Map([['', new QNetworkCookieJar()]]);
    },
  ),
  'forgets everything at its end': { make: () => inFile(), again: () => inFile(), dispose: file.dispose! },
};

bites(
  cookieJarContract,
  {
    QNetworkCookieJar: { make: () => new QNetworkCookieJar() },
    'QNetworkCookieJar by RFC 6265': {
      make() {
        const jar = new QNetworkCookieJar();
        jar.setStandard('6265');
        return jar;
      },
      onBehalf: false,
    },
    QPersistentCookieJar: file,
    'one with functions of its own': { make: () => new OwnJar(), onBehalf: false, site: 'shop.example' },
  },
  BROKEN,
);
