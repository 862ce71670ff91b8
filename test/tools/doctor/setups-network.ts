import { createServer } from 'node:net';
import { join } from 'node:path';
import { QNetworkAccessManager, QNetworkProxyFactory } from '../../../src/index.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import type { Setup } from './ground.ts';

const PAGE = { routes: { '*': { body: 'page' } } };
const ADA = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
const WHO = { write: 'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="Gate"\r\nContent-Length: 0\r\n\r\n' };
/** A name that only proxies know. */
const INSIDE = 'inside.invalid';
const NOBODY = 'nobody.invalid';
const SHORT = { timeout: 400 };

const says = (status: string) => ({ write: `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n` });

/** URLs, addresses, proxies. */
export const NETWORK: readonly Setup[] = [
  { name: 'a URL with a space in its host', expected: ['url-invalid'], make: () => ({ url: 'http://exa mple/' }) },
  { name: 'a URL without a scheme', expected: ['url-invalid'], make: () => ({ url: 'example.org/index' }) },
  { name: 'a scheme with a letter missing', expected: ['url-scheme'], make: () => ({ url: 'htp://example.org/' }) },
  { name: 'three slashes', expected: ['url-no-host'], make: () => ({ url: 'http:///index.html' }) },
  {
    name: 'no server on the port',
    expected: ['connection-refused'],
    make: async (ground) => ({ url: `http://127.0.0.1:${await ground.freePort()}/` }),
  },
  {
    name: 'a redirect to a port without a server',
    expected: ['connection-refused'],
    make: async (ground) => {
      const port = await ground.freePort();
      const headers = { Location: `http://127.0.0.1:${port}/next` };
      return { url: (await ground.use(serve({ routes: { '/': { status: 302, headers } } }))).url() };
    },
  },
  { name: 'a name that nobody knows', expected: ['host-unknown'], make: () => ({ url: `http://${NOBODY}/` }) },
  {
    name: 'a proxy whose name nobody knows',
    expected: ['proxy-unknown'],
    make: (ground) => ({ url: `http://${INSIDE}/`, options: { manager: ground.proxied(`http://${NOBODY}:3128`), ...SHORT } }),
  },
  {
    name: 'a proxy that has failed',
    expected: ['proxy-fails'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: () => says('500 Out of order') }));
      return {
        url: `https://127.0.0.1:${await ground.freePort()}/`,
        options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`), ...SHORT },
      };
    },
  },
  {
    name: 'a local socket that is not there',
    expected: ['socket-missing'],
    make: async (ground) => ({ url: `unix+http://${encodeURIComponent(join(await ground.folder(), 'none'))}/` }),
  },
  {
    name: 'a local socket that was left behind',
    expected: ['socket-dead'],
    make: async (ground) => {
      const path = join(await ground.folder(), 'left');
      // of a server that was killed
      const { spawnSync } = await import('node:child_process');
      spawnSync(process.execPath, [
        '-e',
        `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`,
        path,
      ]);
      return { url: `unix+http://${encodeURIComponent(path)}/` };
    },
  },
  {
    name: 'a manager that is offline',
    expected: ['offline'],
    make: async (ground) => {
      const manager = ground.manager({ offlinePolicy: 'qt4' });
      manager.setNetworkAccessible(QNetworkAccessManager.NotAccessible);
      return { url: (await ground.use(serve(PAGE))).url(), options: { manager } };
    },
  },
  {
    name: 'a dead proxy that is not needed',
    expected: ['proxy-needless'],
    make: async (ground) => {
      const manager = ground.proxied(`http://127.0.0.1:${await ground.freePort()}`);
      return { url: (await ground.use(serve(PAGE))).url(), options: { manager } };
    },
  },
  {
    name: 'a dead proxy, and a host behind it',
    expected: ['proxy-unreachable'],
    make: async (ground) => {
      const manager = ground.proxied(`http://127.0.0.1:${await ground.freePort()}`);
      return { url: `http://127.0.0.1:${await ground.freePort()}/`, options: { manager } };
    },
  },
  {
    name: 'a proxy that says nothing',
    expected: ['proxy-silent'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: () => ({ end: 'hang' }) }));
      const manager = ground.proxied(`http://127.0.0.1:${proxy.port}`);
      return { url: `https://127.0.0.1:${await ground.freePort()}/`, options: { manager, ...SHORT } };
    },
  },
  {
    name: 'a proxy that closes',
    expected: ['proxy-closes'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: () => ({ end: 'close' }) }));
      const manager = ground.proxied(`http://127.0.0.1:${proxy.port}`);
      return { url: `https://127.0.0.1:${await ground.freePort()}/`, options: { manager, ...SHORT } };
    },
  },
  {
    name: 'a SOCKS proxy that is taken for one of HTTP',
    expected: ['proxy-wrong-kind'],
    make: async (ground) => {
      const proxy = await ground.use(socksProxy());
      const origin = await ground.use(serve({ ...PAGE, tls: identity() }));
      return { url: origin.url(), options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`), ...SHORT } };
    },
  },
  {
    name: 'an HTTP proxy that is taken for one of SOCKS',
    expected: ['proxy-wrong-kind'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy());
      const origin = await ground.use(serve({ ...PAGE, tls: identity() }));
      return { url: origin.url(), options: { manager: ground.proxied(`socks5://127.0.0.1:${proxy.port}`), ...SHORT } };
    },
  },
  {
    name: 'a mail server that is taken for a proxy',
    expected: ['proxy-no-proxy'],
    make: async (ground) => {
      const mail = await ground.use(serve({ refuse: { write: '220 mail.test ESMTP ready\r\n', end: 'close' } }));
      const manager = ground.proxied(`http://127.0.0.1:${mail.port}`);
      return { url: `https://127.0.0.1:${await ground.freePort()}/`, options: { manager, ...SHORT } };
    },
  },
  {
    name: 'a proxy that wants a password',
    expected: ['proxy-credentials'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: ({ authorization }) => (authorization === ADA ? undefined : WHO) }));
      const origin = await ground.use(serve({ ...PAGE, tls: identity() }));
      return { url: origin.url(), options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy that wants a password, for plain http',
    expected: ['proxy-credentials'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: ({ authorization }) => (authorization === ADA ? undefined : WHO) }));
      return { url: `http://${INSIDE}/`, options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy with a wrong password',
    expected: ['proxy-credentials-wrong'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: ({ authorization }) => (authorization === ADA ? undefined : WHO) }));
      const origin = await ground.use(serve({ ...PAGE, tls: identity() }));
      return { url: origin.url(), options: { manager: ground.proxied(`http://ada:old@127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a SOCKS proxy that wants a password',
    expected: ['proxy-credentials'],
    make: async (ground) => {
      const proxy = await ground.use(socksProxy({ users: { ada: 'secret' } }));
      return { url: `http://${INSIDE}/`, options: { manager: ground.proxied(`socks5h://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy that does not allow it',
    expected: ['proxy-denies'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ answer: () => says('403 Not here') }));
      return { url: `https://${INSIDE}/`, options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy that does not reach the host',
    expected: ['proxy-cannot-reach'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ leads: () => 1 }));
      return { url: `https://${INSIDE}/`, options: { manager: ground.proxied(`http://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a SOCKS proxy that does not know the name',
    expected: ['proxy-cannot-resolve'],
    make: async (ground) => {
      const refusal = { write: Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]), end: 'close' } as const;
      const proxy = await ground.use(socksProxy({ reply: () => refusal }));
      return { url: `http://${INSIDE}/`, options: { manager: ground.proxied(`socks5h://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy whose certificate nobody trusts',
    expected: ['proxy-certificate'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy({ tls: identity('selfsigned') }));
      return { url: `https://${INSIDE}/`, options: { manager: ground.proxied(`https://127.0.0.1:${proxy.port}`) } };
    },
  },
  {
    name: 'a proxy factory that throws',
    expected: ['proxy-settings'],
    make: async (ground) => {
      const manager = ground.manager();
      manager.setProxyFactory(
        new QNetworkProxyFactory(() => {
          throw new Error('the list of proxies is gone');
        }),
      );
      return { url: (await ground.use(serve(PAGE))).url(), options: { manager } };
    },
  },
  {
    name: 'a proxy of the machine that the program does not use',
    expected: ['proxy-not-used'],
    make: async (ground) => {
      const proxy = await ground.use(httpProxy());
      process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`;
      ground.finally(() => {
        delete process.env['http_proxy'];
      });
      return { url: `http://${INSIDE}/` };
    },
  },
  {
    name: 'a port that takes connections and says nothing to TLS',
    expected: ['tls-silent'],
    make: async (ground) => {
      const silent = createServer(() => {});
      await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
      ground.finally(() => silent.close());
      return { url: `https://127.0.0.1:${(silent.address() as { port: number }).port}/`, options: SHORT };
    },
  },
];
