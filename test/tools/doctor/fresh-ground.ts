import dns, { type LookupAddress } from 'node:dns';
import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';
import type { FindingCode } from '../../../src/doctor.ts';
import { QNetworkProxyFactory, QSslConfiguration } from '../../../src/index.ts';
import * as der from '../../support/der.ts';
import { type Minted, mint, type Wanted } from '../../support/mint.ts';
import { type Answer, type Origin, type Served, serve } from '../../support/server.ts';
import type { Ground, Setup } from './ground.ts';

export const PAGE: Answer = { body: 'page' };
export const EVERYWHERE = { '*': PAGE };

/** A set-up in which one thing is wrong. */
export const broken = (name: string, expected: FindingCode, make: Setup['make']): Setup => ({ name, expected: [expected], make });

type Spoken = readonly string[] | 'ENOTFOUND' | 'EAI_AGAIN' | 'hangs';

/** What the name server of this set-up says; of all other names it has never heard. */
export function names(ground: Ground, table: Readonly<Record<string, Spoken>>): void {
  const real = dns.lookup;
  const fake = (host: string, ...rest: unknown[]): unknown => {
    // servers ask for the address they listen on as well
    if (isIP(host) !== 0) return Reflect.apply(real, dns, [host, ...rest]);
    const done = rest.at(-1) as (error: Error | null, found: LookupAddress[]) => void;
    const answer = table[host] ?? (host === 'localhost' ? ['127.0.0.1'] : 'ENOTFOUND');
    if (answer === 'hangs') return undefined;
    if (typeof answer !== 'string') {
      const found = answer.map((address) => ({ address, family: isIP(address) }));
      return setImmediate(() => done(null, found));
    }
    const about = { code: answer, syscall: 'getaddrinfo', hostname: host };
    return setImmediate(() => done(Object.assign(new Error(`getaddrinfo ${answer} ${host}`), about), []));
  };
  dns.lookup = fake as unknown as typeof dns.lookup;
  ground.finally(() => {
    dns.lookup = real;
  });
}

const isProxyVariable = (name: string): boolean => /^(?:https?|ftp|all|no)_proxy$/i.test(name);

/** These and no other words about proxies are in the environment. */
export function environment(ground: Ground, table: Readonly<Record<string, string>>): void {
  const before = Object.entries(process.env).filter(([name]) => isProxyVariable(name));
  const clear = (): void => {
    for (const name of Object.keys(process.env).filter(isProxyVariable)) delete process.env[name];
  };
  clear();
  Object.assign(process.env, table);
  ground.finally(() => {
    clear();
    for (const [name, value] of before) process.env[name] = value;
  });
}

/** Managers without a proxy of their own do as the system says. */
export function systemProxies(ground: Ground, table: Readonly<Record<string, string>>): void {
  environment(ground, table);
  QNetworkProxyFactory.setUseSystemConfiguration(true);
  ground.finally(() => QNetworkProxyFactory.setUseSystemConfiguration(false));
}

/** What the program has decided about TLS for all its requests. */
export function configured(ground: Ground, change: (configuration: QSslConfiguration) => void): void {
  const before = QSslConfiguration.defaultConfiguration();
  const changed = QSslConfiguration.defaultConfiguration();
  change(changed);
  QSslConfiguration.setDefaultConfiguration(changed);
  ground.finally(() => QSslConfiguration.setDefaultConfiguration(before));
}

export const authority = (name: string, more: Partial<Wanted> = {}): Minted => mint({ name, authority: true, ...more });

/** Where the certificate of the issuer is (RFC 5280 4.2.2.1). */
export function issuerAt(place: string): Buffer {
  const where = der.sequence(der.oid('1.3.6.1.5.5.7.48.2'), der.tagged(0x86, Buffer.from(place)));
  return der.extension('1.3.6.1.5.5.7.1.1', false, der.sequence(where));
}

/** Key and chain as servers take them. */
export const showing = (leaf: Minted, ...along: readonly Minted[]): { key: string; cert: string; ciphers: string } => ({
  key: leaf.keyPem,
  cert: [leaf, ...along].map(({ pem }) => pem).join(''),
  // these servers are old: newer versions of Node.js would not show a short key
  ciphers: 'DEFAULT@SECLEVEL=0',
});

/** A server with a page everywhere that shows these certificates. */
export const site = (ground: Ground, tls: TlsOptions, more: Partial<Origin> = {}): Promise<Served> =>
  ground.use(serve({ tls, routes: EVERYWHERE, ...more }));

/** A server with a page, or something else, everywhere. */
export const plain = (ground: Ground, answer: Answer = PAGE): Promise<Served> => ground.use(serve({ routes: { '*': answer } }));

function listening(ground: Ground, server: Server, host: string, at: number): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  ground.finally(() => {
    for (const socket of open) socket.destroy();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return new Promise((ready) => server.listen(at, host, () => ready((server.address() as { port: number }).port)));
}

/** A server of its own language: `talk` has each connection. Resolves with its port. */
export const raw = (ground: Ground, talk: (socket: Socket) => void, host = '127.0.0.1', at = 0): Promise<number> =>
  listening(ground, createServer({ noDelay: true }, talk), host, at);

/** The same over TLS. */
export function rawTls(
  ground: Ground,
  options: TlsOptions,
  talk: (socket: TLSSocket) => void,
  more: (server: Server) => unknown = () => {},
): Promise<number> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => {});
    talk(socket);
  });
  server.on('tlsClientError', () => {});
  more(server);
  return listening(ground, server, '127.0.0.1', 0);
}

/** Says so when somebody connects. */
export const greeting =
  (words: string) =>
  (socket: Socket): void => {
    socket.write(words, 'latin1');
  };

/** Answers the first bytes that come with these, and closes. */
export const answering =
  (words: string | Buffer) =>
  (socket: Socket): void => {
    socket.once('data', () => socket.end(words));
  };

const DEAF = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer();
server.listen({ ...workerData.place, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(workerData.shared), 0, 0));
});`;

/** A port that answers no attempt to connect, as behind a firewall that drops: its queue is full, and nobody takes anything out of it. */
export async function blackHole(ground: Ground, host = '127.0.0.1', port = 0): Promise<number> {
  const shared = new SharedArrayBuffer(4);
  const worker = new Worker(DEAF, { eval: true, workerData: { shared, place: { host, port } } });
  const fillers: Socket[] = [];
  ground.finally(async () => {
    for (const socket of fillers) socket.destroy();
    Atomics.store(new Int32Array(shared), 0, 1);
    Atomics.notify(new Int32Array(shared), 0);
    await worker.terminate();
  });
  const at = await new Promise<number>((ready, fail) => worker.once('message', ready).once('error', fail));
  // one more than the queue has room for, to be sure
  for (let i = 0; i < 3; i++) {
    const socket = connect(at, host);
    socket.on('error', () => {});
    fillers.push(socket);
    const full = await new Promise<boolean>((known) => {
      const timer = setTimeout(() => known(true), 150);
      socket.once('connect', () => {
        clearTimeout(timer);
        known(false);
      });
    });
    if (full) return at;
  }
  throw new Error(`the queue of port ${at} is never full`);
}
