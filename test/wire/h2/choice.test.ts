import { once as event } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import tls from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { fine, type Script, serveH2 } from '../../support/h2-server.ts';
import { managers } from '../../support/managers.ts';
import { until } from '../../support/once.ts';
import { type CertificateName, identity, trustTestAuthority } from '../../support/tls.ts';

// Which HTTP is spoken, with whom it is shared, and what is done when the server does not keep what it has promised.

beforeAll(trustTestAuthority);
const { Attribute } = QNetworkRequest;
const { NetworkError } = QNetworkReply;
const manager = managers();

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Peer {
  readonly url: string;
  readonly port: number;
  /** What each connection agreed on by ALPN. */
  readonly spoken: (string | false | null)[];
}

async function listening(server: Server, spoken: Peer['spoken']): Promise<Peer> {
  const sockets = new Set<tls.TLSSocket>();
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    spoken.push(socket.alpnProtocol);
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await event(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, port, spoken };
}

/** Speaks both; what it does over HTTP/2 is the test's. */
function both(over2: (stream: http2.ServerHttp2Stream) => void, name: CertificateName = 'good'): Promise<Peer> {
  const server = http2.createSecureServer({ ...identity(name), allowHTTP1: true });
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    over2(stream);
  });
  server.on('request', (request, response) => {
    if (request.httpVersionMajor === 1) response.end('over 1.1');
  });
  return listening(server, []);
}

const answers = (stream: http2.ServerHttp2Stream): void => {
  stream.respond({ ':status': 200 });
  stream.end('over 2');
};

/** Agrees on HTTP/2 and does not speak it; HTTP/1.1 it does. */
function pretends(say: (socket: tls.TLSSocket) => void): Promise<Peer> {
  const server = tls.createServer({ ...identity(), ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    if (socket.alpnProtocol === 'h2') return say(socket);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nover 1.1'));
  });
  return listening(server, []);
}

async function got(m: QNetworkAccessManager, url: string, setUp?: (request: QNetworkRequest) => void): Promise<QNetworkReply> {
  const request = new QNetworkRequest(url);
  setUp?.(request);
  return m.get(request).whenFinished();
}

describe('which HTTP is spoken', () => {
  it('that of the server, unless the program forbids HTTP/2; then nothing is offered', async () => {
    const { url, spoken } = await both(answers);
    const m = manager();
    expect((await got(m, url)).readAll().toString()).toBe('over 2');
    const old = await got(m, url, (request) => request.setAttribute(Attribute.Http2AllowedAttribute, false));
    expect(old.readAll().toString()).toBe('over 1.1');
    expect(old.attribute(Attribute.Http2WasUsedAttribute)).toBe(false);
    expect(spoken).toEqual(['h2', false]);
  });

  it('one connection is opened until it is known, then as many as HTTP/1.1 needs', async () => {
    const server = tls.createServer({ ...identity(), ALPNProtocols: ['http/1.1'] }, (socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')),
    );
    const { url, spoken } = await listening(server, []);
    const m = manager();
    await Promise.all(Array.from({ length: 20 }, (_, i) => got(m, `${url}/${i}`)));
    expect(spoken.length).toBeGreaterThan(1);
    expect(spoken.length).toBeLessThanOrEqual(6);
  });

  it('requests to nobody fail beside each other and not one after the other', async () => {
    const server = tls.createServer(identity());
    const { url } = await listening(server, []);
    server.close();
    await event(server, 'close');
    const m = manager();
    const replies = await Promise.all(Array.from({ length: 30 }, (_, i) => got(m, `${url}/${i}`)));
    expect(new Set(replies.map((reply) => reply.error()))).toEqual(new Set([NetworkError.ConnectionRefusedError]));
  });

  it('a connection that was opened ahead is used', async () => {
    const { url, port, spoken } = await both(answers);
    const m = manager();
    m.connectToHostEncrypted('127.0.0.1', port);
    await until(() => spoken.length === 1, 'the connection');
    expect((await got(m, url)).attribute(Attribute.Http2WasUsedAttribute)).toBe(true);
    expect(spoken).toEqual(['h2']);
  });
});

describe('schemes that open a connection ahead, as Qt has them', () => {
  it('preconnect-https, which the next request uses', async () => {
    const { url, spoken } = await both(answers);
    const m = manager();
    const ahead = await got(m, `preconnect-${url}`);
    expect([ahead.error(), ahead.url().toString()]).toEqual([NetworkError.NoError, `preconnect-${url}`]);
    await until(() => spoken.length === 1, 'the connection');
    expect((await got(m, url)).readAll().toString()).toBe('over 2');
    expect(spoken).toEqual(['h2']);
  });

  it('no other method has them, nor is there a third', async () => {
    const { url } = await both(answers);
    const m = manager();
    expect((await m.head(`preconnect-${url}`).whenFinished()).error()).toBe(NetworkError.ProtocolUnknownError);
    expect((await got(m, 'preconnect-ftp://127.0.0.1/')).error()).toBe(NetworkError.ProtocolUnknownError);
  });
});

describe('a server that does not keep its promise', () => {
  const lies: readonly [what: string, say: (socket: tls.TLSSocket) => void][] = [
    ['that answers in HTTP/1.1', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['that breaks the rules', (socket) => socket.write(Buffer.from([0, 0, 1, 4, 0, 0, 0, 0, 0, 7]))],
    ['that hangs up, time and again', (socket) => socket.destroy()],
  ];
  it.each(lies)('%s is spoken to in HTTP/1.1, and remembered', async (_what, say) => {
    const { url, spoken } = await pretends(say);
    const m = manager();
    for (let i = 0; i < 3; i++) {
      const reply = await got(m, `${url}/${i}`);
      expect([reply.error(), reply.readAll().toString()]).toEqual([NetworkError.NoError, 'over 1.1']);
      expect(reply.attribute(Attribute.Http2WasUsedAttribute)).toBe(false);
    }
    const asked = spoken.filter((protocol) => protocol === 'h2').length;
    expect(asked).toBeLessThanOrEqual(2);
    expect(spoken.slice(asked).every((protocol) => protocol === 'http/1.1')).toBe(true);
  });

  it('a POST that was sent is not sent again because of it', async () => {
    const { url } = await pretends((socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const reply = await manager().post(`${url}/`, 'x').whenFinished();
    expect(reply.error()).toBe(NetworkError.ProtocolFailure);
  });

  it('who asks for HTTP/1.1 gets it, a POST as well', async () => {
    const { url, spoken } = await both((stream) => stream.close(http2.constants.NGHTTP2_HTTP_1_1_REQUIRED));
    const m = manager();
    const reply = await m.post(`${url}/`, 'x').whenFinished();
    expect(reply.readAll().toString()).toBe('over 1.1');
    expect((await got(m, url)).readAll().toString()).toBe('over 1.1');
    expect(spoken[0]).toBe('h2');
    expect(spoken.slice(1)).not.toContain('h2');
  });

  it('who has mastered HTTP/2 once is not given up for one mistake', async () => {
    const script: Script = {
      answer: (stream, { field }) =>
        field(':path') === '/broken' ? [Buffer.from([0, 0, 1, 4, 0, 0, 0, 0, 0, 7])] : fine(stream),
    };
    await using server = await serveH2({ tls: identity(), scripts: script });
    const m = manager();
    await got(m, server.url('/first'));
    expect((await got(m, server.url('/broken'))).error()).toBe(NetworkError.ProtocolFailure);
    expect((await got(m, server.url('/third'))).attribute(Attribute.Http2WasUsedAttribute)).toBe(true);
    expect(server.connections.map(({ protocol }) => protocol)).toEqual(['h2', 'h2']);
  });
});

describe('a connection whose errors were ignored', () => {
  it('carries many requests of those who ignore the same, and none of the others', async () => {
    const { url, spoken } = await both(answers, 'wronghost');
    const m = manager();
    const ignoring = (i: number): Promise<QNetworkReply> => {
      const reply = m.get(`${url}/${i}`);
      reply.ignoreSslErrors();
      return reply.whenFinished();
    };
    expect((await ignoring(0)).error()).toBe(NetworkError.NoError);
    const many = await Promise.all([1, 2, 3, 4].map(ignoring));
    expect(many.map((reply) => reply.error())).toEqual([0, 0, 0, 0]);
    expect(spoken).toEqual(['h2']);
    expect((await got(m, url)).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect((await ignoring(5)).error()).toBe(NetworkError.NoError);
  });
});
