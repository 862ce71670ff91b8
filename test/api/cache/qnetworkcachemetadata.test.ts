import { describe, expect, it } from 'vitest';
import { QHttpHeaders, QNetworkCacheMetaData, QNetworkRequest, QUrl } from '../../../src/index.ts';

const DATE = new Date('2030-01-02T03:04:05Z');

const texts = (meta: QNetworkCacheMetaData): string[] => meta.rawHeaders().map(([name, value]) => `${name}: ${value}`);

/** With something in every place. */
function filled(): QNetworkCacheMetaData {
  const meta = new QNetworkCacheMetaData();
  meta.setUrl('http://a.test/x');
  meta.setRawHeaders([['ETag', '"1"']]);
  meta.setLastModified(DATE);
  meta.setExpirationDate(DATE);
  meta.setAttributes(new Map([[QNetworkRequest.HttpStatusCodeAttribute, 200]]));
  return meta;
}

describe('a new one', () => {
  it('is invalid, empty, and may be saved', () => {
    const meta = new QNetworkCacheMetaData();
    expect([meta.isValid(), meta.url().isEmpty(), meta.rawHeaders(), meta.headers().size()]).toEqual([false, true, [], 0]);
    expect([meta.lastModified(), meta.expirationDate(), meta.saveToDisk(), meta.attributes().size]).toEqual([
      null,
      null,
      true,
      0,
    ]);
  });

  const changes: Readonly<Record<string, readonly [(meta: QNetworkCacheMetaData) => void, boolean]>> = {
    'a URL': [(meta) => meta.setUrl('http://a.test/'), true],
    'a header': [(meta) => meta.setRawHeaders([['A', '1']]), true],
    'a date of change': [(meta) => meta.setLastModified(DATE), true],
    'a date of expiry': [(meta) => meta.setExpirationDate(DATE), true],
    'not to be saved': [(meta) => meta.setSaveToDisk(false), true],
    'an attribute, which does not count in Qt': [(meta) => meta.setAttributes(new Map([[1000, 1]])), false],
    'what it was before': [(meta) => meta.setSaveToDisk(true), false],
  };
  for (const [what, [change, valid]] of Object.entries(changes)) {
    it(`is ${valid ? '' : 'in'}valid with ${what}`, () => {
      const meta = new QNetworkCacheMetaData();
      change(meta);
      expect([meta.isValid(), meta.equals(new QNetworkCacheMetaData())]).toEqual([valid, !valid]);
    });
  }
});

describe('a copy', () => {
  it('is equal, and goes its own way', () => {
    const one = filled();
    const other = new QNetworkCacheMetaData(one);
    expect(other.equals(one)).toBe(true);
    other.setExpirationDate(null);
    expect([other.equals(one), one.expirationDate()]).toEqual([false, DATE]);
  });

  it('is equal when headers have the same names in other letters, and not in another order', () => {
    const other = filled();
    other.setRawHeaders([['etag', '"1"']]);
    expect(other.equals(filled())).toBe(true);
    other.setRawHeaders([
      ['B', '1'],
      ['ETag', '"1"'],
    ]);
    const third = filled();
    third.setRawHeaders([
      ['ETag', '"1"'],
      ['B', '1'],
    ]);
    expect(other.equals(third)).toBe(false);
  });

  it('shares nothing that can be changed', () => {
    const meta = filled();
    meta.attributes().set(1001, 'x');
    meta.rawHeaders().push([Buffer.from('X'), Buffer.from('1')]);
    meta.headers().append('X', '1');
    meta.expirationDate()!.setTime(0);
    meta.url().setHost('b.test');
    expect(meta.attributes().size).toBe(1);
    expect(texts(meta)).toEqual(['ETag: "1"']);
    expect(meta.expirationDate()).toEqual(DATE);
    expect(String(meta.url())).toBe('http://a.test/x');
    const given = new Map([[1, 'OK']]);
    meta.setAttributes(given);
    given.set(1, 'no');
    expect(meta.attributes().get(1)).toBe('OK');
  });
});

describe('the URL', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['http://a.test/x#part', 'http://a.test/x'],
    ['http://me:secret@a.test/x', 'http://me@a.test/x'],
    ['http://me@a.test/x?q=1#part', 'http://me@a.test/x?q=1'],
  ];
  for (const [given, kept] of rows) {
    it(`${given} is kept as ${kept}`, () => {
      const meta = new QNetworkCacheMetaData();
      meta.setUrl(new QUrl(given));
      expect(meta.url().toEncoded().toString()).toBe(kept);
    });
  }
});

describe('headers', () => {
  it('are bytes, several of one name stay several', () => {
    const meta = new QNetworkCacheMetaData();
    meta.setRawHeaders([
      [Buffer.from('Vary'), Buffer.from([0x61, 0xe4])],
      ['Vary', 'b'],
    ]);
    expect(meta.rawHeaders()).toEqual([
      [Buffer.from('Vary'), Buffer.from([0x61, 0xe4])],
      [Buffer.from('Vary'), Buffer.from('b')],
    ]);
  });

  it('of Set-Cookie that a reply has joined are fields of their own again', () => {
    const meta = new QNetworkCacheMetaData();
    meta.setRawHeaders([['Set-Cookie', Buffer.from('a=1\nb=2')]]);
    expect(texts(meta)).toEqual(['Set-Cookie: a=1', 'Set-Cookie: b=2']);
    meta.setRawHeaders([['Set-Cookie', 'c=1\nd=2']]);
    expect(texts(meta)).toEqual(['Set-Cookie: c=1', 'Set-Cookie: d=2']);
  });

  it('can be given and taken as QHttpHeaders', () => {
    const meta = new QNetworkCacheMetaData();
    const headers = new QHttpHeaders({ 'X-A': '1' });
    meta.setHeaders(headers);
    headers.append('X-B', '2');
    expect(texts(meta)).toEqual(['X-A: 1']);
    expect(meta.headers().value('x-a')).toBe('1');
  });
});

describe('what makes no sense is refused', () => {
  const meta = new QNetworkCacheMetaData();
  const rows: Readonly<Record<string, () => void>> = {
    'a header with a line break': () => meta.setRawHeaders([['A', 'b\r\nC: d']]),
    'a name that is none': () => meta.setRawHeaders([['A b', 'c']]),
    'an object of headers': () => meta.setRawHeaders({ a: 'b' } as never),
    'a list that has no pairs': () => meta.setRawHeaders(['ab'] as never),
    'headers that are no QHttpHeaders': () => meta.setHeaders([] as never),
    'a number for a date': () => meta.setExpirationDate(5 as never),
    'text for a date': () => meta.setLastModified('now' as never),
    'an object of attributes': () => meta.setAttributes({ 0: 200 } as never),
    'attributes by name': () => meta.setAttributes(new Map([['HttpStatusCodeAttribute', 1]]) as never),
    'a URL that is none': () => meta.setUrl(5 as never),
    'a copy of something else': () => new QNetworkCacheMetaData('x' as never),
  };
  for (const [what, act] of Object.entries(rows)) {
    it(what, () => {
      expect(act).toThrow(TypeError);
      expect(meta.isValid()).toBe(false);
    });
  }

  it('but an invalid date is none', () => {
    const dated = filled();
    dated.setExpirationDate(new Date(Number.NaN));
    dated.setLastModified(null);
    expect([dated.expirationDate(), dated.lastModified()]).toEqual([null, null]);
  });
});
