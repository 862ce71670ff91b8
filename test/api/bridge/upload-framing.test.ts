import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BodySource, QBuffer, QFile, QIODevice } from '../../../src/index.ts';
import { Pipe } from '../../support/pipe.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, fresh, turns } from './support.ts';

// Semantics 11.1: what a source, DoNotBufferUploadDataAttribute and the caller's Content-Length make of a body on the wire.

let origin: Served;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: 'ok' } } });
});
afterAll(() => origin.close());

const TEXT = 'hello world';
const path = join(mkdtempSync(join(tmpdir(), 'qnetwork-framing-')), 'file');
writeFileSync(path, TEXT);

/** A source that has given half of its body, and the way to its end. */
interface Half {
  readonly source: BodySource;
  finish(): void;
}

const whole = (source: BodySource): Half => ({ source, finish() {} });

const SOURCES = {
  text: () => whole(TEXT),
  bytes: () => whole(Buffer.from(TEXT)),
  Blob: () => whole(new Blob([TEXT])),
  QBuffer: () => {
    const buffer = new QBuffer(TEXT);
    buffer.open(QIODevice.ReadOnly);
    return whole(buffer);
  },
  QFile: () => {
    const file = new QFile(path);
    file.open(QIODevice.ReadOnly);
    return whole(file);
  },
  'sequential device': () => {
    const pipe = new Pipe();
    pipe.feed('hello ');
    const finish = (): void => {
      pipe.feed('world');
      pipe.readChannelFinished.emit();
    };
    return { source: pipe, finish };
  },
  'Node stream': () => {
    const stream = new PassThrough();
    stream.write('hello ');
    return { source: stream, finish: () => void stream.end('world') };
  },
  'web stream': () => {
    let control: ReadableStreamDefaultController<Uint8Array> | null = null;
    const source = new ReadableStream<Uint8Array>({
      start(controller) {
        control = controller;
        controller.enqueue(Buffer.from('hello '));
      },
      cancel() {
        control = null;
      },
    });
    const finish = (): void => {
      control?.enqueue(Buffer.from('world'));
      control?.close();
    };
    return { source, finish };
  },
  'async generator': () => {
    const { source, finish } = gated();
    return { source: source(), finish };
  },
  function: () => gated(),
} as const satisfies Record<string, () => Half>;

function gated(): { source: () => AsyncGenerator<string>; finish(): void } {
  let finish!: () => void;
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  async function* source(): AsyncGenerator<string> {
    yield 'hello ';
    await gate;
    yield 'world';
  }
  return { source, finish };
}

type Wire = 'chunks' | number;
interface Row {
  readonly source: keyof typeof SOURCES;
  /** DoNotBufferUploadDataAttribute. */
  readonly streamed: boolean;
  /** The caller's Content-Length; 0 = none. */
  readonly announced: number;
  readonly wire: Wire;
  /** The head of the request goes out before the source has ended. */
  readonly atOnce: boolean;
  /** An error instead of an answer. */
  readonly fails?: RegExp;
}

const row = (
  source: Row['source'],
  attribute: 'buffer' | 'do not buffer',
  announced: number,
  wire: Wire,
  when: 'at once' | 'at its end',
  fails?: RegExp,
): Row => ({
  source,
  streamed: attribute === 'do not buffer',
  announced,
  wire,
  atOnce: when === 'at once',
  ...(fails === undefined ? {} : { fails }),
});

const SIZED = ['text', 'bytes', 'Blob', 'QBuffer', 'QFile'] as const;
const STREAMS = ['Node stream', 'web stream', 'async generator', 'function'] as const;

const rows: readonly Row[] = [
  // whose length is known: it is announced, a smaller one cuts, a larger one is corrected; the attribute changes nothing
  ...SIZED.flatMap((source) => [
    row(source, 'buffer', 0, 11, 'at once'),
    row(source, 'buffer', 11, 11, 'at once'),
    row(source, 'buffer', 5, 5, 'at once'),
    row(source, 'buffer', 20, 11, 'at once'),
    row(source, 'do not buffer', 0, 11, 'at once'),
    row(source, 'do not buffer', 5, 5, 'at once'),
    row(source, 'do not buffer', 20, 11, 'at once'),
  ]),
  // a sequential device is collected, unless the attribute and a length are there
  row('sequential device', 'buffer', 0, 11, 'at its end'),
  row('sequential device', 'buffer', 11, 11, 'at its end'),
  row('sequential device', 'buffer', 5, 5, 'at its end'),
  row('sequential device', 'buffer', 20, 11, 'at its end'),
  row('sequential device', 'do not buffer', 0, 11, 'at its end'),
  row('sequential device', 'do not buffer', 11, 11, 'at once'),
  row('sequential device', 'do not buffer', 5, 5, 'at once'),
  row('sequential device', 'do not buffer', 20, 20, 'at once', /ended after 11 of 20 bytes/),
  // what Node programs have goes out as it comes: in chunks, or with the length that was announced
  ...STREAMS.flatMap((source) => [
    row(source, 'buffer', 0, 'chunks', 'at once'),
    row(source, 'buffer', 11, 11, 'at once'),
    row(source, 'buffer', 5, 5, 'at once', /gave more than the 5 bytes announced/),
    row(source, 'buffer', 20, 20, 'at once', /ended after 11 of 20 bytes/),
    row(source, 'do not buffer', 0, 'chunks', 'at once'),
    row(source, 'do not buffer', 11, 11, 'at once'),
  ]),
];

describe('how a body is framed', () => {
  it.each(rows.map((r) => [r.source, r.streamed ? 'not buffered' : 'buffered', r.announced || 'no length', r] as const))(
    '%s, %s, %s',
    async (_source, _buffered, _length, { source: name, streamed, announced, wire, atOnce, fails }) => {
      await using manager = fresh();
      const before = origin.requests.length;
      const connections = origin.accepted;
      const { source, finish } = SOURCES[name]();
      const reply = manager.put(origin.url(`/${before}`), source, {
        attributes: { DoNotBufferUploadDataAttribute: streamed },
        headers: announced === 0 ? {} : { 'Content-Length': String(announced) },
      });
      if (atOnce) await origin.whenRequests(before + 1);
      else {
        await turns(10);
        expect([origin.accepted, origin.requests.length]).toEqual([connections, before]);
      }
      finish();
      await finished(reply);
      await origin.whenRequests(before + 1);
      const request = origin.requests[before]!;
      const framing = [request.header('Content-Length'), request.header('Transfer-Encoding')];
      expect(framing).toEqual(wire === 'chunks' ? [undefined, 'chunked'] : [String(wire), undefined]);
      if (fails === undefined) {
        expect([reply.errorString(), reply.error()]).toEqual(['Unknown error', 0]);
        expect(request.body.toString()).toBe(TEXT.slice(0, wire === 'chunks' ? undefined : wire));
      } else {
        expect(reply.errorString()).toMatch(fails);
        await origin.whenIdle();
        expect(request.short).toBe(true);
      }
    },
  );
});
