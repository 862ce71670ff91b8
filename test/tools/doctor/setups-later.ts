import { QHstsPolicy } from '../../../src/index.ts';
import { DigestServer } from '../../support/auth-server.ts';
import { goaway } from '../../support/h2-frames.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import type { Setup } from './ground.ts';

const DAY = 86_400_000;
const PAGE = { '*': { body: 'page' } };
const INSIDE = 'inside.invalid';

/** Made after the doctor was written: what it says of them was not known beforehand. */
export const LATER: readonly Setup[] = [
  {
    name: 'an expired certificate behind a proxy',
    expected: ['tls-expired'],
    make: async (ground) => {
      const root = mint({ name: 'Root', authority: true });
      const leaf = mint({ name: 'site.test', by: root, to: new Date(Date.now() - DAY) });
      const origin = await ground.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
      const proxy = await ground.use(httpProxy());
      const manager = ground.proxied(`http://127.0.0.1:${proxy.port}`, { extraCaCertificates: root.pem });
      return { url: origin.url(), options: { manager } };
    },
  },
  {
    name: 'a proxy that looks into TLS, with an authority of the company',
    expected: ['tls-unknown-root'],
    make: async (ground) => {
      const company = mint({ name: 'Company Root', authority: true });
      const shown = mint({ name: INSIDE, by: company, for: [`DNS:${INSIDE}`] });
      const bump = await ground.use(serve({ tls: { key: shown.keyPem, cert: shown.pem + company.pem }, routes: PAGE }));
      const proxy = await ground.use(httpProxy({ leads: () => bump.port }));
      return { url: `https://${INSIDE}/`, options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a redirect to a server with a self-signed certificate',
    expected: ['tls-self-signed'],
    make: async (ground) => {
      const target = await ground.use(serve({ tls: identity('selfsigned'), routes: PAGE }));
      const first = await ground.use(serve({ routes: { '*': { status: 301, headers: { Location: target.url() } } } }));
      return { url: first.url() };
    },
  },
  {
    name: 'HTTP/2 that wants calm',
    expected: ['http2-broken'],
    make: async (ground) => {
      const server = await ground.use(serveH2({ tls: identity(), scripts: { answer: () => [goaway(0, 11)] } }));
      return { url: server.url(), options: { manager: ground.manager() } };
    },
  },
  {
    name: 'HTTP/2 that ends without an answer',
    expected: ['http2-broken'],
    make: async (ground) => {
      const server = await ground.use(serveH2({ tls: identity(), scripts: { answer: () => [{ end: 'close' }] } }));
      return { url: server.url(), options: { manager: ground.manager() } };
    },
  },
  {
    name: 'a wrong password for Digest',
    expected: ['auth-refused'],
    make: async (ground) => {
      const server = await ground.use(serve({ routes: { '*': new DigestServer({ users: { ada: 'secret' } }).route } }));
      return { url: server.url().replace('//', '//ada:old@') };
    },
  },
  {
    name: 'a proxy with a gateway that fails',
    expected: ['proxy-fails'],
    make: async (ground) => {
      const answer = () => ({ write: 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n' });
      const proxy = await ground.use(httpProxy({ answer }));
      return { url: `https://${INSIDE}/`, options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a SOCKS 5 proxy whose rules forbid it',
    expected: ['proxy-denies'],
    make: async (ground) => {
      const reply = () => ({ write: Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]), end: 'close' }) as const;
      const proxy = await ground.use(socksProxy({ reply }));
      return { url: 'http://127.0.0.1:9/', options: { manager: ground.proxied(`socks5://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'SOCKS 4 for an IPv6 address',
    expected: ['proxy-cannot-carry'],
    make: async (ground) => {
      const proxy = await ground.use(socksProxy());
      return { url: 'http://[2001:db8::1]/', options: { manager: ground.proxied(`socks4://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a SOCKS proxy behind which nobody listens',
    expected: ['proxy-cannot-reach'],
    make: async (ground) => {
      const proxy = await ground.use(socksProxy());
      return {
        url: `http://127.0.0.1:${await ground.freePort()}/`,
        options: { manager: ground.proxied(`socks5://127.0.0.1:${proxy.port}`) },
      };
    },
  },
  {
    name: 'a cookie whose name promises too much',
    expected: ['cookie-refused'],
    make: async (ground) => {
      const server = await ground.use(
        serve({
          tls: identity(),
          routes: { '*': { body: 'page', headers: { 'Set-Cookie': '__Host-sid=1; Secure; Path=/app' } } },
        }),
      );
      return { url: server.url(), options: { manager: ground.manager() } };
    },
  },
  {
    name: 'deflate that breaks off',
    expected: ['broken-coding'],
    make: async (ground) => {
      const { gzipSync } = await import('node:zlib');
      const body = gzipSync('page'.repeat(1000)).subarray(0, 20);
      return { url: (await ground.use(serve({ routes: { '*': { body, headers: { 'Content-Encoding': 'gzip' } } } }))).url() };
    },
  },
  {
    name: 'redirects without end to ever new places',
    expected: ['redirect-loop'],
    make: async (ground) => {
      const server = await ground.use(
        serve({ routes: { '*': (_request, nth) => ({ status: 302, headers: { Location: `/step/${nth}` } }) } }),
      );
      return { url: server.url() };
    },
  },
  {
    name: 'a known host where nobody listens for TLS, but for http',
    expected: ['hsts-forces-https'],
    make: async (ground) => {
      const server = await ground.use(serve({ connect: (nth) => (nth === 1 ? { end: 'close' } : undefined), routes: PAGE }));
      const manager = ground.manager();
      manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + DAY), 0, 'localhost')]);
      manager.setStrictTransportSecurityEnabled(true);
      return { url: `http://localhost:${server.port}/`, options: { manager, timeout: 1500 } };
    },
  },
  {
    name: 'a known host whose certificate has expired',
    expected: ['tls-expired'],
    make: async (ground) => {
      const root = mint({ name: 'Root', authority: true });
      const leaf = mint({ name: 'site.test', by: root, to: new Date(Date.now() - DAY) });
      const server = await ground.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
      const manager = ground.manager({ extraCaCertificates: root.pem });
      manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + DAY), 0, 'localhost')]);
      manager.setStrictTransportSecurityEnabled(true);
      return { url: `http://localhost:${server.port}/`, options: { manager } };
    },
  },
  {
    name: 'a head that does not end',
    expected: ['broken-http'],
    make: async (ground) => {
      const raw = `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(600_000)}\r\n\r\n`;
      return { url: (await ground.use(serve({ routes: { '*': { raw } } }))).url(), options: { timeout: 1500 } };
    },
  },
  {
    name: 'a login page instead of the file, with 200',
    expected: [],
    make: async (ground) => ({
      url: (
        await ground.use(serve({ routes: { '*': { body: '<form>Sign in</form>', headers: { 'Content-Type': 'text/html' } } } }))
      ).url(),
    }),
  },
];
