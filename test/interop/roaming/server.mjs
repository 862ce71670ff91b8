// @ts-check
// The server of the roaming tests. Nothing here happens by time: what is to be slow is held until the test lets it go, or for ever.
//
//   /whoami                 who asks: the address of the peer
//   /file?id&size           a download. tag=strong|weak (no validator without it), coding=gzip,
//                           hold=N: the first time it stops after so many bytes; refuse=range: knows no ranges
//   /take?id                an upload, answered with its hash and the peer. hold=N: the first time it is read so far;
//                           silent=1: the first time nothing is answered
//
// Told by lines of JSON: {"do":"report"} (how often each id was asked for, how often its body was complete, open sockets), {"do":"go"} (what
// is held goes on). Ends with its input.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createInterface } from 'node:readline';
import { content, hash, text } from './content.mjs';

/** @typedef {{ seen: number, whole: number, peers: string[], ranges: string[], statuses: number[] }} Counted */
/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** @type {Map<string, Counted>} */
const counted = new Map();
/** @type {Set<import('node:net').Socket>} */
const sockets = new Set();
/** @type {(() => void)[]} What is held. */
const held = [];

/** @param {string} event @param {object} details */
const say = (event, details) =>
  void process.stdout.write(`${JSON.stringify({ event, at: performance.timeOrigin + performance.now(), ...details })}\n`);

/** @returns {Promise<void>} */
const whenReleased = () => new Promise((resolve) => void held.push(resolve));

/** @param {Request} request */
const peerOf = ({ socket }) => (socket.remoteAddress ?? '').replace('::ffff:', '');

/** @param {Request} request @param {string} id */
function count(request, id) {
  const one = counted.get(id) ?? { seen: 0, whole: 0, peers: [], ranges: [], statuses: [] };
  counted.set(id, one);
  one.seen++;
  one.peers.push(peerOf(request));
  one.ranges.push(request.headers.range ?? '');
  return one;
}

/** @param {Request} request @param {Response} response */
async function answer(request, response) {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://server');
  const id = query.get('id') ?? '';
  if (pathname === '/whoami') {
    if (id !== '') count(request, id).whole++;
    response.end(peerOf(request));
  } else if (pathname === '/file') await download(request, response, query, count(request, id));
  else if (pathname === '/take') await upload(request, response, query, count(request, id));
  else response.writeHead(404).end();
}

/** @param {Request} request @param {Response} response @param {URLSearchParams} query @param {Counted} one */
async function download(request, response, query, one) {
  const id = query.get('id') ?? '';
  const size = Number(query.get('size'));
  const gzip = query.get('coding') === 'gzip';
  const all = gzip ? text(id, size).coded : content(id, size);
  const tag = { strong: `"${hash(all).slice(0, 16)}"`, weak: `W/"${id}"` }[query.get('tag') ?? ''];
  if (tag !== undefined) response.setHeader('ETag', tag);
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Type', 'application/octet-stream');
  const ranges = query.get('refuse') !== 'range';
  if (ranges) response.setHeader('Accept-Ranges', 'bytes');
  const range = ranges ? wanted(request, tag, all.length) : null;
  const { from, end } = range ?? { from: 0, end: all.length };
  if (range !== null) response.setHeader('Content-Range', `bytes ${from}-${end - 1}/${all.length}`);
  response.setHeader('Content-Length', end - from);
  response.statusCode = range === null ? 200 : 206;
  one.statuses.push(response.statusCode);
  const hold = one.seen === 1 && query.has('hold') ? Number(query.get('hold')) : from;
  await write(response, all.subarray(from, hold));
  if (one.seen === 1 && hold > from) await whenReleased();
  await write(response, all.subarray(hold, end));
  response.end();
  one.whole++;
}

/**
 * The part that is wanted, null = all of it (RFC 9110 13.1.5, 14.2).
 * @param {Request} request @param {string | undefined} tag @param {number} size
 */
function wanted({ headers }, tag, size) {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const condition = headers['if-range'];
  const same = condition === undefined || (condition === tag && !condition.startsWith('W/'));
  if (asked === null || !same || Number(asked[1]) >= size) return null;
  return { from: Number(asked[1]), end: asked[2] === '' ? size : Math.min(size, Number(asked[2]) + 1) };
}

/** @param {Response} response @param {Uint8Array} bytes @returns {Promise<void>} */
async function write(response, bytes) {
  for (let at = 0; at < bytes.length && !response.destroyed; at += 65_536) {
    if (!response.write(bytes.subarray(at, at + 65_536)))
      await new Promise((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
  }
}

/** @param {Request} request @param {Response} response @param {URLSearchParams} query @param {Counted} one */
async function upload(request, response, query, one) {
  const first = one.seen === 1;
  const digest = createHash('sha256');
  let hold = first && query.has('hold') ? Number(query.get('hold')) : Number.POSITIVE_INFINITY;
  let bytes = 0;
  for await (const piece of request) {
    digest.update(piece);
    bytes += piece.length;
    if (bytes < hold) continue;
    hold = Number.POSITIVE_INFINITY;
    say('reading', { id: query.get('id') });
    await whenReleased();
  }
  one.whole++;
  say('took', { id: query.get('id') });
  if (first && query.has('silent')) await whenReleased();
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ bytes, hash: digest.digest('hex'), peer: peerOf(request) }));
}

/** @type {Record<string, (said: any) => object>} */
const commands = {
  report: () => ({ requests: Object.fromEntries(counted), sockets: sockets.size }),
  go: () => {
    for (const resume of held.splice(0)) resume();
    return {};
  },
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const said = JSON.parse(line);
    say('answer', { number: said.number, ...commands[said.do]?.(said) });
  })
  .on('close', () => process.exit(0));

/** @param {Request} request @param {Response} response */
const served = (request, response) => {
  // who went away in the middle is no trouble of ours
  answer(request, response).catch(() => response.destroy());
};
/** @param {import('node:net').Socket} socket */
const opened = (socket) => {
  sockets.add(socket);
  // a peer that is gone and could not say so is noticed within seconds once its link is back
  socket.setKeepAlive(true, 1000);
  socket.on('error', () => {}).on('close', () => sockets.delete(socket));
};

const { KEY: key, CERT: cert } = process.env;
const plain = createServer(served)
  .on('connection', opened)
  .on('clientError', (_, socket) => socket.destroy());
const secure = createSecureServer({ key, cert, allowHTTP1: true }, /** @type {any} */ (served));
secure.on('connection', opened).on('sessionError', () => {});
plain.keepAliveTimeout = 60_000;
plain.listen(0, '::', () => {
  secure.listen(0, '::', () => {
    const port = (/** @type {any} */ server) => server.address().port;
    say('listening', { plain: port(plain), secure: port(secure) });
  });
});
