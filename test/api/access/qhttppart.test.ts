import { describe, expect, it } from 'vitest';
import { partContent } from '../../../src/api/access/qhttppart.ts';
import { QBuffer, QByteArray, QHttpMultiPart, QHttpPart, QNetworkRequest } from '../../../src/index.ts';

const { KnownHeaders } = QNetworkRequest;

const fields = (part: QHttpPart) => partContent(part).headers.flat;
const body = (part: QHttpPart) => {
  const { body } = partContent(part);
  return body instanceof Uint8Array ? Buffer.from(body).toString() : body;
};

describe('headers of a part', () => {
  it('are kept in the order and case in which they were set', () => {
    const part = new QHttpPart();
    part.setRawHeader('x-B', 'two');
    part.setHeader(KnownHeaders.ContentTypeHeader, 'text/plain');
    part.setRawHeader('X-b', 'three');
    expect(fields(part)).toEqual(['X-b', 'three', 'Content-Type', 'text/plain']);
  });

  it('go out as UTF-8 or as the bytes they are', () => {
    const part = new QHttpPart();
    part.setRawHeader('a', 'gr\u00fcn');
    part.setRawHeader(Buffer.from('b'), Buffer.from([0xfc]));
    expect(fields(part)).toEqual(['a', 'gr\u00c3\u00bcn', 'b', '\u00fc']);
  });

  it('null removes one', () => {
    const part = new QHttpPart();
    part.setRawHeader('A', '1');
    part.setHeader(KnownHeaders.ContentLengthHeader, 5);
    part.setRawHeader('a', null);
    part.setHeader(KnownHeaders.ContentLengthHeader, null);
    expect(fields(part)).toEqual([]);
  });

  const bad: readonly [string, (part: QHttpPart) => void, RegExp][] = [
    [
      'a line break in a value',
      (p) => p.setRawHeader('a', 'x\r\nEvil: 1'),
      /setRawHeader: the value of a contains a carriage return/,
    ],
    ['a line feed in a value', (p) => p.setRawHeader('a', 'x\ny'), /a line feed/],
    ['a NUL in a value', (p) => p.setRawHeader('a', Buffer.from([0])), /a NUL/],
    ['a line break in a name', (p) => p.setRawHeader('a\r\nb', 'x'), /header name .* contains a carriage return/],
    ['a colon in a name', (p) => p.setRawHeader('a:', 'x'), /header name/],
    ['no name', (p) => p.setRawHeader('', 'x'), /is empty/],
    ['a number as a value', (p) => p.setRawHeader('a', 5 as unknown as string), /a number/],
    [
      'a line break in a known header',
      (p) => p.setHeader(KnownHeaders.ContentDispositionHeader, 'form-data\r\n\r\nx'),
      /QHttpPart.setHeader\(ContentDispositionHeader\)/,
    ],
    ['an unknown known header', (p) => p.setHeader(99 as 0, 'x'), /99 is no header/],
  ];
  it.each(bad)('%s is refused, and nothing changes', (_what, set, message) => {
    const part = new QHttpPart();
    expect(() => set(part)).toThrow(TypeError);
    expect(() => set(part)).toThrow(message);
    expect(fields(part)).toEqual([]);
  });
});

describe('the body of a part', () => {
  it.each([
    ['text', 'h\u00f6llo'],
    ['bytes', Buffer.from('h\u00f6llo')],
    ['a QByteArray', new QByteArray('h\u00f6llo')],
  ])('is %s', (_what, given) => {
    const part = new QHttpPart();
    part.setBody(given);
    expect(body(part)).toBe('h\u00f6llo');
  });

  it('is a copy of the bytes', () => {
    const part = new QHttpPart();
    const bytes = Buffer.from('hello');
    part.setBody(bytes);
    bytes.fill('x');
    expect(body(part)).toBe('hello');
  });

  it('what was set last counts, and null goes back from a device to the bytes', () => {
    const part = new QHttpPart();
    const [first, second] = [new QBuffer('1'), new QBuffer('2')];
    part.setBody('bytes');
    part.setBodyDevice(first);
    expect(body(part)).toBe(first);
    part.setBodyDevice(second);
    expect(body(part)).toBe(second);
    part.setBodyDevice(null);
    expect(body(part)).toBe('bytes');
    part.setBodyDevice(first);
    part.setBody('again');
    expect(body(part)).toBe('again');
    part.setBodyDevice(null);
    expect(body(part)).toBe('again');
  });

  it.each([
    ['a Blob', new Blob(['x'])],
    ['a web stream', new ReadableStream<Uint8Array>()],
    ['an iterable', [Buffer.from('x')]],
    ['a function', () => 'x'],
  ])('setBodyDevice takes %s', (_what, source) => {
    const part = new QHttpPart();
    part.setBodyDevice(source);
    expect(body(part)).toBe(source);
  });

  const bad: readonly [string, (part: QHttpPart) => void, RegExp][] = [
    ['setBody(null)', (p) => p.setBody(null as unknown as string), /text or bytes; got null/],
    ['setBody(device)', (p) => p.setBody(new QBuffer() as unknown as string), /an object of class QBuffer\. .*setBodyDevice/],
    ['setBody(Blob)', (p) => p.setBody(new Blob([]) as unknown as string), /setBodyDevice/],
    ['setBodyDevice(text)', (p) => p.setBodyDevice('text'), /a string\. .*setBody\(\)/],
    ['setBodyDevice(bytes)', (p) => p.setBodyDevice(Buffer.from('x') as never), /class Buffer/],
    ['setBodyDevice(FormData)', (p) => p.setBodyDevice(new FormData() as never), /class FormData/],
    ['setBodyDevice(a query)', (p) => p.setBodyDevice(new URLSearchParams() as never), /class URLSearchParams/],
    ['setBodyDevice(undefined)', (p) => p.setBodyDevice(undefined as never), /a undefined/],
    ['setBodyDevice(multipart)', (p) => p.setBodyDevice(new QHttpMultiPart() as never), /class QHttpMultiPart/],
  ];
  it.each(bad)('%s is refused, and nothing changes', (_what, set, message) => {
    const part = new QHttpPart();
    part.setBody('before');
    expect(() => set(part)).toThrow(TypeError);
    expect(() => set(part)).toThrow(message);
    expect(body(part)).toBe('before');
  });
});

describe('a part is a value', () => {
  it('a copy has a life of its own', () => {
    const part = new QHttpPart();
    part.setRawHeader('a', '1');
    part.setBody('one');
    const copy = new QHttpPart(part);
    part.setRawHeader('a', '2');
    part.setBody('two');
    expect([fields(copy), body(copy)]).toEqual([['a', '1'], 'one']);
  });

  const device = new QBuffer('x');
  const rows: readonly [string, (part: QHttpPart) => void, (part: QHttpPart) => void, boolean][] = [
    ['both empty', () => {}, () => {}, true],
    ['an empty body set', (p) => p.setBody(''), () => {}, true],
    ['equal bytes', (p) => p.setBody('x'), (p) => p.setBody(Buffer.from('x')), true],
    ['other bytes', (p) => p.setBody('x'), (p) => p.setBody('y'), false],
    ['equal headers, names in another case', (p) => p.setRawHeader('A', '1'), (p) => p.setRawHeader('a', '1'), true],
    ['another value', (p) => p.setRawHeader('a', '1'), (p) => p.setRawHeader('a', '2'), false],
    ['one header more', (p) => p.setRawHeader('a', '1'), () => {}, false],
    ['the same device', (p) => p.setBodyDevice(device), (p) => p.setBodyDevice(device), true],
    ['another device', (p) => p.setBodyDevice(device), (p) => p.setBodyDevice(new QBuffer('x')), false],
    ['a device and equal bytes', (p) => p.setBodyDevice(device), (p) => p.setBody('x'), false],
  ];
  it.each(rows)('equals: %s', (_what, first, second, equal) => {
    const [a, b] = [new QHttpPart(), new QHttpPart()];
    first(a);
    second(b);
    expect([a.equals(b), b.equals(a)]).toEqual([equal, equal]);
  });
});
