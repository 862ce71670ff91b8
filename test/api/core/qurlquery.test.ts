import { describe, expect, test } from 'vitest';
import { QUrl } from '../../../src/api/core/qurl.ts';
import { QUrlQuery } from '../../../src/api/core/qurlquery.ts';

describe('reading', () => {
  test.each([
    ['', [], ''],
    ['a=b', [['a', 'b']], 'a=b'],
    [
      'a=b&a=c&d',
      [
        ['a', 'b'],
        ['a', 'c'],
        ['d', ''],
      ],
      'a=b&a=c&d',
    ],
    [
      'a=&b',
      [
        ['a', ''],
        ['b', ''],
      ],
      'a=&b',
    ],
    ['=x', [['', 'x']], '=x'],
    ['&', [['', '']], ''],
    ['a=b&', [['a', 'b']], 'a=b'],
    [
      '&a=b&',
      [
        ['', ''],
        ['a', 'b'],
      ],
      '&a=b',
    ],
    ['a=b=c', [['a', 'b=c']], 'a=b%3Dc'],
    ['a%3D=%26', [['a=', '&']], 'a%3D=%26'],
    ['a=%2b%2f%40', [['a', '%2B%2F%40']], 'a=%2B%2F%40'],
    ['q=a+b%2B', [['q', 'a+b%2B']], 'q=a+b%2B'],
    ['q=%41%20%c3%a4%23', [['q', 'A ä#']], 'q=A%20%C3%A4%23'],
    ['q="<`ä', [['q', '"<`ä']], 'q=%22%3C%60%C3%A4'],
    ['q=%zz', [['q', '%25zz']], 'q=%25zz'],
  ] as [string, [string, string][], string][])('%s', (text, items, encoded) => {
    const query = new QUrlQuery(text);
    expect(query.queryItems()).toEqual(items);
    expect(query.isEmpty()).toBe(items.length === 0);
    expect(query.toString(QUrl.FullyEncoded)).toBe(encoded);
    expect(new QUrlQuery(query.toString()).equals(query)).toBe(true);
    expect(new QUrlQuery(new QUrl('http://h/?' + text)).equals(query)).toBe(true);
  });

  test('a URL without query has no items', () => {
    expect(new QUrlQuery(new QUrl('http://h/')).isEmpty()).toBe(true);
    expect(new QUrlQuery().isEmpty()).toBe(true);
  });

  // what Qt gives: [options, a value by itself, the whole query]
  test.each([
    ['PrettyDecoded', QUrl.PrettyDecoded, 'a&b=# %2B<`ü', 'k=a%26b%3D# %2B%3C%60ü'],
    ['FullyDecoded', QUrl.FullyDecoded, 'a&b=# +<`ü', 'k=a&b=# +<`ü'],
    ['FullyEncoded', QUrl.FullyEncoded, 'a%26b%3D%23%20%2B%3C%60%C3%BC', 'k=a%26b%3D%23%20%2B%3C%60%C3%BC'],
    ['DecodeReserved', QUrl.DecodeReserved, 'a&b=# %2B<`ü', 'k=a%26b%3D# %2B<`ü'],
    ['EncodeReserved', QUrl.EncodeReserved, 'a&b=# %2B%3C%60ü', 'k=a%26b%3D# %2B%3C%60ü'],
    ['EncodeDelimiters', QUrl.EncodeDelimiters, 'a%26b%3D%23 %2B<`ü', 'k=a%26b%3D%23 %2B%3C%60ü'],
    ['EncodeSpaces', QUrl.EncodeSpaces, 'a&b=#%20%2B<`ü', 'k=a%26b%3D#%20%2B%3C%60ü'],
    ['EncodeUnicode', QUrl.EncodeUnicode, 'a&b=# %2B<`%C3%BC', 'k=a%26b%3D# %2B%3C%60%C3%BC'],
  ])('decoding is a matter of options: %s', (_name, options, value, whole) => {
    const query = new QUrlQuery('k=a%26b=%23%20%2B<`ü');
    expect(query.queryItemValue('k', options)).toBe(value);
    expect(query.allQueryItemValues('k', options)).toEqual([value]);
    expect(query.queryItems(options)).toEqual([['k', value]]);
    expect([query.toString(options), query.query(options)]).toEqual([whole, whole]);
  });

  test('anything else is refused', () => {
    expect(() => new QUrlQuery(5 as never)).toThrow(/Expected a query .* got number/);
  });
});

describe('changing', () => {
  test('items are added in order, delimiters in them escaped', () => {
    const query = new QUrlQuery();
    query.addQueryItem('type', 'login');
    query.addQueryItem('name', 'åge nissemannsen');
    query.addQueryItem('ole&du', 'anne+jørgen=sant');
    query.addQueryItem('prosent', '%');
    expect(query.toString(QUrl.FullyEncoded)).toBe(
      'type=login&name=%C3%A5ge%20nissemannsen&ole%26du=anne+j%C3%B8rgen%3Dsant&prosent=%25',
    );
    expect(query.hasQueryItem('ole%26du')).toBe(true);
    expect(query.hasQueryItem('ole&du')).toBe(true);
    expect(query.queryItemValue('name')).toBe('åge nissemannsen');
    query.clear();
    expect(query.toString()).toBe('');
  });

  test('one or all of a key are taken away', () => {
    const query = new QUrlQuery('a=1&b=2&a=3&%61=4');
    expect(query.allQueryItemValues('a')).toEqual(['1', '3', '4']);
    query.removeQueryItem('a');
    expect(query.toString()).toBe('b=2&a=3&a=4');
    query.removeAllQueryItems('a');
    query.removeQueryItem('nothing');
    expect(query.toString()).toBe('b=2');
    expect([query.hasQueryItem('a'), query.queryItemValue('a'), query.allQueryItemValues('a')]).toEqual([false, '', []]);
  });

  test('all are replaced', () => {
    const query = new QUrlQuery('x');
    query.setQueryItems([
      ['a', '1 2'],
      ['a', ''],
    ]);
    expect(query.toString()).toBe('a=1 2&a=');
    query.setQuery('k=v');
    expect(query.queryItems()).toEqual([['k', 'v']]);
  });

  test('a copy has its own items', () => {
    const query = new QUrlQuery('a=1');
    const copy = new QUrlQuery(query);
    copy.addQueryItem('b', '2');
    expect([query.toString(), copy.toString()]).toEqual(['a=1', 'a=1&b=2']);
  });
});
