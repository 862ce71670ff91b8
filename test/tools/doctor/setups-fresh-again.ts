import { QNetworkCookie, QSsl, QSslCertificate, QSslKey } from '../../../src/index.ts';
import { mint } from '../../support/mint.ts';
import { type HttpProxyScript, httpProxy } from '../../support/proxy-server.ts';
import { type Answer, type Route, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import {
  answering,
  authority,
  broken,
  configured,
  names,
  PAGE,
  plain,
  raw,
  showing,
  site,
  systemProxies,
} from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const over =
  (proxy: (ground: Ground) => Promise<string>, url: string, timeout = 1500) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, {});
    return { url, options: { manager: ground.proxied(await proxy(ground)), timeout } };
  };

const http =
  (script: HttpProxyScript) =>
  async (ground: Ground): Promise<string> =>
    `http://127.0.0.1:${(await ground.use(httpProxy(script))).port}`;

const saying = (status: string, ...fields: readonly string[]): HttpProxyScript => ({
  answer: () => ({ write: `HTTP/1.1 ${[status, ...fields, 'Content-Length: 5'].join('\r\n')}\r\n\r\nsorry` }),
});

const sets =
  (line: string) =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await plain(ground, { headers: { 'Set-Cookie': line }, body: 'page' })).url('/account/'),
    options: { manager: ground.manager() },
  });

/** A jar of many cookies, and what the server says to it. */
const crowded =
  (route: Route) =>
  async (ground: Ground): Promise<Situation> => {
    const server = await ground.use(serve({ routes: { '*': route } }));
    const manager = ground.manager();
    const cookies = Array.from({ length: 30 }, (_, i) => new QNetworkCookie(`track${i}`, 'x'.repeat(400)));
    manager.cookieJar()!.setCookiesFromUrl(cookies, server.url());
    return { url: server.url(), options: { manager, timeout: 1500 } };
  };

const APACHE_LARGE: Answer = {
  status: 400,
  headers: { Server: 'Apache', 'Content-Type': 'text/html; charset=iso-8859-1' },
  body: '<title>400 Bad Request</title><h1>Bad Request</h1><p>Your browser sent a request that this server could not understand.<br />\nSize of a request header field exceeds server limit.</p>',
};
const APACHE_PLAIN: Answer = {
  status: 400,
  headers: { Server: 'Apache', 'Content-Type': 'text/html; charset=iso-8859-1' },
  body: "<p>Your browser sent a request that this server could not understand.<br />\nReason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n Instead use the HTTPS scheme to access this URL, please.<br />\n</p>",
};
const IIS_CERTIFICATE: Answer = {
  status: 403,
  headers: { Server: 'Microsoft-IIS/10.0', 'Content-Type': 'text/html' },
  body: '<title>403 - Forbidden: Access is denied.</title><h2>HTTP Error 403.7 - Forbidden</h2><h3>The page you are attempting to access requires your browser to have a Secure Sockets Layer (SSL) client certificate that the Web server recognizes.</h3>',
};

/** Sisters of what was confused at first, made before anybody had mended it. */
export const FRESH_AGAIN: readonly Setup[] = [
  broken('Apache says that its port is one of https', 'http-on-tls-port', async (ground) => {
    const route: Route = ({ connection }) => (connection === 1 ? APACHE_PLAIN : PAGE);
    const { port } = await ground.use(serve({ tls: identity(), plainToo: true, routes: { '*': route } }));
    return { url: `http://127.0.0.1:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('IIS says that it wants a certificate of the client', 'tls-client-certificate', async (ground) => {
    const tls = { ...identity(), requestCert: true, rejectUnauthorized: false };
    const server = await site(ground, tls, { routes: { '*': IIS_CERTIFICATE } });
    return { url: server.url(), options: { manager: ground.manager() } };
  }),
  broken(
    'the certificate of the client has ended, and TLS 1.3 tells too late',
    'tls-client-certificate-refused',
    async (ground) => {
      const clients = authority('Clients');
      const me = mint({ name: 'ada', by: clients, purpose: 'client', from: new Date('2021-01-01'), to: new Date('2022-01-01') });
      configured(ground, (configuration) => {
        configuration.setLocalCertificate(new QSslCertificate(me.pem));
        configuration.setPrivateKey(new QSslKey(me.keyPem, QSsl.Ec));
      });
      const server = await site(ground, { ...identity(), requestCert: true, ca: clients.pem });
      return { url: server.url(), options: { manager: ground.manager() } };
    },
  ),
  broken('a root that may speak for the company alone', 'tls-bad-authority', async (ground) => {
    const root = authority('Company Root', { permitted: ['DNS:corp.test'] });
    const middle = authority('Company Middle', { by: root });
    names(ground, { 'shop.test': ['127.0.0.1'] });
    const { port } = await site(ground, showing(mint({ name: 'shop.test', by: middle, for: ['DNS:shop.test'] }), middle));
    return { url: `https://shop.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('no port, and https', 'connection-refused', (ground) => ({
    url: 'https://127.0.0.1:0/',
    options: { manager: ground.manager() },
  })),
  broken(
    'Apache finds the cookies too long',
    'fields-too-large',
    crowded((request) => ((request.header('cookie') ?? '').length > 8000 ? APACHE_LARGE : PAGE)),
  ),
  broken(
    'many cookies, and a request that is bad anyway',
    'client-error',
    crowded(() => ({ status: 400, body: '{"error":"q is missing"}' })),
  ),
  {
    name: 'a log-in by a cookie for another domain',
    expected: ['redirect-loop', 'cookie-refused'],
    make: async (ground) => {
      const route: Route = (request) =>
        request.header('cookie') === undefined
          ? { status: 302, headers: { Location: '/', 'Set-Cookie': 'sid=1; Path=/; Domain=.production.test' } }
          : PAGE;
      names(ground, { 'staging.test': ['127.0.0.1'] });
      const { port } = await ground.use(serve({ routes: { '*': route } }));
      return { url: `http://staging.test:${port}/`, options: { manager: ground.manager() } };
    },
  },
  broken('a cookie of one octet too many', 'cookie-refused', sets(`a=${'x'.repeat(4096)}; Path=/`)),
  { name: 'a cookie that just fits', expected: [], make: sets(`a=${'x'.repeat(4095)}; Path=/`) },
  broken('a cookie with a control character', 'broken-http', sets('a=b\u0001c; Path=/')),
  broken('every host is an exception', 'proxy-not-used', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    systemProxies(ground, { http_proxy: `http://127.0.0.1:${port}`, no_proxy: '*' });
    return { url: 'http://www.shop.test/', options: { manager: ground.manager() } };
  }),
  broken(
    'the proxy does not reach the server, for http',
    'proxy-cannot-reach',
    over(
      http(saying('503 Service Unavailable', 'Server: squid/6.6', 'X-Squid-Error: ERR_CONNECT_FAIL 111')),
      'http://wiki.corp.test/',
    ),
  ),
  broken(
    'a server behind a proxy forbids it',
    'forbidden',
    over(
      http(saying('403 Forbidden', 'Server: nginx', 'Via: 1.1 proxy (squid/6.6)', 'X-Cache: MISS from proxy')),
      'http://wiki.corp.test/',
    ),
  ),
  broken(
    'a server behind a proxy is being worked on',
    'unavailable',
    over(http(saying('503 Service Unavailable', 'Server: nginx', 'Via: 1.1 proxy', 'Retry-After: 60')), 'http://wiki.corp.test/'),
  ),
  broken(
    'SOCKS 4, and the proxy is one of HTTP',
    'proxy-wrong-kind',
    over(async (ground) => `socks4a://127.0.0.1:${(await ground.use(httpProxy())).port}`, 'http://wiki.corp.test/'),
  ),
  broken('https, TLS to the proxy, and it has none', 'proxy-wrong-kind', async (ground) => {
    names(ground, {});
    const leaf = mint({ name: 'git.corp.test', for: ['DNS:git.corp.test'] });
    const inside = await site(ground, showing(leaf));
    const { port } = await ground.use(httpProxy({ leads: () => inside.port }));
    const manager = ground.proxied(`https://127.0.0.1:${port}`, { extraCaCertificates: leaf.pem });
    return { url: 'https://git.corp.test/', options: { manager, timeout: 1500 } };
  }),
  broken('https over a proxy to a server that has http', 'tls-plain-server', async (ground) => {
    names(ground, {});
    const port = await raw(ground, answering('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
    const proxy = await ground.use(httpProxy({ leads: () => port }));
    return {
      url: 'https://app.corp.test:8080/',
      options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`), timeout: 1500 },
    };
  }),
];
