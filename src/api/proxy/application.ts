// What the application says about proxies, for all managers that say nothing, and how those are asked who know.
import { isOwnMachine } from '../../rules/proxy/own-machine.ts';
import { systemProxies } from '../bridge/system-proxies.ts';
import { urlOf } from '../core/qurl.ts';
import { ProxyType } from './proxy-enums.ts';
import { ProxyFields, stateOf } from './proxy-fields.ts';
import { NO_PROXY, type ProxyState, stateOfServer } from './proxy-state.ts';
import type { QNetworkProxyFactory } from './qnetworkproxyfactory.ts';
import type { QNetworkProxyQuery } from './qnetworkproxyquery.ts';

/** Whom the application lets choose. */
export type ApplicationChoice =
  | { readonly kind: 'proxy'; readonly state: ProxyState }
  | { readonly kind: 'factory'; readonly factory: QNetworkProxyFactory }
  | { readonly kind: 'system' };

/** The proxies to try, the best first, never none; at once or later. */
export type States = readonly ProxyState[] | Promise<readonly ProxyState[]>;

const DIRECTLY: readonly ProxyState[] = Object.freeze([NO_PROXY]);

let choice: ApplicationChoice | null = null;

/** null = nothing was said. */
export function applicationChoice(): ApplicationChoice | null {
  return choice;
}

/** Takes the place of all that was said; default and none are nothing. */
export function setApplicationState(state: ProxyState): void {
  const none = state.type === ProxyType.DefaultProxy || state.type === ProxyType.NoProxy;
  choice = none ? null : { kind: 'proxy', state };
}

/** Takes the place of all that was said; null is nothing. */
export function setApplicationFactory(factory: QNetworkProxyFactory | null): void {
  choice = factory === null ? null : { kind: 'factory', factory };
}

/** Takes the place of all that was said, or takes itself back. */
export function useSystem(enable: boolean): void {
  if (enable) choice = { kind: 'system' };
  else if (choice?.kind === 'system') choice = null;
}

/** What somebody whom the application lets choose says. This machine is always reached directly. */
export function chosenBy(chooser: ApplicationChoice | null, query: QNetworkProxyQuery): States {
  if (chooser === null || isOwnMachine(query.peerHostName())) return DIRECTLY;
  switch (chooser.kind) {
    case 'proxy':
      return [chooser.state];
    case 'factory':
      return askFactory(chooser.factory, query);
    case 'system':
      return systemStates(query);
  }
}

/** What the system says. */
export function systemStates(query: QNetworkProxyQuery): States {
  const servers = systemProxies(urlOf(query.url()));
  const states = (list: Awaited<typeof servers>): readonly ProxyState[] =>
    list.length === 0 ? DIRECTLY : list.map((server) => (server === null ? NO_PROXY : stateOfServer(server)));
  return 'then' in servers ? Promise.resolve(servers).then(states) : states(servers);
}

/** What a factory says. Throws, or rejects with, a TypeError when that is no list of proxies. */
export function askFactory(factory: QNetworkProxyFactory, query: QNetworkProxyQuery): States {
  const answer: unknown = factory.queryProxy(query);
  return isPromise(answer) ? Promise.resolve(answer).then((list) => listed(factory, list)) : listed(factory, answer);
}

function listed(factory: QNetworkProxyFactory, list: unknown): readonly ProxyState[] {
  if (!Array.isArray(list) || list.some((one) => !(one instanceof ProxyFields)))
    throw new TypeError(`${factory.constructor.name}.queryProxy has to return a list of QNetworkProxy, or a promise of one.`);
  if (list.length > 0) return list.map(stateOf);
  warnOfNothing(factory);
  return DIRECTLY;
}

const warned = new WeakSet<QNetworkProxyFactory>();

function warnOfNothing(factory: QNetworkProxyFactory): void {
  if (warned.has(factory)) return;
  warned.add(factory);
  process.emitWarning(
    `${factory.constructor.name}.queryProxy has returned an empty list, which is taken for NoProxy. Return a NoProxy to say so.`,
    { code: 'QNETWORK_NO_PROXY_IN_LIST' },
  );
}

function isPromise(x: unknown): x is PromiseLike<unknown> {
  return typeof x === 'object' && x !== null && typeof (x as { then?: unknown }).then === 'function';
}

/** What the application says, for those who cannot wait. Throws an Error when it is not known at once. */
export function applicationAnswer(query: QNetworkProxyQuery, where: string): readonly ProxyState[] {
  return atOnce(chosenBy(choice, query), where, 'QNetworkProxyFactory.proxiesFor(query)');
}

/** Throws an Error, which says what to wait for instead, when the answer is not there. */
export function atOnce(states: States, where: string, instead: string): readonly ProxyState[] {
  if (!('then' in states)) return states;
  states.catch(() => {}); // nobody waits for it
  throw new Error(`${where} gives what is known at once, and the answer comes later here. Await ${instead}.`);
}
