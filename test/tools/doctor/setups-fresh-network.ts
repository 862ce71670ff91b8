import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestNetwork } from '../../../src/testing/index.ts';
import { FtpServer } from '../../support/ftp-server.ts';
import { serve } from '../../support/server.ts';
import { answering, blackHole, broken, greeting, names, plain, raw } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const at =
  (url: string) =>
  (ground: Ground): Situation => {
    names(ground, {});
    return { url, options: { manager: ground.manager(), timeout: 1000 } };
  };

const http =
  (talk: Parameters<typeof raw>[1]) =>
  async (ground: Ground): Promise<Situation> => ({
    url: `http://127.0.0.1:${await raw(ground, talk)}/`,
    options: { timeout: 700 },
  });

async function ftp(): Promise<FtpServer> {
  const server = new FtpServer({ users: { ada: 'secret' } });
  await server.listen();
  return server;
}

/** A name of which one address does not work. Played in memory, since what is said of addresses is not said of those of loopback. */
const played =
  (addresses: readonly string[], dead: string, connect: 'timeout' | 'refused') =>
  (ground: Ground): Situation => {
    const network = createTestNetwork({
      names: { 'pool.test': { addresses } },
      origins: { 'http://pool.test': { routes: { '/': { body: 'page' } } } },
      links: { [dead]: { connect } },
    });
    ground.finally(() => network.close());
    return { url: 'http://pool.test/', options: { manager: network.manager() } };
  };

const unix = (path: string): string => `unix+http://${encodeURIComponent(path)}/info`;

/** Names, addresses, ports and sockets. */
export const FRESH_NETWORK: readonly Setup[] = [
  broken('a name with a typing error', 'host-unknown', at('https://www.exmaple.test/')),
  broken('the scheme is there twice', 'host-unknown', at('http://http://shop.test/')),
  broken('the name server cannot be asked', 'dns-silent', (ground) => {
    names(ground, { 'shop.test': 'EAI_AGAIN' });
    return { url: 'https://shop.test/', options: { manager: ground.manager() } };
  }),
  broken('the name server never answers', 'dns-silent', (ground) => {
    names(ground, { 'shop.test': 'hangs' });
    return { url: 'https://shop.test/', options: { manager: ground.manager(), timeout: 400 } };
  }),
  broken('a name that a list against advertisements leads to nowhere', 'connection-refused', async (ground) => {
    names(ground, { 'metrics.test': ['0.0.0.0'] });
    return { url: `http://metrics.test:${await ground.freePort()}/`, options: { manager: ground.manager() } };
  }),
  broken('a container that listens on another address of the machine', 'connection-refused', async (ground) => {
    names(ground, { 'app.test': ['127.0.0.2'] });
    const { port } = await plain(ground);
    return { url: `http://app.test:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('two addresses, and nobody listens on either', 'connection-refused', async (ground) => {
    names(ground, { 'app.test': ['::1', '127.0.0.3'] });
    return { url: `https://app.test:${await ground.freePort()}/`, options: { manager: ground.manager() } };
  }),
  broken('a server that listens on IPv4, a name that has IPv6 alone', 'connection-refused', async (ground) => {
    names(ground, { 'six.test': ['::1'] });
    const { port } = await plain(ground);
    return { url: `http://six.test:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('a firewall that drops', 'connect-timeout', async (ground) => ({
    url: `https://127.0.0.1:${await blackHole(ground)}/`,
    options: { manager: ground.manager(), timeout: 600 },
  })),
  broken('a firewall that drops, behind a name with both kinds of addresses', 'connect-timeout', async (ground) => {
    names(ground, { 'shop.test': ['::1', '127.0.0.1'] });
    const port = await blackHole(ground);
    await blackHole(ground, '::1', port);
    return { url: `http://shop.test:${port}/`, options: { manager: ground.manager(), timeout: 900 } };
  }),
  broken(
    'IPv6 is dropped on the way, IPv4 is not',
    'address-dead',
    played(['2001:db8::7', '192.0.2.7'], '2001:db8::7', 'timeout'),
  ),
  broken(
    'the first of three addresses is of a machine that is off',
    'address-dead',
    played(['192.0.2.5', '192.0.2.7', '192.0.2.6'], '192.0.2.5', 'refused'),
  ),
  broken('a guard that resets whatever connects', 'closed-without-answer', async (ground) => ({
    url: (await ground.use(serve({ connect: { end: 'reset', delay: 20 } }))).url(),
  })),
  broken(
    'a server that takes the request and closes',
    'closed-without-answer',
    http((socket) => socket.once('data', () => socket.end())),
  ),
  broken(
    'a server that takes the request and never answers',
    'no-answer',
    http((socket) => socket.resume()),
  ),
  broken('http is asked of a server of shells', 'not-http', http(greeting('SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n'))),
  broken(
    'http is asked of a store of keys',
    'not-http',
    http(answering("-ERR unknown command 'GET', with args beginning with: '/' 'HTTP/1.1'\r\n")),
  ),
  broken('http is asked of a server that speaks HTTP/2 alone', 'not-http', async (ground) => {
    const { createServer } = await import('node:http2');
    const server = createServer((_request, response) => response.end('page'));
    server.on('sessionError', () => {});
    const sessions = new Set<{ destroy(): void }>();
    server.on('session', (session) => sessions.add(session.on('error', () => {})));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    ground.finally(() => {
      for (const session of sessions) session.destroy();
      return new Promise<void>((done) => server.close(() => done()));
    });
    return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, options: { timeout: 1500 } };
  }),
  broken('http is asked of a radio of old', 'not-http', http(answering('ICY 200 OK\r\nicy-name: radio\r\n\r\nmusic'))),
  broken('a socket in a folder that is not there', 'socket-missing', async (ground) => ({
    url: unix(join(await ground.folder(), 'docker', 'docker.sock')),
  })),
  broken('a file in the place of a socket', 'socket-dead', async (ground) => {
    const path = join(await ground.folder(), 'docker.sock');
    await writeFile(path, '');
    return { url: unix(path) };
  }),
  broken('a socket of another service', 'not-http', async (ground) => {
    const path = join(await ground.folder(), 'db.sock');
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('E\0\0\0\x20SFATAL\0C0A000\0'));
    });
    await new Promise<void>((ready) => server.listen(path, ready));
    ground.finally(() => new Promise<void>((done) => server.close(() => done())));
    return { url: unix(path) };
  }),
  broken('the API of a socket has no such page', 'not-found', async (ground) => ({
    url: (await ground.use(serve({ socket: join(await ground.folder(), 's'), routes: { '/v2/info': {} } }))).url('/v1/info'),
  })),
  broken('no scheme', 'url-invalid', at('www.shop.test/cart')),
  broken('a name and a port, no scheme', 'url-scheme', at('localhost:3000/api')),
  broken('a letter of the scheme is missing', 'url-scheme', at('htp://shop.test/')),
  broken('a file', 'url-scheme', at('file:///etc/no-such-file')),
  broken('a server of files, with the wrong password', 'url-scheme', async (ground) => ({
    url: (await ground.use(ftp())).url('/pub/x', 'ada:wrong@'),
  })),
  broken('a port that is not filled in', 'connection-refused', at('http://127.0.0.1:0/')),
  broken('one slash too few', 'url-no-host', at('http:/shop.test/cart')),
  broken('one slash too many', 'url-no-host', at('https:///shop.test/cart')),
  broken('the slashes of another system', 'url-no-host', at('http:\\\\shop.test\\cart')),
  broken('a space in the name', 'url-invalid', at('http://my shop.test/')),
  broken('a port that there cannot be', 'url-invalid', at('http://shop.test:80800/')),
  broken('a password with a number sign', 'url-invalid', at('https://ada:pa#ss@shop.test/')),
  broken('an address of IPv6 without brackets', 'url-invalid', at('http://::1:8080/')),
  broken('a variable of a template that nobody has filled in', 'url-invalid', at('https://{API_HOST}/v1/users')),
];
