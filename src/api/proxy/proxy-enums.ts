import { type EnumValue, makeEnum } from '../core/enums.ts';

/** What a QNetworkProxy stands for. */
export const ProxyType = makeEnum({
  DefaultProxy: 0,
  Socks5Proxy: 1,
  NoProxy: 2,
  HttpProxy: 3,
  HttpCachingProxy: 4,
  FtpCachingProxy: 5,
} as const);
export type ProxyType = EnumValue<typeof ProxyType>;

/** What a proxy can do; a set of them is their sum. */
export const Capability = makeEnum({
  TunnelingCapability: 1,
  ListeningCapability: 2,
  UdpTunnelingCapability: 4,
  CachingCapability: 8,
  HostNameLookupCapability: 16,
  SctpTunnelingCapability: 32,
  SctpListeningCapability: 64,
} as const);
export type Capability = EnumValue<typeof Capability>;

/** Who asks for a proxy. */
export const QueryType = makeEnum({
  TcpSocket: 0,
  UdpSocket: 1,
  SctpSocket: 2,
  TcpServer: 100,
  UrlRequest: 101,
  SctpServer: 102,
} as const);
export type QueryType = EnumValue<typeof QueryType>;
