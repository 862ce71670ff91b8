// A small server that speaks TLS, with HTTP/2 and HTTP/1.1, for the examples about them. It counts connections and requests, so that a
// client's figures can be compared with the other side of the wire.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { fileURLToPath } from 'node:url';

/** The path of a certificate or key of the examples. They are valid for localhost, and protect nothing. */
export const certificate = (name) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));

const read = (name) => readFileSync(certificate(name), 'utf8');

/** Waits without keeping the process alive. */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/**
 * Starts the server on a free port of the loopback interface.
 * @param {import('node:http2').SecureServerOptions} [options] More for TLS, or something else in its place.
 * @returns {Promise<{ url: string, counts: { connections: number, requests: number, most: number }, close(): Promise<void> }>}
 */
export async function startSecure(options = {}) {
  const counts = { connections: 0, requests: 0, most: 0 };
  const sockets = new Set();
  let under = 0;
  const own = { key: read('localhost-key'), cert: read('localhost'), ca: [read('authority')], allowHTTP1: true };
  const server = createSecureServer({ ...own, ...options }, (request, response) => {
    counts.requests++;
    counts.most = Math.max(counts.most, ++under);
    response.on('close', () => under--);
    const [path = '/'] = request.url.split('?');
    const route = routes[path] ?? notFound;
    Promise.resolve(route(request, response)).catch(() => response.destroy());
  });
  server.on('secureConnection', (socket) => {
    counts.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  // who does not like our certificate hangs up
  server.on('tlsClientError', () => {}).on('sessionError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${server.address().port}`,
    counts,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const routes = {
  '/': (_request, response) => text(response, 'Hello over TLS.\n'),
  // Answers after a while, so that many requests are under way at a time.
  '/tile': async (request, response) => {
    await pause(50);
    text(response, `tile ${request.url.split('?')[1]}\n`);
  },
  '/echo': async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    text(response, Buffer.concat(pieces));
  },
  // Whoever shows a certificate is greeted.
  '/me': (request, response) => {
    const { subject } = request.socket.getPeerCertificate();
    text(response, subject === undefined ? 'Hello, stranger.\n' : `Hello, ${subject.CN}.\n`);
  },
  '/offer': (_request, response) => {
    response.setHeader('Alt-Svc', 'h3=":443"; ma=3600');
    text(response, 'Come by HTTP/3.\n');
  },
};

function notFound(request, response) {
  response.statusCode = 404;
  text(response, `There is no ${request.url}.\n`);
}

function text(response, body) {
  response.setHeader('Content-Type', 'text/plain');
  response.end(body);
}
