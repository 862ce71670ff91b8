import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type QNetworkAccessManager, QNetworkRequest, type RequestOptions } from '../../../src/index.ts';
import type { Answer, HeaderPairs } from '../../support/answer.ts';
import { type Served, serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';

/** One request of the tests, and what answers it. */
export interface Exchange {
  readonly title: string;
  readonly path: string;
  readonly method: string;
  readonly body?: string | Uint8Array | FormData | (() => AsyncIterable<Uint8Array>);
  readonly headers?: Readonly<Record<string, string>>;
  readonly manual?: true;
  readonly h2?: true;
}

const BODIES: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  text: Buffer.from('Hello, world.\r\n'),
  letters: Buffer.from('Größe, Ἀθῆναι, 北京, 🛰\u0000'.slice(0, -1)),
  latin1: Buffer.from('Größe', 'latin1'),
  binary: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  long: Buffer.alloc(70_001, 'abc\n'),
  json: Buffer.from('{"a":[1,2,{"b":null}],"password":"kept here"}'),
};

const TYPES: Readonly<Record<string, string>> = {
  text: 'text/plain',
  letters: 'text/plain; charset=utf-8',
  latin1: 'text/plain; charset=iso-8859-1',
  binary: 'application/octet-stream',
  long: 'text/plain',
  json: 'application/json',
};

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  'x-gzip': (bytes) => gzipSync(bytes, { level: 9 }),
  deflate: (bytes) => deflateSync(bytes),
  'deflate;raw': (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  'gzip, br': (bytes) => brotliCompressSync(gzipSync(bytes)),
};

const exchanges: Exchange[] = [];
const answers = new Map<string, Answer | readonly Answer[]>();

function add(title: string, answer: Answer | readonly Answer[], more: Partial<Exchange> = {}): void {
  const path = more.path ?? `/${exchanges.length}`;
  answers.set(path, answer);
  exchanges.push({ title, path, method: 'GET', ...more });
}

const typed = (name: string): [string, string][] => (TYPES[name] === undefined ? [] : [['Content-Type', TYPES[name]]]);

for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
  for (const [name, body] of Object.entries(BODIES)) {
    for (const framing of ['length', 'chunked'] as const)
      add(`${method} ${name} ${framing}`, { body, framing, headers: typed(name) }, { method });
  }
}
for (const [coding, pack] of Object.entries(CODINGS)) {
  const [encoding = ''] = coding.split(';');
  for (const [name, body] of Object.entries(BODIES)) {
    if (name === 'empty') continue;
    const headers: HeaderPairs = [...typed(name), ['Content-Encoding', encoding]];
    add(`${coding} ${name}`, { body: pack(body), headers });
    if (name === 'binary')
      add(`${coding} as it is`, { body: pack(body), headers, framing: 'chunked' }, { headers: { 'Accept-Encoding': encoding } });
  }
}
add('something else than gzip', { body: 'no gzip', headers: { 'Content-Encoding': 'gzip' } });
for (const status of [201, 202, 203, 204, 400, 403, 404, 410, 418, 500, 502, 503])
  add(`status ${status}`, { status, body: status === 204 ? '' : `status ${status}`, reason: `No. ${status}` });
for (const status of [301, 302, 303, 307, 308]) {
  for (const method of ['GET', 'POST']) {
    const to = `/to-${status}-${method}`;
    answers.set(to, { body: `came to ${to}`, headers: { 'X-Last': 'yes' } });
    const redirect: Answer = { status, headers: { Location: to }, body: 'moved' };
    add(`redirect ${status} of ${method}`, redirect, { method, ...(method === 'POST' ? { body: 'sent on' } : {}) });
    add(`redirect ${status} of ${method}, not followed`, redirect, { method, manual: true });
  }
}
add('not modified', { status: 304, headers: { ETag: '"1"' } }, { headers: { 'If-None-Match': '"1"' } });
add('a part', { status: 206, headers: { 'Content-Range': 'bytes 2-4/10' }, body: 'cde' }, { headers: { Range: 'bytes=2-4' } });
add(
  'a coded part',
  {
    status: 206,
    headers: { 'Content-Range': 'bytes 0-9/99', 'Content-Encoding': 'gzip' },
    body: gzipSync('abcdef').subarray(0, 10),
  },
  { headers: { Range: 'bytes=0-9' } },
);
add('cookies', {
  body: 'c',
  headers: [
    ['Set-Cookie', 'a=1; Path=/; HttpOnly'],
    ['Set-Cookie', 'b=2; Expires=Wed, 21 Oct 2099 07:28:00 GMT'],
    ['set-cookie', 'c=; Domain='],
  ],
});
add('fields twice', {
  body: 'd',
  headers: [
    ['X-Twice', '1'],
    ['x-twice', '2'],
    ['X-TWICE', '3'],
    ['Vary', 'A'],
    ['Vary', 'B'],
  ],
});
add('an empty field', {
  body: 'e',
  headers: [
    ['X-Empty', ''],
    ['X-Blank', ' inside  of it '],
  ],
});
add('octets in a field', { body: 'f', headers: [['X-Octets', Buffer.from('Größe').toString('latin1')]] });
add('a long field', { body: 'g', headers: [['X-Long', 'x'.repeat(8000)]] });
add('until the end of the connection', { body: 'to the end', framing: 'close', end: 'close' });
add('HTTP/1.0', { body: 'old', version: 'HTTP/1.0', framing: 'close', end: 'close' });
add(
  'a form',
  { body: 'h' },
  { method: 'POST', body: 'a=1&b=%20', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
);
add('JSON', { body: 'i' }, { method: 'PUT', body: '{"x":1}', headers: { 'Content-Type': 'application/json' } });
add('bytes', { body: 'j' }, { method: 'POST', body: BODIES['binary']! });
add('a source', { body: 'k' }, { method: 'POST', body: () => pieces() });
add('parts', { body: 'l' }, { method: 'POST', body: parts() });
for (let i = 0; i < 4; i++) {
  const list = ['first', 'second', 'third', 'fourth'].map((body) => ({ body }));
  add(`the same again, ${i}`, list, { path: '/again?b=2&a=1' });
}

async function* pieces(): AsyncIterable<Uint8Array> {
  for (const piece of ['one', 'two', 'three']) yield Buffer.from(piece);
}

function parts(): FormData {
  const form = new FormData();
  form.set('name', 'Ada');
  form.set('file', new Blob([new Uint8Array(BODIES['binary']!)]), 'a.bin');
  return form;
}

for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
  for (const [name, body] of Object.entries(BODIES)) {
    const more = { method, h2: true, ...(method === 'POST' ? { body: 'over HTTP/2' } : {}) } as const;
    add(`${method} ${name}, HTTP/2`, { body, headers: typed(name) }, more);
  }
}
add('gzip, HTTP/2', { body: gzipSync('packed'), headers: { 'Content-Encoding': 'gzip' } }, { h2: true });
add('fields twice, HTTP/2', { body: 'm', headers: { 'Set-Cookie': 'h=2' } }, { h2: true });

export const EXCHANGES: readonly Exchange[] = exchanges;

/** The servers that answer them. */
export async function startServers(): Promise<{ h1: Served; h2: string; close(): Promise<void> }> {
  const asked = new Map<string, number>();
  const h1 = await serve({
    routes: {
      '*': ({ target }) => {
        const answer = answers.get(target) ?? { status: 404 };
        if (!Array.isArray(answer)) return answer as Answer;
        const nth = asked.get(target) ?? 0;
        asked.set(target, nth + 1);
        return (answer as readonly Answer[])[Math.min(nth, answer.length - 1)]!;
      },
    },
  });
  const server = createSecureServer(identity('good'));
  server.on('stream', (stream: ServerHttp2Stream, fields) => {
    const { body, headers = [] } = answers.get(String(fields[':path'])) as Answer;
    const pairs = (Array.isArray(headers) ? headers : Object.entries(headers)) as [string, string][];
    stream.resume();
    stream.on('error', () => {});
    stream.respond(
      { ':status': 200, ...Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value])) },
      { endStream: fields[':method'] === 'HEAD' },
    );
    if (fields[':method'] !== 'HEAD') stream.end(body as Buffer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  const close = async (): Promise<void> => {
    await h1.close();
    for (const session of sessions) session.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { h1, h2: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** What a program sees of an answer. */
export interface Seen {
  readonly title: string;
  readonly status: number;
  readonly error: number;
  readonly text: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly version: boolean | null;
  readonly body: string;
}

/** Makes the request, and writes down what came. */
export async function run(manager: QNetworkAccessManager, exchange: Exchange, bases: { h1: string; h2: string }): Promise<Seen> {
  const { title, path, method, body, headers = {}, manual, h2 } = exchange;
  const request = new QNetworkRequest((h2 === true ? bases.h2 : bases.h1) + path);
  for (const [name, value] of Object.entries(headers)) request.setRawHeader(name, value);
  if (manual)
    request.setAttribute(QNetworkRequest.Attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy);
  const options: RequestOptions = { timeout: 20_000 };
  const reply = manager.sendCustomRequest(
    request,
    method,
    body === undefined ? null : typeof body === 'function' ? body() : (body as string),
    options,
  );
  await reply.whenFinished();
  const seen: Seen = {
    title,
    status: reply.status(),
    error: reply.error(),
    text: reply.errorString(),
    url: reply.url().toString(),
    headers: reply.rawHeaderPairs().map(([name, value]) => `${name.toString('latin1')}: ${value.toString('latin1')}`),
    version: reply.attribute(QNetworkRequest.Attribute.Http2WasUsedAttribute) as boolean | null,
    body: reply.readAll().toString('base64'),
  };
  reply.deleteLater();
  return seen;
}
