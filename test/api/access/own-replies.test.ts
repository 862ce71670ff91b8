import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MemoryManager } from '../../../examples/own-reply.mjs';
import {
  BufferReply,
  DeferredReply,
  QBuffer,
  QFile,
  QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  type QNetworkRequest,
  WrappedReply,
} from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';
import { Trace, turns } from '../bridge/support.ts';

// The example says `from 'qnetwork'`, as its readers do.
vi.mock('qnetwork', () => import('../../../src/index.ts'));

const TYPE = 'application/json; charset=utf-8';
const VALUE = Array.from({ length: 3000 }, (_, i) => `item number ${i}, größer`);
const TEXT = JSON.stringify(VALUE);
const BODY = Buffer.from(TEXT);

let origin: Served;
let folder: string;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: BODY, headers: { 'Content-Type': TYPE } } } });
  folder = mkdtempSync(join(tmpdir(), 'qnetwork-own-'));
  writeFileSync(join(folder, 'body'), BODY);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await origin.close();
});

type Create = (op: QNetworkAccessManager.Operation, request: QNetworkRequest, base: () => QNetworkReply) => QNetworkReply;

/** A manager whose createRequest is `create`. */
class Custom extends QNetworkAccessManager {
  readonly #create: Create;

  constructor(create: Create) {
    super();
    this.#create = create;
  }

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    return this.#create(op, request, () => super.createRequest(op, request, data));
  }
}

/** A device of the program's own without positions, which has all from the beginning. */
class Pipe extends QIODevice {
  #rest = BODY;
  override isSequential(): boolean {
    return true;
  }
  override bytesAvailable(): number {
    return super.bytesAvailable() + this.#rest.length;
  }
  protected override readData(maxSize: number): Buffer {
    const piece = this.#rest.subarray(0, Math.min(maxSize, 10_000));
    this.#rest = this.#rest.subarray(piece.length);
    if (piece.length === 0) setImmediate(() => this.readChannelFinished.emit());
    return piece;
  }
}

/** Holds each piece back until the next one comes. */
class Delaying extends WrappedReply {
  #held: Buffer = Buffer.alloc(0);
  protected override changeBody(piece: Buffer): Buffer {
    const before = this.#held;
    this.#held = piece;
    return before;
  }
}

function* pieces(): Generator<Buffer> {
  for (let at = 0; at < BODY.length; at += 7000) yield BODY.subarray(at, at + 7000);
}

async function* slowPieces(): AsyncGenerator<Buffer> {
  for (const piece of pieces()) {
    await turns(1);
    yield piece;
  }
}

const opened = <D extends QIODevice>(device: D): D => {
  device.open(QIODevice.ReadOnly);
  return device;
};
const headers = { 'Content-Type': TYPE };
const from = (body: () => ConstructorParameters<typeof BufferReply>[2]): Create => {
  return (op, request) => new BufferReply(op, request, body(), { headers });
};

/** Who answers, each with BODY. */
const kinds: readonly [name: string, create: Create | null][] = [
  ['the reply of examples/own-reply.mjs', null],
  ['BufferReply of bytes', from(() => BODY)],
  ['BufferReply of text', from(() => TEXT)],
  ['BufferReply of a QBuffer', from(() => opened(new QBuffer(BODY)))],
  ['BufferReply of a QFile', from(() => opened(new QFile(join(folder, 'body'))))],
  ['BufferReply of a sequential device', from(() => opened(new Pipe()))],
  ['BufferReply of a Blob', from(() => new Blob([BODY]))],
  ['BufferReply of a Node stream', from(() => Readable.from(pieces()))],
  ['BufferReply of a web stream', from(() => new Response(BODY).body!)],
  ['BufferReply of a generator', from(pieces)],
  ['BufferReply of an async generator', from(slowPieces)],
  ['BufferReply of a function', from(() => async () => BODY)],
  ['BufferReply of another reply', (op, request, base) => new BufferReply(op, request, base(), { headers })],
  ['WrappedReply of a reply of the network', (_op, _request, base) => new WrappedReply(base())],
  ['WrappedReply of a WrappedReply', (_op, _request, base) => new WrappedReply(new WrappedReply(base()))],
  ['WrappedReply of a BufferReply', (op, request) => new WrappedReply(new BufferReply(op, request, pieces(), { headers }))],
  ['WrappedReply that changes the body', (_op, _request, base) => new Delaying(base())],
  ['DeferredReply', (op, request, base) => new DeferredReply(op, request, () => turns(2).then(base))],
];

/** All ways to wait for a reply, each with what it gives for BODY. */
const helpers: readonly [name: string, use: (reply: QNetworkReply) => Promise<unknown>, expected: unknown][] = [
  ['bytes()', async (reply) => String(await reply.bytes()), TEXT],
  ['text()', (reply) => reply.text(), TEXT],
  ['json()', (reply) => reply.json(), VALUE],
  ['whenFinished()', async (reply) => String((await reply.whenFinished()).readAll()), TEXT],
  [
    'whenHeaders()',
    async (reply) => {
      await reply.whenHeaders();
      return [reply.status(), reply.headers().value('content-type')];
    },
    [200, TYPE],
  ],
  [
    'for await',
    async (reply) => {
      const parts: Buffer[] = [];
      for await (const part of reply) parts.push(part);
      return String(Buffer.concat(parts));
    },
    TEXT,
  ],
  ['toWeb()', (reply) => new Response(reply.toWeb()).text(), TEXT],
  ['toReadable()', async (reply) => String(Buffer.concat(await reply.toReadable().toArray())), TEXT],
  [
    'using',
    async (reply) => {
      const gone = reply.destroyed.next();
      {
        using held = reply;
        await held.whenHeaders();
      }
      const [who] = await gone;
      return who === reply;
    },
    true,
  ],
  [
    'await using',
    async (reply) => {
      let body: string;
      {
        await using held = reply;
        body = await held.text();
      }
      expect(() => reply.request()).toThrow(/deleted/);
      return body;
    },
    TEXT,
  ],
];

describe.each(kinds)('%s', (_name, create) => {
  const manager = (): QNetworkAccessManager =>
    create === null
      ? (new MemoryManager(new Map([['/body', { type: TYPE, bytes: BODY }]])) as unknown as QNetworkAccessManager)
      : new Custom(create);
  const url = () => (create === null ? 'mem:/body' : origin.url('/body'));

  it.each(helpers)('%s', async (_helper, use, expected) => {
    await using m = manager();
    expect(await use(m.get(url()))).toEqual(expected);
  });

  it('gives everything to a reader who takes little at a time', async () => {
    await using m = manager();
    const reply = m.get(url());
    reply.setReadBufferSize(4096);
    const parts: Buffer[] = [];
    while (!reply.isFinished()) {
      await turns(1);
      parts.push(reply.read(3000));
    }
    parts.push(reply.readAll());
    expect(String(Buffer.concat(parts))).toBe(TEXT);
  });

  it('says finished once, the manager first, error and head before', async () => {
    await using m = manager();
    const reply = m.get(url());
    expect(reply.isFinished()).toBe(false);
    const trace = new Trace(m, reply);
    await reply.whenFinished();
    await turns(5);
    const told = trace.all.filter((line) => /^(metaDataChanged|readyRead|error|.*finished)/.test(line));
    const lines = told.filter((line, i) => line !== told[i - 1] && line !== 'readChannelFinished');
    expect(lines).toEqual(['metaDataChanged', 'readyRead', 'M.finished', 'finished']);
    expect([reply.isFinished(), reply.isRunning(), reply.ok(), reply.manager() === m, reply.parent() === m]).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(reply.url().toString()).toBe(url());
    expect([reply.operation(), reply.request().url().toString()]).toEqual([QNetworkAccessManager.GetOperation, url()]);
    reply.abort();
    expect([reply.error(), reply.readAll().equals(BODY)]).toEqual([0, true]);
  });

  it.each([
    ['abort()', (reply: QNetworkReply) => reply.abort()],
    ['an AbortSignal', (_reply: QNetworkReply, control: AbortController) => control.abort()],
  ])('%s before it spoke ends it inside the call', async (_how, stop) => {
    await using m = manager();
    const control = new AbortController();
    const reply = m.get(url(), { signal: control.signal });
    const trace = new Trace(m, reply);
    const body = reply.bytes();
    stop(reply, control);
    expect([reply.isFinished(), reply.error(), reply.isOpen()]).toEqual([true, 5, false]);
    await expect(body).rejects.toThrow(/abort|cancel/i);
    reply.abort();
    reply.close();
    await turns(5);
    const lines = trace.all.filter((line) => /^(errorOccurred|metaData|readyRead|M\.|finished)/.test(line));
    expect(lines).toEqual(['errorOccurred(5)', 'M.finished', 'finished']);
  });

  // The example says its first word in the turn in which it is deleted.
  const readyMade = create === null ? [] : ['deleteLater() ends it without a word'];
  it.each(readyMade)('%s', async () => {
    await turns(1); // no other deletion is on its way
    await using m = manager();
    const reply = m.get(url());
    const trace = new Trace(m, reply);
    const body = reply.bytes().then(String);
    reply.deleteLater();
    await expect(body).rejects.toThrow(/deleted/);
    await turns(5);
    expect(trace.all.filter((line) => !/^(socketStartedConnecting|requestSent)$/.test(line))).toEqual(['destroyed']);
  });

  it('goes with its manager, without a word', async () => {
    const m = manager();
    const reply = m.get(url());
    const trace = new Trace(m, reply);
    m.deleteLater();
    await turns(5);
    expect(trace.all.filter((line) => !/^(socketStartedConnecting|requestSent)$/.test(line))).toEqual(['destroyed']);
  });

  it('is deleted when the manager or the request wants it', async () => {
    await using m = manager();
    m.setAutoDeleteReplies(true);
    const reply = m.get(url());
    const kept = m.get(url(), { attributes: { AutoDeleteReplyOnFinishAttribute: false } });
    const trace = new Trace(m, reply);
    await Promise.all([reply.whenFinished(), kept.whenFinished()]);
    await turns(3);
    expect(trace.all.slice(-3)).toEqual(['M.finished', 'finished', 'destroyed']);
    expect(kept.readAll().equals(BODY)).toBe(true);
  });
});
