import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BodySource, QBuffer, QByteArray, QFile, QIODevice, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { Pipe } from '../../support/pipe.ts';
import { type SeenRequest, type Served, serve } from '../../support/server.ts';
import { finished, fresh } from '../bridge/support.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: { 'GET /source': { body: 'from a reply' }, 'GET /404': { status: 404, body: 'lost' }, '*': { body: 'ok' } },
  });
});
afterAll(() => origin.close());

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-bodies-'));
const path = join(folder, 'file.txt');
writeFileSync(path, 'file content');

/** The request as the server saw it. */
async function sent(send: (m: ReturnType<typeof fresh>) => QNetworkReply): Promise<SeenRequest> {
  await using manager = fresh();
  const before = origin.requests.length;
  const reply = await finished(send(manager));
  expect([reply.error(), reply.errorString()]).toEqual([0, 'Unknown error']);
  return origin.requests.slice(before).findLast(({ method }) => method !== 'GET')!;
}

const put = (source: BodySource, headers: Record<string, string> = {}) =>
  sent((m) => m.put(origin.url('/'), source, { headers }));

const text = new TextEncoder();
async function* asyncParts(...parts: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  for (const part of parts) {
    await new Promise<void>((next) => setImmediate(next));
    yield part;
  }
}
function* parts(...all: (string | Uint8Array)[]): Generator<string | Uint8Array> {
  yield* all;
}
const web = (...all: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of all) controller.enqueue(text.encode(part));
      controller.close();
    },
  });

function openBuffer(data: string, pos = 0): QBuffer {
  const buffer = new QBuffer(data);
  buffer.open(QIODevice.ReadOnly);
  buffer.seek(pos);
  return buffer;
}

function openFile(pos = 0): QFile {
  const file = new QFile(path);
  expect(file.open(QIODevice.ReadOnly)).toBe(true);
  file.seek(pos);
  return file;
}

interface Wire {
  readonly body: string;
  /** Content-Length, or -1 for chunks. */
  readonly length: number;
  readonly type?: string;
}

describe('what a source is on the wire', () => {
  const rows: readonly [name: string, make: () => BodySource, wire: Wire, headers?: Record<string, string>][] = [
    ['text', () => 'h\u00f6llo', { body: 'h\u00f6llo', length: 6 }],
    ['Uint8Array', () => text.encode('hello'), { body: 'hello', length: 5 }],
    ['part of a Uint8Array', () => text.encode('xxhelloxx').subarray(2, 7), { body: 'hello', length: 5 }],
    ['ArrayBuffer', () => text.encode('hello').buffer as ArrayBuffer, { body: 'hello', length: 5 }],
    ['QByteArray', () => new QByteArray('hello'), { body: 'hello', length: 5 }],
    ['no text', () => '', { body: '', length: 0 }],
    ['no bytes', () => new Uint8Array(0), { body: '', length: 0 }],
    [
      'URLSearchParams',
      () => new URLSearchParams({ a: '1 2', b: '\u00fc' }),
      { body: 'a=1+2&b=%C3%BC', length: 14, type: 'application/x-www-form-urlencoded;charset=UTF-8' },
    ],
    ['an open QBuffer', () => openBuffer('hello'), { body: 'hello', length: 5 }],
    ['a QBuffer that was read from', () => openBuffer('hello', 3), { body: 'lo', length: 2 }],
    ['a QBuffer at its end', () => openBuffer('hello', 5), { body: '', length: 0 }],
    ['a QBuffer nobody opened', () => new QBuffer('hello'), { body: 'hello', length: 5 }],
    ['a QFile', () => openFile(), { body: 'file content', length: 12 }],
    ['a QFile that was read from', () => openFile(5), { body: 'content', length: 7 }],
    ['a sequential device', () => new Pipe().feed('one ').later('two ', 'three'), { body: 'one two three', length: 13 }],
    ['an empty sequential device', () => new Pipe().later(), { body: '', length: 0 }],
    ['a Node stream', () => Readable.from(['one ', 'two']), { body: 'one two', length: -1 }],
    [
      'a Node stream with a length',
      () => Readable.from(['one ', 'two']),
      { body: 'one two', length: 7 },
      { 'Content-Length': '7' },
    ],
    ['an empty Node stream', () => Readable.from([]), { body: '', length: -1 }],
    [
      'a Node stream that has ended but was not read',
      () => {
        const stream = new Readable({ read() {} });
        stream.push('all of it');
        stream.push(null);
        return stream;
      },
      { body: 'all of it', length: -1 },
    ],
    [
      'a Node stream that was read in part',
      () => {
        const stream = new Readable({ read() {} });
        stream.push('head rest');
        stream.push(null);
        stream.read(5);
        return stream;
      },
      { body: 'rest', length: -1 },
    ],
    ['a web stream', () => web('one ', 'two'), { body: 'one two', length: -1 }],
    ['a web stream with a length', () => web('one ', 'two'), { body: 'one two', length: 7 }, { 'content-length': '7' }],
    ['an empty web stream', () => web(), { body: '', length: -1 }],
    ['an async generator', () => asyncParts('one ', text.encode('two')), { body: 'one two', length: -1 }],
    [
      'an async generator with empty pieces',
      () => asyncParts('', 'one', '', new Uint8Array(0), 'two', ''),
      { body: 'onetwo', length: -1 },
    ],
    ['a generator', () => parts('one ', text.encode('two')), { body: 'one two', length: -1 }],
    ['a generator with empty pieces', () => parts('', 'one', '', 'two', ''), { body: 'onetwo', length: -1 }],
    ['an array', () => ['one ', text.encode('two')], { body: 'one two', length: -1 }],
    ['a Blob', () => new Blob(['one ', 'two']), { body: 'one two', length: 7 }],
    ['a Blob with a type', () => new Blob(['<p>'], { type: 'text/html' }), { body: '<p>', length: 3, type: 'text/html' }],
    ['an empty Blob', () => new Blob([]), { body: '', length: 0 }],
    ['a function: text', () => () => 'hello', { body: 'hello', length: -1 }],
    ['a function: text with a length', () => () => 'hello', { body: 'hello', length: 5 }, { 'Content-Length': '5' }],
    ['a function: bytes', () => () => text.encode('hello'), { body: 'hello', length: -1 }],
    ['a function: ArrayBuffer', () => () => text.encode('hello').buffer as ArrayBuffer, { body: 'hello', length: -1 }],
    ['a function: QByteArray', () => () => new QByteArray('hello'), { body: 'hello', length: -1 }],
    ['a function: URLSearchParams', () => () => new URLSearchParams({ a: '1' }), { body: 'a=1', length: -1 }],
    ['a function: Node stream', () => () => Readable.from(['one ', 'two']), { body: 'one two', length: -1 }],
    ['a function: web stream', () => () => web('one ', 'two'), { body: 'one two', length: -1 }],
    ['a function: Blob', () => () => new Blob(['one']), { body: 'one', length: -1 }],
    ['a generator function', () => () => parts('one ', 'two'), { body: 'one two', length: -1 }],
    ['an async generator function', () => () => asyncParts('one ', 'two'), { body: 'one two', length: -1 }],
    ['an async function', () => async () => 'hello', { body: 'hello', length: -1 }],
    ['an async function: stream', () => async () => Readable.from(['one ', 'two']), { body: 'one two', length: -1 }],
    ['a function that gives a function', () => () => () => 'hello', { body: 'hello', length: -1 }],
    ['a function: QBuffer', () => () => openBuffer('hello', 2), { body: 'llo', length: -1 }],
    ['a function: QFile', () => () => openFile(5), { body: 'content', length: -1 }],
    ['a function: sequential device', () => () => new Pipe().feed('one ').later('two'), { body: 'one two', length: -1 }],
  ];
  it.each(rows)('%s', async (_name, make, { body, length, type }, headers) => {
    const request = await put(make(), headers);
    expect(request.body.toString()).toBe(body);
    const framing = [request.header('Content-Length'), request.header('Transfer-Encoding')];
    expect(framing).toEqual(length < 0 ? [undefined, 'chunked'] : [String(length), undefined]);
    expect(request.header('Content-Type')).toBe(type);
    expect(request.headers.filter(([name]) => /^(content-length|transfer-encoding)$/i.test(name))).toHaveLength(1);
  });

  it.each([100_000, 3_000_000])('big ones arrive whole: %d bytes', async (size) => {
    const big = Buffer.from(Array.from({ length: size }, (_, i) => i % 251));
    const file = join(folder, `big-${size}`);
    writeFileSync(file, big);
    const device = new QFile(file);
    device.open(QIODevice.ReadOnly);
    const pieces = Array.from({ length: Math.ceil(size / 70_000) }, (_, i) => big.subarray(i * 70_000, (i + 1) * 70_000));
    const sources: readonly [string, BodySource][] = [
      ['bytes', big],
      ['file', device],
      ['blob', new Blob([big])],
      ['node', Readable.from(pieces)],
      ['async', asyncParts(...pieces)],
      ['generator', parts(...pieces)],
      ['one piece', [big]],
    ];
    for (const [name, source] of sources) {
      const request = await put(source);
      expect(request.body.equals(big), name).toBe(true);
    }
  });
});

describe('Content-Length of the caller', () => {
  const sized: readonly [name: string, make: () => BodySource][] = [
    ['text', () => 'hello'],
    ['QBuffer', () => openBuffer('xhello', 1)],
    ['Blob', () => new Blob(['hello'])],
    [
      'QFile',
      () => {
        const file = join(folder, 'five');
        writeFileSync(file, 'hello');
        const device = new QFile(file);
        device.open(QIODevice.ReadOnly);
        return device;
      },
    ],
  ];
  const announced: readonly [value: string, body: string][] = [
    ['3', 'hel'],
    ['0', ''],
    ['5', 'hello'],
    ['8', 'hello'],
    ['no number', 'hello'],
    ['-1', 'hello'],
    ['5, 5', 'hello'],
    ['99999999999999999999', 'hello'],
  ];
  it.each(sized.flatMap(([name, make]) => announced.map(([value, body]) => [name, value, make, body] as const)))(
    '%s, Content-Length %s',
    async (_name, value, make, body) => {
      const request = await put(make(), { 'Content-Length': value });
      expect(request.body.toString()).toBe(body);
      expect(request.headers.filter(([name]) => name.toLowerCase() === 'content-length')).toEqual([
        ['Content-Length', String(body.length)],
      ]);
    },
  );

  it('given twice it is sent once', async () => {
    const request = await sent((m) =>
      m.put(origin.url('/'), 'hello', {
        headers: [
          ['Content-Length', '5'],
          ['Content-Length', '2'],
        ],
      }),
    );
    expect(request.headers.filter(([name]) => name.toLowerCase() === 'content-length')).toEqual([['Content-Length', '5']]);
    expect(request.body.toString()).toBe('hello');
  });

  it('of a form is always the true one', async () => {
    const form = new FormData();
    form.set('a', 'b');
    const request = await put(form, { 'Content-Length': '3' });
    expect(request.body.length).toBe(Number(request.header('Content-Length')));
    expect(request.body.toString()).toMatch(/--\r\n$/);
  });

  it('a Transfer-Encoding of the caller is not sent: the framing is ours', async () => {
    for (const source of ['hello', Readable.from(['hello'])]) {
      const request = await put(source, { 'Transfer-Encoding': 'gzip, chunked' });
      expect(request.body.toString()).toBe('hello');
      const values = request.headers.filter(([name]) => name.toLowerCase() === 'transfer-encoding').map(([, value]) => value);
      expect(values).toEqual(typeof source === 'string' ? [] : ['chunked']);
    }
    const bare = await sent((m) => m.deleteResource(origin.url('/'), { headers: { 'Transfer-Encoding': 'chunked' } }));
    expect(bare.header('Transfer-Encoding')).toBeUndefined();
  });
});

describe('Content-Type', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const rows: readonly [name: string, send: (m: ReturnType<typeof fresh>) => QNetworkReply, type: string | undefined][] = [
    ['POST with bytes', (m) => m.post(origin.url('/'), 'x'), FORM],
    ['POST with a stream', (m) => m.post(origin.url('/'), Readable.from(['x'])), FORM],
    ['POST with an untyped Blob', (m) => m.post(origin.url('/'), new Blob(['x'])), FORM],
    ['POST with a typed Blob', (m) => m.post(origin.url('/'), new Blob(['x'], { type: 'text/html' })), 'text/html'],
    ['POST with a File', (m) => m.post(origin.url('/'), new File(['x'], 'a.html', { type: 'text/html' })), 'text/html'],
    ['POST with URLSearchParams', (m) => m.post(origin.url('/'), new URLSearchParams('a=b')), `${FORM};charset=UTF-8`],
    ['POST with no bytes', (m) => m.post(origin.url('/'), ''), undefined],
    ['POST without a body', (m) => m.post(origin.url('/')), undefined],
    ['POST with a query and no body', (m) => m.post(origin.url('/?a=b')), FORM],
    ['POST with a query and no bytes', (m) => m.post(origin.url('/?a=b'), ''), FORM],
    ["POST, the caller's", (m) => m.post(origin.url('/'), 'x', { headers: { 'content-type': 'a/b' } }), 'a/b'],
    [
      "POST of a Blob, the caller's",
      (m) => m.post(origin.url('/'), new Blob(['x'], { type: 'text/html' }), { headers: { 'content-type': 'a/b' } }),
      'a/b',
    ],
    ['PUT', (m) => m.put(origin.url('/?a=b'), 'x'), undefined],
    ['custom POST', (m) => m.sendCustomRequest(origin.url('/?a=b'), 'POST', 'x'), undefined],
    [
      'custom PATCH of a Blob',
      (m) => m.sendCustomRequest(origin.url('/'), 'PATCH', new Blob(['x'], { type: 'text/html' })),
      'text/html',
    ],
    ['JSON', (m) => m.post(origin.url('/'), { json: { a: [1, '\u00fc'] } }), 'application/json'],
    [
      "JSON, the caller's",
      (m) => m.post(origin.url('/'), { json: 1, headers: { 'Content-Type': 'application/problem+json' } }),
      'application/problem+json',
    ],
  ];
  it.each(rows)('%s', async (_name, send, type) => {
    const request = await sent(send);
    expect(request.headers.filter(([name]) => name.toLowerCase() === 'content-type').map(([, value]) => value)).toEqual(
      type === undefined ? [] : [type],
    );
  });

  it('JSON is sent as such', async () => {
    const request = await sent((m) => m.post(origin.url('/'), { json: { a: [1, '\u00fc', null], b: undefined } }));
    expect(request.body.toString()).toBe('{"a":[1,"\u00fc",null]}');
    expect(request.header('Content-Length')).toBe(String(request.body.length));
    expect((await sent((m) => m.post(origin.url('/'), { json: null }))).body.toString()).toBe('null');
  });
});

describe('FormData', () => {
  it('is what another implementation reads', async () => {
    const form = new FormData();
    form.append('plain', 'value');
    form.append('plain', 'again');
    form.append('empty', '');
    form.append('lines', 'a\nb\r\nc\rd');
    form.append('n\u00e4me "quoted"\r\nline', 'v\u00e4lue');
    form.append('file', new File([Buffer.alloc(200_000, 'f')], 'd\u00e4ta "1".bin', { type: 'application/x-data' }));
    form.append('blob', new Blob(['untyped']));
    const request = await put(form);
    expect(request.header('Content-Length')).toBe(String(request.body.length));
    expect(request.chunked).toBe(false);
    const type = request.header('Content-Type')!;
    expect(type).toMatch(/^multipart\/form-data; boundary=[-\w]{16,70}$/);
    const read = await new Response(new Uint8Array(request.body), { headers: { 'Content-Type': type } }).formData();
    const entries = [...read].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [value.name, value.type, value.size],
    ]);
    expect(entries).toEqual([
      ['plain', 'value'],
      ['plain', 'again'],
      ['empty', ''],
      ['lines', 'a\r\nb\r\nc\r\nd'],
      ['n\u00e4me "quoted"\r\nline', 'v\u00e4lue'],
      ['file', ['d\u00e4ta "1".bin', 'application/x-data', 200_000]],
      ['blob', ['blob', 'application/octet-stream', 7]],
    ]);
    expect(await (read.get('blob') as File).text()).toBe('untyped');
  });

  it('is taken as it is at the call', async () => {
    await using manager = fresh();
    const form = new FormData();
    form.append('a', '1');
    const before = origin.requests.length;
    const reply = manager.put(origin.url('/'), form);
    form.append('b', '2');
    await finished(reply);
    expect(origin.requests[before]!.body.toString()).not.toContain('name="b"');
  });

  it('without fields is the closing line alone', async () => {
    const request = await put(new FormData());
    expect(request.body.toString()).toMatch(/^--[-\w]+--\r\n$/);
  });

  it("keeps the caller's Content-Type", async () => {
    const request = await put(new FormData(), { 'Content-Type': 'multipart/form-data; boundary=mine' });
    expect(request.header('Content-Type')).toBe('multipart/form-data; boundary=mine');
  });
});

describe('sequential devices (semantics 11.1)', () => {
  const streamed = (length: string | null, device: QIODevice) =>
    sent((m) => {
      const request = new QNetworkRequest(origin.url('/'));
      request.setAttribute(QNetworkRequest.DoNotBufferUploadDataAttribute, true);
      if (length !== null) request.setRawHeader('Content-Length', length);
      return m.put(request, device);
    });

  it('are streamed with DoNotBufferUploadDataAttribute and a length', async () => {
    const request = await streamed('13', new Pipe().later('one ', 'two ', 'three'));
    expect([request.body.toString(), request.header('Content-Length')]).toEqual(['one two three', '13']);
  });

  it('start before they have ended then', async () => {
    await using manager = fresh();
    const pipe = new Pipe().feed('first');
    const request = new QNetworkRequest(origin.url('/'));
    request.setAttribute(QNetworkRequest.DoNotBufferUploadDataAttribute, true);
    request.setRawHeader('Content-Length', '10');
    const reply = manager.put(request, pipe);
    const [bytes, total] = await reply.uploadProgress.next();
    expect([bytes, total]).toEqual([5, 10]);
    pipe.feed('secnd');
    await finished(reply);
    expect(reply.error()).toBe(0);
  });

  it('are cut at the length', async () => {
    const request = await streamed('6', new Pipe().later('one ', 'two ', 'three'));
    expect(request.body.toString()).toBe('one tw');
  });

  it('are buffered without a length', async () => {
    const request = await streamed(null, new Pipe().later('one ', 'two'));
    expect([request.body.toString(), request.header('Content-Length')]).toEqual(['one two', '7']);
  });

  it('may be a reply of another request, running or finished', async () => {
    const sources: readonly ((m: ReturnType<typeof fresh>) => Promise<QNetworkReply>)[] = [
      async (m) => m.get(origin.url('/source')),
      async (m) => finished(m.get(origin.url('/source'))),
      async (m) => m.get('data:,from%20a%20reply'),
    ];
    for (const source of sources) {
      await using manager = fresh();
      const before = origin.requests.length;
      const reply = await finished(manager.put(origin.url('/'), await source(manager)));
      expect([
        reply.error(),
        origin.requests
          .slice(before)
          .find(({ method }) => method === 'PUT')!
          .body.toString(),
      ]).toEqual([0, 'from a reply']);
    }
  });

  it('a reply that failed is not sent for a body', async () => {
    await using manager = fresh();
    const before = origin.requests.length;
    const source = manager.get(origin.url('/404'));
    const reply = await finished(manager.put(origin.url('/'), source));
    expect([reply.error(), source.error()]).toEqual([QNetworkReply.UnknownNetworkError, QNetworkReply.ContentNotFoundError]);
    expect(reply.errorString()).toMatch(/whose body is uploaded failed/);
    expect(origin.requests.slice(before).map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('what was given belongs to the caller again', () => {
  it.each([
    ['Uint8Array', (memory: Uint8Array<ArrayBuffer>) => memory],
    ['ArrayBuffer', (memory: Uint8Array<ArrayBuffer>) => memory.buffer],
    ['QByteArray', (memory: Uint8Array<ArrayBuffer>) => new QByteArray(Buffer.from(memory))],
  ])('%s', async (_name, wrap) => {
    await using manager = fresh();
    const memory = text.encode('hello');
    const source = wrap(memory);
    const before = origin.requests.length;
    const reply = manager.put(origin.url('/'), source);
    memory.fill(0);
    if (source instanceof QByteArray) source.append(' more');
    await finished(reply);
    expect(origin.requests[before]!.body.toString()).toBe('hello');
  });
});

describe('what is no body is refused at once', () => {
  const consumed = async () => {
    const stream = Readable.from(['x']);
    await stream.toArray();
    return stream;
  };
  const rows: readonly [name: string, make: () => unknown, text: RegExp][] = [
    ['a number', () => 5, /QNetworkAccessManager\.put: a body is text, bytes, .* got number/],
    ['a boolean', () => true, /got boolean/],
    ['a symbol', () => Symbol('x'), /got symbol/],
    ['an object of a class', () => new Date(), /got object/],
    ['a Node stream read to its end', consumed, /was read or sent before; give a function/],
    ['a destroyed Node stream', () => Readable.from(['x']).destroy(), /was read or sent before/],
    [
      'a web stream read to its end',
      async () => {
        const stream = web('x');
        await new Response(stream).text();
        return stream;
      },
      /before|reader already/,
    ],
    [
      'a web stream read to its end and released',
      async () => {
        const stream = web('x');
        const reader = stream.getReader();
        while (!(await reader.read()).done);
        reader.releaseLock();
        return stream;
      },
      /was read or sent before/,
    ],
    [
      'a locked web stream',
      () => {
        const stream = web('x');
        stream.getReader();
        return stream;
      },
      /has a reader already/,
    ],
  ];
  it.each(rows)('%s', async (_name, make, message) => {
    await using manager = fresh();
    const source = (await make()) as BodySource;
    expect(() => manager.put(origin.url('/'), source)).toThrow(TypeError);
    expect(() => manager.put(origin.url('/'), source)).toThrow(message);
  });

  it('both data and json', async () => {
    await using manager = fresh();
    expect(() => manager.post(origin.url('/'), 'x', { json: 1 })).toThrow(/not both/);
    expect(() => manager.post(origin.url('/'), { json: () => 1 })).toThrow(/json/);
    expect(() => manager.post(origin.url('/'), { json: 1n })).toThrow(/json/);
  });

  it.each([
    ['a generator', () => parts('x')],
    ['an async generator', () => asyncParts('x')],
    ['a Node stream', () => Readable.from(['x'])],
    ['a web stream', () => web('x')],
  ])('%s that was sent before', async (_name, make) => {
    await using manager = fresh();
    const source = make();
    await manager.put(origin.url('/'), source).bytes();
    expect(() => manager.put(origin.url('/'), source)).toThrow(/before/);
  });

  it('a generator that two requests share reaches one of them', async () => {
    await using manager = fresh();
    const source = asyncParts('x');
    const [first, second] = [manager.put(origin.url('/'), source), manager.put(origin.url('/'), source)];
    await Promise.all([finished(first), finished(second)]);
    expect([first.error(), second.error()].sort()).toEqual([0, QNetworkReply.UnknownNetworkError]);
    expect(second.errorString()).toMatch(/sent before/);
  });

  it.each([
    ['an async iterator', { [Symbol.asyncIterator]: () => asyncParts('one') }],
    ['an iterator', { [Symbol.iterator]: () => parts('one') }],
  ])('a plain object with %s is data, not options', async (_name, source) => {
    const request = await sent((m) => m.put(origin.url('/'), source as AsyncIterable<string>));
    expect(request.body.toString()).toBe('one');
  });
});

describe('what a function gives and cannot be sent', () => {
  const rows: readonly [name: string, source: () => unknown, text: RegExp][] = [
    ['nothing', () => undefined, /gave undefined/],
    ['null', () => null, /gave null/],
    ['a number', () => 5, /gave number/],
    ['FormData', () => new FormData(), /pass the form itself/],
    [
      'an exception',
      () => {
        throw new Error('out of paper');
      },
      /out of paper/,
    ],
    ['a rejection', () => Promise.reject(new Error('out of paper')), /out of paper/],
    ['a promise of a number', async () => 5, /gave number/],
    ['an unopened device', () => new QFile(path), /not open/],
    [
      'itself',
      function self(): unknown {
        return self;
      },
      /gave function/,
    ],
  ];
  it.each(rows)('%s', async (_name, source, message) => {
    await using manager = fresh();
    const before = origin.requests.length;
    const reply = await finished(manager.put(origin.url('/'), source as () => string));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(message);
    expect(reply.failure()).toMatchObject({ kind: 'upload', phase: 'send' });
    await origin.whenIdle();
    // the server never saw a whole request
    expect(origin.requests.slice(before).filter(({ short }) => !short)).toEqual([]);
  });
});
