// What tests of programs are made of: `import { cassette } from 'qnetwork/testing'`. Nothing of it needs a test framework.
export { Cassette, type CassetteMode, type CassetteOptions, cassette } from './cassette.ts';
export {
  createTestAuthority,
  type TestAuthority,
  type TestIdentity,
  type TestIdentityOptions,
} from './certificates/authority.ts';
export {
  type CacheStoreContractOptions,
  cacheStoreContract,
} from './contracts/cache-store/contract.ts';
export type { ContractCase } from './contracts/case.ts';
export { type CookieJarContractOptions, cookieJarContract } from './contracts/cookie-jar.ts';
export { type DeviceContractOptions, deviceContract } from './contracts/device.ts';
export { type NegotiateSourceContractOptions, negotiateSourceContract } from './contracts/negotiate-source.ts';
export { type NetworkCacheContractOptions, networkCacheContract } from './contracts/network-cache.ts';
export { type ProxyFactoryContractOptions, proxyFactoryContract } from './contracts/proxy-factory.ts';
export { type ReplyContractOptions, replyContract } from './contracts/reply.ts';
export { type TestTokenSource, type TokenSourceContractOptions, tokenSourceContract } from './contracts/token-source.ts';
export type { TestCertificate } from './network/certificate.ts';
export { TestClock, type TestClockOptions } from './network/clock.ts';
export type { TestFaultKind, TestLink, TestLinkFault, TestLinks, TestPace, TestWay } from './network/link.ts';
export type { TestName, TestNames } from './network/names.ts';
export { createTestNetwork, type TestNetwork } from './network/network.ts';
export type { TestProxy } from './network/proxy.ts';
export type { TestLine, TestOriginLog, TestService } from './network/services.ts';
export type { TestNetworkScript } from './network/settings.ts';
export type { TestTls } from './network/tls.ts';
export type { TestEvent, TestEventKind } from './network/trace.ts';
export type { TestAnswer, TestBytes, TestEnding, TestFault, TestHeaders } from './server/answer.ts';
export type { TestConnectFault, TestConnection, TestOrigin, TestRoute } from './server/origin.ts';
export type { TestRequest } from './server/request.ts';
export { createTestServer, type TestServer, type TestServerScript } from './server/server.ts';
