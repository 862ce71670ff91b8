import { randomBytes } from 'node:crypto';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PartSource,
  QBuffer,
  QFile,
  QHttpMultiPart,
  QHttpPart,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
} from '../../../src/index.ts';
import { Pipe } from '../../support/pipe.ts';
import { type SeenRequest, type Served, serve } from '../../support/server.ts';
import { finished, fresh, turns } from '../bridge/support.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      'GET /source': { body: 'from a reply' },
      '/again': { status: 307, headers: { Location: '/' } },
      '*': { body: 'ok' },
    },
  });
});
afterAll(() => origin.close());

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-multipart-'));
const path = join(folder, 'file');
writeFileSync(path, 'file content');

function opened<D extends QIODevice>(device: D, pos = 0): D {
  expect(device.open(QIODevice.ReadOnly)).toBe(true);
  device.seek(pos);
  return device;
}

/** A device with positions of a program's own. */
class Own extends QIODevice {
  private readonly content: Buffer;
  constructor(text: string) {
    super();
    this.content = Buffer.from(text);
    this.open(QIODevice.ReadOnly);
  }
  override size(): number {
    return this.content.length;
  }
  protected override readData(max: number): Buffer {
    return Buffer.from(this.content.subarray(this.pos(), this.pos() + Math.min(max, 4)));
  }
}

const web = (text: string): ReadableStream<Uint8Array> => new Response(text).body as ReadableStream<Uint8Array>;

async function* words(...all: string[]): AsyncGenerator<string> {
  for (const word of all) {
    await turns(1);
    yield word;
  }
}

/** A multipart with the boundary B of such bodies. */
function multipart(...bodies: (PartSource | Uint8Array)[]): QHttpMultiPart {
  const form = new QHttpMultiPart();
  form.setBoundary('B');
  for (const body of bodies) {
    const part = new QHttpPart();
    if (body instanceof Uint8Array) part.setBody(body);
    else part.setBodyDevice(body);
    form.append(part);
  }
  return form;
}

const text = (...bodies: string[]): string => `${bodies.map((body) => `--B\r\n\r\n${body}\r\n`).join('')}--B--\r\n`;

async function sent(send: (manager: QNetworkAccessManager) => QNetworkReply): Promise<SeenRequest> {
  await using manager = fresh();
  const before = origin.requests.length;
  const reply = await finished(send(manager));
  expect([reply.error(), reply.errorString()]).toEqual([0, 'Unknown error']);
  return origin.requests.slice(before).findLast(({ method }) => method === 'POST')!;
}

async function failed(send: (manager: QNetworkAccessManager) => QNetworkReply): Promise<QNetworkReply> {
  await using manager = fresh();
  const before = origin.requests.length;
  const reply = await finished(send(manager));
  await origin.whenIdle();
  // the server never saw a whole request
  expect(origin.requests.slice(before).filter(({ short }) => !short)).toEqual([]);
  return reply;
}

describe('what a source is on the wire', () => {
  const rows: readonly [what: string, make: () => PartSource, body: string, known: boolean][] = [
    ['an open QBuffer', () => opened(new QBuffer('hello')), 'hello', true],
    ['a QBuffer that was read from', () => opened(new QBuffer('hello'), 3), 'lo', true],
    ['a QBuffer nobody opened', () => new QBuffer('hello'), 'hello', true],
    ['a QFile', () => opened(new QFile(path)), 'file content', true],
    ['a QFile from its place', () => opened(new QFile(path), 5), 'content', true],
    ['a QFile at its end', () => opened(new QFile(path), 12), '', true],
    ['a device of the own', () => new Own('hello world'), 'hello world', true],
    ['a sequential device', () => new Pipe().later('one ', 'two'), 'one two', true],
    ['a Blob', () => new Blob(['hello']), 'hello', true],
    ['a Node stream', () => Readable.from(['one ', 'two'], { objectMode: false }), 'one two', false],
    ['a web stream', () => web('one two'), 'one two', false],
    ['an async generator', () => words('one ', 'two'), 'one two', false],
    ['a list', () => ['one ', Buffer.from('two')], 'one two', false],
    ['a function', () => () => words('one ', 'two'), 'one two', false],
    ['a function that promises a device', () => async () => opened(new QFile(path)), 'file content', false],
  ];
  it.each(rows)('%s', async (_what, make, body, known) => {
    const alone = await sent((m) => m.post(origin.url('/'), multipart(make())));
    expect(alone.body.toString()).toBe(text(body));
    expect(alone.header('Content-Length')).toBe(known ? String(alone.body.length) : undefined);
    expect(alone.chunked).toBe(!known);
    const between = await sent((m) =>
      m.post(origin.url('/'), multipart(Buffer.from('before'), make(), opened(new QFile(path)), make())),
    );
    expect(between.body.toString()).toBe(text('before', body, 'file content', body));
  });

  it('large ones arrive whole', async () => {
    const large = join(folder, 'large');
    const content = randomBytes(3_000_001);
    writeFileSync(large, content);
    const form = multipart(opened(new QFile(large)), content, opened(new QFile(large), 1_000_000), new Blob([content]));
    const request = await sent((m) => m.post(origin.url('/'), form));
    const bodies = [content, content, content.subarray(1_000_000), content].map((one) => one.toString('latin1'));
    expect(request.body.toString('latin1') === text(...bodies)).toBe(true);
  });

  it('one device can be in two parts', async () => {
    const file = opened(new QFile(path), 5);
    const request = await sent((m) => m.post(origin.url('/'), multipart(file, file)));
    expect(request.body.toString()).toBe(text('content', 'content'));
  });

  it('progress counts all of it', async () => {
    await using manager = fresh();
    const reply = manager.post(origin.url('/'), multipart(opened(new QFile(path)), new Own('own')));
    const seen: unknown[] = [];
    reply.uploadProgress.connect((...args) => seen.push(args));
    await finished(reply);
    const all = text('file content', 'own').length;
    expect(seen.at(-2)).toEqual([all, all]);
  });
});

describe('sequential devices in parts (semantics 11.1)', () => {
  const unbuffered = (form: QHttpMultiPart, length: string | null) => (m: QNetworkAccessManager) => {
    const request = new QNetworkRequest(origin.url('/'));
    request.setAttribute(QNetworkRequest.DoNotBufferUploadDataAttribute, true);
    if (length !== null) request.setRawHeader('Content-Length', length);
    return m.post(request, form);
  };

  it('are read to their end first, all at the same time', async () => {
    await using manager = fresh();
    const [first, second] = [new Pipe(), new Pipe().feed('se')];
    const before = origin.requests.length;
    const reply = manager.post(origin.url('/'), multipart(first, opened(new QFile(path)), second));
    second.feed('cond').over();
    first.feed('first');
    await turns();
    expect(manager.connectionCount()).toBe(0);
    first.over();
    await finished(reply);
    expect(origin.requests[before]!.body.toString()).toBe(text('first', 'file content', 'second'));
    expect(origin.requests[before]!.header('Content-Length')).toBe(String(origin.requests[before]!.body.length));
  });

  it('a reply can be one', async () => {
    await using manager = fresh();
    const before = origin.requests.length;
    await finished(manager.post(origin.url('/'), multipart(manager.get(origin.url('/source')))));
    expect(origin.requests.slice(before).at(-1)!.body.toString()).toBe(text('from a reply'));
  });

  it('are streamed with DoNotBufferUploadDataAttribute and the length of the whole', async () => {
    await using manager = fresh();
    const pipe = new Pipe();
    const length = text('one two').length;
    const before = origin.requests.length;
    const reply = unbuffered(multipart(pipe), String(length))(manager);
    const [bytes, total] = await reply.uploadProgress.next();
    expect([bytes, total]).toEqual(['--B\r\n\r\n'.length, length]);
    pipe.later('one ', 'two');
    await finished(reply);
    expect(origin.requests[before]!.body.toString()).toBe(text('one two'));
    expect(origin.requests[before]!.header('Content-Length')).toBe(String(length));
  });

  it('a wrong length is noticed', async () => {
    const reply = await failed(unbuffered(multipart(new Pipe().later('one')), '99'));
    expect(reply.errorString()).toMatch(/ended after 19 of 99 bytes/);
  });

  it('without a length they are read first all the same', async () => {
    const request = await sent(unbuffered(multipart(new Pipe().later('one')), null));
    expect([request.body.toString(), request.chunked]).toEqual([text('one'), false]);
  });

  it('abort while they are read', async () => {
    await using manager = fresh();
    const pipe = new Pipe();
    const reply = manager.post(origin.url('/'), multipart(pipe));
    await turns();
    reply.abort();
    expect(reply.error()).toBe(QNetworkReply.OperationCanceledError);
    expect([pipe.readyRead.size, pipe.readChannelFinished.size, pipe.destroyed.size]).toEqual([0, 0, 0]);
  });
});

describe('sent again', () => {
  const again: readonly [string, () => PartSource, string][] = [
    ['a QFile from its place', () => opened(new QFile(path), 5), 'content'],
    ['a device of the own', () => opened(new Own('hello'), 2), 'llo'],
    ['a collected sequential device', () => new Pipe().later('one ', 'two'), 'one two'],
    ['a Blob', () => new Blob(['blob']), 'blob'],
    ['a function', () => () => words('one ', 'two'), 'one two'],
  ];
  it.each(again)('%s, by a redirect', async (_what, make, body) => {
    await using manager = fresh();
    const before = origin.requests.length;
    const reply = await finished(manager.post(origin.url('/again'), multipart(make(), Buffer.from('last'))));
    expect(reply.errorString()).toBe('Unknown error');
    const seen = origin.requests.slice(before);
    expect(seen.map(({ target }) => target)).toEqual(['/again', '/']);
    for (const request of seen) {
      expect(request.body.toString()).toBe(text(body, 'last'));
      expect(request.header('Content-Type')).toBe('multipart/mixed; boundary="B"');
    }
  });

  const once: readonly [string, () => PartSource][] = [
    ['a Node stream', () => Readable.from(['one'], { objectMode: false })],
    ['a web stream', () => web('one')],
    ['an async generator', () => words('one')],
  ];
  it.each(once)('%s cannot be: an error, and no broken request', async (_what, make) => {
    await using manager = fresh();
    const before = origin.requests.length;
    const reply = await finished(manager.post(origin.url('/again'), multipart(make())));
    expect(reply.error()).toBe(QNetworkReply.ContentReSendError);
    expect(origin.requests.slice(before).map(({ target }) => target)).toEqual(['/again']);
  });

  it('a device that cannot go back says so', async () => {
    await using manager = fresh();
    class Forward extends Own {
      override seek(): boolean {
        return false;
      }
    }
    const reply = await finished(manager.post(origin.url('/again'), multipart(new Forward('hello'))));
    expect(reply.error()).toBe(QNetworkReply.ContentReSendError);
    expect(reply.errorString()).toMatch(/part 1: .*cannot go back/);
  });
});

describe('what goes wrong names the part', () => {
  const rows: readonly [string, () => PartSource, RegExp][] = [
    ['a device nobody opened', () => new QFile(path), /part 2: .*not open for reading/],
    [
      'a device opened for writing',
      () => {
        const file = new QFile(join(folder, 'written'));
        file.open(QIODevice.WriteOnly);
        return file;
      },
      /part 2: .*not open for reading/,
    ],
    [
      'a device that throws',
      () => {
        class Bad extends Own {
          protected override readData(): Buffer {
            throw new Error('out of paper');
          }
        }
        return new Bad('x');
      },
      /part 2: .*out of paper/,
    ],
    [
      'a stream that fails',
      () =>
        new Readable({
          read() {
            this.destroy(new Error('out of paper'));
          },
        }),
      /part 2: .*out of paper/,
    ],
    [
      'a function that throws',
      () => () => {
        throw new Error('out of paper');
      },
      /part 2: .*out of paper/,
    ],
    [
      'a sequential device that is deleted',
      () => {
        const pipe = new Pipe();
        setImmediate(() => pipe._destroy());
        return pipe;
      },
      /part 2: .*deleted/,
    ],
    [
      'a file that gets shorter',
      () => {
        const file = join(folder, 'shrinking');
        writeFileSync(file, Buffer.alloc(100_000));
        const device = opened(new QFile(file));
        truncateSync(file, 50_000);
        device.size = () => 100_000;
        return device;
      },
      /part 2: .*ended after 50000 of 100000 bytes/,
    ],
  ];
  it.each(rows)('%s', async (_what, make, message) => {
    const reply = await failed((m) => m.post(origin.url('/'), multipart(Buffer.from('first'), make())));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(message);
    expect(reply.failure()).toMatchObject({ kind: 'upload', phase: 'send' });
  });

  it('a device that is closed too early', async () => {
    const file = opened(new QFile(path));
    const reply = await failed((m) => {
      const made = m.post(origin.url('/'), multipart(file));
      file.close();
      return made;
    });
    expect(reply.errorString()).toMatch(/part 1: .*closed before everything was sent/);
  });

  it('a stream that fails while another part is waited for', async () => {
    const pipe = new Pipe();
    const stream = new Readable({ read() {} });
    const reply = await failed((m) => {
      const made = m.post(origin.url('/'), multipart(pipe, stream));
      stream.destroy(new Error('out of paper'));
      pipe.later('x');
      return made;
    });
    expect(reply.errorString()).toMatch(/part 2: .*out of paper/);
  });

  it('a part of a part', async () => {
    const outer = new QHttpMultiPart();
    const part = new QHttpPart();
    part.setBody(multipart(new QFile(path)));
    outer.append(part);
    const reply = await failed((m) => m.post(origin.url('/'), outer));
    expect(reply.errorString()).toMatch(/^part 1, part 1: /);
  });

  it('a stream that was sent before is refused at once', async () => {
    await using manager = fresh();
    const form = multipart(Buffer.from('x'), Readable.from(['one'], { objectMode: false }));
    await finished(manager.post(origin.url('/'), form));
    expect(() => manager.post(origin.url('/'), form)).toThrow(/QNetworkAccessManager.post: part 2: .*read or sent before/);
  });

  it('a request that is stopped closes the streams it did not come to', async () => {
    await using manager = fresh();
    const streams = [Readable.from(['one'], { objectMode: false }), Readable.from(['two'], { objectMode: false })];
    const reply = manager.post(origin.url('/'), multipart(...streams));
    reply.abort();
    await turns();
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });
});

describe('the body as a device in an overridden createRequest', () => {
  class Custom extends QNetworkAccessManager {
    private readonly look: (device: QIODevice, request: QNetworkRequest) => void;
    constructor(look: (device: QIODevice, request: QNetworkRequest) => void) {
      super();
      this.look = look;
    }
    protected override createRequest(
      op: QNetworkAccessManager.Operation,
      request: QNetworkRequest,
      device: QIODevice | null = null,
    ): QNetworkReply {
      if (op === QNetworkAccessManager.PostOperation) this.look(device!, request);
      return super.createRequest(op, request, device);
    }
  }
  const posted = async (form: QHttpMultiPart, look: (device: QIODevice, request: QNetworkRequest) => void) => {
    await using manager = new Custom(look);
    const before = origin.requests.length;
    const reply = await finished(manager.post(origin.url('/'), form));
    expect(reply.errorString()).toBe('Unknown error');
    return origin.requests[before]!;
  };
  const fixed = () => {
    const file = opened(new QFile(path), 5);
    return multipart(Buffer.from('bytes'), file, file, new Own('own device'), new QBuffer(''));
  };
  const whole = text('bytes', 'content', 'content', 'own device', '');

  it('the headers are there already', async () => {
    await posted(fixed(), (_device, request) => {
      expect(request.rawHeaderList().map(String)).toEqual(['Content-Type', 'MIME-Version']);
    });
  });

  it('has positions, and a look changes nothing', async () => {
    const request = await posted(fixed(), (device) => {
      expect([device.isSequential(), device.size(), device.pos(), device.bytesAvailable()]).toEqual([
        false,
        whole.length,
        0,
        whole.length,
      ]);
      expect(device.peek(1_000_000).toString()).toBe(whole);
      expect(device.peek(20).toString()).toBe(whole.slice(0, 20));
      expect(device.pos()).toBe(0);
    });
    expect(request.body.toString()).toBe(whole);
    expect(request.header('Content-Length')).toBe(String(whole.length));
  });

  it('can be read and gone back in', async () => {
    const request = await posted(fixed(), (device) => {
      expect(device.readAll().toString()).toBe(whole);
      expect(device.atEnd()).toBe(true);
      for (let at = whole.length; at >= 0; at -= 3) {
        expect(device.seek(at)).toBe(true);
        expect(device.read(7).toString()).toBe(whole.slice(at, at + 7));
      }
      expect(device.reset()).toBe(true);
    });
    expect(request.body.toString()).toBe(whole);
  });

  it('what was read and not given back is missing, as with any device', async () => {
    const request = await posted(fixed(), (device) => expect(device.read(10).toString()).toBe(whole.slice(0, 10)));
    expect(request.body.toString()).toBe(whole.slice(10));
  });

  it('a part that is closed meanwhile reads as an end, with the reason', async () => {
    const file = opened(new QFile(path));
    await using manager = new Custom((device) => {
      file.close();
      expect(device.readAll().toString()).toBe('--B\r\n\r\n');
      expect(device.errorString()).toMatch(/part 1: its device was closed/);
      expect(device.reset()).toBe(false);
    });
    const reply = await finished(manager.post(origin.url('/'), multipart(file)));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    await origin.whenIdle();
  });

  const sources: readonly [string, () => PartSource][] = [
    ['a Blob', () => new Blob(['one two'])],
    ['a Node stream', () => Readable.from(['one ', 'two'], { objectMode: false })],
    ['an async generator', () => words('one ', 'two')],
  ];
  it.each(sources)('with %s it is sequential, and a look changes nothing', async (_what, make) => {
    let looked: Promise<string> | null = null;
    const request = await posted(multipart(make(), opened(new QFile(path))), (device) => {
      expect(device.isSequential()).toBe(true);
      expect(device.peek(7).toString()).toBe('--B\r\n\r\n');
      looked = (async () => {
        while (device.peek(10).length < 10) await device.readyRead.next();
        return device.peek(10).toString();
      })();
    });
    expect(await looked).toBe('--B\r\n\r\none');
    expect(request.body.toString()).toBe(text('one two', 'file content'));
  });

  it('a sequential device that was looked at is still sent with its length', async () => {
    const request = await posted(multipart(new Pipe().later('one ', 'two')), (device) => device.peek(3));
    expect([request.body.toString(), request.chunked]).toEqual([text('one two'), false]);
  });

  it('closed by the program it is not sent', async () => {
    for (const form of [fixed(), multipart(new Blob(['x']))]) {
      await using manager = new Custom((device) => device.close());
      const reply = await finished(manager.post(origin.url('/'), form));
      expect(reply.errorString()).toMatch(/upload device (is not open|was closed)/);
    }
  });
});
