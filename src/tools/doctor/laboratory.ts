import type { FindingCode } from '../../api/advice/advice.ts';
import { codeOfFailure } from '../../api/advice/finding-code.ts';
import { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import type { Ask, Wishes } from '../../contract/ask.ts';
import { DOOR, WORLD } from '../../contract/door.ts';
import type { ProxyChooser } from '../../contract/proxy.ts';
import type { TlsWish } from '../../contract/security.ts';
import { type ManagerOptions, QNetworkAccessManager, QNetworkCookieJar, QNetworkProxy } from '../../index.ts';
import { proxyForOthers, systemProxy } from './surroundings.ts';
import { doubtsOf } from './symptoms.ts';
import { type Seen, travel } from './voyage.ts';

/** One thing that is done otherwise in a trial. */
export type Change =
  | 'fetches intermediates'
  | 'trusts the system'
  | 'plain http'
  | 'https'
  | 'default TLS'
  | 'old versions'
  | 'old ciphers'
  | 'notes secrets'
  | 'offers a shared key'
  | 'HTTP/1.1'
  | 'directly'
  | 'proxy of the system'
  | 'another system proxy'
  | 'as socks5'
  | 'as http'
  | 'as https'
  | 'TLS 1.2'
  | 'without cookies'
  | 'keeps cookies';

const TRIAL_MS = 5_000;
/** All of a trial. */
const WHOLE_TRIAL_MS = 10_000;
const BODY_LIMIT = 65_536;

/** Tries what helps: the same request with one change, by a manager of its own, so that nothing of the program's is touched. */
export class Laboratory {
  private readonly manager: QNetworkAccessManager;
  private readonly ask: Ask;
  private readonly seen: Seen;
  private readonly signal: AbortSignal | undefined;
  /** The cipher of the last trial that helped; '' = none did, or not over TLS. */
  cipher = '';
  /** The server itself was reached by it. */
  arrived = false;

  /** `ask` is what was asked first, through `manager`, and `seen` what came of it. Trials run in the world of `manager`. */
  constructor(manager: QNetworkAccessManager, ask: Ask, seen: Seen, signal: AbortSignal | undefined) {
    this.manager = manager;
    this.ask = ask;
    this.seen = seen;
    this.signal = signal;
  }

  /** Whether the change clears up what was found. */
  async helps(change: Change, symptom: FindingCode): Promise<boolean> {
    const prepared = await this.prepare(change);
    if (prepared === null) return false;
    const { manager, ask, jar } = prepared;
    const { world } = this.manager[DOOR]();
    if (world !== null) manager[WORLD](world);
    manager.setCookieJar(jar);
    try {
      const again = await travel(manager[DOOR](), ask, {
        bodyLimit: BODY_LIMIT,
        signal: this.signal,
        sharesKeys: change === 'offers a shared key',
      });
      const helps = this.speaksFor(change, again, symptom, prepared.heard());
      if (helps) this.cipher = again.secure?.cipher ?? '';
      this.arrived = again.head !== null || again.secure !== null;
      return helps;
    } finally {
      await manager.close();
    }
  }

  private async prepare(change: Change): Promise<Prepared | null> {
    const { url, wishes } = this.plain();
    const made = (changed: Partial<Wishes>, to: Url = url, jar: QNetworkCookieJar | null = null, heard = NOTHING): Prepared => ({
      manager: new QNetworkAccessManager(),
      ask: { ...this.ask, url: NEEDS_PATH.has(change) ? to : bare(to), headers: NO_FIELDS, wishes: { ...wishes, ...changed } },
      jar,
      heard,
    });
    switch (change) {
      case 'fetches intermediates':
        return made({ tls: this.tls('fetch', { fetchIntermediates: true }) });
      case 'trusts the system': {
        const system = tlsOf({ trust: 'system' }).authorities ?? [];
        const own = wishes.tls?.authorities ?? [];
        return made({ tls: this.tls('system', { authorities: [...new Set([...own, ...system])] }) });
      }
      case 'plain http':
        return made({ proxy: wishes.proxy }, url.with({ scheme: 'http', port: this.plainPort(url) }));
      case 'https':
        return made({}, url.with({ scheme: 'https', port: url.port < 0 ? 80 : url.port }));
      case 'default TLS':
        return wishes.tls === null ? null : made({ tls: this.tls('default', DEFAULT_TLS) });
      case 'old versions':
        return made({ tls: this.tls('old versions', { versions: ['TLSv1', 'TLSv1.3'], ciphers: ANYTHING }) });
      case 'old ciphers':
        return made({ tls: this.tls('old ciphers', { ciphers: ANYTHING, legacyRenegotiation: true }) });
      case 'notes secrets': {
        let noted = false;
        const keyLog = (): void => {
          noted = true;
        };
        return made({ tls: this.tls('notes', { keyLog }) }, url, null, () => noted);
      }
      case 'offers a shared key':
        return made({});
      case 'HTTP/1.1':
        return made({ http2: 'off' });
      case 'directly':
        return made({ proxy: null });
      case 'proxy of the system': {
        const found = wishes.proxy === null ? await systemProxy(url.href) : null;
        return found === null ? null : made({ proxy: chooserOf(found.proxy) });
      }
      case 'another system proxy': {
        const found = await proxyForOthers(url.href);
        return found === null ? null : made({ proxy: chooserOf(found.proxy) });
      }
      case 'TLS 1.2':
        return made({ tls: this.tls('TLS 1.2', { versions: ['TLSv1.2', 'TLSv1.2'] }) });
      case 'without cookies':
        return made({ proxy: wishes.proxy });
      case 'as socks5':
      case 'as https':
      case 'as http': {
        const kind = proxyAs(change, this.seen.proxy);
        return kind === '' ? null : made({ proxy: chooserOf(QNetworkProxy.fromUrl(kind)) });
      }
      case 'keeps cookies':
        return made(
          { sendCookies: true, saveCookies: true, redirects: this.ask.wishes.redirects },
          this.ask.url.with({ userInfo: null }),
          new QNetworkCookieJar(),
        );
    }
  }

  /** The last trip, without anything that is the program's. */
  private plain(): { url: Url; wishes: Wishes } {
    const { url } = this.seen;
    const { timeouts } = this.ask.wishes;
    const limit = (ms: number): number => (ms === 0 ? TRIAL_MS : Math.min(ms, TRIAL_MS));
    const { resolve, connect, firstByte, idle } = timeouts;
    return {
      url: url.userInfo === null ? url : url.with({ userInfo: null }),
      wishes: {
        ...this.ask.wishes,
        timeouts: {
          ...timeouts,
          resolve: limit(resolve),
          connect: limit(connect),
          firstByte: limit(firstByte),
          idle: limit(idle),
          total: WHOLE_TRIAL_MS,
        },
        redirects: 'manual',
        cacheLoad: 'network',
        cacheSave: false,
        sendCookies: false,
        saveCookies: false,
        reuseCredentials: false,
        answersServers: false,
      },
    };
  }

  private tls(what: string, change: Partial<TlsWish>): TlsWish {
    const basis = this.ask.wishes.tls ?? tlsOf({ fetchIntermediates: true });
    const own = this.ask.wishes.tls === null ? { fetchIntermediates: false } : {};
    return { ...basis, ...own, ...change, key: `doctor ${what} ${basis.key}` };
  }

  /** What was turned to https by a known host was asked for on another port. */
  private plainPort(url: Url): number {
    if (this.seen.upgraded) return this.ask.url.port;
    return url.port < 0 ? 443 : url.port;
  }

  private speaksFor(change: Change, again: Seen, symptom: FindingCode, noted: boolean): boolean {
    const { failure, head, secure } = again;
    switch (change) {
      case 'fetches intermediates':
      case 'trusts the system':
        return secure !== null && !doubtsOf(again).includes(symptom);
      case 'https':
      case 'default TLS':
      case 'old versions':
      case 'old ciphers':
        return secure !== null;
      case 'notes secrets':
        return noted;
      case 'offers a shared key':
        return again.keyWanted;
      case 'plain http':
        // a proxy may say something by itself
        return head !== null && (this.seen.proxy === '' || head.status < 400);
      case 'TLS 1.2':
        return failure !== null && SHUTS_OUT.has(codeOfFailure(failure));
      case 'HTTP/1.1':
        return head !== null && failure === null;
      case 'keeps cookies':
      case 'without cookies':
        return head !== null && failure === null && head.status < 400;
      case 'as http':
      case 'as https':
        // a server that is no proxy would say something, too
        return (secure !== null && this.ask.url.scheme === 'https') || (head !== null && head.status < 400);
      case 'as socks5':
        return secure !== null || head !== null || (failure !== null && AS_PROXIES_SAY.has(codeOfFailure(failure)));
      default:
        return secure !== null || (head !== null && head.status !== 407 && !(GATEWAY.has(symptom) && head.status >= 500));
    }
  }
}

/** With TLS 1.2 a certificate of ours that is not wanted ends the handshake, and not only what comes after it. */
const SHUTS_OUT: ReadonlySet<FindingCode> = new Set(['tls-closed', 'tls-client-certificate-refused', 'tls-client-certificate']);
/** Only a proxy says so, although it does not help. */
const AS_PROXIES_SAY: ReadonlySet<FindingCode> = new Set([
  'proxy-cannot-reach',
  'proxy-cannot-resolve',
  'proxy-denies',
  'proxy-credentials',
]);
/** What a proxy says in the place of a server. */
const GATEWAY: ReadonlySet<FindingCode> = new Set(['unavailable', 'gateway-error']);

/** Where it takes the page that is meant. All others ask for the root: what a path or a query says is not for whoever is in the middle of a trial. */
const NEEDS_PATH: ReadonlySet<Change> = new Set(['HTTP/1.1', 'as http', 'as https', 'keeps cookies', 'without cookies']);

/** The proxy as one of another kind; '' = it is of that kind already, or there is none. */
export function proxyAs(change: Change, proxy: string): string {
  // the proxy knows names that nobody knows here
  const kind = change === 'as socks5' ? 'socks5h' : change.slice('as '.length);
  const said = /^[a-z0-9]+(?=:)/.exec(proxy)?.[0] ?? '';
  const same = said === kind || (said === 'socks5' && kind === 'socks5h');
  return said === '' || same ? '' : proxy.replace(said, kind);
}

function bare(url: Url): Url {
  return url.with({ path: '/', query: null, fragment: null });
}

interface Prepared {
  readonly manager: QNetworkAccessManager;
  readonly ask: Ask;
  readonly jar: QNetworkCookieJar | null;
  /** Whether secrets were noted. */
  readonly heard: () => boolean;
}

const DEFAULT_TLS: Partial<TlsWish> = { versions: ['TLSv1.2', 'TLSv1.3'], ciphers: null, groups: null, signatures: null };
/** Those without encryption left out. */
const ANYTHING = 'ALL:@SECLEVEL=0';
const NOTHING = (): boolean => false;
const NO_FIELDS = new HeaderList([]);

/** What a manager with these options wishes of TLS. */
function tlsOf(options: ManagerOptions): TlsWish {
  // one that says nothing wishes nothing, so it says something that does not matter here
  const said = { fetchIntermediates: true, ...options };
  return { ...new QNetworkAccessManager(said)[DOOR]().wishes().tls!, fetchIntermediates: options.fetchIntermediates === true };
}

function chooserOf(proxy: QNetworkProxy): ProxyChooser | null {
  const manager = new QNetworkAccessManager();
  manager.setProxy(proxy);
  return manager[DOOR]().wishes().proxy;
}
