import { explainProxies } from '../bridge/system-proxies.ts';
import { urlOf } from '../core/qurl.ts';
import {
  applicationAnswer,
  applicationChoice,
  atOnce,
  chosenBy,
  setApplicationFactory,
  systemStates,
  useSystem,
} from './application.ts';
import { NO_PROXY, stateOfServer } from './proxy-state.ts';
import { proxyFrom, type QNetworkProxy } from './qnetworkproxy.ts';
import { QNetworkProxyQuery } from './qnetworkproxyquery.ts';

/** Which proxies the system names, and why. */
export interface ProxyExplanation {
  /** The best first; none when there is a problem. */
  readonly proxies: QNetworkProxy[];
  /** What was looked at, in this order, in words without secrets; the last one has decided. */
  readonly steps: string[];
  /** Why nothing could be decided; '' when it could. Requests would fail. */
  readonly problem: string;
}

/** What decides in the place of a subclass; see {@link QNetworkProxyFactory.queryProxy}. */
export type ProxyChoice = (query: QNetworkProxyQuery) => QNetworkProxy[] | PromiseLike<QNetworkProxy[]>;

/**
 * Decides which proxy is for whom (Qt: QNetworkProxyFactory, 4.5). Give it a function, or write a subclass as in Qt; then hand it to a manager, or
 * to all of them:
 *
 *     const office = new QNetworkProxyFactory((query) => {
 *       if (query.peerHostName().endsWith('.office.example.org')) return [new QNetworkProxy(QNetworkProxy.NoProxy)];
 *       return [QNetworkProxy.fromUrl('http://first.example.org:3128'), QNetworkProxy.fromUrl('http://second.example.org:3128')];
 *     });
 *     manager.setProxyFactory(office);
 *     QNetworkProxyFactory.setApplicationProxyFactory(office);
 *
 * It is asked once for each request that goes over the network, and again when a redirect leads elsewhere.
 */
export class QNetworkProxyFactory {
  readonly #choice: ProxyChoice | null;

  /** A function decides; without one a subclass overrides queryProxy. Throws a TypeError for what is no function. The function is not in Qt. */
  constructor(choice?: ProxyChoice) {
    if (choice !== undefined && typeof choice !== 'function')
      throw new TypeError(`QNetworkProxyFactory expects a function that gives a list of proxies; got ${typeof choice}.`);
    this.#choice = choice ?? null;
  }

  /**
   * The proxies to try, the best first: the first that can carry the request is taken, and the next when it cannot be reached. An empty list
   * counts as NoProxy, with a warning of Node.js. Beside Qt it may return a promise; the request waits. What it throws or rejects with
   * ends the request with ProxyNotFoundError.
   */
  queryProxy(query: QNetworkProxyQuery = new QNetworkProxyQuery()): QNetworkProxy[] | PromiseLike<QNetworkProxy[]> {
    if (this.#choice !== null) return this.#choice(query);
    throw new Error(
      `${this.constructor.name} does not say how it decides: override queryProxy, or give the constructor a function.`,
    );
  }

  /**
   * The factory of all managers that have no proxy and no factory of their own; null is none. It takes the place of the application's proxy and
   * of the system's settings. This machine (`localhost`, loopback addresses) is reached directly all the same. Throws a TypeError for
   * what is no factory.
   */
  static setApplicationProxyFactory(factory: QNetworkProxyFactory | null): void {
    setApplicationFactory(factory === null ? null : checkedFactory(factory, 'QNetworkProxyFactory.setApplicationProxyFactory'));
  }

  /**
   * What the application says about a query: its proxy, its factory, or the system's settings; NoProxy when nothing was set, and for this
   * machine. Throws an Error when the answer comes later: see {@link QNetworkProxyFactory.proxiesFor}.
   */
  static proxyForQuery(query: QNetworkProxyQuery): QNetworkProxy[] {
    const where = 'QNetworkProxyFactory.proxyForQuery';
    return applicationAnswer(checkedQuery(query, where), where).map(proxyFrom);
  }

  /** The same, also when the answer comes later. Not in Qt. */
  static async proxiesFor(query: QNetworkProxyQuery): Promise<QNetworkProxy[]> {
    const states = await chosenBy(applicationChoice(), checkedQuery(query, 'QNetworkProxyFactory.proxiesFor'));
    return states.map(proxyFrom);
  }

  /**
   * What the system says about a query, whether or not it is used: the variables of the environment (`http_proxy`, `https_proxy`,
   * `ftp_proxy`, `all_proxy`, `no_proxy`), or else the settings of the desktop. Throws an Error when they make no sense, and when the answer
   * comes later, as that of a desktop may: see {@link QNetworkProxyFactory.systemProxiesFor}.
   */
  static systemProxyForQuery(query: QNetworkProxyQuery = new QNetworkProxyQuery()): QNetworkProxy[] {
    const where = 'QNetworkProxyFactory.systemProxyForQuery';
    const states = systemStates(checkedQuery(query, where));
    return atOnce(states, where, 'QNetworkProxyFactory.systemProxiesFor(query)').map(proxyFrom);
  }

  /** The same, also when the answer comes later. Not in Qt. */
  static async systemProxiesFor(query: QNetworkProxyQuery = new QNetworkProxyQuery()): Promise<QNetworkProxy[]> {
    const states = await systemStates(checkedQuery(query, 'QNetworkProxyFactory.systemProxiesFor'));
    return states.map(proxyFrom);
  }

  /**
   * The same with the reasons, for people who wonder why. `autoDetect`: where the settings ask for automatic detection (WPAD) it is done;
   * requests never do that. Not in Qt.
   */
  static async explainSystemProxies(query: QNetworkProxyQuery, autoDetect = false): Promise<ProxyExplanation> {
    const url = urlOf(checkedQuery(query, 'QNetworkProxyFactory.explainSystemProxies').url());
    const { ways, steps, problem } = await explainProxies(url, autoDetect === true);
    return { proxies: ways.map((way) => proxyFrom(way === null ? NO_PROXY : stateOfServer(way))), steps: [...steps], problem };
  }

  /**
   * Whether managers that say nothing ask the system, which takes the place of the application's proxy and factory. Off unless enabled: a
   * library does not look at the environment by itself. Qt 4.6.
   */
  static setUseSystemConfiguration(enable: boolean): void {
    useSystem(enable === true);
  }

  /** Qt 5.8. */
  static usesSystemConfiguration(): boolean {
    return applicationChoice()?.kind === 'system';
  }
}

/** Throws a TypeError, in the name of `where`, for what is no factory. */
export function checkedFactory(factory: QNetworkProxyFactory, where: string): QNetworkProxyFactory {
  if (!(factory instanceof QNetworkProxyFactory))
    throw new TypeError(`${where} expects a QNetworkProxyFactory or null; got ${typeof factory}.`);
  return factory;
}

function checkedQuery(query: QNetworkProxyQuery, where: string): QNetworkProxyQuery {
  if (!(query instanceof QNetworkProxyQuery))
    throw new TypeError(`${where} expects a QNetworkProxyQuery; got ${query === null ? 'null' : typeof query}.`);
  return query;
}
