// The origin of all measurements, a process of its own: answers baked ahead of time over plain sockets, so that the client is what costs.
// Beside the plain one there is a door for TLS, and one for HTTP/2.
//   /b/N    N bytes, one buffer with its head        /big/N  N bytes, streamed        /up  counts a PUT and answers with the number
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';

const HEAD_END = Buffer.from('\r\n\r\n');
const PATTERN = Buffer.alloc(65_536, 'abcdefghijklmnopqrstuvwxyz012345');
const answers = new Map();
let requests = 0;
let connections = 0;

const head = (length) => `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`;

function small(length) {
  let answer = answers.get(length);
  if (answer === undefined) {
    const body = Buffer.alloc(length, PATTERN);
    answer = Buffer.concat([Buffer.from(head(length)), body]);
    answers.set(length, answer);
  }
  return answer;
}

/** The rest of a body of this head, as a counter that eats bytes. */
function upload(text) {
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  if (length !== null) return new Sized(Number(length[1]));
  return /\r\ntransfer-encoding: *chunked/i.test(text) ? new Chunked() : new Sized(0);
}

class Sized {
  constructor(length) {
    this.left = length;
    this.total = 0;
  }
  /** How many of these bytes belong to the body. */
  eat(data) {
    const n = Math.min(this.left, data.length);
    this.left -= n;
    this.total += n;
    return n;
  }
  get over() {
    return this.left === 0;
  }
}

class Chunked {
  total = 0;
  over = false;
  #line = '';
  last = false;
  #left = -1; // -1: within a size line
  eat(data) {
    let at = 0;
    while (at < data.length && !this.over) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, data.length - at);
        this.#left -= n;
        at += n;
        if (this.#left === 0) this.#left = -1;
        continue;
      }
      this.#line += String.fromCharCode(data[at++]);
      if (!this.#line.endsWith('\n')) continue;
      const line = this.#line.trim();
      this.#line = '';
      if (line === '') {
        this.over = this.last;
        continue;
      }
      const size = Number.parseInt(line, 16);
      this.total += size;
      this.#left = size === 0 ? -1 : size + 2;
      this.last = size === 0;
    }
    return at;
  }
}

function stream(socket, length, done) {
  socket.write(head(length));
  let left = length;
  const pump = () => {
    while (left > 0) {
      if (socket.destroyed) return;
      const n = Math.min(left, PATTERN.length);
      left -= n;
      if (!socket.write(n === PATTERN.length ? PATTERN : PATTERN.subarray(0, n))) {
        socket.once('drain', pump);
        return;
      }
    }
    done();
  };
  pump();
}

function serve(socket) {
  connections++;
  let rest = null;
  let body = null;
  let busy = false;
  socket.on('error', () => {});
  const work = (data) => {
    let at = 0;
    const out = [];
    while (at < data.length && !busy) {
      if (body !== null) {
        at += body.eat(data.subarray(at));
        if (!body.over) break;
        const text = String(body.total);
        out.push(Buffer.from(`${head(text.length)}${text}`));
        body = null;
        continue;
      }
      const end = data.indexOf(HEAD_END, at);
      if (end < 0) break;
      requests++;
      const target = data.latin1Slice(data.indexOf(32, at) + 1, data.indexOf(32, data.indexOf(32, at) + 1));
      const from = at;
      at = end + 4;
      if (target.startsWith('/b/')) out.push(small(Number.parseInt(target.slice(3), 10)));
      else if (target.startsWith('/big/')) {
        busy = true;
        stream(socket, Number(target.slice(5)), () => {
          busy = false;
          const waiting = rest;
          rest = null;
          if (waiting !== null) work(waiting);
        });
      } else if (target === '/up') {
        const text = data.latin1Slice(from, at);
        body = upload(text);
        if (/\r\nexpect: *100-continue/i.test(text)) out.push(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
      } else {
        const text = target === '/stats' ? JSON.stringify({ requests, connections }) : 'no such path';
        out.push(Buffer.from(`${head(Buffer.byteLength(text))}${text}`));
      }
    }
    if (at < data.length) rest = data.subarray(at);
    if (out.length > 0 && !socket.destroyed) socket.write(out.length === 1 ? out[0] : Buffer.concat(out));
  };
  socket.on('data', (data) => {
    const all = rest === null ? data : Buffer.concat([rest, data]);
    rest = null;
    work(all);
  });
}

function answerStream(stream, headers) {
  requests++;
  stream.on('error', () => {});
  const length = Number(headers[':path'].slice('/b/'.length));
  stream.respond({ ':status': 200, 'content-type': 'application/octet-stream', 'content-length': length });
  stream.end(PATTERN.subarray(0, length));
}

const certificate = (name) => readFileSync(new URL(`../../test/support/certs/${name}.pem`, import.meta.url));
const identity = { key: certificate('good-key'), cert: certificate('good') };
const doors = {
  plain: net.createServer({ noDelay: true }, serve),
  tls: tls.createServer({ ...identity, noDelay: true }, serve),
  http2: http2.createSecureServer(identity).on('stream', answerStream),
};
const listening = Object.values(doors).map((door) => new Promise((done) => door.listen(0, '127.0.0.1', done)));
await Promise.all(listening);
process.send(Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, door.address().port])));
process.on('disconnect', () => process.exit(0));
