import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { QHstsPolicy, QNetworkMemoryCache } from '../../../src/index.ts';
import { basicRoute } from '../../support/auth-server.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { type Answer, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const PAGE: Answer = { body: 'page' };

const plain =
  (answer: Answer, options: Situation['options'] = {}) =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await ground.use(serve({ routes: { '*': answer } }))).url('/page'),
    options,
  });

const healthy = (name: string, make: Setup['make']): Setup => ({ name, expected: [], make });

/** What must not be complained about. */
export const HEALTHY: readonly Setup[] = [
  healthy('a page', plain(PAGE)),
  healthy('a page of this minute', (ground) => plain({ body: 'page', headers: { Date: new Date().toUTCString() } })(ground)),
  healthy(
    'an old page out of a cache on the way',
    plain({ body: 'page', headers: { Date: new Date(Date.now() - 9_000_000).toUTCString(), Age: '9000' } }),
  ),
  healthy('nothing, on purpose', plain({ status: 204 })),
  healthy('a body in chunks', plain({ body: 'x'.repeat(5000), framing: 'chunked', chunks: [1000, 1000] })),
  healthy('a body that ends with the connection', plain({ body: 'page', framing: 'close', end: 'close' })),
  healthy('a body that is longer than is looked at', plain({ body: 'x'.repeat(500_000) }, { bodyLimit: 1000 })),
  healthy('gzip', plain({ body: gzipSync('page'), headers: { 'Content-Encoding': 'gzip' } })),
  healthy(
    'cookies',
    plain({
      body: 'page',
      headers: [
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2; HttpOnly; SameSite=Lax'],
      ],
    }),
  ),
  healthy('a cookie that goes away', plain({ body: 'page', headers: { 'Set-Cookie': 'a=; Max-Age=0; Domain=example.org' } })),
  healthy('redirects', async (ground) => {
    const routes = {
      '/a': { status: 301, headers: { Location: '/b' } },
      '/b': { status: 307, headers: { Location: '/c' } },
      '/c': PAGE,
    };
    return { url: (await ground.use(serve({ routes }))).url('/a') };
  }),
  healthy('a redirect to https', async (ground) => {
    const secure = await ground.use(serve({ tls: identity(), routes: { '*': PAGE } }));
    const { url } = await plain({ status: 301, headers: { Location: secure.url() } })(ground);
    return { url, options: { manager: ground.manager() } };
  }),
  healthy('a redirect that waits for a cookie', async (ground) => {
    const login = await ground.use(
      serve({
        routes: {
          '*': (request) =>
            request.header('cookie') === undefined ? { status: 302, headers: { Location: '/', 'Set-Cookie': 'a=1' } } : PAGE,
        },
      }),
    );
    return { url: login.url(), options: { manager: ground.manager() } };
  }),
  healthy('localhost, which has two addresses', async (ground) => {
    const server = await ground.use(serve({ routes: { '*': PAGE } }));
    return { url: `http://localhost:${server.port}/` };
  }),
  healthy('https by an authority of our own', async (ground) => ({
    url: (await ground.use(serve({ tls: identity(), routes: { '*': PAGE } }))).url(),
    options: { manager: ground.manager() },
  })),
  healthy('https with the certificate between', async (ground) => {
    const root = mint({ name: 'Root', authority: true });
    const middle = mint({ name: 'Middle', by: root, authority: true });
    const leaf = mint({ name: 'site.test', by: middle });
    const server = await ground.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem + middle.pem }, routes: { '*': PAGE } }));
    return { url: server.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  healthy('TLS 1.2', async (ground) => ({
    url: (await ground.use(serve({ tls: { ...identity(), maxVersion: 'TLSv1.2' }, routes: { '*': PAGE } }))).url(),
    options: { manager: ground.manager() },
  })),
  healthy('HTTP/2', async (ground) => ({
    url: (await ground.use(serveH2({ tls: identity() }))).url(),
    options: { manager: ground.manager() },
  })),
  healthy('a proxy', async (ground) => {
    const proxy = await ground.use(httpProxy());
    return { url: 'http://inside.invalid/', options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
  }),
  healthy('a tunnel', async (ground) => {
    const proxy = await ground.use(httpProxy());
    const server = await ground.use(serve({ tls: identity(), routes: { '*': PAGE } }));
    return { url: server.url(), options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
  }),
  healthy('SOCKS with a password', async (ground) => {
    const proxy = await ground.use(socksProxy({ users: { ada: 'secret' } }));
    const { url } = await plain(PAGE)(ground);
    return { url, options: { manager: ground.proxied(`socks5://ada:secret@127.0.0.1:${proxy.port}`) } };
  }),
  healthy('a password in the URL', async (ground) => {
    const server = await ground.use(serve({ routes: { '*': basicRoute({ ada: 'secret' }) } }));
    return { url: server.url().replace('//', '//ada:secret@') };
  }),
  healthy('a token', async (ground) => {
    const server = await ground.use(
      serve({ routes: { '*': (request) => (request.header('authorization') === 'Bearer token-1' ? PAGE : { status: 401 }) } }),
    );
    return { url: server.url(), options: { headers: { Authorization: 'Bearer token-1' } } };
  }),
  healthy('a local socket', async (ground) => {
    const server = await ground.use(serve({ socket: join(await ground.folder(), 's'), routes: { '*': PAGE } }));
    return { url: server.url() };
  }),
  healthy('a known host', async (ground) => {
    const server = await ground.use(serve({ tls: identity(), plainToo: true, routes: { '*': PAGE } }));
    const manager = ground.manager();
    manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 86_400_000), 0, 'localhost')]);
    manager.setStrictTransportSecurityEnabled(true);
    return { url: `http://localhost:${server.port}/`, options: { manager } };
  }),
  healthy('a manager with a cache', async (ground) => {
    const manager = ground.manager();
    manager.setCache(new QNetworkMemoryCache());
    const { url } = await plain({ body: 'page', headers: { 'Cache-Control': 'max-age=60' } })(ground);
    await manager.get(url).text();
    return { url, options: { manager } };
  }),
];
