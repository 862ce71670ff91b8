import { join } from 'node:path';
import { QHstsPolicy, QNetworkProxy, QPacProxyFactory, QSsl } from '../../../src/index.ts';
import { createTestNetwork } from '../../../src/testing/index.ts';
import { basicRoute } from '../../support/auth-server.ts';
import { data, headers } from '../../support/h2-frames.ts';
import { answer, literal } from '../../support/h2-hpack.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import {
  answering,
  authority,
  blackHole,
  broken,
  configured,
  issuerAt,
  names,
  plain,
  raw,
  showing,
  site,
  systemProxies,
} from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const WIKI = 'http://wiki.corp.test/';

const proxied =
  (proxy: (ground: Ground) => Promise<string>, url = WIKI, timeout = 1500) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, {});
    return { url, options: { manager: ground.proxied(await proxy(ground)), timeout } };
  };

const scripted =
  (script: string) =>
  (ground: Ground): Situation => {
    names(ground, {});
    const manager = ground.manager();
    manager.setProxyFactory(QPacProxyFactory.fromText(script, { timeLimit: 500 }));
    return { url: WIKI, options: { manager, timeout: 4000 } };
  };

const says =
  (status: number, fields: Readonly<Record<string, string>> = {}): Setup['make'] =>
  async (ground) => ({
    url: (await plain(ground, { status, headers: fields, body: 'text' })).url('/page'),
  });

/** The third lot, made when the first two had been mended; other things than those. */
export const FRESH_THIRD: readonly Setup[] = [
  broken('the program takes RSA alone, the server has P-256', 'tls-own-settings', async (ground) => {
    configured(ground, (configuration) => {
      configuration.setProtocol(QSsl.TlsV1_2);
      configuration.setCiphers('ECDHE-RSA-AES128-GCM-SHA256');
    });
    const root = authority('Fresh Root');
    const server = await site(ground, showing(mint({ name: 'site.test', by: root })));
    return { url: server.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('two intermediate certificates are missing', 'tls-missing-intermediate', async (ground) => {
    const root = authority('Fresh Root');
    const upper = authority('Upper', { by: root });
    const first = await plain(ground, { body: upper.raw });
    const lower = authority('Lower', { by: upper, extension: issuerAt(first.url('/upper.crt')) });
    const second = await plain(ground, { body: lower.raw });
    const server = await site(
      ground,
      showing(mint({ name: 'site.test', by: lower, extension: issuerAt(second.url('/lower.crt')) })),
    );
    return { url: server.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('the server sends an intermediate certificate of another issuer', 'tls-missing-intermediate', async (ground) => {
    const root = authority('Fresh Root');
    const middle = authority('New Middle', { by: root });
    const place = await plain(ground, { body: middle.raw });
    const leaf = mint({ name: 'site.test', by: middle, extension: issuerAt(place.url('/new.crt')) });
    const server = await site(ground, showing(leaf, authority('Old Middle', { by: root })));
    return { url: server.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('a site with a certificate of its own, behind a proxy', 'tls-self-signed', async (ground) => {
    names(ground, {});
    const inside = await site(ground, showing(mint({ name: 'git.corp.test', for: ['DNS:git.corp.test'] })));
    const { port } = await ground.use(httpProxy({ leads: () => inside.port }));
    return { url: 'https://git.corp.test/', options: { manager: ground.proxied(`http://127.0.0.1:${port}`) } };
  }),
  broken('a host that wants TLS only, with a certificate that has ended', 'tls-expired', async (ground) => {
    names(ground, { 'shop.test': ['127.0.0.1'] });
    const root = authority('Fresh Root');
    const leaf = mint({ name: 'shop.test', by: root, for: ['DNS:shop.test'], to: new Date(Date.now() - 86_400_000) });
    const { port } = await site(ground, showing(leaf));
    const manager = ground.manager({ extraCaCertificates: root.pem });
    manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 86_400_000), 0, 'shop.test')]);
    manager.setStrictTransportSecurityEnabled(true);
    return { url: `http://shop.test:${port}/`, options: { manager } };
  }),
  broken('leads to a port that a firewall drops', 'connect-timeout', async (ground) => {
    const hole = await blackHole(ground);
    const server = await plain(ground, { status: 301, headers: { Location: `https://127.0.0.1:${hole}/` } });
    return { url: server.url('/'), options: { manager: ground.manager(), timeout: 600 } };
  }),
  broken('no way leads to the network', 'network-unreachable', (ground) => {
    const network = createTestNetwork({
      names: { 'shop.test': { addresses: ['2001:db8::7', '192.0.2.7'] } },
      origins: { 'http://shop.test': {} },
      links: { '*': { connect: 'unreachable' } },
    });
    ground.finally(() => network.close());
    return { url: 'http://shop.test/', options: { manager: network.manager() } };
  }),
  broken('a local socket whose server hangs up', 'closed-without-answer', async (ground) => ({
    url: (
      await ground.use(serve({ socket: join(await ground.folder(), 's'), routes: { '*': { fault: 'close before head' } } }))
    ).url('/'),
  })),
  broken('a log that stops within a chunk', 'stalls', async (ground) => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n10\r\nhalf';
    const port = await raw(ground, (socket) => socket.once('data', () => socket.write(head)));
    return { url: `http://127.0.0.1:${port}/`, options: { timeout: 500 } };
  }),
  broken('a coding of the transfer that nobody has asked for', 'broken-http', async (ground) => {
    const port = await raw(
      ground,
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n'),
    );
    return { url: `http://127.0.0.1:${port}/` };
  }),
  broken('leads to three slashes', 'redirect-nowhere', says(308, { Location: 'https:///home' })),
  broken('leads to another server, which wants a password as well', 'auth-needed', async (ground) => {
    const route = basicRoute({ ada: 'secret' });
    const other = await ground.use(serve({ routes: { '*': route } }));
    const first = await ground.use(
      serve({
        routes: {
          '*': ({ header }) =>
            header('authorization') === undefined
              ? { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } }
              : { status: 302, headers: { Location: other.url('/') } },
        },
      }),
    );
    return { url: first.url('/').replace('//', '//ada:secret@'), options: { manager: ground.manager() } };
  }),
  broken('a server before the server waits in vain', 'gateway-error', says(504)),
  broken('a page that is gone for good', 'not-found', says(410)),
  broken('a disk that is full', 'server-error', says(507)),
  broken(
    'the clock of the server is ten minutes ahead',
    'clock-wrong',
    says(200, { Date: new Date(Date.now() + 600_000).toUTCString() }),
  ),
  broken(
    'a cookie whose name wants TLS, over http',
    'cookie-refused',
    says(200, { 'Set-Cookie': '__Secure-id=1; Secure; Path=/' }),
  ),
  broken('HTTP/2 with names of fields in capitals', 'http2-broken', async (ground) => {
    const server = await ground.use(
      serveH2({
        tls: identity(),
        scripts: {
          answer: (stream) => [
            headers(stream, answer(200, literal('Content-Type', 'text/plain'))),
            data(stream, 'page', { end: true }),
          ],
        },
      }),
    );
    return { url: server.url(), options: { manager: ground.manager(), timeout: 2000 } };
  }),
  broken(
    'the script about proxies calls what there is not',
    'proxy-settings',
    scripted('function FindProxyForURL(url, host) { return chooseProxy(host); }'),
  ),
  broken(
    'the script about proxies does not end',
    'proxy-settings',
    scripted('function FindProxyForURL(url, host) { for (;;); }'),
  ),
  broken(
    'the script about proxies has another function',
    'proxy-settings',
    scripted('function findProxy(url, host) { return "DIRECT"; }'),
  ),
  broken(
    'SOCKS that hangs up after the greeting',
    'proxy-closes',
    proxied(async (ground) => `socks5h://127.0.0.1:${(await ground.use(socksProxy({ reply: () => ({ end: 'close' }) }))).port}`),
  ),
  broken(
    'SOCKS that is silent',
    'proxy-silent',
    proxied(async (ground) => `socks5h://127.0.0.1:${await raw(ground, (socket) => socket.resume())}`, WIKI, 600),
  ),
  broken(
    'the wrong password for the proxy, for http',
    'proxy-credentials-wrong',
    proxied(async (ground) => {
      const write =
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n';
      return `http://ada:old@127.0.0.1:${(await ground.use(httpProxy({ answer: () => ({ write }) }))).port}`;
    }),
  ),
  broken('the certificate of the proxy has ended', 'proxy-certificate', async (ground) => {
    names(ground, {});
    const root = authority('Fresh Root');
    const { port } = await ground.use(
      httpProxy({ tls: showing(mint({ name: 'proxy', by: root, to: new Date(Date.now() - 86_400_000) })) }),
    );
    return {
      url: WIKI,
      options: { manager: ground.proxied(`https://127.0.0.1:${port}`, { extraCaCertificates: root.pem }), timeout: 1500 },
    };
  }),
  broken('the gateway before the proxy is off', 'proxy-unreachable', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    const inner = QNetworkProxy.fromUrl(`http://127.0.0.1:${port}`);
    inner.setThrough(QNetworkProxy.fromUrl(`socks5h://127.0.0.1:${await ground.freePort()}`));
    const manager = ground.manager();
    manager.setProxy(inner);
    return { url: WIKI, options: { manager, timeout: 1500 } };
  }),
  broken('a tunnel for everything in the environment, which is closed', 'proxy-unreachable', async (ground) => {
    names(ground, {});
    systemProxies(ground, { all_proxy: `socks5h://127.0.0.1:${await ground.freePort()}` });
    return { url: WIKI, options: { manager: ground.manager(), timeout: 1500 } };
  }),
];
