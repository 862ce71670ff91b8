import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qurlquery: MemberTests = {
  'QUrlQuery.constructor': (q) => {
    const query = new q.QUrlQuery('a=1&b=two%20words');
    expect(query.queryItems()).toEqual([
      ['a', '1'],
      ['b', 'two words'],
    ]);
    expect([new q.QUrlQuery(new q.QUrl('http://h/?x=y')), new q.QUrlQuery(query)].map(String)).toEqual([
      'x=y',
      'a=1&b=two words',
    ]);
  },

  'QUrlQuery.addQueryItem': (q) => {
    const query = new q.QUrlQuery();
    query.addQueryItem('a', 'x&y=z');
    query.addQueryItem('a', 'ö');
    expect(query.toString(q.QUrl.FullyEncoded)).toBe('a=x%26y%3Dz&a=%C3%B6');
  },

  'QUrlQuery.removeQueryItem': (q) => {
    const query = new q.QUrlQuery('a=1&b=2&a=3');
    query.removeQueryItem('a');
    query.removeQueryItem('none');
    expect(query.toString()).toBe('b=2&a=3');
  },

  'QUrlQuery.removeAllQueryItems': (q) => {
    const query = new q.QUrlQuery('a=1&b=2&a=3');
    query.removeAllQueryItems('a');
    expect(query.toString()).toBe('b=2');
  },

  'QUrlQuery.queryItemValue': (q) => {
    const query = new q.QUrlQuery('k=a%26b%20%2B&k=2');
    expect([query.queryItemValue('k'), query.queryItemValue('k', q.QUrl.FullyDecoded), query.queryItemValue('none')]).toEqual([
      'a&b %2B',
      'a&b +',
      '',
    ]);
  },

  'QUrlQuery.allQueryItemValues': (q) => {
    const query = new q.QUrlQuery('a=1&b=2&a=x%20y');
    expect([query.allQueryItemValues('a'), query.allQueryItemValues('a', q.QUrl.FullyEncoded)]).toEqual([
      ['1', 'x y'],
      ['1', 'x%20y'],
    ]);
    expect(query.allQueryItemValues('none')).toEqual([]);
  },

  'QUrlQuery.hasQueryItem': (q) => {
    const query = new q.QUrlQuery('a&b=');
    expect(['a', 'b', 'c'].map((key) => query.hasQueryItem(key))).toEqual([true, true, false]);
  },

  'QUrlQuery.queryItems': (q) => {
    const query = new q.QUrlQuery('b=%26&a&b=2');
    expect(query.queryItems()).toEqual([
      ['b', '&'],
      ['a', ''],
      ['b', '2'],
    ]);
    expect(query.queryItems(q.QUrl.FullyEncoded)[0]).toEqual(['b', '%26']);
  },

  'QUrlQuery.setQueryItems': (q) => {
    const query = new q.QUrlQuery('old=1');
    query.setQueryItems([
      ['a', '1 2'],
      ['b', ''],
    ]);
    expect(query.toString()).toBe('a=1 2&b=');
  },

  'QUrlQuery.isEmpty': (q) => {
    const query = new q.QUrlQuery();
    expect(query.isEmpty()).toBe(true);
    query.addQueryItem('a', '');
    expect(query.isEmpty()).toBe(false);
  },

  'QUrlQuery.toString': (q) => {
    const query = new q.QUrlQuery('a=%41%20%c3%a4&b');
    expect([query.toString(), query.toString(q.QUrl.FullyEncoded)]).toEqual(['a=A ä&b', 'a=A%20%C3%A4&b']);
  },
};
