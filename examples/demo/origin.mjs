// A small web server to play with: pages, big files, compressed and chunked answers, slow and failing ones. It counts what it does, so
// that a client's figures can be compared with the other side of the wire.
import { createServer } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const MB = 1_000_000;
const PIECE = 64 * 1024;

/** Bytes with a pattern, made once. */
const pattern = Buffer.alloc(PIECE);
for (let i = 0; i < PIECE; i++) pattern[i] = 33 + ((i * 7 + (i >> 8)) % 90);

const page = (title, words) => `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${`<p>${words}</p>\n`.repeat(40)}`;

const home = page('Home', 'One manager, many requests: they queue, share connections and tell how far they are.');
const news = JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ id: i, title: `Item ${i}`, tags: ['network', 'access'] })));
const article = page('Article', 'Whoever answers in several pieces should still be read as one.');

/** Waits without keeping the process alive. */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts the server on a free port of the loopback interface.
 * @returns {Promise<{ url: string, port: number, counts: object, close(): Promise<void> }>}
 */
export async function startOrigin() {
  const counts = { requests: 0, connections: 0, bytesReceived: 0, bytesSent: 0, byPath: {} };
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    counts.requests++;
    counts.byPath[path] = (counts.byPath[path] ?? 0) + 1;
    const route = routes[`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`] ?? notFound;
    Promise.resolve(route(request, response, counts)).catch(() => response.destroy());
  });
  server.on('connection', () => counts.connections++);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port of the loopback interface where nobody listens. */
export async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const routes = {
  'GET /': (_request, response, counts) => send(response, counts, 'text/html', home),
  'GET /style.css': (_request, response, counts) =>
    send(response, counts, 'text/css', 'body { font: 16px/1.5 sans-serif }\n'.repeat(30)),
  'GET /news.json': (_request, response, counts) => {
    response.setHeader('Content-Encoding', 'gzip');
    send(response, counts, 'application/json', gzipSync(news));
  },
  'GET /article.html': (_request, response, counts) => {
    response.setHeader('Content-Encoding', 'br');
    send(response, counts, 'text/html', brotliCompressSync(article));
  },
  'GET /big.iso': (_request, response, counts) => sendBig(response, counts, 24 * MB, 3600),
  'GET /photo.raw': (_request, response, counts) => sendBig(response, counts, 8 * MB, 1600),
  'GET /film.mp4': (_request, response, counts) => sendBig(response, counts, 14 * MB, 2600),
  'GET /stream.log': sendChunked,
  'GET /slow': async (_request, response, counts) => {
    await pause(1500);
    send(response, counts, 'text/plain', 'Good things take time.\n');
  },
  'GET /private': (_request, response, counts) => send(response, counts, 'text/plain', 'Not for you.\n', 403),
  'GET /broken': (_request, response, counts) => send(response, counts, 'text/plain', 'Something fell over.\n', 500),
  // Announces 4 MB and hangs up in the middle.
  'GET /cut.bin': async (_request, response, counts) => {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': 4 * MB });
    await sendPaced(response, counts, 1.5 * MB, 500);
    response.socket?.destroySoon();
  },
  // Its home is elsewhere.
  'GET /latest': (_request, response) => response.writeHead(302, { Location: '/style.css', 'Content-Length': 0 }).end(),
  // Says nothing until the client gives up.
  'GET /never': () => {},
  'POST /upload': receive,
  'POST /echo': async (request, response, counts) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    counts.bytesReceived += body.length;
    send(response, counts, request.headers['content-type'] ?? 'application/octet-stream', body);
  },
};

function notFound(request, response, counts) {
  request.resume();
  send(response, counts, 'text/plain', `There is no ${request.url}.\n`, 404);
}

function send(response, counts, type, body, status = 200) {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length });
  if (response.req.method !== 'HEAD') counts.bytesSent += bytes.length;
  response.end(bytes);
}

async function sendBig(response, counts, size, milliseconds) {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
  if (response.req.method !== 'HEAD') await sendPaced(response, counts, size, milliseconds);
  response.end();
}

/** Sends `size` bytes in about `milliseconds`, slower when the client reads slower. */
async function sendPaced(response, counts, size, milliseconds) {
  const start = performance.now();
  let sent = 0;
  while (sent < size && !response.destroyed) {
    const due = Math.min(size, ((performance.now() - start) / milliseconds) * size);
    while (sent < due && !response.destroyed) {
      const piece = pattern.subarray(0, Math.min(PIECE, size - sent));
      const room = response.write(piece);
      sent += piece.length;
      counts.bytesSent += piece.length;
      if (!room) await drained(response);
    }
    await pause(15);
  }
}

function drained(response) {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

/** No Content-Length: the end shows when it comes. */
async function sendChunked(_request, response, counts) {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  for (let i = 1; i <= 30 && !response.destroyed; i++) {
    const lines = `${String(i).padStart(3, '0')} all is well\n`.repeat(600);
    counts.bytesSent += lines.length;
    response.write(lines);
    await pause(45);
  }
  response.end();
}

/** Takes an upload at its own pace and says how much came. */
async function receive(request, response, counts) {
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    counts.bytesReceived += piece.length;
    await pause(piece.length / 5000);
  }
  send(response, counts, 'application/json', JSON.stringify({ received: bytes }), 201);
}
