import { closeSync, ftruncateSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BodySource, QFile, QIODevice, QNetworkReply } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { finished, fresh } from '../bridge/support.ts';

beforeAll(trustTestAuthority);

const SIZE = 100 << 20;
const big = Buffer.alloc(SIZE);
const path = join(mkdtempSync(join(tmpdir(), 'qnetwork-early-')), 'sparse');
const sparse = openSync(path, 'w');
ftruncateSync(sparse, SIZE);
closeSync(sparse);

const piece = Buffer.alloc(65_536);
function* pieces(): Generator<Uint8Array> {
  for (let i = 0; i < SIZE / piece.length; i++) yield piece;
}

const sources: readonly [what: string, make: () => BodySource][] = [
  ['bytes', () => big],
  [
    'a file',
    () => {
      const file = new QFile(path);
      file.open(QIODevice.ReadOnly);
      return file;
    },
  ],
  ['a Node stream', () => Readable.from(pieces())],
  ['a generator', pieces],
];

const endings: readonly [what: string, answer: Answer][] = [
  ['closes', { end: 'close', drain: false }],
  ['resets', { end: 'reset', endDelay: 0, drain: false }],
  ['goes on reading', { drain: true }],
  ['does not read on', { end: 'hang', drain: false }],
];

describe('100 MB on their way to a server that answers 413 at once', () => {
  it.each(sources.flatMap(([what, make]) => endings.map(([end, answer]) => [what, end, make, answer] as const)))(
    '%s, and %s',
    async (_what, _end, make, answer) => {
      await using origin = await serve({
        routes: { '/': { ...answer, status: 413, body: 'too much', early: true }, '/next': { body: 'ok' } },
      });
      await using manager = fresh();
      const reply = await finished(manager.post(origin.url(), make()));
      expect([reply.status(), reply.error(), reply.readAll().toString()]).toEqual([
        413,
        QNetworkReply.UnknownContentError,
        'too much',
      ]);
      // the rest of the body would be taken for a request
      expect(await manager.get(origin.url('/next')).text()).toBe('ok');
      expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    },
  );
});

const workers: Worker[] = [];
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())));

describe.each([
  ['http', null],
  ['https', identity()],
])('a reset that is here before the next write of the body: %s', (scheme, certificate) => {
  /** The reply to an upload whose server says `text` and resets, between two writes of ours and unseen by our event loop. */
  async function refused(
    make: () => BodySource,
    text: string,
    prepare = (_reply: QNetworkReply): void => {},
  ): Promise<QNetworkReply> {
    const shared = new SharedArrayBuffer(4);
    const worker = new Worker(new URL('../../support/refusing-server.mjs', import.meta.url), {
      workerData: { shared, identity: certificate },
    });
    workers.push(worker);
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    let reading = false;
    worker.once('message', () => {
      reading = true;
    });
    const reply = fresh().post(`${scheme}://127.0.0.1:${port}/`, make(), {
      attributes: { EmitAllUploadProgressSignalsAttribute: true },
    });
    prepare(reply);
    let told = false;
    reply.uploadProgress.connect(() => {
      if (!reading || told) return;
      told = true;
      worker.postMessage(text);
      expect(Atomics.wait(new Int32Array(shared), 0, 0, 5000)).not.toBe('timed-out');
    });
    await finished(reply);
    expect(told).toBe(true);
    return reply;
  }

  it.each(sources)('the answer is read: %s', async (_what, make) => {
    const reply = await refused(make, 'HTTP/1.1 413 Too Much\r\nContent-Length: 8\r\n\r\ntoo much');
    expect([reply.status(), reply.error(), reply.readAll().toString()]).toEqual([
      413,
      QNetworkReply.UnknownContentError,
      'too much',
    ]);
  });

  it.each([
    ['so is a long one', 60_000, QNetworkReply.UnknownContentError],
    ['and when it is not complete, that is found out', 60_001, QNetworkReply.RemoteHostClosedError],
  ])('%s, at the speed of its reader', async (_what, length, error) => {
    const body = 'x'.repeat(60_000);
    let got = 0;
    const reply = await refused(pieces, `HTTP/1.1 413 Too Much\r\nContent-Length: ${length}\r\n\r\n${body}`, (running) => {
      running.setReadBufferSize(5000);
      running.readyRead.connect(() =>
        setImmediate(() => {
          got += running.read(5000).length;
        }),
      );
    });
    expect([reply.status(), reply.error(), got + reply.readAll().length]).toEqual([413, error, 60_000]);
  });

  it('without an answer it is an error that says so, and the source is closed', async () => {
    const stream = Readable.from(pieces());
    const reply = await refused(() => stream, '');
    expect([reply.error(), reply.status()]).toEqual([QNetworkReply.RemoteHostClosedError, 0]);
    expect(reply.failure()).toMatchObject({ kind: 'closed', maybeProcessed: true });
    await until(() => stream.destroyed, 'the end of the source');
  });

  it('half an answer is one, too', async () => {
    const reply = await refused(() => big, 'HTTP/1.1 413 Too Much\r\nContent-Length: 800\r\n\r\ntoo much');
    expect([reply.error(), reply.status(), reply.readAll().toString()]).toEqual([
      QNetworkReply.RemoteHostClosedError,
      413,
      'too much',
    ]);
  });

  it('an answer that ends with the connection is not complete when that was reset', async () => {
    const reply = await refused(pieces, 'HTTP/1.1 413 Too Much\r\n\r\ntoo much');
    expect([reply.error(), reply.readAll().toString()]).toEqual([QNetworkReply.RemoteHostClosedError, 'too much']);
  });
});
