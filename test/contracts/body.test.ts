import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { planBody } from '../../src/api/bridge/bodies.ts';
import { deviceFor } from '../../src/api/bridge/body-source.ts';
import { BytesBody } from '../../src/bodies/bytes-body.ts';
import { JoinedBody } from '../../src/bodies/joined-body.ts';
import type { Body, BodyReader } from '../../src/contract/body.ts';
import { type BodySource, QFile, QIODevice } from '../../src/index.ts';
import { within } from '../support/once.ts';

const TEXT = 'the quick brown fox jumps over the lazy dog. '.repeat(5000);
const BYTES = Buffer.from(TEXT);

/** A device of a program's own: with positions, or one that gives its bytes as they come. */
class Device extends QIODevice {
  protected left: Buffer;
  private readonly positions: boolean;

  constructor(bytes: Buffer, positions: boolean) {
    super();
    this.left = bytes;
    this.positions = positions;
    this.open(QIODevice.ReadOnly);
  }
  override isSequential(): boolean {
    return !this.positions;
  }
  override size(): number {
    return this.positions ? BYTES.length : super.size();
  }
  override bytesAvailable(): number {
    return this.left.length + super.bytesAvailable();
  }
  override seek(at: number): boolean {
    if (!super.seek(at)) return false;
    this.left = BYTES.subarray(at);
    return true;
  }
  protected override readData(max: number): Buffer | null {
    if (this.left.length === 0) return null;
    const piece = this.left.subarray(0, Math.min(max, 10_000));
    this.left = this.left.subarray(piece.length);
    return piece;
  }
}

/** Tells its bytes piece by piece, a turn apart. */
function trickle(): Device {
  const device = new Device(Buffer.alloc(0), false);
  let at = 0;
  const next = (): void => {
    if (at >= BYTES.length) {
      device.readChannelFinished.emit();
      return;
    }
    Object.assign(device, {
      left: Buffer.concat([(device as unknown as { left: Buffer }).left, BYTES.subarray(at, at + 50_000)]),
    });
    at += 50_000;
    device.readyRead.emit();
    setImmediate(next);
  };
  setImmediate(next);
  return device;
}

function* pieces(size = 7000): Generator<Uint8Array> {
  for (let at = 0; at < BYTES.length; at += size) yield BYTES.subarray(at, at + size);
}

async function* later(): AsyncGenerator<Uint8Array> {
  for (const piece of pieces()) {
    await null;
    yield piece;
  }
}

const web = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces()) controller.enqueue(piece);
      controller.close();
    },
  });

function bodyOf(source: BodySource, announced = -1, buffered = true): Body {
  const plan = planBody(deviceFor(source, 'test').device, announced, buffered);
  if ('collect' in plan || plan.body === null) throw new Error('no body at once');
  return plan.body;
}

const file = join(mkdtempSync(join(tmpdir(), 'qnetwork-body-')), 'bytes');
writeFileSync(file, BYTES);

function openFile(): QFile {
  const device = new QFile(file);
  device.open(QIODevice.ReadOnly);
  return device;
}

/** The bytes in thirds, each as another body. */
function joined(...kinds: ((bytes: Buffer) => Body)[]): Body {
  const third = Math.floor(BYTES.length / 3);
  const parts = [BYTES.subarray(0, third), BYTES.subarray(third, 2 * third), BYTES.subarray(2 * third)];
  return new JoinedBody(
    parts.map((bytes, i) => ({ body: kinds[i % kinds.length]!(bytes), name: `part ${i}` })),
    -1,
  );
}

const readers: BodyReader[] = [];
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

function open(body: Body): BodyReader {
  const reader = body.open();
  readers.push(reader);
  return reader;
}

/** Pulls to the end; `wake` must not be called but once for each `undefined`. */
async function drain(reader: BodyReader): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    let wakes = 0;
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => {
      wake = () => {
        wakes++;
        resolve();
      };
    });
    const piece = reader.pull(wake);
    if (piece === null) break;
    if (piece === undefined) {
      await within(woken, 'the next piece');
      expect(wakes).toBe(1);
      continue;
    }
    expect(wakes).toBe(0);
    parts.push(Buffer.from(piece));
  }
  // the end stays the end
  expect(reader.pull(() => {})).toBeNull();
  return Buffer.concat(parts);
}

const fillings: [name: string, make: () => Body, reopens: boolean, length: number][] = [
  ['a device with positions', () => bodyOf(new Device(BYTES, true)), true, BYTES.length],
  ['a file', () => bodyOf(openFile()), true, BYTES.length],
  ['a device without, of known length', () => bodyOf(trickle(), BYTES.length, false), false, BYTES.length],
  ['an iterable', () => bodyOf(pieces()), false, -1],
  ['an async iterable', () => bodyOf(later()), false, -1],
  ['a Node stream', () => bodyOf(Readable.from(pieces(), { objectMode: false })), false, -1],
  ['a web stream', () => bodyOf(web()), false, -1],
  ['a Blob', () => bodyOf(new Blob([BYTES])), true, BYTES.length],
  ['a function', () => bodyOf(() => later()), true, -1],
  [
    'several bodies',
    () =>
      joined(
        (bytes) => new BytesBody(bytes),
        (bytes) => bodyOf(new Blob([bytes])),
      ),
    true,
    BYTES.length,
  ],
  ['several streams', () => joined((bytes) => bodyOf(Readable.from([bytes], { objectMode: false }))), false, -1],
  ['a function that promises', () => bodyOf(async () => Readable.from(pieces(), { objectMode: false })), true, -1],
];

for (const [name, make, reopens, length] of fillings) {
  describe(`a body of ${name}`, () => {
    it('says what it is', () => {
      const body = make();
      expect(body).toMatchObject({ replayable: true, length, bytes: null });
    });

    it('gives every byte once, then the end', async () => {
      const reader = open(make());
      expect((await drain(reader)).equals(BYTES)).toBe(true);
      expect(reader.failure).toBeNull();
    });

    it(`can be opened ${reopens ? 'again' : 'once'}, and says so`, () => {
      const body = make();
      open(body).pull(() => {});
      expect(body.replayable).toBe(reopens);
    });

    if (reopens) {
      it('gives the same bytes again', async () => {
        const body = make();
        const first = open(body);
        first.pull(() => {});
        first.close();
        expect((await drain(open(body))).equals(BYTES)).toBe(true);
        expect((await drain(open(body))).equals(BYTES)).toBe(true);
      });
    }

    it('bears to be closed at any time, twice, and is silent then', async () => {
      for (const pulls of [0, 1, 3]) {
        const reader = open(make());
        let wakes = 0;
        for (let i = 0; i < pulls; i++) {
          if (reader.pull(() => wakes++) === undefined) await new Promise((next) => setImmediate(next));
        }
        const before = wakes;
        reader.close();
        reader.close();
        for (let i = 0; i < 3; i++) await new Promise((next) => setImmediate(next));
        expect(wakes).toBe(before);
      }
    });
  });
}

describe('the memory of pieces', () => {
  const memory = (reader: BodyReader) => reader.pull(() => {})!.buffer;
  const bodies: [what: string, make: () => Body, before: number][] = [
    ['of a file', () => bodyOf(openFile()), 0],
    [
      'of a file behind other bytes',
      () =>
        new JoinedBody(
          [
            { body: new BytesBody(BYTES.subarray(0, 10)), name: '' },
            { body: bodyOf(openFile()), name: '' },
          ],
          -1,
        ),
      10,
    ],
  ];
  it.each(bodies)('%s is given out again when it was used up, and not before', (_what, make, before) => {
    const reader = open(make());
    if (before > 0) reader.pull(() => {});
    const [first, second] = [memory(reader), memory(reader)];
    expect(second).not.toBe(first);
    reader.taken!(before + 65_535);
    const third = memory(reader);
    expect([first, second]).not.toContain(third);
    reader.taken!(before + 65_536);
    expect(memory(reader)).toBe(first);
  });

  it('is never given out again when nobody says so', () => {
    const body = bodyOf(openFile());
    const pieces: Uint8Array[] = [];
    const reader = open(body);
    for (let piece = reader.pull(() => {}); piece != null; piece = reader.pull(() => {})) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(BYTES)).toBe(true);
  });
});

describe('a body whose source fails', () => {
  class Broken extends Device {
    protected override readData(): Buffer | null {
      throw new Error('the disk is gone');
    }
  }
  const failing: [what: string, make: () => Body, text: RegExp][] = [
    ['a device that throws', () => bodyOf(new Broken(BYTES, true)), /disk is gone/],
    ['a sequential device that throws', () => bodyOf(new Broken(BYTES, false), BYTES.length, false), /disk is gone/],
    [
      'a generator that throws',
      () =>
        bodyOf(
          (function* () {
            yield BYTES;
            throw new Error('no more');
          })(),
        ),
      /no more/,
    ],
    [
      'an async generator that throws',
      () =>
        bodyOf(
          (async function* () {
            yield BYTES;
            throw new Error('no more');
          })(),
        ),
      /no more/,
    ],
    [
      'a Node stream that breaks',
      () =>
        bodyOf(
          new Readable({
            read() {
              this.destroy(new Error('broken pipe'));
            },
          }),
        ),
      /broken pipe/,
    ],
    ['a web stream that breaks', () => bodyOf(new ReadableStream({ start: (c) => c.error(new Error('torn')) })), /torn/],
    [
      'a function that throws',
      () =>
        bodyOf(() => {
          throw new Error('not today');
        }),
      /not today/,
    ],
    [
      'the second of several bodies',
      () =>
        joined(
          (bytes) => new BytesBody(bytes),
          () => bodyOf(() => Promise.reject(new Error('not today'))),
        ),
      /^part 1: .*not today/,
    ],
    ['a function that rejects', () => bodyOf(() => Promise.reject(new Error('not today'))), /not today/],
  ];
  for (const [what, make, text] of failing) {
    it(`says so and ends: ${what}`, async () => {
      const reader = open(make());
      await drain(reader);
      expect(reader.failure).toMatchObject({ kind: 'upload', phase: 'send' });
      expect(reader.failure!.message).toMatch(text);
    });
  }
});
