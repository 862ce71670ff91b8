import { describe, expect, it, test } from 'vitest';
import { QJsonParseError, QNetworkReply, QRestReply } from '../../../src/index.ts';
import { once, until } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';
import { finished, fresh, OwnReply } from '../bridge/support.ts';

interface Seen {
  readonly status: number;
  readonly inRange: boolean;
  readonly success: boolean;
  readonly error: string;
}

function seen(reply: QRestReply): Seen {
  expect(reply.hasError()).toBe(reply.error() !== QNetworkReply.NoError);
  expect(reply.errorString() !== '').toBe(reply.hasError());
  return {
    status: reply.httpStatus(),
    inRange: reply.isHttpStatusSuccess(),
    success: reply.isSuccess(),
    error: QNetworkReply.NetworkError[reply.error()],
  };
}

describe('what is an error', () => {
  it.each<[what: string, answer: Answer, expected: Seen]>([
    ['200', {}, { status: 200, inRange: true, success: true, error: 'NoError' }],
    ['299', { status: 299 }, { status: 299, inRange: true, success: true, error: 'NoError' }],
    ['300', { status: 300 }, { status: 300, inRange: false, success: false, error: 'NoError' }],
    ['404', { status: 404 }, { status: 404, inRange: false, success: false, error: 'NoError' }],
    ['500', { status: 500 }, { status: 500, inRange: false, success: false, error: 'NoError' }],
    [
      '200 and a lost connection',
      { body: 'half of it', truncate: 4, headers: { 'Content-Length': '10' }, end: 'close' },
      { status: 200, inRange: true, success: false, error: 'RemoteHostClosedError' },
    ],
    [
      '404 and a lost connection',
      { status: 404, body: 'half of it', truncate: 4, headers: { 'Content-Length': '10' }, end: 'close' },
      { status: 404, inRange: false, success: false, error: 'RemoteHostClosedError' },
    ],
    [
      '200 and a body that cannot be decoded',
      { headers: { 'Content-Encoding': 'gzip' }, body: 'this is no gzip' },
      { status: 200, inRange: true, success: false, error: 'UnknownContentError' },
    ],
    ['no answer', { fault: 'close before head' }, { status: 0, inRange: false, success: false, error: 'RemoteHostClosedError' }],
  ])('%s', async (_what, answer, expected) => {
    await using origin = await serve({ routes: { '*': answer } });
    await using manager = fresh();
    expect(seen(new QRestReply(await finished(manager.get(origin.url()))))).toEqual(expected);
  });

  it('200 and an abort', async () => {
    await using origin = await serve({ routes: { '*': { headers: { 'Content-Length': '9' }, body: 'part', end: 'hang' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    await once(reply.readyRead, 'readyRead');
    const rest = new QRestReply(reply);
    expect(seen(rest)).toEqual({ status: 200, inRange: true, success: true, error: 'NoError' });
    reply.abort();
    expect(seen(rest)).toEqual({ status: 200, inRange: true, success: false, error: 'OperationCanceledError' });
  });

  it('before there is a status', () => {
    const reply = new QRestReply(new OwnReply());
    expect(seen(reply)).toEqual({ status: 0, inRange: false, success: false, error: 'NoError' });
  });

  it('a reply of a program’s own', () => {
    const missing = new OwnReply().succeed(404).refuse(QNetworkReply.ContentNotFoundError, 'not there');
    expect(seen(new QRestReply(missing)).error).toBe('NoError');
    const refused = new OwnReply().refuse(QNetworkReply.ConnectionRefusedError, 'nobody there');
    expect(new QRestReply(refused).errorString()).toBe('nobody there');
  });

  it('without a reply there is nothing to tell', () => {
    const none = new QRestReply(null);
    const error = new QJsonParseError();
    error.error = 5;
    expect(seen(none)).toEqual({ status: 0, inRange: false, success: false, error: 'NoError' });
    expect([none.networkReply(), none.readJson(error), error.error, none.readText(), none.readBody().length]).toEqual([
      ...[null, null, 0, '', 0],
    ]);
    expect(() => new QRestReply(Promise.resolve() as never)).toThrow(/a promise has to be awaited first/);
  });
});

describe('JSON', () => {
  it('is read once the reply has finished, and only then', async () => {
    await using origin = await serve({ routes: { '*': { body: '{"a":[1,2]}', chunks: [4], pause: 20, framing: 'chunked' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const rest = new QRestReply(reply);
    const error = new QJsonParseError();
    await until(() => reply.bytesAvailable() > 0, 'the first bytes');
    error.error = QJsonParseError.IllegalValue;
    error.offset = 3;
    const before = reply.bytesAvailable();
    expect([rest.readJson(error), error.error, error.offset, reply.bytesAvailable()]).toEqual([null, 0, 0, before]);
    await finished(reply);
    expect(rest.readJson(error)?.toVariant()).toEqual({ a: [1, 2] });
    expect([error.error, reply.bytesAvailable()]).toEqual([QJsonParseError.NoError, 0]);
    expect(rest.readJson(error)).toBeNull();
    expect([error.error, error.offset]).toEqual([QJsonParseError.IllegalValue, 0]);
  });

  it('says where it is broken', () => {
    const error = new QJsonParseError();
    expect(new QRestReply(new OwnReply('[1 2]').succeed()).readJson(error)).toBeNull();
    expect([error.error, error.offset]).toEqual([QJsonParseError.MissingValueSeparator, 4]);
    expect(error.errorString()).toBe('missing value separator');
    expect(new QRestReply(new OwnReply('[1 2]').succeed()).readJson()).toBeNull();
  });
});

test('a body is read once', () => {
  const rest = new QRestReply(new OwnReply('bytes').succeed());
  expect([rest.readBody().toString(), rest.readBody().length, rest.readText()]).toEqual(['bytes', 0, '']);
});

describe('text', () => {
  /** A reply whose body comes when the test says so. */
  class Slow extends OwnReply {
    private readonly pieces: Buffer[] = [];
    constructor(type = '') {
      super();
      if (type !== '') this.setRawHeader('Content-Type', type);
    }
    comes(...bytes: number[]): void {
      this.pieces.push(Buffer.from(bytes));
    }
    typeComes(type: string): void {
      this.setRawHeader('Content-Type', type);
    }
    override bytesAvailable(): number {
      return this.pieces?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    }
    protected override readData(): Buffer | null {
      return this.pieces.shift() ?? null;
    }
  }

  it.each<[type: string, bytes: number[], text: string]>([
    ['', [0xc3, 0xa4], 'ä'],
    ['application/json', [0xc3, 0xa4], 'ä'],
    ['text/plain; charset=utf-8;version=1.7', [0xc3, 0xa4], 'ä'],
    ['text/plain; charset=ISO-8859-1', [0xe4], 'ä'],
    ['text/plain; CHARSET="windows-1252"', [0x80], '€'],
    ['text/plain;charset=utf-16le', [0xe4, 0x00], 'ä'],
    ['', [0xef, 0xbb, 0xbf, 0x41], 'A'],
    // what the charset does not have
    ['', [0x41, 0xff], ''],
  ])('%j %o', (type, bytes, text) => {
    const reply = new Slow(type);
    reply.comes(...bytes);
    expect(new QRestReply(reply).readText()).toBe(text);
    expect(reply.bytesAvailable()).toBe(0);
  });

  it('a character that comes in two pieces', () => {
    const reply = new Slow();
    const rest = new QRestReply(reply);
    reply.comes(0x61, 0xe2, 0x82);
    expect(rest.readText()).toBe('a');
    expect(rest.readText()).toBe('');
    reply.comes(0xac, 0x62);
    expect(rest.readText()).toBe('€b');
  });

  it('the charset counts that came with the head, however early somebody asks', () => {
    const reply = new Slow();
    const rest = new QRestReply(reply);
    expect(rest.readText()).toBe('');
    reply.typeComes('text/plain; charset=iso-8859-1');
    reply.comes(0xe4);
    expect(rest.readText()).toBe('ä');
  });

  it('after bytes that are no text there is no text any more', () => {
    const reply = new Slow();
    const rest = new QRestReply(reply);
    reply.comes(0xff);
    expect(rest.readText()).toBe('');
    reply.comes(0x41);
    expect([rest.readText(), reply.bytesAvailable()]).toEqual(['', 0]);
  });

  it('for a charset that nobody knows the bytes stay', () => {
    const reply = new Slow('text/plain; charset=klingon');
    reply.comes(0x41);
    const rest = new QRestReply(reply);
    expect([rest.readText(), rest.readBody().toString()]).toEqual(['', 'A']);
  });
});
