import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { QNetworkRequest, QNetworkRequestFactory, QUrl, QUrlQuery } from '../../../src/index.ts';

const BASE = 'http://example.org/api';
const { Attribute, Priority } = QNetworkRequest;
const shown = (request: QNetworkRequest): string => request.url().toString(QUrl.FullyEncoded);

describe('URLs', () => {
  test.each<[base: string, path: string | undefined, url: string]>([
    [BASE, undefined, 'http://example.org/api'],
    [BASE, '', 'http://example.org/api'],
    [BASE, 'items', 'http://example.org/api/items'],
    [`${BASE}/`, '/items', 'http://example.org/api/items'],
    ['http://example.org', 'items', 'http://example.org/items'],
    ['http://example.org:8080', '/a/b/', 'http://example.org:8080/a/b/'],
    // only path and query of a whole URL count
    [BASE, 'https://other.example:1/x?y=1#z', 'http://example.org/api/x?y=1'],
    [BASE, '//other.example/x', 'http://example.org/api/x'],
    // what is escaped stays escaped, what has to be is
    [BASE, 'a%2Fb c', 'http://example.org/api/a%2Fb%20c'],
    [BASE, 'ä', 'http://example.org/api/%C3%A4'],
    // an own query replaces the base URL's
    [`${BASE}?k=1`, 'x', 'http://example.org/api/x?k=1'],
    [`${BASE}?k=1`, 'x?a=2', 'http://example.org/api/x?a=2'],
    ['http://user:pw@example.org', 'x', 'http://user:pw@example.org/x'],
  ])('%s and path %j make %s', (base, path, url) => {
    expect(shown(new QNetworkRequestFactory(base).createRequest(path))).toBe(url);
  });

  test('the query is the argument, then the path’s, then the factory’s', () => {
    const factory = new QNetworkRequestFactory(`${BASE}?base=0`);
    factory.setQueryParameters({ lang: 'de' });
    expect(shown(factory.createRequest('x?p=2', { q: 'a b', n: [1, 2] }))).toBe(`${BASE}/x?q=a%20b&n=1&n=2&p=2&lang=de`);
    expect(shown(factory.createRequest({ q: 1 }))).toBe(`${BASE}?q=1&lang=de`);
    expect(shown(factory.createRequest())).toBe(`${BASE}?lang=de`);
    factory.clearQueryParameters();
    expect(shown(factory.createRequest())).toBe(`${BASE}?base=0`);
  });

  test.each<[string, ConstructorParameters<typeof URLSearchParams>[0] | QUrlQuery | [string, string][]]>([
    ['QUrlQuery', new QUrlQuery('a=1&b=x%26y')],
    ['URLSearchParams', new URLSearchParams({ a: '1', b: 'x&y' })],
    [
      'pairs',
      [
        ['a', '1'],
        ['b', 'x&y'],
      ],
    ],
    ['an object', { a: '1', b: 'x&y' }],
  ])('a query may be %s', (_what, query) => {
    const factory = new QNetworkRequestFactory(BASE);
    expect(shown(factory.createRequest(query as URLSearchParams))).toBe(`${BASE}?a=1&b=x%26y`);
    factory.setQueryParameters(query as URLSearchParams);
    expect(factory.queryParameters().queryItemValue('b', QUrl.FullyDecoded)).toBe('x&y');
  });

  test('user name and password are put into the URL, in place of the base URL’s', () => {
    const factory = new QNetworkRequestFactory('http://old:older@example.org');
    factory.setUserName('a:b');
    factory.setPassword('p@ss');
    const url = factory.createRequest('x').url();
    expect([url.userName(), url.password(), url.host()]).toEqual(['a:b', 'p@ss', 'example.org']);
    factory.clearUserName();
    factory.clearPassword();
    expect(shown(factory.createRequest('x'))).toBe('http://old:older@example.org/x');
  });

  test('a bad base URL is an error of the reply, a bad path one of the caller', () => {
    const factory = new QNetworkRequestFactory('http://exa mple.org/');
    expect(factory.createRequest('x').url().isValid()).toBe(false);
    expect(() => new QNetworkRequestFactory(BASE).createRequest('1:2')).toThrow(
      /the path is no relative URL .*begin it with a slash/,
    );
    expect(() => factory.createRequest({ a: 1 } as never, { b: 2 })).toThrow(/expects a path as a string before a query/);
    expect(() => factory.createRequest('a', 'b=1' as never)).toThrow(/createRequest: the query is an object/);
    expect(() => factory.createRequest(5 as never)).toThrow(TypeError);
  });
});

describe('headers', () => {
  test('common headers go into every request, the token replaces their Authorization', () => {
    const factory = new QNetworkRequestFactory(BASE);
    factory.setCommonHeaders({ Accept: 'text/x', Authorization: 'Basic abc', 'X-Two': ['1', '2'] });
    expect(factory.createRequest().headers().combinedValue('x-two')).toBe('1, 2');
    expect(factory.createRequest().rawHeader('Authorization').toString()).toBe('Basic abc');
    factory.setBearerToken('t.ö');
    expect(factory.createRequest().rawHeader('Authorization')).toEqual(Buffer.from('Bearer t.ö'));
    expect(factory.createRequest().headers().values('authorization')).toHaveLength(1);
    expect(factory.commonHeaders().value('authorization')).toBe('Basic abc');
    factory.clearBearerToken();
    factory.clearCommonHeaders();
    expect(factory.createRequest().headers().isEmpty()).toBe(true);
  });

  test('a token that cannot be sent is refused without being repeated', () => {
    const factory = new QNetworkRequestFactory(BASE);
    factory.setBearerToken('good');
    expect(() => factory.setBearerToken('secret\r\nX-Evil: 1')).toThrow(/setBearerToken: the value of Authorization contains/);
    expect(() => factory.setBearerToken('secret\n')).not.toThrow(/secret/);
    expect(factory.bearerToken().toString()).toBe('good');
  });
});

test('limits, priority and attributes go into every request', () => {
  const factory = new QNetworkRequestFactory(BASE);
  expect([factory.transferTimeout(), factory.priority(), factory.attribute(Attribute.User)]).toEqual([0, 3, null]);
  factory.setTransferTimeout(500);
  factory.setPriority(Priority.HighPriority);
  factory.setAttribute(Attribute.User, { any: 'thing' });
  factory.setAttribute(Attribute.CacheSaveControlAttribute, false);
  const request = factory.createRequest('x');
  expect([request.transferTimeout(), request.priority()]).toEqual([500, Priority.HighPriority]);
  expect([request.attribute(Attribute.User), request.attribute(Attribute.CacheSaveControlAttribute)]).toEqual([
    { any: 'thing' },
    false,
  ]);
  factory.clearAttribute(Attribute.User);
  expect(factory.attribute(Attribute.User, 'none')).toBe('none');
  expect(factory.attribute(Attribute.CacheSaveControlAttribute)).toBe(false);
  factory.clearAttributes();
  expect(factory.createRequest().attribute(Attribute.CacheSaveControlAttribute)).toBeNull();
  expect(() => factory.setTransferTimeout(-1)).toThrow(RangeError);
  expect(() => factory.setPriority(2 as never)).toThrow(TypeError);
});

test.each([
  'HttpStatusCodeAttribute',
  'HttpReasonPhraseAttribute',
  'RedirectionTargetAttribute',
  'ConnectionEncryptedAttribute',
  'SourceIsFromCacheAttribute',
  'HttpPipeliningWasUsedAttribute',
  'Http2WasUsedAttribute',
  'OriginalContentLengthAttribute',
] as const)('%s is only of replies', (name) => {
  const factory = new QNetworkRequestFactory(BASE);
  expect(() => factory.setAttribute(Attribute[name], 1)).toThrow(`${name} is an attribute of replies`);
  expect(factory.attribute(Attribute[name])).toBeNull();
});

test('a value: copies and requests go their own ways', () => {
  const factory = new QNetworkRequestFactory(BASE);
  const token = Buffer.from('one');
  factory.setBearerToken(token);
  token.fill(0);
  factory.setUserName('u');
  factory.setPassword('p');
  factory.setQueryParameters({ a: 1 });
  factory.setCommonHeaders({ A: '1' });
  const copy = new QNetworkRequestFactory(factory);
  const request = copy.createRequest();
  factory.setBaseUrl('http://other.example/');
  factory.setBearerToken('two');
  factory.clearUserName();
  factory.clearPassword();
  factory.clearQueryParameters();
  factory.clearCommonHeaders();
  request.setRawHeader('A', '2');
  factory.baseUrl().setHost('nobody');
  copy.commonHeaders().clear();
  copy.queryParameters().clear();
  copy.bearerToken().fill(0);
  expect(shown(copy.createRequest())).toBe('http://u:p@example.org/api?a=1');
  expect(copy.createRequest().rawHeader('Authorization').toString()).toBe('Bearer one');
  expect(copy.createRequest().rawHeader('A').toString()).toBe('1');
  expect(shown(factory.createRequest())).toBe('http://other.example/');
});

test('secrets do not show', () => {
  const factory = new QNetworkRequestFactory('http://SECRET:SECRET@example.org/api?key=SECRET');
  factory.setBearerToken('SECRET');
  factory.setUserName('SECRET');
  factory.setPassword('SECRET');
  factory.setCommonHeaders({ 'X-Api-Key': 'SECRET' });
  factory.setQueryParameters({ apikey: 'SECRET' });
  const texts = [String(factory), inspect(factory, { depth: 9, showHidden: true }), JSON.stringify(factory)];
  expect(texts.join()).not.toContain('SECRET');
  expect(texts[0]).toBe(
    'QNetworkRequestFactory(baseUrl = http://example.org/api, headers = [x-api-key], queryParameters = [apikey], ' +
      'bearerToken = (is set), userName = (is set), password = (is set), transferTimeout = 0)',
  );
  expect(texts[1]).toBe(texts[0]);
});

test('what is no text is no user name and no password', () => {
  const factory = new QNetworkRequestFactory();
  expect(() => factory.setUserName(5 as never)).toThrow('QNetworkRequestFactory.setUserName expects a string.');
  expect(() => factory.setPassword(null as never)).toThrow('QNetworkRequestFactory.setPassword expects a string.');
});
