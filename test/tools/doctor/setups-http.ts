import { QHstsPolicy, QNetworkRequest } from '../../../src/index.ts';
import { rst } from '../../support/h2-frames.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { type Answer, type Origin, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const SHORT = { timeout: 400 };

/** A server that answers everything so. */
const answering =
  (answer: Answer, options: Situation['options'] = {}) =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await ground.use(serve({ routes: { '*': answer } }))).url('/page'),
    options,
  });

const origin = async (ground: Ground, script: Origin): Promise<string> => (await ground.use(serve(script))).url('/page');

const status = (code: number, headers: Record<string, string> = {}): Answer => ({ status: code, headers, body: 'no' });

/** What servers do over connections that stand. */
export const HTTP: readonly Setup[] = [
  {
    name: 'http to a server that speaks TLS',
    expected: ['http-on-tls-port'],
    make: async (ground) => ({
      url: (await origin(ground, { tls: identity() })).replace('https', 'http'),
      options: { manager: ground.manager() },
    }),
  },
  {
    name: 'http to a server that speaks TLS, and says so in a page',
    expected: ['http-on-tls-port'],
    make: async (ground) => ({
      url: (
        await origin(ground, {
          tls: identity(),
          plainToo: true,
          routes: { '*': { status: 400, body: 'The plain HTTP request was sent to HTTPS port' } },
        })
      ).replace('https', 'http'),
      options: { manager: ground.manager() },
    }),
  },
  {
    name: 'a server that closes at once',
    expected: ['closed-without-answer'],
    make: answering({ fault: 'close before head' }, SHORT),
  },
  {
    name: 'a server that resets',
    expected: ['closed-without-answer'],
    make: answering({ fault: 'reset before head' }, SHORT),
  },
  { name: 'a server that does not answer', expected: ['no-answer'], make: answering({ fault: 'stall before head' }, SHORT) },
  {
    name: 'a redirect after the other, each slow',
    expected: ['too-slow'],
    make: async (ground) => {
      const routes = {
        '*': async () => {
          await new Promise((later) => setTimeout(later, 150));
          return { status: 302, headers: { Location: '/again' } };
        },
      };
      return { url: await origin(ground, { routes }), options: { timeout: 200 } };
    },
  },
  {
    name: 'a server of another kind',
    expected: ['not-http'],
    make: async (ground) => ({ url: await origin(ground, { refuse: { write: 'SSH-2.0-OpenSSH_9.6\r\n', end: 'close' } }) }),
  },
  {
    name: 'chunks that are none',
    expected: ['broken-http'],
    make: answering({ raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nbody\r\n', end: 'close' }),
  },
  {
    name: 'two lengths',
    expected: ['broken-http'],
    make: answering({ raw: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nbody', end: 'close' }),
  },
  {
    name: 'a body that ends early',
    expected: ['cut-off'],
    make: answering({ body: 'x'.repeat(1000), truncate: 10, end: 'close' }),
  },
  {
    name: 'a body that stands still',
    expected: ['stalls'],
    make: answering({ body: 'x'.repeat(1000), fault: { stall: 200 } }, SHORT),
  },
  {
    name: 'gzip that is none',
    expected: ['broken-coding'],
    make: answering({ headers: { 'Content-Encoding': 'gzip' }, body: 'this is no gzip, whatever the field says' }),
  },
  { name: 'a redirect to itself', expected: ['redirect-loop'], make: answering(status(302, { Location: '/page' })) },
  {
    name: 'a redirect that waits for a cookie which nobody keeps',
    expected: ['cookies-needed'],
    make: async (ground) => {
      const manager = ground.manager();
      manager.setCookieJar(null);
      const login = await ground.use(
        serve({
          routes: {
            '*': (request) =>
              request.header('cookie') === undefined
                ? status(302, { Location: '/page', 'Set-Cookie': 'seen=1' })
                : { body: 'page' },
          },
        }),
      );
      return { url: login.url('/page'), options: { manager } };
    },
  },
  {
    name: 'a redirect from https to http',
    expected: ['redirect-insecure'],
    make: async (ground) => ({
      url: await origin(ground, { tls: identity(), routes: { '*': status(301, { Location: 'http://127.0.0.1:1/' }) } }),
      options: { manager: ground.manager() },
    }),
  },
  {
    name: 'a redirect that the policy forbids',
    expected: ['redirect-policy'],
    make: async (ground) => {
      const manager = ground.manager();
      manager.setRedirectPolicy(QNetworkRequest.SameOriginRedirectPolicy);
      return {
        url: await origin(ground, { routes: { '*': status(302, { Location: 'http://127.0.0.1:1/' }) } }),
        options: { manager },
      };
    },
  },
  { name: 'a redirect without a target', expected: ['redirect-nowhere'], make: answering(status(302)) },
  {
    name: 'a redirect to mail',
    expected: ['redirect-nowhere'],
    make: answering(status(302, { Location: 'mailto:ada@example.org' })),
  },
  {
    name: 'a known host that no longer speaks TLS',
    expected: ['hsts-forces-https'],
    make: async (ground) => {
      const manager = ground.manager();
      manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 86_400_000), 0, 'localhost')]);
      manager.setStrictTransportSecurityEnabled(true);
      return {
        url: (await origin(ground, { routes: { '*': { body: 'page' } } })).replace('127.0.0.1', 'localhost'),
        options: { manager, timeout: 1500 },
      };
    },
  },
  {
    name: 'HTTP/2 that is reset',
    expected: ['http2-broken'],
    make: async (ground) => {
      const broken = await ground.use(serveH2({ tls: identity(), scripts: { answer: (stream) => [rst(stream, 1)] } }));
      return { url: broken.url(), options: { manager: ground.manager() } };
    },
  },
  {
    name: 'a password is wanted',
    expected: ['auth-needed'],
    make: answering(status(401, { 'WWW-Authenticate': 'Basic realm="Library"' })),
  },
  {
    name: 'a wrong password',
    expected: ['auth-refused'],
    make: async (ground) => {
      const { url, options } = await answering(status(401, { 'WWW-Authenticate': 'Basic realm="Library"' }))(ground);
      return { url: url.replace('http://', 'http://ada:old@'), options: { ...options, manager: ground.manager() } };
    },
  },
  {
    name: 'a wrong token',
    expected: ['auth-refused'],
    make: answering(status(401, { 'WWW-Authenticate': 'Bearer' }), { headers: { Authorization: 'Bearer old' } }),
  },
  { name: 'forbidden', expected: ['forbidden'], make: answering(status(403)) },
  { name: 'a page that is not there', expected: ['not-found'], make: answering(status(404)) },
  { name: 'a place for POST', expected: ['not-allowed'], make: answering(status(405, { Allow: 'POST' })) },
  { name: 'too often', expected: ['rate-limited'], make: answering(status(429, { 'Retry-After': '30' })) },
  { name: 'fields that are too large', expected: ['fields-too-large'], make: answering(status(431)) },
  { name: 'the wrong server', expected: ['wrong-server'], make: answering(status(421)) },
  { name: 'a refusal for reasons of law', expected: ['client-error'], make: answering(status(451)) },
  { name: 'a server that has failed', expected: ['server-error'], make: answering(status(500)) },
  { name: 'a gateway without a server', expected: ['gateway-error'], make: answering(status(502)) },
  { name: 'maintenance', expected: ['unavailable'], make: answering(status(503, { 'Retry-After': '120' })) },
  { name: 'a hotel', expected: ['captive-portal'], make: answering(status(511)) },
  {
    name: 'a clock that is wrong',
    expected: ['clock-wrong'],
    make: answering({ body: 'page', headers: { Date: new Date(Date.now() - 3 * 86_400_000).toUTCString() } }),
  },
  {
    name: 'a secure cookie over http',
    expected: ['cookie-refused'],
    make: answering({ body: 'page', headers: { 'Set-Cookie': 'sid=1; Secure' } }),
  },
  {
    name: 'a cookie for another host',
    expected: ['cookie-refused'],
    make: answering({ body: 'page', headers: { 'Set-Cookie': 'sid=1; Domain=example.org' } }),
  },
];
