import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { QNetworkMemoryCache, QPacProxyFactory } from '../../../src/index.ts';
import { data, frame, headers, ping, settings } from '../../support/h2-frames.ts';
import { answer } from '../../support/h2-hpack.ts';
import { ended, serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { httpProxy } from '../../support/proxy-server.ts';
import { type Answer, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import { authority, environment, names, PAGE, plain, rawTls, showing, site, systemProxies } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const DAY = 86_400_000;
const healthy = (name: string, make: Setup['make']): Setup => ({ name, expected: [], make });

const gives =
  (answered: Answer, options: Situation['options'] = {}) =>
  async (ground: Ground): Promise<Situation> => ({ url: (await plain(ground, answered)).url('/page'), options });

const chain = (
  ground: Ground,
): { root: ReturnType<typeof mint>; upper: ReturnType<typeof mint>; lower: ReturnType<typeof mint> } => {
  names(ground, { 'site.test': ['127.0.0.1'] });
  const root = authority('Fresh Root');
  const upper = authority('Upper', { by: root });
  return { root, upper, lower: authority('Lower', { by: upper }) };
};

const named =
  (host: string, addresses: readonly string[], answered: Answer = PAGE) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, { [host]: addresses, [host.replace(/\.$/, '')]: addresses });
    const { port } = await plain(ground, answered);
    return { url: `http://${host}:${port}/`, options: { manager: ground.manager() } };
  };

/** What looks odd and is well. */
export const FRESH_HEALTHY: readonly Setup[] = [
  healthy('certificates in the wrong order, with the root', async (ground) => {
    const { root, upper, lower } = chain(ground);
    const { port } = await site(ground, showing(mint({ name: 'site.test', by: lower }), root, upper, lower));
    return { url: `https://site.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  healthy('a certificate too many', async (ground) => {
    const { root, upper } = chain(ground);
    const stray = mint({ name: 'other.test', to: new Date(Date.now() - DAY) });
    const { port } = await site(ground, showing(mint({ name: 'site.test', by: upper }), upper, stray));
    return { url: `https://site.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  healthy('a company that trusts its intermediate authority and the root', async (ground) => {
    const { root, upper } = chain(ground);
    const { port } = await site(ground, showing(mint({ name: 'site.test', by: upper })));
    const manager = ground.manager({ extraCaCertificates: [root.pem, upper.pem] });
    return { url: `https://site.test:${port}/`, options: { manager } };
  }),
  healthy('a wildcard that fits', async (ground) => {
    const { root } = chain(ground);
    names(ground, { 'www.shop.test': ['127.0.0.1'] });
    const { port } = await site(
      ground,
      showing(mint({ name: 'shop.test', by: root, for: ['DNS:shop.test', 'DNS:*.shop.test'] })),
    );
    return { url: `https://www.shop.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  healthy('a certificate of six days, as they are made now', async (ground) => {
    const { root } = chain(ground);
    const leaf = mint({ name: 'site.test', by: root, from: new Date(Date.now() - 2 * DAY), to: new Date(Date.now() + 4 * DAY) });
    const { port } = await site(ground, showing(leaf));
    return { url: `https://site.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  healthy('the pinned key, and a spare one', async (ground) => {
    const { root } = chain(ground);
    const leaf = mint({ name: 'site.test', by: root });
    const { createPublicKey } = await import('node:crypto');
    const info = createPublicKey(leaf.key).export({ type: 'spki', format: 'der' });
    const pin = `sha256/${createHash('sha256').update(info).digest('base64')}`;
    const { port } = await site(ground, showing(leaf));
    const manager = ground.manager({ extraCaCertificates: root.pem, pinnedPublicKeys: [`sha256/${'A'.repeat(43)}=`, pin] });
    return { url: `https://site.test:${port}/`, options: { manager } };
  }),
  healthy('a certificate of the client is welcome, and not wanted', async (ground) => {
    const made = await site(ground, { ...identity(), requestCert: true, rejectUnauthorized: false });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  healthy('TLS 1.3 alone', async (ground) => {
    const made = await site(ground, { ...identity(), minVersion: 'TLSv1.3' });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  healthy('HTTP/2 with frames that nobody knows', async (ground) => {
    const unknown = frame(0xbe, 0, 0, 'grease');
    const made = await ground.use(
      serveH2({
        tls: identity(),
        scripts: {
          greeting: [settings(), unknown, ping()],
          answer: (stream) => [
            ended(stream),
            headers(stream, answer(103, ['link', '</a.css>; rel=preload'])),
            unknown,
            headers(stream, answer(200, ['content-length', '4'])),
            data(stream, 'page', { end: true }),
          ],
        },
      }),
    );
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  healthy('HTTP/2 is agreed on, HTTP/1.1 spoken, and it goes on without', async (ground) => {
    const port = await rawTls(ground, { ...identity(), ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      if (socket.alpnProtocol === 'h2')
        return void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage'));
    });
    return { url: `https://127.0.0.1:${port}/`, options: { manager: ground.manager() } };
  }),
  healthy('an international name', async (ground) => {
    names(ground, { 'xn--bcher-kva.test': ['127.0.0.1'] });
    const { port } = await plain(ground);
    return { url: `http://bücher.test:${port}/straße?q=ü`, options: { manager: ground.manager() } };
  }),
  healthy('a service with an underscore', named('user_service', ['127.0.0.1'])),
  healthy('a name with a final dot', named('shop.test.', ['127.0.0.1'])),
  healthy('a name of four addresses', named('pool.test', ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'])),
  healthy('an address of IPv6', async (ground) => ({
    url: (await ground.use(serve({ host: '::1', routes: { '*': PAGE } }))).url('/'),
  })),
  healthy(
    'a cookie for all below the domain',
    named('www.shop.test', ['127.0.0.1'], { headers: { 'Set-Cookie': 'a=1; Domain=.shop.test; Path=/' }, body: 'page' }),
  ),
  healthy(
    'a word about TLS that comes without it',
    gives({ headers: { 'Strict-Transport-Security': 'max-age=31536000' }, body: 'page' }),
  ),
  healthy(
    'hints before the answer',
    gives({ before: ['HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'], body: 'page' }),
  ),
  healthy('an old server', gives({ version: 'HTTP/1.0', framing: 'close', body: 'page' })),
  healthy(
    'a slow server',
    gives({ body: 'x'.repeat(400), delay: 250, chunks: [100, 100, 100, 100], pause: 100 }, { timeout: 2000 }),
  ),
  healthy(
    'chunks with extensions and trailers',
    gives({ framing: 'chunked', body: 'page', chunks: [2, 2], chunkExtension: ';a=b', trailers: [['X-Sum', '1']] }),
  ),
  healthy(
    'gzip in two members',
    gives({ headers: { 'Content-Encoding': 'x-gzip' }, body: Buffer.concat([gzipSync('pa'), gzipSync('ge')]) }),
  ),
  healthy('deflate as some servers mean it', gives({ headers: { 'Content-Encoding': 'deflate' }, body: deflateRawSync('page') })),
  healthy('gzip of nothing', gives({ headers: { 'Content-Encoding': 'gzip' } })),
  healthy(
    'a clock that is two minutes off',
    // by the time at which it is looked at
    (ground) => gives({ headers: { Date: new Date(Date.now() - 120_000).toUTCString() }, body: 'page' })(ground),
  ),
  healthy('a rule for the cache that makes no sense', async (ground) => {
    const manager = ground.manager();
    manager.setCache(new QNetworkMemoryCache());
    return gives(
      { headers: { 'Cache-Control': 'max-age=-1, no-store, public', Expires: '0', Pragma: 'no-cache' }, body: 'page' },
      { manager },
    )(ground);
  }),
  healthy('a redirect to a page with an international path', async (ground) => {
    const routes = {
      '/start': { status: 302, headers: { Location: '../caf%C3%A9/?a=b#top' } },
      '*': PAGE,
    };
    return { url: (await ground.use(serve({ routes }))).url('/start') };
  }),
  healthy('the script about proxies says: none', async (ground) => {
    const manager = ground.manager();
    manager.setProxyFactory(QPacProxyFactory.fromText('function FindProxyForURL(url, host) { return "DIRECT"; }'));
    return { url: (await plain(ground)).url('/'), options: { manager } };
  }),
  healthy('an exception that is well written', async (ground) => {
    names(ground, { 'intern.test': ['127.0.0.1'] });
    const { port } = await plain(ground);
    systemProxies(ground, { http_proxy: `http://127.0.0.1:${await ground.freePort()}`, no_proxy: '.example.org,intern.test' });
    return { url: `http://intern.test:${port}/`, options: { manager: ground.manager() } };
  }),
  healthy('a dead proxy in the environment, of which the program takes no notice', async (ground) => {
    environment(ground, { http_proxy: `http://127.0.0.1:${await ground.freePort()}` });
    return { url: (await plain(ground)).url('/'), options: { manager: ground.manager() } };
  }),
  healthy('a proxy without a scheme in the environment', async (ground) => {
    names(ground, {});
    const { port } = await ground.use(httpProxy());
    systemProxies(ground, { http_proxy: `127.0.0.1:${port}` });
    return { url: 'http://www.shop.test/', options: { manager: ground.manager() } };
  }),
];
