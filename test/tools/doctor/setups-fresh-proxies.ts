import { QNetworkProxy, QPacProxyFactory } from '../../../src/index.ts';
import { mint } from '../../support/mint.ts';
import { type HttpProxyScript, httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { identity } from '../../support/tls.ts';
import { authority, broken, environment, greeting, names, plain, raw, showing, site, systemProxies } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const INSIDE = 'https://git.corp.test/';

/** What only a proxy could reach, over this one. */
const over =
  (proxy: (ground: Ground) => Promise<string>, url = INSIDE, timeout = 1500) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, {});
    return { url, options: { manager: ground.proxied(await proxy(ground)), timeout } };
  };

const http =
  (script: HttpProxyScript, user = '') =>
  async (ground: Ground): Promise<string> =>
    `http://${user}127.0.0.1:${(await ground.use(httpProxy(script))).port}`;

/** An HTTP proxy that answers everything with this. */
const saying = (status: string, ...fields: readonly string[]): HttpProxyScript => ({
  answer: () => ({ write: `HTTP/1.1 ${[status, ...fields, 'Content-Length: 5'].join('\r\n')}\r\n\r\nsorry`, end: 'close' }),
});

const asks = (scheme: string): HttpProxyScript => saying('407 Proxy Authentication Required', `Proxy-Authenticate: ${scheme}`);

const scripted =
  (script: (ground: Ground) => Promise<QPacProxyFactory>, url = INSIDE) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, {});
    const manager = ground.manager();
    manager.setProxyFactory(await script(ground));
    return { url, options: { manager, timeout: 3000 } };
  };

const pac = (body: string): QPacProxyFactory => QPacProxyFactory.fromText(`function FindProxyForURL(url, host) { ${body} }`);

const later =
  (body: (ground: Ground) => Promise<string>) =>
  async (ground: Ground): Promise<QPacProxyFactory> =>
    pac(await body(ground));

/** Proxies, and what decides about them. */
export const FRESH_PROXIES: readonly Setup[] = [
  broken(
    'nobody listens at the proxy',
    'proxy-unreachable',
    over(async (ground) => `http://127.0.0.1:${await ground.freePort()}`),
  ),
  broken('nobody listens at the proxy, and it is not needed', 'proxy-needless', async (ground) => {
    const made = await site(ground, identity());
    return { url: made.url(), options: { manager: ground.proxied(`http://127.0.0.1:${await ground.freePort()}`) } };
  }),
  broken(
    'the proxy of the office, at home',
    'proxy-unknown',
    over(async () => 'http://proxy.corp.test:3128'),
  ),
  broken('the proxy wants to know who we are', 'proxy-credentials', over(http(asks('Basic realm="corp"')))),
  broken('the proxy wants the log-in of the domain', 'proxy-credentials', over(http(asks('NTLM')))),
  broken(
    'the password of the proxy is of last month',
    'proxy-credentials-wrong',
    over(http(asks('Basic realm="corp"'), 'ada:old@')),
  ),
  broken(
    'the proxy wants to know who we are, for http',
    'proxy-credentials',
    over(http(asks('Basic realm="corp"')), 'http://wiki.corp.test/'),
  ),
  broken(
    'SOCKS with the wrong password',
    'proxy-credentials-wrong',
    over(async (ground) => `socks5h://ada:old@127.0.0.1:${(await ground.use(socksProxy({ users: { ada: 'new' } }))).port}`),
  ),
  broken(
    'SOCKS, and the proxy is one of HTTP',
    'proxy-wrong-kind',
    over(async (ground) => `socks5h://127.0.0.1:${(await ground.use(httpProxy())).port}`, 'http://wiki.corp.test/'),
  ),
  broken('HTTP, and the proxy is one of SOCKS', 'proxy-wrong-kind', async (ground) => {
    const { port } = await plain(ground);
    return over(
      async () => `http://127.0.0.1:${(await ground.use(socksProxy())).port}`,
      `http://wiki.corp.test:${port}/`,
      2500,
    )(ground);
  }),
  broken(
    'HTTP, and the proxy wants TLS',
    'proxy-wrong-kind',
    over(
      async (ground) => `http://127.0.0.1:${(await ground.use(httpProxy({ tls: identity() }))).port}`,
      'http://wiki.corp.test/',
      2500,
    ),
  ),
  broken(
    'TLS, and the proxy has none',
    'proxy-wrong-kind',
    over(async (ground) => `https://127.0.0.1:${(await ground.use(httpProxy())).port}`, 'http://wiki.corp.test/', 2500),
  ),
  broken(
    'the port of the proxy is one of shells',
    'proxy-no-proxy',
    over(async (ground) => `http://127.0.0.1:${await raw(ground, greeting('SSH-2.0-OpenSSH_9.6\r\n'))}`),
  ),
  broken(
    'SOCKS, and the port is one of mail',
    'proxy-no-proxy',
    over(async (ground) => `socks5h://127.0.0.1:${await raw(ground, greeting('220 mail.test ESMTP\r\n'))}`),
  ),
  broken(
    'the proxy forbids tunnels to this port',
    'proxy-denies',
    over(http(saying('403 Forbidden')), 'https://git.corp.test:8443/'),
  ),
  broken(
    'the proxy forbids the site, for http',
    'proxy-denies',
    over(
      http(saying('403 Forbidden', 'Server: squid/6.6', 'X-Squid-Error: ERR_ACCESS_DENIED 0', 'Via: 1.1 proxy (squid/6.6)')),
      'http://games.test/',
    ),
  ),
  broken(
    'the proxy does not know the name',
    'proxy-cannot-resolve',
    over(http(saying('503 Service Unavailable', 'Server: squid/6.6', 'X-Squid-Error: ERR_DNS_FAIL 0'))),
  ),
  broken(
    'the proxy does not know the name, for http',
    'proxy-cannot-resolve',
    over(http(saying('503 Service Unavailable', 'Server: squid/6.6', 'X-Squid-Error: ERR_DNS_FAIL 0')), 'http://wiki.corp.test/'),
  ),
  broken(
    'SOCKS cannot reach the host',
    'proxy-cannot-reach',
    over(async (ground) => {
      const reply = (): { write: Buffer; end: 'close' } => ({ write: Buffer.from([5, 3, 0, 1, 0, 0, 0, 0, 0, 0]), end: 'close' });
      return `socks5h://127.0.0.1:${(await ground.use(socksProxy({ reply }))).port}`;
    }),
  ),
  broken(
    'nobody listens where the proxy is to lead',
    'proxy-cannot-reach',
    over(async (ground) => {
      const dead = await ground.freePort();
      return `http://127.0.0.1:${(await ground.use(httpProxy({ leads: () => dead }))).port}`;
    }),
  ),
  broken('a proxy with an error inside', 'proxy-fails', over(http(saying('500 Internal Privoxy Error')))),
  broken('a proxy that hangs up', 'proxy-closes', over(http({ answer: () => ({ end: 'close' }) }))),
  broken('a proxy that is silent', 'proxy-silent', over(http({ answer: () => ({ write: '', end: 'hang' }) }), INSIDE, 500)),
  broken(
    'the certificate of the proxy is its own',
    'proxy-certificate',
    over(async (ground) => `https://127.0.0.1:${(await ground.use(httpProxy({ tls: showing(mint({ name: 'proxy' })) }))).port}`),
  ),
  broken(
    'names are looked up here, which only the proxy knows',
    'host-unknown',
    over(async (ground) => `socks5://127.0.0.1:${(await ground.use(socksProxy())).port}`, 'http://wiki.corp.test/'),
  ),
  broken('https over a proxy that caches', 'proxy-settings', async (ground) => {
    const { port } = await ground.use(httpProxy());
    const manager = ground.manager();
    manager.setProxy(new QNetworkProxy(QNetworkProxy.HttpCachingProxy, '127.0.0.1', port));
    const made = await site(ground, identity());
    return { url: made.url(), options: { manager } };
  }),
  broken(
    'the script about proxies is gone',
    'proxy-settings',
    scripted(async (ground) => new QPacProxyFactory((await plain(ground, { status: 404 })).url('/proxy.pac'))),
  ),
  broken(
    'the script about proxies cannot be reached',
    'proxy-settings',
    scripted(async (ground) => new QPacProxyFactory(`http://127.0.0.1:${await ground.freePort()}/proxy.pac`)),
  ),
  broken(
    'the script about proxies has a typing error',
    'proxy-settings',
    scripted(async () => pac('if (isPlainHostName(host) return "DIRECT";')),
  ),
  broken(
    'the script about proxies is a page',
    'proxy-settings',
    scripted(async (ground) => new QPacProxyFactory((await plain(ground, { body: '<html>Log in</html>' })).url('/wpad.dat'))),
  ),
  broken(
    'the script about proxies says what nobody understands',
    'proxy-settings',
    scripted(async () => pac('return "PROXI 10.0.0.1:3128";')),
  ),
  broken(
    'the script names a proxy of HTTP as one of SOCKS',
    'proxy-wrong-kind',
    scripted(
      later(async (ground) => `return "SOCKS5 127.0.0.1:${(await ground.use(httpProxy())).port}";`),
      'http://wiki.corp.test/',
    ),
  ),
  broken(
    'the script names a proxy that nobody runs',
    'proxy-unreachable',
    scripted(later(async (ground) => `return "PROXY 127.0.0.1:${await ground.freePort()}";`)),
  ),
  broken('the environment names a proxy that makes no sense', 'proxy-settings', (ground) => {
    names(ground, {});
    systemProxies(ground, { https_proxy: 'htp:/proxy.corp.test:3128' });
    return { url: INSIDE, options: { manager: ground.manager() } };
  }),
  broken('two spellings of a variable, and the one that counts is old', 'proxy-unreachable', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    systemProxies(ground, {
      https_proxy: `http://127.0.0.1:${await ground.freePort()}`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    });
    return { url: INSIDE, options: { manager: ground.manager() } };
  }),
  broken('an exception that is written as a URL', 'proxy-needless', async (ground) => {
    names(ground, { 'intern.test': ['127.0.0.1'] });
    const { port } = await plain(ground);
    const proxy = await http(saying('503 Service Unavailable', 'Server: squid/6.6', 'X-Squid-Error: ERR_DNS_FAIL 0'))(ground);
    systemProxies(ground, { http_proxy: proxy, https_proxy: proxy, no_proxy: `http://intern.test:${port}/` });
    return { url: `http://intern.test:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('an exception for too much', 'proxy-not-used', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    systemProxies(ground, { http_proxy: `http://127.0.0.1:${port}`, no_proxy: 'localhost,test' });
    return { url: 'http://www.shop.test/', options: { manager: ground.manager() } };
  }),
  broken('the environment names a proxy, and the program does not look', 'proxy-not-used', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    environment(ground, { http_proxy: `http://127.0.0.1:${port}`, https_proxy: `http://127.0.0.1:${port}` });
    return { url: 'http://www.shop.test/', options: { manager: ground.manager() } };
  }),
  broken('a proxy leads to a server whose authority the company has not installed', 'tls-unknown-issuer', async (ground) => {
    names(ground, {});
    const leaf = mint({ name: 'git.corp.test', by: authority('Company Root'), for: ['DNS:git.corp.test'] });
    const inside = await site(ground, showing(leaf));
    const { port } = await ground.use(httpProxy({ leads: () => inside.port }));
    return { url: INSIDE, options: { manager: ground.proxied(`http://127.0.0.1:${port}`) } };
  }),
  broken('the server behind the proxy says nothing', 'tls-silent', async (ground) => {
    names(ground, {});
    const silent = await raw(ground, (socket) => socket.resume());
    const page =
      'HTTP/1.1 504 Gateway Timeout\r\nServer: squid/6.6\r\nX-Squid-Error: ERR_READ_TIMEOUT 0\r\nContent-Length: 0\r\n\r\n';
    const { port } = await ground.use(
      httpProxy({ leads: () => silent, answer: ({ method }) => (method === 'CONNECT' ? undefined : { write: page }) }),
    );
    return { url: INSIDE, options: { manager: ground.proxied(`http://127.0.0.1:${port}`), timeout: 600 } };
  }),
];
