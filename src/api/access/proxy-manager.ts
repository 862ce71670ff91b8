import type { ManagerSettings } from '../bridge/compile.ts';
import { factoryProxies, fixedProxy } from '../bridge/proxies.ts';
import { peekSignal, QOBJECT_SIGNALS } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import { DEFAULT_PROXY, type ProxyState } from '../proxy/proxy-state.ts';
import type { QAuthenticator } from '../proxy/qauthenticator.ts';
import { proxyFrom, proxyState, type QNetworkProxy } from '../proxy/qnetworkproxy.ts';
import { checkedFactory, type QNetworkProxyFactory } from '../proxy/qnetworkproxyfactory.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { SecureManager } from './secure-manager.ts';

const AUTHENTICATION_REQUIRED = QOBJECT_SIGNALS + 4;
const PROXY_AUTHENTICATION_REQUIRED = QOBJECT_SIGNALS + 5;

/** Proxies, and who we are, for all replies of QNetworkAccessManager. */
export abstract class ProxyManager extends SecureManager {
  /** Private to the language: console.log of a manager does not show the password. */
  #proxy: ProxyState = DEFAULT_PROXY;
  private _factory: QNetworkProxyFactory | null = null;

  /**
   * A server wants to know who asks (401), and what is known it does not accept. Slots fill in the authenticator, at once or by the time the
   * promise that they return has settled; the request waits, and its transfer timeout runs on. What was accepted is remembered, see
   * {@link QNetworkAccessManager.clearAccessCache}. Left as it was, the request ends with AuthenticationRequiredError, and the page of
   * the 401 can be read.
   *
   *     manager.authenticationRequired.connect((reply, authenticator) => {
   *       if (authenticator.user() !== '') return; // tried already, and not accepted
   *       authenticator.setUser('ada');
   *       authenticator.setPassword(process.env.ADAS_PASSWORD ?? '');
   *     });
   */
  get authenticationRequired(): Signal<[reply: QNetworkReply, authenticator: QAuthenticator]> {
    return this.sig(AUTHENTICATION_REQUIRED);
  }

  /**
   * The same for a proxy: an HTTP proxy that answers 407, or a SOCKS proxy. User and password of the proxy itself were tried before; the
   * proxy that is told comes without its password. Left as it was, the request ends with ProxyAuthenticationRequiredError.
   */
  get proxyAuthenticationRequired(): Signal<[proxy: QNetworkProxy, authenticator: QAuthenticator]> {
    return this.sig(PROXY_AUTHENTICATION_REQUIRED);
  }

  /** The proxy that was set, a copy; DefaultProxy, which is what the application says, unless one was. */
  proxy(): QNetworkProxy {
    return proxyFrom(this.#proxy);
  }

  /**
   * Sets the proxy of the requests that are made from now on, those to this machine too. A factory is given up for it. Throws a TypeError for
   * what is no QNetworkProxy.
   */
  setProxy(proxy: QNetworkProxy): void {
    const state = proxyState(proxy, 'QNetworkAccessManager.setProxy');
    this.#proxy = state;
    this._factory = null;
    this._settle({ proxies: fixedProxy(state) });
  }

  /** The factory that was set; null, the default, when there is none. Qt 4.5. */
  proxyFactory(): QNetworkProxyFactory | null {
    return this._factory;
  }

  /**
   * Lets a factory choose the proxies of the requests that are made from now on, those to this machine too. A proxy that was set is given up for
   * it; null is none, and with that what the application says. Throws a TypeError for what is no factory. Qt 4.5.
   */
  setProxyFactory(factory: QNetworkProxyFactory | null): void {
    const checked = factory === null ? null : checkedFactory(factory, 'QNetworkAccessManager.setProxyFactory');
    this.#proxy = DEFAULT_PROXY;
    this._factory = checked;
    this._settle({ proxies: checked === null ? null : factoryProxies(checked) });
  }

  /** @internal What the manager says for requests from now on. */
  protected abstract _settle(settings: Partial<ManagerSettings>): void;

  /** @internal Whether anybody has connected to the signal that asks who we are to a server, or to a proxy. */
  _hearsQuestions(reply: QNetworkReply, ofProxy: boolean): boolean {
    const signal = ofProxy ? PROXY_AUTHENTICATION_REQUIRED : AUTHENTICATION_REQUIRED;
    return this._speaksOf(reply) && (peekSignal(this, signal)?.size ?? 0) > 0;
  }

  /** @internal */
  _askWho(reply: QNetworkReply, proxy: QNetworkProxy | null, authenticator: QAuthenticator, done: () => void): void {
    if (proxy === null) this.authenticationRequired.ask([reply, authenticator], done);
    else this.proxyAuthenticationRequired.ask([proxy, authenticator], done);
  }
}
