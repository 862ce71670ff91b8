import { readProxyUrl } from '../../rules/proxy/proxy-url.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { applicationAnswer, setApplicationState } from './application.ts';
import { Capability, ProxyType, type ProxyType as ProxyTypeNumber } from './proxy-enums.ts';
import { ProxyFields, stateOf, takeState } from './proxy-fields.ts';
import { can, capabilitiesOf, describedProxy, type ProxyState, sameProxy, stateOfServer } from './proxy-state.ts';
import { QNetworkProxyQuery } from './qnetworkproxyquery.ts';

const MOST_THROUGH = 8;
const ALL_CAPABILITIES = 127;

/**
 * A server that requests go through (Qt: QNetworkProxy, 4.1). A value: whoever is given one takes a copy.
 *
 *     manager.setProxy(new QNetworkProxy(QNetworkProxy.HttpProxy, 'proxy.example.org', 3128));
 *     manager.setProxy(QNetworkProxy.fromUrl('socks5h://ada:secret@proxy.example.org'));
 *     manager.setProxy(new QNetworkProxy(QNetworkProxy.NoProxy)); // directly, whatever the application says
 *
 * What each type means:
 *
 * - `DefaultProxy`: what the application says ({@link QNetworkProxy.setApplicationProxy});
 * - `NoProxy`: none;
 * - `HttpProxy`: `http` is asked for in absolute form, everything else goes through a tunnel (CONNECT). Without CachingCapability all
 *   goes through tunnels, without TunnelingCapability only `http` can be asked for;
 * - `HttpCachingProxy`: only asked, for `http`; `FtpCachingProxy`: only asked, for `ftp`;
 * - `Socks5Proxy`: everything goes through it; it looks names up unless HostNameLookupCapability is taken away.
 *
 * User name and password are given when the proxy asks for them. They are in no text that is made of a proxy.
 */
export class QNetworkProxy extends withEnums(ProxyFields, { ProxyType, Capability }) {
  /** The default proxy, or a copy. */
  constructor(other?: QNetworkProxy);
  /** Throws a TypeError or RangeError for what cannot be set. */
  constructor(type: ProxyTypeNumber, hostName?: string, port?: number, user?: string, password?: string);
  constructor(first?: QNetworkProxy | ProxyTypeNumber, hostName = '', port = 0, user = '', password = '') {
    super();
    if (first === undefined) return;
    if (first instanceof QNetworkProxy) {
      takeState(this, stateOf(first));
      return;
    }
    this.setType(first);
    this.setHostName(hostName);
    this.setPort(port);
    this.setUser(user);
    this.setPassword(password);
  }

  /**
   * The proxy that a URL names: `socks5h://user:password@host:port`. The schemes are `http` (port 8080 unless spelled), `https`, an HTTP proxy
   * spoken to over TLS (443), `socks5`, which has names looked up here, `socks5h`, where the proxy does, and their elder brothers `socks4` and
   * `socks4a` (1080). Without a scheme it is `http`. `type()` of a `socks4` is Socks5Proxy, that of an `https` HttpProxy, as Qt has no others.
   * User name and password are percent-decoded. Throws a TypeError, which does not repeat the URL, for one that cannot be used. Not in Qt.
   */
  static fromUrl(url: string): QNetworkProxy {
    if (typeof url !== 'string') throw new TypeError(`QNetworkProxy.fromUrl expects a URL as a string; got ${typeof url}.`);
    const { proxy, problem } = readProxyUrl(url);
    if (proxy === null) throw new TypeError(`QNetworkProxy.fromUrl: the URL ${problem}.`);
    return proxyFrom(stateOfServer(proxy));
  }

  /** DefaultProxy unless set. */
  type(): ProxyTypeNumber {
    return stateOf(this).type;
  }

  /**
   * Sets the type, and with it the usual capabilities, unless {@link setCapabilities} was called. Takes away what {@link fromUrl} had
   * said beyond the type. Throws a TypeError for what is no QNetworkProxy.ProxyType.
   */
  setType(type: ProxyTypeNumber): void {
    if (typeof type !== 'number' || ProxyType[type] === undefined)
      throw new TypeError(`QNetworkProxy.setType expects QNetworkProxy.ProxyType; got ${String(type)}.`);
    this.#set({ type, dialect: '' });
  }

  /** What the proxy can do, a sum of QNetworkProxy.Capability; what is usual for the type unless set. Qt 4.5. */
  capabilities(): number {
    return capabilitiesOf(stateOf(this));
  }

  /** Sets what the proxy can do. Throws a TypeError for what is no sum of QNetworkProxy.Capability. Qt 4.5. */
  setCapabilities(capabilities: number): void {
    if (!Number.isInteger(capabilities) || capabilities < 0 || capabilities > ALL_CAPABILITIES)
      throw new TypeError(
        `QNetworkProxy.setCapabilities expects a sum of QNetworkProxy.Capability; got ${String(capabilities)}.`,
      );
    this.#set({ capabilities });
  }

  /** True when the proxy can be asked for a URL, as it may have stored what is there: CachingCapability. Qt 4.4. */
  isCachingProxy(): boolean {
    return can(stateOf(this), Capability.CachingCapability);
  }

  /** True when the proxy opens connections to others: TunnelingCapability. Qt 4.4. */
  isTransparentProxy(): boolean {
    return can(stateOf(this), Capability.TunnelingCapability);
  }

  /** Who we are to the proxy; '' unless set. */
  user(): string {
    return stateOf(this).user;
  }

  /** Sets who we are. With an HTTP proxy it is said when the proxy asks, with SOCKS at once. Throws a TypeError for what is no string. */
  setUser(userName: string): void {
    this.#set({ user: checkedText(userName, 'setUser', 'a user name') });
  }

  /** The password; '' unless set. */
  password(): string {
    return stateOf(this).password;
  }

  /** Sets the password. Throws a TypeError for what is no string. */
  setPassword(password: string): void {
    this.#set({ password: checkedText(password, 'setPassword', 'a password') });
  }

  /** Name or address; '' unless set. */
  hostName(): string {
    return stateOf(this).hostName;
  }

  /**
   * Sets name or address; an IPv6 address needs no brackets. What is no name makes requests fail with ProxyNotFoundError. Throws a TypeError for
   * what is no string, and for a URL.
   */
  setHostName(hostName: string): void {
    const text = checkedText(hostName, 'setHostName', 'the name or address of a host');
    // it would be shown with the password in it
    if (/[/\\@?#]/.test(text))
      throw new TypeError(
        'QNetworkProxy.setHostName expects a name or an address alone; for a URL there is QNetworkProxy.fromUrl.',
      );
    this.#set({ hostName: text });
  }

  /** 0 unless set, which is no port that anybody can be reached at. */
  port(): number {
    return stateOf(this).port;
  }

  /** Sets the port. Throws a RangeError unless it is a whole number from 0 to 65535. */
  setPort(port: number): void {
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new RangeError(`QNetworkProxy.setPort expects a port from 0 to 65535; got ${String(port)}.`);
    this.#set({ port });
  }

  /** The proxy that this one is reached through, a copy; null when it is reached directly. Not in Qt. */
  through(): QNetworkProxy | null {
    const { through } = stateOf(this);
    return through === null ? null : proxyFrom(through);
  }

  /**
   * Says which proxy this one is reached through: a chain, whose last proxy opens the way to the server. null, the default, is directly. The
   * other one needs TunnelingCapability; `http`, too, goes through the whole chain. Throws a TypeError for what is no proxy or no
   * tunnel, and a RangeError for a chain of more than eight. Not in Qt.
   *
   *     const inner = QNetworkProxy.fromUrl('http://proxy.department.example.org:3128');
   *     inner.setThrough(QNetworkProxy.fromUrl('socks5h://gateway.example.org'));
   *     manager.setProxy(inner); // gateway, then proxy, then the server
   */
  setThrough(proxy: QNetworkProxy | null): void {
    if (proxy === null) return this.#set({ through: null });
    const through = proxyState(proxy, 'QNetworkProxy.setThrough');
    const fits = through.type === ProxyType.HttpProxy || through.type === ProxyType.Socks5Proxy;
    if (!fits || !can(through, Capability.TunnelingCapability))
      throw new TypeError(`QNetworkProxy.setThrough expects a proxy that opens tunnels; got ${describedProxy(through)}.`);
    let length = 2;
    for (let next = through.through; next !== null; next = next.through) length++;
    if (length > MOST_THROUGH)
      throw new RangeError(`QNetworkProxy.setThrough: a chain has at most ${MOST_THROUGH} proxies; this one has ${length}.`);
    this.#set({ through });
  }

  /** True when both are the same proxy, reached in the same way, with the same user and password; header fields do not count, as in Qt. */
  equals(other: QNetworkProxy): boolean {
    return sameProxy(stateOf(this), proxyState(other, 'QNetworkProxy.equals'));
  }

  /** For people: `http://proxy.example.org:3128`, without user name and password. */
  override toString(): string {
    return `QNetworkProxy(${describedProxy(stateOf(this))})`;
  }

  /** The same: nobody gets the password by accident. */
  toJSON(): string {
    return describedProxy(stateOf(this));
  }

  /** @internal What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /**
   * The proxy of all managers that have none of their own and no factory; the factory and the system's settings are given up for it.
   * DefaultProxy and NoProxy are none. This machine (`localhost`, loopback addresses) is reached directly all the same. Requests that were
   * made before are not affected. Throws a TypeError for what is no QNetworkProxy.
   */
  static setApplicationProxy(proxy: QNetworkProxy): void {
    setApplicationState(proxyState(proxy, 'QNetworkProxy.setApplicationProxy'));
  }

  /**
   * What was set, a copy; NoProxy when nothing was. With a factory, or the system's settings, the first of what they answer to an empty query, as
   * in Qt; throws an Error when they answer later.
   */
  static applicationProxy(): QNetworkProxy {
    return proxyFrom(applicationAnswer(new QNetworkProxyQuery(), 'QNetworkProxy.applicationProxy')[0]!);
  }

  #set(changes: Partial<ProxyState>): void {
    takeState(this, { ...stateOf(this), ...changes });
  }
}

/** Types of the class's enums: `QNetworkProxy.ProxyType` is a type as well as a value. */
export declare namespace QNetworkProxy {
  type ProxyType = EnumValue<typeof ProxyType>;
  type Capability = EnumValue<typeof Capability>;
  /** A sum of capabilities. */
  type Capabilities = number;
}

/** A proxy that says what a state says. */
export function proxyFrom(state: ProxyState): QNetworkProxy {
  const proxy = new QNetworkProxy();
  takeState(proxy, state);
  return proxy;
}

/** What a proxy says. Throws a TypeError, in the name of `where`, for what is none. */
export function proxyState(proxy: QNetworkProxy, where: string): ProxyState {
  if (!(proxy instanceof QNetworkProxy))
    throw new TypeError(`${where} expects a QNetworkProxy; got ${proxy === null ? 'null' : typeof proxy}.`);
  return stateOf(proxy);
}

function checkedText(text: string, method: string, what: string): string {
  if (typeof text !== 'string') throw new TypeError(`QNetworkProxy.${method} expects ${what} as a string; got ${typeof text}.`);
  return text;
}
