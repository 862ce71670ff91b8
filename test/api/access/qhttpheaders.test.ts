import { describe, expect, test } from 'vitest';
import { headerListOf, headersFrom, QHttpHeaders } from '../../../src/api/access/qhttpheaders.ts';
import { HeaderList } from '../../../src/base/header-list.ts';

const Known = QHttpHeaders.WellKnownHeader;

function sample(): QHttpHeaders {
  return new QHttpHeaders([
    ['Accept', 'text/html'],
    ['X-Id', '1'],
    ['accept', 'text/plain'],
  ]);
}

describe('construction', () => {
  test.each<[string, ConstructorParameters<typeof QHttpHeaders>[0], [string, string][]]>([
    ['nothing', undefined, []],
    ['null', null, []],
    ['pairs', [['A', '1'], ['a', '2']], [['a', '1'], ['a', '2']]], // biome-ignore format: a table
    ['pairs with well-known numbers', [[Known.ContentType, 'a/b']], [['content-type', 'a/b']]],
    ['a map', new Map([['A', '1']]), [['a', '1']]],
    ['an object', { A: '1', B: ['2', '3'], C: Uint8Array.of(0x78) }, [['a', '1'], ['b', '2'], ['b', '3'], ['c', 'x']]], // biome-ignore format: a table
    ['Headers', new Headers({ B: '2', A: '1' }), [['a', '1'], ['b', '2']]], // biome-ignore format: a table
    ['QHttpHeaders', new QHttpHeaders({ A: '1' }), [['a', '1']]],
  ])('from %s', (_what, init, pairs) => {
    expect(new QHttpHeaders(init).toListOfPairs()).toEqual(pairs);
  });

  test.each<[string, unknown, RegExp]>([
    ['a bad name', { 'X A': '1' }, /"X A" contains a space at position 1/],
    ['a bad value', { 'X-A': 'secret\n' }, /the value of X-A contains a line feed at position 6/],
    ['a number as value', { 'X-A': 1 }, /X-A is a number/],
    ['null as value', { 'X-A': null }, /X-A is null/],
    ['a list without pairs', ['X-A'], /pairs/],
    ['text', 'X-A: 1', /given as an object/],
    ['a number that is no well-known header', [[9999, 'x']], /9999 is no header/],
  ])('refuses %s', (_what, init, message) => {
    expect(() => new QHttpHeaders(init as never)).toThrow(TypeError);
    expect(() => new QHttpHeaders(init as never)).toThrow(message);
    expect(() => new QHttpHeaders(init as never)).not.toThrow(/secret/);
  });

  test('a copy is independent', () => {
    const a = sample();
    const b = new QHttpHeaders(a);
    b.append('x', 'y');
    a.removeAll('X-Id');
    expect([a.size(), b.size()]).toEqual([2, 4]);
  });
});

describe('reading', () => {
  test('names are compared without case and given in lower case', () => {
    const headers = sample();
    expect(headers.contains('ACCEPT')).toBe(true);
    expect(headers.contains(Known.Accept)).toBe(true);
    expect(headers.contains('x')).toBe(false);
    expect(headers.nameAt(1)).toBe('x-id');
    expect(headers.value('aCCept')).toBe('text/html');
    expect(headers.values('Accept')).toEqual(['text/html', 'text/plain']);
    expect(headers.combinedValue('Accept')).toBe('text/html, text/plain');
    expect(headers.valueAt(2)).toBe('text/plain');
    expect([headers.size(), headers.isEmpty()]).toEqual([3, false]);
  });

  test('what is missing', () => {
    const headers = new QHttpHeaders();
    expect(headers.value('a')).toBe('');
    expect(headers.value('a', 'default')).toBe('default');
    expect(headers.values('a')).toEqual([]);
    expect(headers.combinedValue('a')).toBe('');
    expect(headers.intValue('a')).toBeNull();
    expect(headers.intValues('a')).toBeNull();
    expect(headers.dateTimeValue('a')).toBeNull();
    expect(headers.dateTimeValues('a')).toBeNull();
    expect(headers.isEmpty()).toBe(true);
  });

  test('an empty value is a value', () => {
    expect(new QHttpHeaders({ a: '' }).value('a', 'default')).toBe('');
  });

  test.each([-1, 3, 1.5, Number.NaN])('position %d does not exist', (i) => {
    const headers = sample();
    expect(() => headers.valueAt(i)).toThrow(/number of fields is 3/);
    expect(() => headers.nameAt(i)).toThrow(RangeError);
    expect(() => headers.removeAt(i)).toThrow(RangeError);
    expect(() => headers.replace(i, 'a', 'b')).toThrow(RangeError);
    if (i !== 3) expect(() => headers.insert(i, 'a', 'b')).toThrow(RangeError);
    expect(headers.equals(sample())).toBe(true);
  });

  test('iteration and maps', () => {
    expect([...sample()]).toEqual([['accept', 'text/html'], ['x-id', '1'], ['accept', 'text/plain']]); // biome-ignore format: a table
    expect([...sample().toMultiMap()]).toEqual([['accept', ['text/plain', 'text/html']], ['x-id', ['1']]]); // biome-ignore format: a table
    expect([...new QHttpHeaders({ b: '1', a: '2' }).toMultiHash().keys()]).toEqual(['b', 'a']);
    expect([...new QHttpHeaders({ b: '1', a: '2' }).toMultiMap().keys()]).toEqual(['a', 'b']);
    expect(QHttpHeaders.fromMultiMap(new Map([['A', ['1', '2']]])).toListOfPairs()).toEqual([['a', '1'], ['a', '2']]); // biome-ignore format: a table
    expect(QHttpHeaders.fromMultiHash(new Map([['A', ['1']]])).value('a')).toBe('1');
    expect(QHttpHeaders.fromListOfPairs([['A', '1']]).value('a')).toBe('1');
    expect(() => QHttpHeaders.fromMultiMap(new Map([['A:', ['1']]]))).toThrow(/fromMultiMap.*"A:"/);
  });
});

describe('writing', () => {
  test('append, insert, replace, replaceOrAppend', () => {
    const headers = sample();
    expect(headers.append('X-End', 'z')).toBe(true);
    expect(headers.insert(0, Known.Host, 'h')).toBe(true);
    expect(headers.insert(headers.size(), 'X-Last', 'l')).toBe(true);
    expect(headers.replace(2, 'X-Other', 'o')).toBe(true);
    expect(headers.replaceOrAppend('ACCEPT', '*/*')).toBe(true);
    expect(headers.replaceOrAppend('X-New', 'n')).toBe(true);
    expect([...headers]).toEqual([['host', 'h'], ['accept', '*/*'], ['x-other', 'o'], ['x-end', 'z'], ['x-last', 'l'], ['x-new', 'n']]); // biome-ignore format: a table
  });

  test('remove and clear', () => {
    const headers = sample();
    headers.removeAt(0);
    expect(headers.value('accept')).toBe('text/plain');
    headers.removeAll(Known.Accept);
    headers.removeAll('absent');
    expect([...headers]).toEqual([['x-id', '1']]);
    headers.clear();
    expect(headers.isEmpty()).toBe(true);
    headers.append('a', 'b');
    expect(new QHttpHeaders().isEmpty()).toBe(true);
  });

  test.each([
    ['', 'v'],
    ['a b', 'v'],
    ['a:', 'v'],
    ['ä', 'v'],
    ['a', 'x\ry'],
    ['a', 'x\ny'],
    ['a', 'x\0y'],
    ['a', '\u20ac'],
    ['a', 'v\n'],
  ])('name %j with value %j changes nothing and gives false', (name, value) => {
    const headers = sample();
    expect(headers.append(name, value)).toBe(false);
    expect(headers.insert(0, name, value)).toBe(false);
    expect(headers.replace(0, name, value)).toBe(false);
    expect(headers.replaceOrAppend(name, value)).toBe(false);
    expect(headers.equals(sample())).toBe(true);
  });

  test('values are trimmed and Latin-1', () => {
    const headers = new QHttpHeaders();
    headers.append('a', ' \tGrüße ');
    headers.append('b', Uint8Array.of(0x20, 0xfc));
    expect(headers.value('a')).toBe('Grüße');
    expect(headers.value('b')).toBe('ü');
    expect(() => headers.append('c', 5 as never)).toThrow(TypeError);
  });

  test('reserve changes nothing', () => {
    const headers = sample();
    headers.reserve(100);
    expect(headers.size()).toBe(3);
    expect(() => headers.reserve('1' as never)).toThrow(TypeError);
  });
});

describe('numbers and dates', () => {
  test.each<[string, number | null]>([
    ['0', 0],
    ['-5', -5],
    ['123', 123],
    ['', null],
    ['1.5', null],
    ['1 2', null],
    ['0x10', null],
    ['99999999999999999999', null],
  ])('%j as a whole number is %s', (text, n) => {
    const headers = new QHttpHeaders({ n: text });
    expect(headers.intValue('n')).toBe(n);
    expect(headers.intValueAt(0)).toBe(n);
  });

  test('several', () => {
    expect(new QHttpHeaders({ n: ['1', '2'] }).intValues('N')).toEqual([1, 2]);
    expect(new QHttpHeaders({ n: ['1', 'x'] }).intValues('N')).toBeNull();
    const time = new Date('1994-11-06T08:49:37Z');
    const headers = new QHttpHeaders({ d: ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'] });
    expect(headers.dateTimeValue('d')).toEqual(time);
    expect(headers.dateTimeValueAt(1)).toEqual(time);
    expect(headers.dateTimeValues('d')).toEqual([time, time]);
    headers.append('d', 'tomorrow');
    expect(headers.dateTimeValues('d')).toBeNull();
  });

  test('setDateTimeValue', () => {
    const headers = new QHttpHeaders({ Date: ['a', 'b'] });
    headers.setDateTimeValue(Known.Date, new Date('1994-11-06T08:49:37Z'));
    expect([...headers]).toEqual([['date', 'Sun, 06 Nov 1994 08:49:37 GMT']]);
    expect(() => headers.setDateTimeValue('Date', new Date(Number.NaN))).toThrow(RangeError);
    expect(() => headers.setDateTimeValue('Da te', new Date())).toThrow(TypeError);
  });
});

describe('well-known headers', () => {
  test('all 177, each with its wire name', () => {
    const names = Object.keys(Known);
    expect(names).toHaveLength(177);
    const wire = names.map((name) => QHttpHeaders.wellKnownHeaderName(Known[name as 'Accept']));
    expect(new Set(wire).size).toBe(177);
    // Qt's names are the wire names without hyphens.
    expect(wire.map((name) => name.replaceAll('-', ''))).toEqual(names.map((name) => name.toLowerCase()));
  });

  test.each<[QHttpHeaders.WellKnownHeader, number, string]>([
    [Known.AIM, 0, 'a-im'],
    [Known.CalDAVTimezones, 33, 'caldav-timezones'],
    [Known.DPoPNonce, 69, 'dpop-nonce'],
    [Known.ETag, 71, 'etag'],
    [Known.ODataEntityId, 101, 'odata-entityid'],
    [Known.SoapAction, 146, 'soapaction'],
    [Known.WWWAuthenticate, 169, 'www-authenticate'],
    [Known.ProtocolQuery, 176, 'protocol-query'],
  ])('%i', (header, number, name) => {
    expect(header).toBe(number);
    expect(QHttpHeaders.wellKnownHeaderName(header)).toBe(name);
  });
});

describe('for the bridge', () => {
  test('the case of names is kept underneath', () => {
    expect(headerListOf(sample()).flat.slice(0, 4)).toEqual(['Accept', 'text/html', 'X-Id', '1']);
  });

  test('headersFrom takes a copy only when it is changed', () => {
    const list = new HeaderList(['A', '1']);
    const headers = headersFrom(list);
    expect(headerListOf(headers)).toBe(list);
    headers.append('B', '2');
    expect(list.flat).toEqual(['A', '1']);
    expect(headers.size()).toBe(2);
  });
});
