import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openSource, SourceBody } from '../../../src/api/bridge/source-body.ts';
import type { StreamSource } from '../../../src/api/bridge/source-device.ts';
import type { BodyReader } from '../../../src/contract/body.ts';
import { until } from '../../support/once.ts';
import { turns } from './support.ts';

/** Pulls everything, and checks that `wake` never comes inside `pull` and once a time. */
async function drain(reader: BodyReader): Promise<{ sizes: number[]; text: string; failure: string | null }> {
  const parts: Uint8Array[] = [];
  for (;;) {
    let inside = true;
    let woken = 0;
    const piece = reader.pull(() => {
      expect(inside).toBe(false);
      woken++;
    });
    inside = false;
    if (piece === null) break;
    if (piece === undefined) await until(() => woken > 0, 'wake');
    else parts.push(piece);
    expect(woken).toBeLessThanOrEqual(1);
  }
  expect(reader.pull(() => {})).toBeNull();
  return {
    sizes: parts.map(({ length }) => length),
    text: Buffer.concat(parts).toString(),
    failure: reader.failure?.message ?? null,
  };
}

async function* words(...all: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  for (const word of all) {
    await turns(1);
    yield word;
  }
}
const web = (...all: string[]) => new Blob(all).stream() as ReadableStream<Uint8Array>;

describe('a reader of each kind', () => {
  const kinds: readonly [string, () => unknown][] = [
    ['text', () => () => 'one two'],
    ['array', () => ['one ', 'two']],
    ['generator', () => ['one ', 'two'][Symbol.iterator]()],
    ['async generator', () => words('one ', 'two')],
    ['Node stream', () => Readable.from(['one ', 'two'])],
    [
      'Node stream that pushes at once',
      () => {
        const stream = new Readable({ read() {} });
        for (const word of ['o', 'n', 'e', ' ', 't', 'w', 'o']) stream.push(word);
        stream.push(null);
        return stream;
      },
    ],
    ['web stream', () => web('one ', 'two')],
    ['Blob', () => new Blob(['one two'])],
    ['promise', () => async () => words('one ', 'two')],
    ['promise of a promise', () => async () => () => Promise.resolve('one two')],
  ];
  it.each(kinds)('%s', async (_name, make) => {
    const reader = openSource(make());
    expect(await drain(reader)).toMatchObject({ text: 'one two', failure: null });
    reader.close();
    reader.close();
  });

  it.each(kinds)('%s: closed before, in the middle, and again', async (_name, make) => {
    const early = openSource(make());
    early.close();
    early.close();
    const reader = openSource(make());
    reader.pull(() => {
      throw new Error('woken after close');
    });
    reader.close();
    reader.close();
    await turns(5);
  });

  it('long pieces are handed over in portions', async () => {
    const { sizes } = await drain(openSource(words(Buffer.alloc(2_500_000))));
    expect(sizes).toEqual([1 << 20, 1 << 20, 2_500_000 - (2 << 20)]);
  });

  it('a Node stream keeps no listeners of ours but the one that guards it', async () => {
    const stream = Readable.from(['x']);
    const before = stream.eventNames().length;
    const reader = openSource(stream);
    await drain(reader);
    reader.close();
    expect(stream.listenerCount('error')).toBe(1);
    for (const name of ['data', 'readable', 'end', 'close']) expect(stream.listenerCount(name), name).toBe(0);
    expect(before).toBeGreaterThanOrEqual(0);
  });

  it('a Node stream is paused while nobody pulls', async () => {
    let made = 0;
    const stream = new Readable({
      highWaterMark: 10,
      read() {
        made++;
        this.push(Buffer.alloc(10));
      },
    });
    const reader = openSource(stream);
    reader.pull(() => {});
    await turns(50);
    const so = made;
    await turns(50);
    expect([made, made < 16]).toEqual([so, true]);
    reader.close();
    expect(stream.destroyed).toBe(true);
  });
});

describe('SourceBody', () => {
  const blob = new Blob(['hello']);
  const rows: readonly [string, StreamSource, own: number, announced: number, length: number, reopens: boolean][] = [
    ['a stream', Readable.from([]), -1, -1, -1, false],
    ['a stream with a length', Readable.from([]), -1, 7, 7, false],
    ['a Blob', blob, 5, -1, 5, true],
    ['a Blob, less announced', blob, 5, 3, 3, true],
    ['a Blob, more announced', blob, 5, 9, 5, true],
    ['a function', () => 'x', -1, -1, -1, true],
    ['a function that knows its length', () => 'x', 1, 9, 1, true],
    ['an array', ['x'], -1, -1, -1, true],
    ['a generator', words('x'), -1, -1, -1, false],
  ];
  it.each(rows)('%s', (_name, source, own, announced, length, reopens) => {
    const body = new SourceBody(source, own, announced);
    expect([body.length, body.replayable, body.bytes]).toEqual([length, true, null]);
    body.open().close();
    expect([body.length, body.replayable]).toEqual([length, reopens]);
  });

  it('is not replayable any more once it was released', () => {
    const body = new SourceBody(Readable.from(['x']), -1, -1);
    body.release();
    expect(body.replayable).toBe(false);
  });

  it('release() ends a source that was not opened, and leaves one alone that was', async () => {
    const unused = Readable.from(['x']);
    new SourceBody(unused, -1, -1).release();
    expect(unused.destroyed).toBe(true);
    const used = Readable.from(['x']);
    const body = new SourceBody(used, -1, -1);
    const reader = body.open();
    body.release();
    expect(used.destroyed).toBe(false);
    reader.close();
    let canceled = false;
    const cancel = () => {
      canceled = true;
    };
    new SourceBody(new ReadableStream({ cancel }), -1, -1).release();
    let calls = 0;
    new SourceBody(() => String(calls++), -1, -1).release();
    await turns();
    expect([canceled, calls]).toEqual([true, 0]);
  });
});
