import assert from 'node:assert/strict';
import type { CookieOptions, QNetworkCookie, QNetworkCookieJar } from '../../../index.ts';
import { soon } from '../case.ts';

/** How the cookie jars to be tried are made. */
export interface CookieJarContractOptions {
  /** Makes a jar with nothing in it. */
  make(): QNetworkCookieJar | Promise<QNetworkCookieJar>;
  /**
   * Makes another jar with what the first has kept, as the next run of the program would; it waits until the first has written. Leave it out when
   * nothing outlives the jar.
   */
  again?(jar: QNetworkCookieJar): QNetworkCookieJar | Promise<QNetworkCookieJar>;
  /** A name that somebody has registered, whose cookies the jar takes; default `example.com`. For jars that take those of some hosts only. */
  readonly site?: string;
  /**
   * Whether the jar keeps to SameSite and to partitions; default true. Both need `super.cookiesForUrl` and `super.setCookiesFromUrl`, since the virtual
   * functions are not told on whose behalf a request is made.
   */
  readonly onBehalf?: boolean;
  /** A jar is not needed any more. */
  dispose?(jar: QNetworkCookieJar): void | Promise<void>;
}

/** A jar that is tried, and the site it is tried with. */
export class JarOnTrial {
  readonly jar: QNetworkCookieJar;
  /** `example.com` */
  readonly site: string;
  private readonly options: CookieJarContractOptions;
  private readonly made: QNetworkCookieJar[];

  constructor(jar: QNetworkCookieJar, site: string, options: CookieJarContractOptions) {
    this.jar = jar;
    this.site = site;
    this.options = options;
    this.made = [jar];
  }

  /** A URL of the site; the host of its shop unless another one is given, '' = the site itself. */
  url(path = '/', host = 'shop', scheme = 'https'): string {
    return `${scheme}://${host === '' ? '' : `${host}.`}${this.site}${path}`;
  }

  /** Does what a manager does with the Set-Cookie fields of an answer, and looks at what the jar says. */
  takes(lines: string | readonly string[], url = this.url(), options?: CookieOptions): void {
    const octets = (typeof lines === 'string' ? [lines] : lines).map((line) => Buffer.from(line, 'latin1'));
    assert.equal(this.jar.setCookiesFromHeader(octets, url, options), true, `${url} sets ${String(lines)}: it was to be kept`);
  }

  refuses(line: string, url = this.url(), options?: CookieOptions): void {
    assert.equal(this.jar.setCookiesFromHeader(line, url, options), false, `${url} sets ${line}: nothing was to be kept`);
  }

  /** What goes along with a request, by both ways to ask. */
  sends(expected: string, url = this.url(), jar = this.jar): void {
    const header = jar.cookieHeaderForUrl(url).toString('latin1');
    assert.equal(header, expected, `the Cookie field for ${url}`);
    assert.equal(jar.cookiesForUrl(url).map(pairOf).join('; '), expected, `cookiesForUrl(${url})`);
  }

  /** The cookies for a URL by name. */
  cookies(url = this.url(), jar = this.jar): Map<string, QNetworkCookie> {
    return new Map(jar.cookiesForUrl(url).map((cookie) => [cookie.name().toString('latin1'), cookie]));
  }

  /** Another jar over what the first has kept. */
  async again(): Promise<QNetworkCookieJar> {
    const jar = await soon('again', this.options.again!(this.jar));
    this.made.push(jar);
    return jar;
  }

  /** One more with nothing in it. */
  async another(): Promise<QNetworkCookieJar> {
    const jar = await soon('make', this.options.make());
    this.made.push(jar);
    return jar;
  }

  async dispose(): Promise<void> {
    for (const jar of new Set(this.made)) await this.options.dispose?.(jar);
  }
}

function pairOf(cookie: QNetworkCookie): string {
  const [name, value] = [cookie.name().toString('latin1'), cookie.value().toString('latin1')];
  return name === '' ? value : `${name}=${value}`;
}
