import { HeaderList } from '../../base/header-list.ts';
import type { ProxyScheme } from '../../contract/proxy.ts';
import { type ProxyServer, proxyText } from '../../rules/proxy/proxy-url.ts';
import { Capability, ProxyType } from './proxy-enums.ts';

/** How a proxy is spoken to that Qt has no type for; '' = as the type says. */
type Dialect = '' | 'https' | 'socks4' | 'socks4a';

/** What a proxy consists of. Never changes: who changes a proxy makes another record. */
export interface ProxyState {
  readonly type: ProxyType;
  readonly dialect: Dialect;
  /** null = as usual for the type. */
  readonly capabilities: number | null;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** A secret. */
  readonly password: string;
  /** Not to be changed. */
  readonly headers: HeaderList;
  /** The proxy it is reached through; null = directly. */
  readonly through: ProxyState | null;
}

export const DEFAULT_PROXY: ProxyState = Object.freeze({
  type: ProxyType.DefaultProxy,
  dialect: '',
  capabilities: null,
  hostName: '',
  port: 0,
  user: '',
  password: '',
  headers: new HeaderList(),
  through: null,
});

export const NO_PROXY: ProxyState = Object.freeze({ ...DEFAULT_PROXY, type: ProxyType.NoProxy });

const { TunnelingCapability, ListeningCapability, UdpTunnelingCapability, CachingCapability } = Capability;
const { HostNameLookupCapability, SctpTunnelingCapability, SctpListeningCapability } = Capability;
const SOCKET = TunnelingCapability + ListeningCapability + UdpTunnelingCapability;
const SYSTEM = SOCKET + SctpTunnelingCapability + SctpListeningCapability;
const CACHING = CachingCapability + HostNameLookupCapability;

/** Qt's, for each type. */
const USUAL: Readonly<Record<ProxyType, number>> = {
  [ProxyType.DefaultProxy]: SYSTEM,
  [ProxyType.Socks5Proxy]: SOCKET + HostNameLookupCapability,
  [ProxyType.NoProxy]: SYSTEM,
  [ProxyType.HttpProxy]: TunnelingCapability + CACHING,
  [ProxyType.HttpCachingProxy]: CACHING,
  [ProxyType.FtpCachingProxy]: CACHING,
};

/** SOCKS 4 has neither UDP nor a way to give the name of a host; 4A gives the name. */
const OF_DIALECT: Readonly<Record<Dialect, number | null>> = {
  '': null,
  https: null,
  socks4: TunnelingCapability + ListeningCapability,
  socks4a: TunnelingCapability + ListeningCapability + HostNameLookupCapability,
};

/** What a proxy can do: what was said, else what is usual. */
export function capabilitiesOf({ type, dialect, capabilities }: ProxyState): number {
  return capabilities ?? OF_DIALECT[dialect] ?? USUAL[type];
}

/** True when a proxy can do it. */
export function can(state: ProxyState, capability: Capability): boolean {
  return (capabilitiesOf(state) & capability) !== 0;
}

/** How a proxy is spoken to; null when it is none. */
export function schemeOf(state: ProxyState): ProxyScheme | null {
  const { type, dialect } = state;
  if (type === ProxyType.DefaultProxy || type === ProxyType.NoProxy) return null;
  if (dialect !== '') return dialect;
  if (type === ProxyType.Socks5Proxy) return can(state, HostNameLookupCapability) ? 'socks5h' : 'socks5';
  return 'http';
}

/** A proxy that a URL or the system names. */
export function stateOfServer({ scheme, host, port, user, password }: ProxyServer): ProxyState {
  const named = { ...DEFAULT_PROXY, hostName: host, port, user, password };
  switch (scheme) {
    case 'http':
    case 'https':
      return { ...named, type: ProxyType.HttpProxy, dialect: scheme === 'https' ? scheme : '' };
    case 'socks4':
    case 'socks4a':
      return { ...named, type: ProxyType.Socks5Proxy, dialect: scheme };
    default: {
      const state: ProxyState = { ...named, type: ProxyType.Socks5Proxy };
      return scheme === 'socks5h' ? state : { ...state, capabilities: SOCKET };
    }
  }
}

/** True when both are the same proxy, reached in the same way. As in Qt, header fields do not count. */
export function sameProxy(a: ProxyState, b: ProxyState): boolean {
  if (a === b) return true;
  return (
    a.type === b.type &&
    a.dialect === b.dialect &&
    capabilitiesOf(a) === capabilitiesOf(b) &&
    a.hostName === b.hostName &&
    a.port === b.port &&
    a.user === b.user &&
    a.password === b.password &&
    (a.through === null || b.through === null ? a.through === b.through : sameProxy(a.through, b.through))
  );
}

/** For people: neither name nor password, and no header fields. */
export function describedProxy(state: ProxyState): string {
  const scheme = schemeOf(state);
  if (scheme === null) return ProxyType[state.type];
  const { type, hostName, port, through } = state;
  const server = proxyText({ scheme, host: hostName, port });
  const kind = type === ProxyType.HttpCachingProxy || type === ProxyType.FtpCachingProxy ? ` (${ProxyType[type]})` : '';
  return server + kind + (through === null ? '' : ` through ${describedProxy(through)}`);
}
