import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { type Answer, type Served, serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { finished, fresh } from '../bridge/support.ts';

const { DownloadBufferAttribute, MaximumDownloadBufferSizeAttribute } = QNetworkRequest.Attribute;
const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
const within = (bytes: number) => ({ attributes: { MaximumDownloadBufferSizeAttribute: bytes } });

const routes: Record<string, Answer> = {
  '/': { body: BODY, chunks: [10, 3000, 100_000], pause: 5 },
  '/chunked': { body: BODY, framing: 'chunked' },
  '/close': { body: BODY, framing: 'close' },
  '/gzip': { body: gzipSync(BODY), headers: { 'Content-Encoding': 'gzip' } },
  '/empty': { body: '' },
  '/404': { status: 404, body: BODY },
  '/moved': { status: 302, headers: { Location: '/' }, body: 'elsewhere' },
  '/short': { headers: { 'Content-Length': String(Number.MAX_SAFE_INTEGER) }, body: BODY, end: 'close' },
  '/lines': { body: 'one\ntwo\nthree' },
};

let origin: Served;
let secured: Served;
beforeAll(async () => {
  trustTestAuthority();
  origin = await serve({ routes });
  secured = await serve({ routes, tls: identity() });
});
afterAll(() => Promise.all([origin.close(), secured.close()]));

describe('MaximumDownloadBufferSizeAttribute', () => {
  const rows: readonly [path: string, most: number | undefined, has: boolean][] = [
    ['/', BODY.length, true],
    ['/', BODY.length - 1, false],
    ['/', Number.MAX_SAFE_INTEGER, true],
    ['/', 0, false],
    ['/', undefined, false],
    ['/chunked', BODY.length, false],
    ['/close', BODY.length, false],
    ['/gzip', BODY.length, false],
    ['/empty', BODY.length, false],
    ['/404', BODY.length, true],
    ['/moved', BODY.length, true],
  ];
  it.each(rows)('%s, at most %s: %s', async (path, most, has) => {
    await using manager = fresh();
    const reply = manager.get(origin.url(path), most === undefined ? {} : within(most));
    let early: unknown;
    reply.metaDataChanged.connect(() => {
      early = reply.attribute(DownloadBufferAttribute);
    });
    await finished(reply);
    const memory = reply.attribute(DownloadBufferAttribute);
    // what is told last belongs to the final answer, and was there before the body
    expect(early).toBe(memory);
    expect(memory !== null).toBe(has);
    if (memory !== null) {
      expect(memory).toBeInstanceOf(ArrayBuffer);
      expect(Buffer.from(memory).equals(BODY)).toBe(true);
    }
    expect(reply.readAll().equals(path === '/empty' ? Buffer.alloc(0) : BODY)).toBe(true);
    expect(reply.attribute(MaximumDownloadBufferSizeAttribute)).toBeNull();
  });

  it('a HEAD has nothing to keep', async () => {
    await using manager = fresh();
    const reply = await finished(manager.head(origin.url(), within(BODY.length)));
    expect([reply.attribute(DownloadBufferAttribute), reply.error()]).toEqual([null, 0]);
  });

  it('more than there is: the body comes as ever', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(origin.url('/short'), within(Number.MAX_SAFE_INTEGER)));
    expect([reply.attribute(DownloadBufferAttribute), reply.error()]).toEqual([null, QNetworkReply.RemoteHostClosedError]);
    expect(reply.readAll().equals(BODY)).toBe(true);
  });
});

describe.each([
  ['http', () => origin],
  ['https', () => secured],
])('the body in the download buffer: %s', (_scheme, server) => {
  it('arrives there piece by piece, and is read from there without a copy', async () => {
    await using manager = fresh();
    const reply = manager.get(server().url(), within(BODY.length));
    reply.readyRead.connect(() => {
      const here = Buffer.from(reply.attribute(DownloadBufferAttribute)!).subarray(0, reply.bytesAvailable());
      expect(here.equals(BODY.subarray(0, here.length))).toBe(true);
    });
    await finished(reply);
    const all = reply.readAll();
    expect([all.buffer === reply.attribute(DownloadBufferAttribute), all.equals(BODY)]).toEqual([true, true]);
  });

  it('is read in part while it comes', async () => {
    await using manager = fresh();
    const reply = manager.get(server().url(), within(BODY.length));
    reply.setReadBufferSize(2000);
    const parts: Buffer[] = [];
    reply.readyRead.connect(() => setImmediate(() => parts.push(reply.read(700), reply.read(1000))));
    await finished(reply);
    expect(Buffer.concat([...parts, reply.readAll()]).equals(BODY)).toBe(true);
    expect(Buffer.from(reply.attribute(DownloadBufferAttribute)!).equals(BODY)).toBe(true);
  });

  it('has lines', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(server().url('/lines'), within(100)));
    expect([reply.readLine(), reply.readLine(), reply.readLine()].map(String)).toEqual(['one\n', 'two\n', 'three']);
  });

  it('stays with the program when the reply is gone', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(server().url(), within(BODY.length)));
    const memory = reply.attribute(DownloadBufferAttribute)!;
    reply._destroy();
    expect(Buffer.from(memory).equals(BODY)).toBe(true);
  });

  it('may be given away at the end: then there is nothing left to read', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(server().url(), within(BODY.length)));
    const memory = reply.attribute(DownloadBufferAttribute)!;
    const moved = structuredClone(memory, { transfer: [memory] });
    expect([reply.readAll().length, reply.read(5).length, reply.bytesAvailable()]).toEqual([0, 0, 0]);
    expect(Buffer.from(moved).equals(BODY)).toBe(true);
  });

  it.each([
    ['in a slot', (give: () => void) => give()],
    ['later', (give: () => void) => void setImmediate(give)],
  ])('given away while the body comes, %s, the rest comes to an end all the same', async (_when, arrange) => {
    await using manager = fresh();
    const reply = manager.get(server().url(), within(BODY.length));
    reply.readyRead.once(() => {
      arrange(() => {
        const memory = reply.attribute(DownloadBufferAttribute)!;
        structuredClone(memory, { transfer: [memory] });
      });
    });
    await finished(reply);
    expect(reply.error()).toBe(0);
    expect(BODY.subarray(-reply.bytesAvailable()).equals(reply.readAll())).toBe(true);
    expect(await manager.get(server().url('/lines')).text()).toBe('one\ntwo\nthree');
  });
});

describe('memory of a body that still comes', () => {
  it.each([
    ['http', () => origin],
    ['https', () => secured],
  ])('is not taken away by a reader that transfers what it got: %s', async (_scheme, server) => {
    await using manager = fresh();
    const parts: Buffer[] = [];
    for await (const piece of manager.get(server().url())) {
      try {
        parts.push(structuredClone(piece, { transfer: [piece.buffer as ArrayBuffer] }) as Buffer);
      } catch (error) {
        // from Node.js 21 on that is an error, before the memory was copied
        expect((error as Error).name).toBe('DataCloneError');
        parts.push(piece);
      }
    }
    expect(Buffer.concat(parts).equals(BODY)).toBe(true);
  });
});
