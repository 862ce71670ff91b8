import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { over, request } from './client-tls.ts';
import { type Ability, BIG, KINDS, type Kind, type Peer } from './h2-peers.ts';
import { needing, program } from './programs.ts';
import { Relay } from './relay.ts';
import { MIB, noise, sha256, TEXT } from './site.ts';

const { Attribute } = QNetworkRequest;
const { NetworkError } = QNetworkReply;

const BIG_HASH = sha256(BIG);
const MODES = ['over TLS', 'in the clear'] as const;

for (const [name, kind] of Object.entries(KINDS)) {
  describe.skipIf(program(kind.program) === null)(needing(name, kind.package), () => {
    let peer: Peer;
    beforeAll(async () => {
      peer = await kind.start();
    });
    afterAll(() => peer[Symbol.asyncDispose]());
    for (const mode of MODES) describe(mode, () => speaking(mode, kind, () => peer));
  });
}

function speaking(mode: (typeof MODES)[number], kind: Kind, peer: () => Peer): void {
  let relay: Relay;
  let manager: QNetworkAccessManager;

  beforeEach(async () => {
    manager = new QNetworkAccessManager();
    relay = await new Relay(mode === 'over TLS' ? peer().port : peer().clear).listen();
  });
  afterEach(async () => {
    await manager.close();
    await relay[Symbol.asyncDispose]();
  });

  function to(path: string, headers: Readonly<Record<string, string>> = {}): QNetworkRequest {
    const made = request(`${mode === 'over TLS' ? 'https' : 'http'}://127.0.0.1:${relay.port}${path}`);
    if (mode === 'in the clear') made.setAttribute(Attribute.Http2DirectAttribute, true);
    for (const [key, value] of Object.entries(headers)) made.setRawHeader(key, value);
    return made;
  }

  /** What it ended with, after it was made sure that it came over HTTP/2 and the only connection. */
  async function ended(reply: QNetworkReply): Promise<[status: number, error: string, text: string]> {
    const [error, text] = await over(reply);
    expect([reply.errorString(), reply.attribute(Attribute.Http2WasUsedAttribute)]).toEqual([expect.anything(), true]);
    expect(relay.count).toBe(1);
    return [reply.status(), error, text];
  }

  const can = (ability: Ability): boolean => kind.able.includes(ability);

  it('GET, HEAD, an error, a redirect and a condition, over one connection', async () => {
    const page = manager.get(to('/page.txt'));
    expect(await ended(page)).toEqual([200, 'NoError', 'page']);
    expect(page.attribute(Attribute.HttpReasonPhraseAttribute) ?? '').toBe('');

    const head = manager.head(to('/big.bin'));
    expect(await ended(head)).toEqual([200, 'NoError', '']);
    expect(head.rawHeader('content-length').toString()).toBe(String(BIG.length));

    expect((await ended(manager.get(to('/missing')))).slice(0, 2)).toEqual([404, 'ContentNotFoundError']);

    const moved = manager.get(to('/folder'));
    expect(await ended(moved)).toEqual([200, 'NoError', 'index']);
    expect(moved.url().path()).toBe('/folder/');

    const modified = page.rawHeader('last-modified').toString();
    const same = manager.get(to('/page.txt', { 'If-Modified-Since': modified }));
    expect(await ended(same)).toEqual([304, 'NoError', '']);
  });

  it('a body of 1 MiB, from memory and from a generator', async () => {
    const body = noise(MIB);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < body.length; at += 50_000) yield body.subarray(at, at + 50_000);
    }
    for (const data of [body, pieces()]) {
      const reply = manager.post(to('/upstream/echo'), data);
      await within(reply.whenFinished(), 'the echo', 10_000);
      expect(NetworkError[reply.error()]).toBe('NoError');
      expect(sha256(reply.readAll())).toBe(sha256(body));
    }
    expect(await ended(manager.post(to('/upstream/echo'), ''))).toEqual([200, 'NoError', '']);
  });

  it('ten uploads at a time', async () => {
    const bodies = Array.from({ length: 10 }, (_, i) => noise(200_000 + i));
    const replies = bodies.map((body) => manager.put(to('/upstream/echo'), body));
    for (const [i, reply] of replies.entries()) {
      await within(reply.whenFinished(), `echo ${i}`, 10_000);
      expect([i, NetworkError[reply.error()], reply.readAll().equals(bodies[i]!)]).toEqual([i, 'NoError', true]);
    }
    expect(relay.count).toBe(1);
  });

  it('100 GETs at a time', async () => {
    const replies = Array.from({ length: 100 }, (_, i) => manager.get(to(i % 5 > 0 ? `/page.txt?${i}` : `/text.txt?${i}`)));
    for (const [i, reply] of replies.entries()) expect(await ended(reply)).toEqual([200, 'NoError', i % 5 > 0 ? 'page' : TEXT]);
  });

  it('who does not read stops nobody but himself', async () => {
    const slow = manager.get(to('/big.bin'));
    slow.setReadBufferSize(65_536);
    await until(() => slow.bytesAvailable() === 65_536, 'a full buffer');
    for (let i = 0; i < 10; i++) expect(await ended(manager.get(to('/text.txt')))).toEqual([200, 'NoError', TEXT]);
    expect(slow.bytesAvailable()).toBe(65_536);
    const pieces: Buffer[] = [slow.readAll()];
    slow.readyRead.connect(() => void pieces.push(slow.readAll()));
    await within(slow.whenFinished(), 'the end of the slow one', 10_000);
    pieces.push(slow.readAll());
    expect(sha256(Buffer.concat(pieces))).toBe(BIG_HASH);
    expect(relay.count).toBe(1);
  });

  it('one of ten is aborted, and the others hear nothing of it', async () => {
    const replies = Array.from({ length: 10 }, () => manager.get(to('/big.bin')));
    replies[4]!.readyRead.once(() => replies[4]!.abort());
    const hashes = await Promise.all(
      replies.map(async (reply) => {
        await within(reply.whenFinished(), 'the end of all', 20_000);
        return reply.error() === NetworkError.NoError ? sha256(reply.readAll()) : NetworkError[reply.error()];
      }),
    );
    expect(hashes).toEqual(replies.map((_, i) => (i === 4 ? 'OperationCanceledError' : BIG_HASH)));
    expect(await ended(manager.get(to('/page.txt')))).toEqual([200, 'NoError', 'page']);
  });

  if (can('gzip'))
    it('a packed answer is unpacked', async () => {
      const reply = manager.get(to('/zipped/text.txt'));
      expect(await ended(reply)).toEqual([200, 'NoError', TEXT]);
      expect(reply.rawHeader('content-encoding').toString()).toBe('gzip');
    });

  if (can('trailers'))
    it('trailers are told to the netlog', async () => {
      const trailers: unknown[] = [];
      manager.netlog(({ what, detail }) => {
        if (what === 'end') trailers.push(detail?.['trailers']);
      });
      expect(await ended(manager.get(to('/trailing/page.txt')))).toEqual([200, 'NoError', 'page']);
      expect(trailers).toEqual([['x-sum', '42']]);
    });

  if (can('hints'))
    it('early hints come before the answer', async () => {
      const heads: unknown[] = [];
      manager.netlog(({ what, detail }) => {
        if (what === 'interim-head' || what === 'head') heads.push([what, detail?.['status']]);
      });
      expect(await ended(manager.get(to('/hinted/page.txt')))).toEqual([200, 'NoError', 'page']);
      expect(heads).toEqual([
        ['interim-head', 103],
        ['head', 200],
      ]);
    });
}
