import type { Advice } from './words.ts';

const TRUST = "new QNetworkAccessManager({ extraCaCertificates: 'authority.pem' })";
const DIRECTLY = 'manager.setProxy(new QNetworkProxy(QNetworkProxy.NoProxy))';
const PROXY_CREDENTIALS =
  'manager.proxyAuthenticationRequired.connect((proxy, who) => { who.setUser(user); who.setPassword(password); })';

/** The URL, the way to its host, and proxies. */
export const NETWORK = {
  // ---- the URL
  'url-invalid': { what: 'this is no URL: {detail}', fix: 'Correct the URL.' },
  'url-no-host': { what: 'the URL names no host', fix: 'Write the host behind the two slashes, as in http://example.org/.' },
  'url-scheme': {
    what: 'the doctor looks at http, https and local sockets only, not at {scheme}',
    fix: 'Check the spelling of the scheme.',
  },

  // ---- the way to the host
  'host-unknown': {
    what: 'the name {host} is not known',
    fix: 'Check the spelling; if it is a name of a company’s network, connect to that network or take its proxy (socks5h:// has the proxy look names up).',
  },
  'dns-silent': {
    what: 'the name server did not answer for {host}',
    fix: 'Check the connection of this machine, and the name servers in its settings.',
  },
  'connection-refused': {
    what: 'nobody listens at {place}',
    fix: 'Start the server, or correct the port; a server that listens on one address only may be meant by another.',
  },
  'connect-timeout': {
    what: 'nothing answers at {place}: what is sent there gets lost',
    fix: 'Check the address; a firewall between here and there may drop the packets.',
  },
  'network-unreachable': { what: 'there is no way from here to {place}', fix: 'Check the connection of this machine.' },
  'connection-failed': { what: 'the connection to {place} failed: {detail}', fix: 'See what the system says about it.' },
  'address-dead': {
    what: '{host} has addresses that do not work: {detail}',
    fix: 'Take the dead addresses out of the name, or let the server listen on them; each costs up to a quarter of a second.',
  },
  'socket-missing': { what: 'there is no local socket {host}', fix: 'Start the server, or correct the path of its socket.' },
  'socket-dead': {
    what: 'the local socket {host} is there, but nobody listens on it',
    fix: 'Start the server again; its socket is a leftover.',
  },
  offline: {
    what: 'the program has said that the network is not to be used',
    fix: 'Allow the manager to use it.',
    code: 'manager.setNetworkAccessible(QNetworkAccessManager.Accessible)',
  },
  'session-closed': { what: 'the network session cannot be used', fix: 'Open it before the request.', code: 'session.open()' },

  // ---- proxies
  'proxy-unreachable': {
    what: 'nobody listens at the proxy {proxy}',
    fix: 'Correct the address of the proxy where it is set: {rule}.',
  },
  'proxy-needless': {
    what: 'the proxy {proxy} does not lead to {host}, which can be reached without it',
    fix: 'Go directly: without the proxy, or with {host} among the exceptions (no_proxy); it is set here: {rule}.',
    code: DIRECTLY,
    option: '--no-proxy',
  },
  'proxy-unknown': { what: 'the name of the proxy {proxy} is not known', fix: 'Correct the name where it is set: {rule}.' },
  'proxy-settings': {
    what: 'it cannot be told which proxy is for this URL: {detail}',
    fix: 'Correct the settings of the proxy: {rule}.',
  },
  'proxy-silent': { what: 'the proxy {proxy} does not answer', fix: 'Check the proxy, and its address: {rule}.' },
  'proxy-closes': {
    what: 'the proxy {proxy} closes the connection instead of answering',
    fix: 'Check that the proxy lets this machine in, and that it is a proxy of that kind: {rule}.',
  },
  'proxy-wrong-kind': {
    what: '{proxy} is a proxy of another kind than is said',
    fix: 'Name its kind: it answers as {kind}.',
    code: "manager.setProxy(QNetworkProxy.fromUrl('{kind}'))",
    option: '--proxy {kind}',
  },
  'proxy-no-proxy': {
    what: 'what answers at {proxy} is no proxy',
    fix: 'Correct the address of the proxy, or its kind (http, https, socks5): {rule}.',
  },
  'proxy-certificate': {
    what: 'the certificate of the proxy {proxy} is not trusted',
    fix: 'Trust the authority of the proxy.',
    code: TRUST,
    option: '--cacert authority.pem',
  },
  'proxy-credentials': {
    what: 'the proxy {proxy} wants to know who asks',
    fix: 'Give it a user name and a password.',
    code: PROXY_CREDENTIALS,
  },
  'proxy-credentials-wrong': {
    what: 'the proxy {proxy} does not accept the user name and the password',
    fix: 'Correct them where the proxy is set: {rule}.',
    code: PROXY_CREDENTIALS,
  },
  'proxy-denies': {
    what: 'the proxy {proxy} does not allow the way to {place}',
    fix: 'Ask whoever runs the proxy to allow it, or make it an exception if the host can be reached directly.',
  },
  'proxy-cannot-reach': {
    what: 'the proxy {proxy} does not reach {place}',
    fix: 'Check the host and its port; the proxy itself works.',
  },
  'proxy-cannot-resolve': {
    what: 'the proxy {proxy} does not know the name {host}',
    fix: 'Check the spelling of the host; the proxy itself works.',
  },
  'proxy-cannot-carry': {
    what: 'the proxy {proxy} cannot be asked for {place}: {detail}',
    fix: 'Take a proxy of another kind: {rule}.',
  },
  'proxy-fails': { what: 'the proxy {proxy} has failed: {detail}', fix: 'See what the proxy says, and ask whoever runs it.' },
  'proxy-not-used': {
    what: '{host} cannot be reached directly, and the proxy of this machine is not used',
    fix: 'Take the proxy that the system names: {rule}.',
    code: 'QNetworkProxyFactory.setUseSystemConfiguration(true)',
  },
} as const satisfies Readonly<Record<string, Advice>>;
