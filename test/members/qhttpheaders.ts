import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

type Package = Parameters<MemberTests[string]>[0];

/** a: 1, b: 2, a: 3 */
const three = (q: Package) => {
  const headers = new q.QHttpHeaders();
  for (const [name, value] of [['A', '1'] as const, ['b', '2'] as const, ['a', '3'] as const]) headers.append(name, value);
  return headers;
};
const NOON = new Date(Date.UTC(2024, 1, 29, 12));
const NOON_TEXT = 'Thu, 29 Feb 2024 12:00:00 GMT';
const dated = (q: Package) => new q.QHttpHeaders({ Date: [NOON_TEXT, 'Thu, 29 Feb 2024 12:00:01 GMT'], Age: 'never' });
const numbered = (q: Package) => new q.QHttpHeaders({ 'Content-Length': ['12', '34'], Age: 'old' });

export const qhttpheaders: MemberTests = {
  'QHttpHeaders.constructor': (q) => {
    expect(new q.QHttpHeaders().size()).toBe(0);
    expect([...new q.QHttpHeaders({ A: '1', B: ['2', '3'] })]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ]);
    expect(new q.QHttpHeaders(three(q)).size()).toBe(3);
  },
  'QHttpHeaders.append': (q) => {
    const headers = new q.QHttpHeaders();
    expect(headers.append('Accept', ' text/html ')).toBe(true);
    expect(headers.append(q.QHttpHeaders.WellKnownHeader.Accept, 'text/plain')).toBe(true);
    expect(headers.append('no name', 'x')).toBe(false);
    expect(headers.values('accept')).toEqual(['text/html', 'text/plain']);
  },
  'QHttpHeaders.insert': (q) => {
    const headers = three(q);
    expect(headers.insert(1, 'C', '4')).toBe(true);
    expect(headers.insert(0, 'C', 'two\nlines')).toBe(false);
    expect(headers.toListOfPairs().join(' ')).toBe('a,1 c,4 b,2 a,3');
    expect(() => headers.insert(9, 'D', '5')).toThrow(RangeError);
  },
  'QHttpHeaders.replace': (q) => {
    const headers = three(q);
    expect(headers.replace(0, 'C', '4')).toBe(true);
    expect(headers.toListOfPairs().join(' ')).toBe('c,4 b,2 a,3');
  },
  'QHttpHeaders.replaceOrAppend': (q) => {
    const headers = three(q);
    expect([headers.replaceOrAppend('a', '9'), headers.replaceOrAppend('D', '5')]).toEqual([true, true]);
    expect(headers.toListOfPairs().join(' ')).toBe('a,9 b,2 d,5');
  },
  'QHttpHeaders.contains': (q) => {
    expect([three(q).contains('B'), three(q).contains('c')]).toEqual([true, false]);
  },
  'QHttpHeaders.clear': (q) => {
    const headers = three(q);
    headers.clear();
    expect(headers.size()).toBe(0);
  },
  'QHttpHeaders.removeAll': (q) => {
    const headers = three(q);
    headers.removeAll('A');
    expect(headers.toListOfPairs().join(' ')).toBe('b,2');
  },
  'QHttpHeaders.removeAt': (q) => {
    const headers = three(q);
    headers.removeAt(0);
    expect(headers.toListOfPairs().join(' ')).toBe('b,2 a,3');
  },
  'QHttpHeaders.value': (q) => {
    expect([three(q).value('a'), three(q).value('c'), three(q).value('c', 'none')]).toEqual(['1', '', 'none']);
  },
  'QHttpHeaders.values': (q) => {
    expect([three(q).values('A'), three(q).values('c')]).toEqual([['1', '3'], []]);
  },
  'QHttpHeaders.valueAt': (q) => {
    expect(three(q).valueAt(2)).toBe('3');
    expect(() => three(q).valueAt(3)).toThrow(RangeError);
  },
  'QHttpHeaders.nameAt': (q) => {
    expect(three(q).nameAt(0)).toBe('a');
  },
  'QHttpHeaders.combinedValue': (q) => {
    expect([three(q).combinedValue('a'), three(q).combinedValue('c')]).toEqual(['1, 3', '']);
  },
  'QHttpHeaders.size': (q) => {
    expect(three(q).size()).toBe(3);
  },
  'QHttpHeaders.reserve': (q) => {
    const headers = three(q);
    headers.reserve(100);
    expect(headers.size()).toBe(3);
    expect(() => headers.reserve(1.5)).toThrow(TypeError);
  },
  'QHttpHeaders.isEmpty': (q) => {
    expect([new q.QHttpHeaders().isEmpty(), three(q).isEmpty()]).toEqual([true, false]);
  },
  'QHttpHeaders.wellKnownHeaderName': (q) => {
    expect(q.QHttpHeaders.wellKnownHeaderName(q.QHttpHeaders.WellKnownHeader.AcceptLanguage)).toBe('accept-language');
  },
  'QHttpHeaders.fromListOfPairs': (q) => {
    const headers = q.QHttpHeaders.fromListOfPairs([
      ['A', '1'],
      ['b', '2'],
    ]);
    expect([headers.size(), headers.value('a'), headers.value('b')]).toEqual([2, '1', '2']);
  },
  'QHttpHeaders.fromMultiMap': (q) => {
    expect(q.QHttpHeaders.fromMultiMap(new Map([['A', ['1', '2']]])).values('a')).toEqual(['1', '2']);
  },
  'QHttpHeaders.fromMultiHash': (q) => {
    expect(q.QHttpHeaders.fromMultiHash(new Map([['A', ['1', '2']]])).values('a')).toEqual(['1', '2']);
  },
  'QHttpHeaders.toListOfPairs': (q) => {
    expect(three(q).toListOfPairs()).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
  },
  'QHttpHeaders.toMultiMap': (q) => {
    const headers = new q.QHttpHeaders({ B: '2', A: ['1', '3'] });
    expect([...headers.toMultiMap()]).toEqual([
      ['a', ['3', '1']],
      ['b', ['2']],
    ]);
  },
  'QHttpHeaders.toMultiHash': (q) => {
    expect([...three(q).toMultiHash()]).toEqual([
      ['a', ['3', '1']],
      ['b', ['2']],
    ]);
  },
  'QHttpHeaders.intValue': (q) => {
    expect([numbered(q).intValue('content-length'), numbered(q).intValue('age')]).toEqual([12, null]);
  },
  'QHttpHeaders.intValues': (q) => {
    expect([numbered(q).intValues('content-length'), numbered(q).intValues('age')]).toEqual([[12, 34], null]);
  },
  'QHttpHeaders.intValueAt': (q) => {
    expect([numbered(q).intValueAt(1), numbered(q).intValueAt(2)]).toEqual([34, null]);
  },
  'QHttpHeaders.dateTimeValue': (q) => {
    expect([dated(q).dateTimeValue('date'), dated(q).dateTimeValue('age')]).toEqual([NOON, null]);
  },
  'QHttpHeaders.dateTimeValues': (q) => {
    expect(dated(q).dateTimeValues('date')).toEqual([NOON, new Date(NOON.getTime() + 1000)]);
    expect(dated(q).dateTimeValues('age')).toBeNull();
  },
  'QHttpHeaders.dateTimeValueAt': (q) => {
    expect([dated(q).dateTimeValueAt(0), dated(q).dateTimeValueAt(2)]).toEqual([NOON, null]);
  },
  'QHttpHeaders.setDateTimeValue': (q) => {
    const headers = new q.QHttpHeaders({ Date: 'soon' });
    headers.setDateTimeValue('date', NOON);
    expect(headers.values('date')).toEqual([NOON_TEXT]);
  },
  'QHttpHeaders.WellKnownHeader': (q) => {
    const { WellKnownHeader } = q.QHttpHeaders;
    expect(WellKnownHeader[WellKnownHeader.Accept]).toBe('Accept');
    expect(new q.QHttpHeaders([[WellKnownHeader.ContentType, 'text/css']]).value('content-type')).toBe('text/css');
  },
};
