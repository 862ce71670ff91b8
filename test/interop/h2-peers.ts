import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { mint } from '../support/mint.ts';
import { Apache } from './apache.ts';
import { root } from './client-tls.ts';
import { Nghttpd } from './nghttpd.ts';
import { Nginx, type Setup } from './nginx.ts';
import { MIB, noise, TEXT } from './site.ts';
import { Upstream } from './upstream.ts';

/** Which of the things that not everybody can do. */
export type Ability = 'gzip' | 'trailers' | 'hints';

/**
 * A server of HTTP/2. Each has `page.txt`, `big.bin`, `text.txt` and `folder/index.html`, and sends back what is posted to
 * `/upstream/echo`. Below `/zipped/` answers come packed, below `/trailing/` with a trailer, below `/hinted/` with early hints.
 */
export interface Peer extends AsyncDisposable {
  /** With TLS. */
  readonly port: number;
  /** In the clear, for those who know. */
  readonly clear: number;
}

export interface Kind {
  readonly program: string;
  /** What to install, as `needing` wants it. */
  readonly package: string;
  readonly able: readonly Ability[];
  start(): Promise<Peer>;
}

export const BIG: Buffer = noise(2 * MIB);

const DOCUMENTS: Readonly<Record<string, string | Buffer>> = {
  'page.txt': 'page',
  'big.bin': BIG,
  'text.txt': TEXT,
  'folder/index.html': 'index',
};

function publish(server: { put(name: string, content: string | Uint8Array): void }): void {
  for (const [name, content] of Object.entries(DOCUMENTS)) server.put(name, content);
}

async function echoing(): Promise<Upstream> {
  const upstream = new Upstream();
  upstream.handlers.set('echo', (request, response) => void request.pipe(response));
  return upstream.listen();
}

const site = mint({ name: 'site', by: root });

const nginxSetup: Setup = {
  ports: ['tls', 'clear'],
  files: { 'site.pem': site.pem, 'site-key.pem': site.keyPem },
  servers: (folder, ports, upstream) =>
    [`${ports['tls']} ssl http2; ssl_protocols TLSv1.2 TLSv1.3`, `${ports['clear']} http2`]
      .map(
        (listen) => `server {
          listen 127.0.0.1:${listen};
          ssl_certificate ${folder}/site.pem;
          ssl_certificate_key ${folder}/site-key.pem;
          root ${folder}/docs;
          absolute_redirect off;
          location /zipped/ { alias ${folder}/docs/; gzip on; gzip_types text/plain; }
          location /trailing/ { alias ${folder}/docs/; add_trailer X-Sum 42; }
          location /upstream/ { proxy_request_buffering off; proxy_pass http://127.0.0.1:${upstream}; }
        }`,
      )
      .join('\n'),
};

async function startNginx(): Promise<Peer> {
  const upstream = await echoing();
  const nginx = new Nginx(nginxSetup);
  publish(nginx);
  await nginx.start(upstream.port);
  const { tls, clear } = nginx.ports as { tls: number; clear: number };
  return { port: tls, clear, [Symbol.asyncDispose]: () => both(nginx, upstream) };
}

async function startApache(): Promise<Peer> {
  const upstream = await echoing();
  const apache = new Apache();
  publish(apache);
  await apache.start(upstream.port);
  return { port: apache.ports.https, clear: apache.ports.http, [Symbol.asyncDispose]: () => both(apache, upstream) };
}

async function startNghttpd(): Promise<Peer> {
  const [secure, clear] = [new Nghttpd(), new Nghttpd()];
  // it offers to push, and is told not to
  const options = ['--trailer', 'X-Sum: 42', '--push', '/page.txt=/big.bin'];
  for (const [server, identity] of [[secure, { key: site.keyPem, cert: site.pem }] as const, [clear, null] as const]) {
    publish(server);
    server.put('trailing/page.txt', 'page');
    await server.start(identity, ...options);
  }
  return { port: secure.port, clear: clear.port, [Symbol.asyncDispose]: () => both(secure, clear) };
}

async function both(...all: AsyncDisposable[]): Promise<void> {
  for (const one of all) await one[Symbol.asyncDispose]();
}

// ---- node:http2

async function startNode(): Promise<Peer> {
  const secure = createSecureServer({ key: site.keyPem, cert: site.pem }, answer);
  const clear = createServer(answer);
  const ports = [await listen(secure), await listen(clear)];
  return {
    port: ports[0]!.port,
    clear: ports[1]!.port,
    [Symbol.asyncDispose]: async () => {
      for (const { close } of ports) await close();
    },
  };
}

async function listen(server: Http2Server | Http2SecureServer): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  (server as Http2Server).on('connection', keep);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
}

const MODIFIED = new Date(2024, 0, 1).toUTCString();

function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
  // who aborts resets the stream
  request.on('error', () => {});
  response.on('error', () => {});
  const path = request.url.split('?')[0]!;
  if (path === '/upstream/echo') return void request.pipe(response);
  if (path === '/folder') return void response.writeHead(301, { location: '/folder/' }).end();
  const [, place, name] = /^\/(zipped\/|trailing\/|hinted\/|)(.*)$/.exec(path)!;
  const document = DOCUMENTS[name === 'folder/' ? 'folder/index.html' : name!];
  if (document === undefined) return void response.writeHead(404).end('no such document');
  if (request.headers['if-modified-since'] === MODIFIED) return void response.writeHead(304).end();
  response.setHeader('last-modified', MODIFIED);
  if (place === 'hinted/') response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
  if (place === 'trailing/') response.addTrailers({ 'x-sum': '42' });
  const zipped = place === 'zipped/' && (request.headers['accept-encoding'] ?? '').includes('gzip');
  if (zipped) response.setHeader('content-encoding', 'gzip');
  const body = zipped ? gzipSync(document) : Buffer.from(document);
  if (place !== 'trailing/') response.setHeader('content-length', body.length);
  if (request.method === 'HEAD') response.end();
  // in pieces, as they are taken: node:http2 refuses streams when it holds too much
  else Readable.from(pieces(body)).pipe(response);
}

export const KINDS: Readonly<Record<string, Kind>> = {
  nginx: { program: 'nginx', package: 'nginx', able: ['gzip', 'trailers'], start: startNginx },
  apache: { program: 'apache2', package: 'apache2', able: ['gzip', 'hints'], start: startApache },
  nghttpd: { program: 'nghttpd', package: 'nghttp2-server=nghttpd', able: ['trailers'], start: startNghttpd },
  'node:http2': { program: 'node', package: 'nodejs=node', able: ['gzip', 'trailers', 'hints'], start: startNode },
};
