import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { QNetworkCookie, QNetworkRequest } from '../../../src/index.ts';
import { basicRoute, DigestServer } from '../../support/auth-server.ts';
import { mint } from '../../support/mint.ts';
import { type Answer, type Route, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import { authority, broken, names, PAGE, plain, showing, site } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const gives =
  (answer: Answer, options: Situation['options'] = {}) =>
  async (ground: Ground): Promise<Situation> => ({ url: (await plain(ground, answer)).url('/page'), options });

const bytes = (raw: string | Buffer): Setup['make'] => gives({ raw, end: 'close' }, { timeout: 1500 });

const routed =
  (routes: Readonly<Record<string, Route>>, path: string, user = '') =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await ground.use(serve({ routes }))).url(path).replace('//', `//${user}`),
    options: { manager: ground.manager() },
  });

const leads = (Location: string, status = 302): Setup['make'] => gives({ status, headers: { Location } });
const sets =
  (host: string, line: string) =>
  async (ground: Ground): Promise<Situation> => {
    names(ground, { [host]: ['127.0.0.1'] });
    const { port } = await plain(ground, { headers: { 'Set-Cookie': line }, body: 'page' });
    return { url: `http://${host}:${port}/account/`, options: { manager: ground.manager() } };
  };

/** More cookies than the server takes. */
const crowded =
  (answer: Answer) =>
  async (ground: Ground): Promise<Situation> => {
    const made = await ground.use(
      serve({ routes: { '*': (request) => ((request.header('cookie') ?? '').length > 8000 ? answer : PAGE) } }),
    );
    const manager = ground.manager();
    const cookies = Array.from({ length: 30 }, (_, i) => new QNetworkCookie(`track${i}`, 'x'.repeat(400)));
    manager.cookieJar()!.setCookiesFromUrl(cookies, made.url());
    return { url: made.url(), options: { manager } };
  };

const NGINX_COOKIES =
  '<html>\r\n<head><title>400 Request Header Or Cookie Too Large</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>Request Header Or Cookie Too Large</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

const head = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

/** What answers say and do. */
export const FRESH_HTTP: readonly Setup[] = [
  broken(
    'two pages that lead to each other',
    'redirect-loop',
    routed({ '/a': { status: 302, headers: { Location: '/b' } }, '/b': { status: 301, headers: { Location: '/a' } } }, '/a'),
  ),
  broken(
    'a page that adds a slash each time',
    'redirect-loop',
    routed({ '*': ({ target }) => ({ status: 301, headers: { Location: `${target}/` } }) }, '/a'),
  ),
  broken('a log-in by cookies, and the program keeps none', 'cookies-needed', async (ground) => {
    const route: Route = ({ headers }) =>
      headers.some(([name]) => name.toLowerCase() === 'cookie')
        ? PAGE
        : { status: 302, headers: { Location: '/', 'Set-Cookie': 'seen=1' } };
    const made = await ground.use(serve({ routes: { '*': route } }));
    const manager = ground.manager();
    manager.setCookieJar(null);
    return { url: made.url(), options: { manager } };
  }),
  {
    name: 'a log-in by a Secure cookie, over plain http',
    expected: ['redirect-loop', 'cookie-refused'],
    make: routed(
      {
        '*': (request) =>
          request.header('cookie') === undefined
            ? { status: 302, headers: { Location: '/', 'Set-Cookie': 'sid=1; Path=/; Secure; HttpOnly' } }
            : PAGE,
      },
      '/',
    ),
  },
  broken('https leads back to http', 'redirect-insecure', async (ground) => {
    const open = await plain(ground);
    const made = await site(ground, identity(), { routes: { '*': { status: 302, headers: { Location: open.url('/') } } } });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('http leads to https, which leads back behind a balancer', 'redirect-insecure', async (ground) => {
    const back: { to: string } = { to: '' };
    const secure = await site(ground, identity(), { routes: { '*': () => ({ status: 301, headers: { Location: back.to } }) } });
    const open = await plain(ground, { status: 301, headers: { Location: secure.url('/') } });
    back.to = open.url('/');
    return { url: open.url('/'), options: { manager: ground.manager() } };
  }),
  broken('the program stays with its origin, the server leads away', 'redirect-policy', async (ground) => {
    const other = await plain(ground);
    const made = await plain(ground, { status: 302, headers: { Location: other.url('/') } });
    const manager = ground.manager();
    manager.setRedirectPolicy(QNetworkRequest.SameOriginRedirectPolicy);
    return { url: made.url(), options: { manager } };
  }),
  broken('leads to a program on a telephone', 'redirect-nowhere', leads('com.shop.app://login?code=1')),
  broken('leads to a URL without a host', 'redirect-nowhere', leads('http://')),
  broken('leads to a name that nobody knows', 'host-unknown', async (ground) => {
    names(ground, {});
    const made = await plain(ground, { status: 302, headers: { Location: 'http://backend.internal.test/' } });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('leads to a port that nobody listens on', 'connection-refused', async (ground) =>
    leads(`http://127.0.0.1:${await ground.freePort()}/`, 307)(ground),
  ),
  broken('leads to a site whose certificate has ended', 'tls-expired', async (ground) => {
    const root = authority('Fresh Root');
    const old = mint({ name: 'site.test', by: root, to: new Date(Date.now() - 86_400_000) });
    const secure = await site(ground, showing(old));
    const made = await plain(ground, { status: 301, headers: { Location: secure.url('/') } });
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('a password is wanted', 'auth-needed', routed({ '*': basicRoute({ ada: 'secret' }) }, '/')),
  broken(
    'the password in the URL is wrong',
    'auth-refused',
    routed({ '*': new DigestServer({ users: { ada: 'secret' } }).route }, '/', 'ada:wrong@'),
  ),
  broken(
    'a log-in of a kind that nobody here speaks',
    'auth-needed',
    gives({ status: 401, headers: { 'WWW-Authenticate': 'Hawk ts="1", tsm="x"' } }),
  ),
  broken('a log-in without a word about how', 'auth-needed', gives({ status: 401, body: '{"error":"missing api key"}' })),
  broken('a token that has ended', 'auth-refused', async (ground) => ({
    url: (await plain(ground, { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })).url(),
    options: { headers: { Authorization: 'Bearer of-last-week' } },
  })),
  broken('a key in a field of its own that is refused', 'forbidden', async (ground) => ({
    url: (await plain(ground, { status: 403, body: '{"message":"Forbidden"}' })).url(),
    options: { headers: { 'X-Api-Key': 'of-last-week' } },
  })),
  broken(
    'a rule against robots',
    'forbidden',
    routed(
      {
        '*': (request) =>
          request.header('user-agent')?.startsWith('Mozilla/5.0 (X11')
            ? PAGE
            : { status: 403, headers: { Server: 'cloudflare' }, body: 'Access denied' },
      },
      '/',
    ),
  ),
  broken(
    'a server asks like a proxy, and there is none',
    'proxy-credentials',
    gives({ status: 407, headers: { 'Proxy-Authenticate': 'Basic realm="transparent"' } }),
  ),
  broken('a cookie for all sites of a country', 'cookie-refused', sets('www.shop.co.uk', 'sid=1; Domain=co.uk')),
  broken('a cookie for a sister site', 'cookie-refused', sets('shop.test', 'sid=1; Domain=api.shop.test')),
  broken('a cookie for other sites that is not Secure', 'cookie-refused', sets('shop.test', 'sid=1; SameSite=None; Path=/')),
  broken('a Secure cookie of a development server', 'cookie-refused', sets('dev.shop.test', 'sid=1; Secure; Path=/')),
  broken('a cookie whose name promises what it does not keep', 'cookie-refused', async (ground) => {
    const root = authority('Fresh Root');
    names(ground, { 'shop.test': ['127.0.0.1'] });
    const headers = { 'Set-Cookie': '__Host-sid=1; Secure; Path=/; Domain=shop.test' };
    const leaf = mint({ name: 'shop.test', by: root, for: ['DNS:shop.test'] });
    const { port } = await site(ground, showing(leaf), { routes: { '*': { headers, body: 'page' } } });
    return { url: `https://shop.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('a cookie that is too long', 'cookie-refused', sets('shop.test', `state=${'x'.repeat(5000)}; Path=/`)),
  broken('two lengths', 'broken-http', bytes(`${head('Content-Length: 4', 'Content-Length: 7')}page`)),
  broken('a length that is none', 'broken-http', bytes(`${head('Content-Length: four')}page`)),
  broken('a chunk without a size', 'broken-http', bytes(`${head('Transfer-Encoding: chunked')}4\r\npage\r\nzz\r\n`)),
  broken(
    'a head that never ends',
    'broken-http',
    bytes(head(...Array.from({ length: 3000 }, (_, i) => `X-Debug-${i}: ${'x'.repeat(150)}`))),
  ),
  broken('a page of errors without a head', 'not-http', bytes('<html><body>It works!</body></html>')),
  broken('gzip that is none', 'broken-coding', gives({ headers: { 'Content-Encoding': 'gzip' }, body: '<html>plain</html>' })),
  broken(
    'gzip that ends early, in a body that is whole',
    'broken-coding',
    gives({ headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('x'.repeat(5000)).subarray(0, 20) }),
  ),
  broken('Brotli that is gzip', 'broken-coding', gives({ headers: { 'Content-Encoding': 'br' }, body: gzipSync('page') })),
  broken(
    'gzip that is Brotli',
    'broken-coding',
    gives({ headers: { 'Content-Encoding': 'gzip' }, body: brotliCompressSync('page') }),
  ),
  broken('a download that breaks off', 'cut-off', gives({ body: 'x'.repeat(20_000), truncate: 9000, end: 'close' })),
  broken('chunks without a last one', 'cut-off', bytes(`${head('Transfer-Encoding: chunked')}4\r\npage\r\n`)),
  broken('a connection that breaks within the body', 'cut-off', gives({ body: 'x'.repeat(20_000), fault: { reset: 9000 } })),
  broken('an answer that does not begin', 'no-answer', gives({ fault: 'stall before head' }, { timeout: 500 })),
  broken(
    'a head that stops in the middle',
    'no-answer',
    gives({ headers: { 'X-A': 'b' }, body: 'page', fault: { stall: 20 } }, { timeout: 500 }),
  ),
  broken('a body that stops', 'stalls', gives({ body: 'x'.repeat(20_000), fault: { stall: 9000 } }, { timeout: 500 })),
  broken('more cookies than the server takes', 'fields-too-large', crowded({ status: 431 })),
  broken(
    'more cookies than the server takes, which a page says',
    'fields-too-large',
    crowded({ status: 400, headers: { Server: 'nginx', 'Content-Type': 'text/html' }, body: NGINX_COOKIES }),
  ),
  broken('too many requests', 'rate-limited', gives({ status: 429, headers: { 'Retry-After': '120' } })),
  broken(
    'works on the house',
    'unavailable',
    gives({ status: 503, headers: { 'Retry-After': 'Wed, 21 Oct 2037 07:28:00 GMT' } }),
  ),
  broken(
    'the server behind the server is gone',
    'gateway-error',
    gives({ status: 502, headers: { Server: 'nginx' }, body: 'Bad Gateway' }),
  ),
  broken('an error inside', 'server-error', gives({ status: 500, body: 'Traceback (most recent call last)' })),
  broken(
    'a page that is not there, after a redirect',
    'not-found',
    routed({ '/old': { status: 301, headers: { Location: '/new' } }, '/new': { status: 404 } }, '/old'),
  ),
  broken('a page that must not be shown for reasons of law', 'client-error', gives({ status: 451 })),
  broken('a page for POST alone', 'not-allowed', gives({ status: 405, headers: { Allow: 'POST' } })),
  broken(
    'the page of a hotel',
    'captive-portal',
    gives({ status: 511, headers: { 'Content-Type': 'text/html' }, body: '<a href="https://login.hotel.test/">log in</a>' }),
  ),
  broken(
    'the clock of the server is a year ahead',
    'clock-wrong',
    gives({ headers: { Date: new Date(Date.now() + 365 * 86_400_000).toUTCString() }, body: 'page' }),
  ),
  broken(
    'deflate with a piece of it missing',
    'broken-coding',
    gives({ headers: { 'Content-Encoding': 'deflate' }, body: deflateRawSync('x'.repeat(9000) + Math.PI).subarray(0, 12) }),
  ),
];
