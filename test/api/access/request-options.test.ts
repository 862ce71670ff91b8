import { describe, expect, test } from 'vitest';
import { QHttpHeaders } from '../../../src/api/access/qhttpheaders.ts';
import { QNetworkRequest, requestState } from '../../../src/api/access/qnetworkrequest.ts';
import { applyOptions, isRequestOptions, jsonBody, type RequestOptions } from '../../../src/api/access/request-options.ts';
import { DEFAULT_SETTINGS } from '../../../src/api/access/request-state.ts';

const URL_TEXT = 'http://example.org/p';
const { Attribute, CacheLoadControl, Priority, RedirectPolicy } = QNetworkRequest;

function made(options: RequestOptions, url = URL_TEXT): QNetworkRequest {
  return applyOptions(new QNetworkRequest(url), options);
}

function flat(options: RequestOptions): string[] {
  return requestState(made(options)).headers.flat;
}

describe('what is options and what is data', () => {
  test.each<[string, unknown, boolean]>([
    ['an empty object', {}, true],
    ['an object without prototype', Object.create(null), true],
    ['null', null, false],
    ['text', 'a', false],
    ['bytes', new Uint8Array(), false],
    ['an array', [], false],
    ['a function', () => '', false],
    ['URLSearchParams', new URLSearchParams(), false],
    ['a Blob', new Blob([]), false],
    ['an instance', new (class {})(), false],
    ['a generator', (function* () {})(), false],
  ])('%s', (_what, value, expected) => {
    expect(isRequestOptions(value)).toBe(expected);
  });
});

test('the request itself stays as it was', () => {
  const request = new QNetworkRequest(URL_TEXT);
  request.setRawHeader('X-A', '1');
  const folded = applyOptions(request, { headers: { 'x-a': '2' }, priority: 'high', attributes: { 1000: 'u' } });
  expect(request.rawHeader('X-A').toString()).toBe('1');
  expect(request.priority()).toBe(Priority.NormalPriority);
  expect(folded.rawHeader('X-A').toString()).toBe('2');
  expect(folded.priority()).toBe(Priority.HighPriority);
  expect(folded.attribute(1000)).toBe('u');
});

test('empty and undefined options change nothing', () => {
  const request = new QNetworkRequest(URL_TEXT);
  const options: RequestOptions = {
    headers: undefined,
    timeout: undefined,
    signal: undefined,
    json: undefined,
    cache: undefined,
  };
  expect(requestState(applyOptions(request, {}))).toBe(requestState(request));
  expect(requestState(applyOptions(request, options))).toBe(requestState(request));
});

describe('headers', () => {
  test.each<[string, RequestOptions['headers'], string[]]>([
    ['an object', { 'X-A': '1', 'X-B': 'ü' }, ['X-A', '1', 'X-B', '\xc3\xbc']],
    ['several values', { 'X-A': ['1', '2'] }, ['X-A', '1', 'X-A', '2']],
    ['pairs', [['X-A', '1'], ['x-a', '2']], ['X-A', '1', 'x-a', '2']], // biome-ignore format: a table
    ['Headers', new Headers([['X-A', '\xfc']]), ['x-a', '\xfc']],
    ['QHttpHeaders', new QHttpHeaders({ 'X-A': ['\xfc', '2'] }), ['X-A', '\xfc', 'X-A', '2']],
    ['undefined values', { 'X-A': undefined }, []],
  ])('%s', (_what, headers, expected) => {
    expect(flat({ headers })).toEqual(expected);
  });

  test('replace those of the same name, null removes', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setHeaders(new QHttpHeaders([['A', '1'], ['B', '2'], ['a', '3'], ['C', '4']])); // biome-ignore format: a table
    const folded = applyOptions(request, { headers: { a: ['x', 'y'], b: null } });
    expect(requestState(folded).headers.flat).toEqual(['a', 'x', 'C', '4', 'a', 'y']);
  });
});

describe('query', () => {
  test.each<[string, RequestOptions['query'], string]>([
    ['http://h/p', { a: '1' }, 'http://h/p?a=1'],
    ['http://h/p?x=1', { a: 1, b: true, c: 5n }, 'http://h/p?x=1&a=1&b=true&c=5'],
    ['http://h/p?', { a: '1' }, 'http://h/p?a=1'],
    ['http://h/p?x&', { a: '1' }, 'http://h/p?x&a=1'],
    ['http://h/p#f?', { a: '1' }, 'http://h/p?a=1#f?'],
    ['http://h/p', { q: 'näh & fern+=?#%' }, 'http://h/p?q=n%C3%A4h%20%26%20fern%2B%3D%3F%23%25'],
    ['http://h/p', { a: ['1', '2'], b: null, c: undefined, d: '' }, 'http://h/p?a=1&a=2&d='],
    ['http://h/p', new URLSearchParams('a=b c&a=d'), 'http://h/p?a=b%20c&a=d'],
    ['http://h/p', [['a', 1], ['a', 2]], 'http://h/p?a=1&a=2'], // biome-ignore format: a table
    ['http://h/p', {}, 'http://h/p'],
    ['http://u:p@h:8080/p', { a: '1' }, 'http://u:p@h:8080/p?a=1'],
  ])('%s and %o', (url, query, expected) => {
    expect(requestState(made({ query }, url)).url.href).toBe(expected);
  });

  test('an invalid URL stays for the reply to report', () => {
    expect(
      made({ query: { a: '1' } }, 'http://h:99999/')
        .url()
        .isValid(),
    ).toBe(false);
  });
});

describe('json', () => {
  test('sets the content type unless there is one, and gives the bytes', () => {
    expect(flat({ json: 1 })).toEqual(['Content-Type', 'application/json']);
    expect(flat({ json: 1, headers: { 'content-type': 'application/ld+json' } })).toEqual([
      'content-type',
      'application/ld+json',
    ]);
    expect(jsonBody({ json: { a: 'ü' } })).toEqual(Buffer.from('{"a":"ü"}'));
    expect(jsonBody({ json: null })).toEqual(Buffer.from('null'));
    expect(jsonBody({})).toBeNull();
  });

  test('what JSON cannot express', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(() => jsonBody({ json: circular })).toThrow(/option json/);
    expect(() => jsonBody({ json: 1n })).toThrow(TypeError);
    expect(() => jsonBody({ json: () => 1 })).toThrow(/option json: a function/);
  });
});

describe('timeout', () => {
  test('a number is the transfer timeout', () => {
    expect(made({ timeout: 500 }).transferTimeout()).toBe(500);
  });

  test('an object sets single limits and leaves the others', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setTransferTimeout(100);
    const folded = applyOptions(request, { timeout: { connect: 1, total: 2 } });
    expect(requestState(folded).settings.timeouts).toEqual({
      transfer: 100,
      queue: 0,
      resolve: 0,
      connect: 1,
      firstByte: 0,
      idle: 0,
      total: 2,
    });
    expect(requestState(request).settings.timeouts.total).toBe(0);
    expect(DEFAULT_SETTINGS.timeouts.total).toBe(0);
  });
});

test.each<[RequestOptions['redirect'], QNetworkRequest.RedirectPolicy, number]>([
  ['follow', RedirectPolicy.NoLessSafeRedirectPolicy, 50],
  ['same-origin', RedirectPolicy.SameOriginRedirectPolicy, 50],
  ['user-verified', RedirectPolicy.UserVerifiedRedirectPolicy, 50],
  ['manual', RedirectPolicy.ManualRedirectPolicy, 50],
  ['error', RedirectPolicy.NoLessSafeRedirectPolicy, 0],
])('redirect %s', (redirect, policy, maximum) => {
  const request = made({ redirect });
  expect(request.attribute(Attribute.RedirectPolicyAttribute)).toBe(policy);
  expect(request.maximumRedirectsAllowed()).toBe(maximum);
});

test.each<[RequestOptions['cache'], QNetworkRequest.CacheLoadControl | null, boolean | null, string]>([
  ['default', null, null, ''],
  ['no-store', CacheLoadControl.AlwaysNetwork, false, ''],
  ['reload', CacheLoadControl.AlwaysNetwork, null, ''],
  ['no-cache', CacheLoadControl.PreferNetwork, null, 'max-age=0'],
  ['force-cache', CacheLoadControl.PreferCache, null, ''],
  ['only-if-cached', CacheLoadControl.AlwaysCache, null, ''],
])('cache %s', (cache, load, save, control) => {
  const request = made({ cache });
  expect(request.attribute(Attribute.CacheLoadControlAttribute)).toBe(load);
  expect(request.attribute(Attribute.CacheSaveControlAttribute)).toBe(save);
  expect(request.rawHeader('Cache-Control').toString()).toBe(control);
});

test('priority, attributes, partition, resend, expectContinue', () => {
  expect(made({ priority: 'high' }).priority()).toBe(1);
  expect(made({ priority: 'normal' }).priority()).toBe(3);
  expect(made({ priority: 'low' }).priority()).toBe(5);
  const request = made({ attributes: { HttpPipeliningAllowedAttribute: true, 1001: 'x', FollowRedirectsAttribute: false } });
  expect(request.attribute(Attribute.HttpPipeliningAllowedAttribute)).toBe(true);
  expect(request.attribute(1001)).toBe('x');
  expect(request.attribute(Attribute.RedirectPolicyAttribute)).toBe(RedirectPolicy.ManualRedirectPolicy);
  expect(requestState(made({ partition: 'p' })).settings.partition).toBe('p');
  const site = (siteForCookies: RequestOptions['siteForCookies']) =>
    requestState(made({ siteForCookies })).settings.siteForCookies;
  expect(site('https://a.org/x')).toMatchObject({ url: { host: 'a.org' }, navigation: false });
  expect(site({ url: null, navigation: true })).toEqual({ url: null, navigation: true });
  expect(made({ siteForCookies: 'https://a.org' }).equals(made({ siteForCookies: 'https://a.org' }))).toBe(true);
  expect(made({ siteForCookies: 'https://a.org' }).equals(made({ siteForCookies: null }))).toBe(false);
  expect(made({ siteForCookies: null }).equals(made({}))).toBe(false);
  expect(requestState(made({ resend: 'always' })).settings.resendUnsafe).toBe(true);
  expect(requestState(made({ resend: 'safe' })).settings.resendUnsafe).toBe(false);
  expect(requestState(made({ expectContinue: true })).settings.expectContinue).toBe(1000);
  expect(requestState(made({ expectContinue: 250 })).settings.expectContinue).toBe(250);
  expect(requestState(made({ expectContinue: false })).settings.expectContinue).toBe(0);
  expect(() => made({ signal: new AbortController().signal })).not.toThrow();
});

describe('what cannot be used is refused with the name of the option', () => {
  test.each<[unknown, RegExp]>([
    [{ timout: 1 }, /Unknown request option "timout"; the options are headers, query, json, signal, timeout,/],
    [{ headers: 'A: 1' }, /option headers/],
    [{ headers: { 'X-A': 'hidden\n' } }, /option headers: the value of X-A contains a line feed/],
    [{ headers: { 'X A': '1' } }, /option headers: the header name "X A"/],
    [{ headers: { 'X-A': 1 } }, /option headers: the value of X-A is a number/],
    [{ headers: null }, /option headers/],
    [{ query: 'a=1' }, /option query/],
    [{ query: { a: {} } }, /option query: the value of a is a object/],
    [{ query: { a: '\ud800' } }, /option query: a contains half of a surrogate pair/],
    [{ query: ['a'] }, /option query: a list has pairs/],
    [{ signal: {} }, /option signal/],
    [{ signal: null }, /option signal/],
    [{ timeout: -1 }, /option timeout expects whole milliseconds/],
    [{ timeout: '5' }, /option timeout/],
    [{ timeout: { conect: 1 } }, /unknown limit "conect"; the limits are transfer, queue, resolve/],
    [{ timeout: { connect: Number.NaN } }, /option timeout\.connect/],
    [{ redirect: 'none' }, /option redirect expects one of 'follow', 'same-origin'/],
    [{ priority: 1 }, /option priority expects one of 'high', 'normal', 'low'; got number/],
    [{ cache: 'toString' }, /option cache/],
    [{ attributes: { Nothing: 1 } }, /option attributes: "Nothing"/],
    [{ attributes: { constructor: 1 } }, /option attributes: "constructor"/],
    [{ attributes: { 999: 1 } }, /999 is neither/],
    [{ attributes: [] }, /option attributes/],
    [{ partition: 5 }, /option partition/],
    [{ siteForCookies: 5 }, /option siteForCookies expects a URL, null/],
    [{ siteForCookies: '/x' }, /option siteForCookies expects the URL of a site/],
    [{ resend: true }, /option resend/],
    [{ secretHeaders: 5 }, /option secretHeaders expects a list of header names/],
    [{ secretHeaders: ['a b'] }, /setSecretHeaders: the header name "a b"/],
    [{ expectContinue: 0 }, /option expectContinue expects true, false or whole milliseconds from 1/],
    [{ expectContinue: 1.5 }, /option expectContinue/],
    [{ expectContinue: 'yes' }, /option expectContinue/],
    [{ expectContinue: null }, /option expectContinue/],
  ])('%o', (options, message) => {
    expect(() => made(options as RequestOptions)).toThrow(message);
    expect(() => made(options as RequestOptions)).not.toThrow(/hidden/);
  });
});
