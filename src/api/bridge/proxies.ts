// Proxies in Qt's words become those of the engine.

import { randomToken } from '../../base/clock.ts';
import type { Url } from '../../base/url.ts';
import { readBareHost } from '../../base/url-host.ts';
import type { ProxyChooser, ProxyPeer, Way } from '../../contract/proxy.ts';
import { isOwnMachine } from '../../rules/proxy/own-machine.ts';
import { qurlFrom } from '../core/qurl.ts';
import { type ApplicationChoice, applicationChoice, askFactory, chosenBy, type States } from '../proxy/application.ts';
import { Capability, ProxyType } from '../proxy/proxy-enums.ts';
import { can, capabilitiesOf, type ProxyState, schemeOf } from '../proxy/proxy-state.ts';
import type { QNetworkProxyFactory } from '../proxy/qnetworkproxyfactory.ts';
import { QNetworkProxyQuery } from '../proxy/qnetworkproxyquery.ts';

type Ways = readonly Way[];

const DIRECTLY: Ways = Object.freeze([null]);

// ---- who chooses

/** Says that there is no proxy, whatever the application says. */
export const NONE: ProxyChooser = Object.freeze({ choose: () => DIRECTLY });

/** What a manager says with its proxy; null = as the application does. */
export function fixedProxy(state: ProxyState): ProxyChooser | null {
  if (state.type === ProxyType.DefaultProxy) return null;
  return state.type === ProxyType.NoProxy ? NONE : { choose: () => [peerOf(state)] };
}

/** What a manager says with its factory. */
export function factoryProxies(factory: QNetworkProxyFactory): ProxyChooser {
  return { choose: (url) => ways(askFactory(factory, queryFor(url)), (state) => waysOf(state, url)) };
}

/** Who chooses for a request: the manager, else the application; null = nobody, and there is no proxy. */
export function chooserFor(manager: ProxyChooser | null | undefined): ProxyChooser | null {
  return manager === NONE ? null : (manager ?? applicationProxies());
}

/** Says what the system says, whatever the application does; this machine is reached directly. */
export const SYSTEM: ProxyChooser = Object.freeze({
  choose: (url: Url) => (isOwnMachine(url.host ?? '') ? DIRECTLY : applicationWays({ kind: 'system' }, url)),
});

let made: { readonly choice: ApplicationChoice; readonly chooser: ProxyChooser } | null = null;

/** What the application says for all managers that say nothing. */
export function applicationProxies(): ProxyChooser | null {
  const choice = applicationChoice();
  if (choice === null) return null;
  if (made?.choice !== choice) made = { choice, chooser: { choose: (url) => applicationWays(choice, url) } };
  return made.chooser;
}

/** A default proxy of the application would be itself: it is none. */
function applicationWays(choice: ApplicationChoice, url: Url): Ways | Promise<Ways> {
  return ways(chosenBy(choice, queryFor(url)), (state) => (isNone(state) ? DIRECTLY : [peerOf(state)]));
}

/** One of the proxies that a manager's factory has named. */
function waysOf(state: ProxyState, url: Url): Ways | Promise<Ways> {
  if (state.type !== ProxyType.DefaultProxy) return isNone(state) ? DIRECTLY : [peerOf(state)];
  const choice = applicationChoice();
  return choice === null ? DIRECTLY : applicationWays(choice, url);
}

function isNone({ type }: ProxyState): boolean {
  return type === ProxyType.DefaultProxy || type === ProxyType.NoProxy;
}

function ways(states: States, each: (state: ProxyState) => Ways | Promise<Ways>): Ways | Promise<Ways> {
  if ('then' in states) return states.then((list) => ways(list, each));
  const found = states.map(each);
  const later = found.some((one) => 'then' in one);
  return later ? Promise.all(found).then((all) => all.flat()) : (found as Ways[]).flat();
}

/** The query of a request, without what only the server should know. */
function queryFor(url: Url): QNetworkProxyQuery {
  return new QNetworkProxyQuery(qurlFrom(url.userInfo === null ? url : url.with({ userInfo: null })));
}

// ---- what a proxy is to the engine

/** Made once for each state. */
const peers = new WeakMap<ProxyState, ProxyPeer>();
/** The way back, for questions about a proxy. */
const states = new WeakMap<ProxyPeer, ProxyState>();

/** The proxy that a peer was made of, without its password. */
export function stateOfPeer(peer: ProxyPeer): ProxyState {
  return { ...states.get(peer)!, password: '' };
}

/** Throws a TypeError when there is nobody that could be reached. */
function peerOf(state: ProxyState): ProxyPeer {
  const known = peers.get(state);
  if (known !== undefined) return known;
  const peer = compile(state);
  peers.set(state, peer);
  states.set(peer, state);
  return peer;
}

function compile(state: ProxyState): ProxyPeer {
  const { type, port, user, password, headers } = state;
  const scheme = schemeOf(state)!;
  const host = hostOf(state);
  const through = state.through === null ? null : peerOf(state.through);
  const only = type === ProxyType.HttpCachingProxy || type === ProxyType.FtpCachingProxy;
  const tunnels = !only && can(state, Capability.TunnelingCapability);
  const caches = type !== ProxyType.Socks5Proxy && type !== ProxyType.FtpCachingProxy && can(state, Capability.CachingCapability);
  const cachesFtp = type === ProxyType.FtpCachingProxy && can(state, Capability.CachingCapability);
  const key = JSON.stringify([
    ...[scheme, host, port, type, capabilitiesOf(state), user, sealed(password)],
    ...[headers.size === 0 ? '' : sealed(JSON.stringify(headers.flat)), through?.key ?? ''],
  ]);
  const peer = { scheme, host, port, user, password, tunnels, caches, cachesFtp, headers, through, key };
  // console.log of whoever holds one does not show it
  Object.defineProperty(peer, 'password', { enumerable: false });
  return Object.freeze(peer);
}

function hostOf({ hostName, port }: ProxyState): string {
  const text = hostName.trim();
  const { host, error } = readBareHost(text);
  if (text === '' || error !== '' || host === '')
    throw new TypeError(`the proxy has ${text === '' ? 'no host name' : `the host name '${text}': ${error}`}; use setHostName()`);
  if (port === 0) throw new TypeError(`the proxy ${host} has port 0, which nobody can listen on; use setPort()`);
  return host;
}

let seal: string | null = null;

/** Tells secrets apart without showing them. */
function sealed(secret: string): string {
  if (secret === '') return '';
  seal ??= randomToken();
  return process.getBuiltinModule('node:crypto').createHmac('sha256', seal).update(secret).digest('base64');
}
