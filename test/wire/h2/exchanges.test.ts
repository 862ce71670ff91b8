import { createHash } from 'node:crypto';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkRequest } from '../../../src/index.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';

const { Attribute } = QNetworkRequest;

beforeAll(trustTestAuthority);

interface Peer {
  url: string;
  sessions: number;
  sockets: number;
  server: http2.Http2SecureServer | http2.Http2Server;
  close(): Promise<void>;
}
const opened: Peer[] = [];
afterEach(async () => {
  for (const peer of opened.splice(0)) await peer.close();
});

type Handler = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, peer: Peer) => void;

async function peer(handler: Handler, settings: http2.Settings = {}, secure = true): Promise<Peer> {
  const server = secure ? http2.createSecureServer({ ...identity(), settings }) : http2.createServer({ settings });
  const live = new Set<http2.ServerHttp2Session>();
  const it: Peer = {
    url: '',
    sessions: 0,
    sockets: 0,
    server,
    close: () =>
      new Promise((done) => {
        for (const session of live) session.destroy();
        server.close(() => done());
      }),
  };
  server.on('session', (session) => {
    it.sessions++;
    live.add(session);
    session.on('close', () => live.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    handler(stream, headers, it);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  it.url = `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  opened.push(it);
  return it;
}

describe('HTTP/2', () => {
  it('carries a GET when the server agrees on it', async () => {
    const { url } = await peer((stream) => {
      stream.respond({ ':status': 200, 'x-answer': 'yes' });
      stream.end('hello');
    });
    const manager = new QNetworkAccessManager();
    const reply = await manager.get(`${url}/x`).whenFinished();
    expect(reply.readAll().toString()).toBe('hello');
    expect(reply.attribute(Attribute.Http2WasUsedAttribute)).toBe(true);
    expect(reply.attribute(Attribute.HttpReasonPhraseAttribute)).toBe('');
    expect(reply.rawHeader('X-Answer').toString()).toBe('yes');
    expect(Buffer.from(reply.sslConfiguration().nextNegotiatedProtocol()).toString()).toBe('h2');
  });

  it('carries a hundred requests over one connection, never more at a time than the server allows', async () => {
    let now = 0;
    let most = 0;
    const it = await peer(
      (stream) => {
        most = Math.max(most, ++now);
        setImmediate(() => {
          now--;
          stream.respond({ ':status': 200 });
          stream.end('x');
        });
      },
      { maxConcurrentStreams: 7 },
    );
    const manager = new QNetworkAccessManager();
    await manager.get(`${it.url}/first`).whenFinished();
    most = 0;
    await Promise.all(Array.from({ length: 100 }, (_, i) => manager.get(`${it.url}/${i}`).whenFinished()));
    expect(it.sessions).toBe(1);
    expect(most).toBe(7);
  });

  it('uploads bodies in parallel, with progress', async () => {
    const { url, sessions } = await peer((stream, headers) => {
      const hash = createHash('sha256');
      stream.on('data', (chunk) => hash.update(chunk));
      stream.on('end', () => {
        stream.respond({ ':status': 200, 'x-length': String(headers['content-length'] ?? 'none') });
        stream.end(hash.digest('hex'));
      });
    });
    const manager = new QNetworkAccessManager();
    const bodies = [10, 20_000, 1_000_000].map((size) => Buffer.alloc(size, size % 251));
    const replies = bodies.map((body) => manager.post(`${url}/`, body));
    const progress: number[] = [];
    replies[2]!.uploadProgress.connect((sent) => progress.push(sent));
    for (const [i, reply] of replies.entries()) {
      await reply.whenFinished();
      expect(reply.readAll().toString()).toBe(createHash('sha256').update(bodies[i]!).digest('hex'));
      expect(reply.rawHeader('x-length').toString()).toBe(String(bodies[i]!.length));
    }
    expect(progress.at(-2)).toBe(1_000_000);
    expect(sessions).toBe(0);
  });

  it('goes over cleartext when the program knows that the server speaks it', async () => {
    const { url } = await peer(
      (stream, headers) => {
        stream.respond({ ':status': 200 });
        stream.end(`${headers[':scheme']} ${headers[':authority']}`);
      },
      {},
      false,
    );
    const request = new QNetworkRequest(`${url}/x`);
    request.setAttribute(Attribute.Http2DirectAttribute, true);
    const reply = await new QNetworkAccessManager().get(request).whenFinished();
    expect(reply.readAll().toString()).toBe(`http ${url.slice(7)}`);
    expect(reply.attribute(Attribute.Http2WasUsedAttribute)).toBe(true);
  });

  it('tells interim answers and trailers apart from the answer', async () => {
    const { url } = await peer((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
      stream.end('body');
    });
    const reply = await new QNetworkAccessManager().get(`${url}/`).whenFinished();
    expect(reply.readAll().toString()).toBe('body');
    expect(reply.hasRawHeader('link')).toBe(false);
    expect(reply.hasRawHeader('x-sum')).toBe(false);
  });
});
