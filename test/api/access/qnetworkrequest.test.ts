import { describe, expect, expectTypeOf, test } from 'vitest';
import { Attribute, KnownHeaders, NetworkAccessibility, NetworkError, Operation } from '../../../src/api/access/access-enums.ts';
import { QHttp1Configuration } from '../../../src/api/access/qhttp1configuration.ts';
import { QHttpHeaders } from '../../../src/api/access/qhttpheaders.ts';
import { QNetworkRequest, requestState, snapshot } from '../../../src/api/access/qnetworkrequest.ts';
import { DEFAULT_SETTINGS, NO_HEADERS } from '../../../src/api/access/request-state.ts';
import { QUrl } from '../../../src/api/core/qurl.ts';
import { NO_TRUST } from '../../../src/api/security/trust-settings.ts';

const URL_TEXT = 'http://example.org/p?q#f';

function raw(request: QNetworkRequest): [string, string][] {
  return request.rawHeaderList().map((name) => [name.toString('latin1'), request.rawHeader(name).toString('latin1')]);
}

describe('defaults and construction', () => {
  test('the defaults of Qt', () => {
    const request = new QNetworkRequest();
    expect(request.url().isEmpty()).toBe(true);
    expect(request.priority()).toBe(QNetworkRequest.Priority.NormalPriority);
    expect(request.maximumRedirectsAllowed()).toBe(50);
    expect(request.transferTimeout()).toBe(0);
    expect(request.transferTimeoutAsDuration()).toBe(0);
    expect(request.peerVerifyName()).toBe('');
    expect(request.originatingObject()).toBeNull();
    expect(request.decompressedSafetyCheckThreshold()).toBe(10_485_760);
    expect(request.http1Configuration().numberOfConnectionsPerHost()).toBe(6);
    expect(request.tcpKeepAliveIdleTimeBeforeProbes()).toBe(0);
    expect(request.tcpKeepAliveIntervalBetweenProbes()).toBe(0);
    expect(request.tcpKeepAliveProbeCount()).toBe(0);
    expect(request.attribute(QNetworkRequest.Attribute.RedirectPolicyAttribute)).toBeNull();
    expect(request.rawHeaderList()).toEqual([]);
    expect(QNetworkRequest.DefaultTransferTimeout).toBe(30_000);
  });

  test.each<[string, ConstructorParameters<typeof QNetworkRequest>[0]]>([
    ['a string', URL_TEXT],
    ['a URL', new URL(URL_TEXT)],
    ['a QUrl', new QUrl(URL_TEXT)],
    ['a request', new QNetworkRequest(URL_TEXT)],
  ])('from %s', (_what, url) => {
    expect(new QNetworkRequest(url).url().toString()).toBe(URL_TEXT);
  });

  test.each([5, null, {}])('%o is no URL', (url) => {
    expect(() => new QNetworkRequest(url as never)).toThrow(TypeError);
  });

  test('a plain request allocates no header list, map or settings', () => {
    const state = requestState(new QNetworkRequest(URL_TEXT));
    expect(state.headers).toBe(NO_HEADERS);
    expect(state.attributes).toBeNull();
    expect(state.settings).toBe(DEFAULT_SETTINGS);
  });

  test('url() is a copy, setUrl() takes one', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.url().setHost('changed.example');
    const url = new QUrl('http://other.example/');
    request.setUrl(url);
    url.setHost('changed.example');
    expect(request.url().host()).toBe('other.example');
  });
});

describe('raw headers', () => {
  test('same name in other case replaces where it stands', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-B', '2');
    request.setRawHeader('X-A', 'first');
    request.setRawHeader('X-C', '3');
    request.setRawHeader('x-a', 'second');
    expect(raw(request)).toEqual([['X-B', '2'], ['x-a', 'second'], ['X-C', '3']]); // biome-ignore format: a table
  });

  test('null removes, the empty value stays', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-Stay', '');
    request.setRawHeader('X-Go', '1');
    request.setRawHeader('x-go', null);
    request.setRawHeader('X-Never', null);
    expect(raw(request)).toEqual([['X-Stay', '']]);
    expect([request.hasRawHeader('x-stay'), request.hasRawHeader('X-Go')]).toEqual([true, false]);
    expect(request.rawHeader('X-Go')).toEqual(Buffer.alloc(0));
  });

  test('strings are UTF-8, bytes stay, white space around is no part of the value', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-Name', ' Grüße\t');
    request.setRawHeader(Buffer.from('X-Bytes'), Uint8Array.of(0xfc, 0x80));
    expect(request.rawHeader('x-name')).toEqual(Buffer.from('Grüße', 'utf8'));
    expect(request.rawHeader(Buffer.from('x-bytes'))).toEqual(Buffer.of(0xfc, 0x80));
  });

  test.each<[string, unknown, RegExp]>([
    ['X-A', 'top secret\r\nX-Evil: 1', /the value of X-A contains a carriage return at position 10/],
    ['X-A', 'a\nb', /line feed/],
    ['X-A', 'a\0b', /NUL/],
    ['X-A', 5, /X-A is a number/],
    ['', 'v', /the header name "" is empty/],
    ['X A', 'v', /contains a space at position 1/],
    ['X-A: 1\r\nX-B', 'v', /":"/],
    [5 as never, 'v', /header name is a string or bytes/],
  ])('setRawHeader(%j, %j) is refused and changes nothing', (name, value, message) => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-A', 'old');
    expect(() => request.setRawHeader(name, value as string)).toThrow(TypeError);
    expect(() => request.setRawHeader(name, value as string)).toThrow(message);
    expect(() => request.setRawHeader(name, value as string)).not.toThrow(/secret/);
    expect(raw(request)).toEqual([['X-A', 'old']]);
  });

  test('headers() is a copy, setHeaders() replaces everything and keeps repeated names', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-Old', '1');
    request.headers().append('X-Lost', '1');
    const headers = new QHttpHeaders({ Accept: ['a', 'b'] });
    request.setHeaders(headers);
    headers.clear();
    expect(raw(request)).toEqual([['Accept', 'a, b']]);
    expect(requestState(request).headers.size).toBe(2);
    expect(request.headers().values('accept')).toEqual(['a', 'b']);
    request.setHeaders({ A: '1' });
    expect(raw(request)).toEqual([['A', '1']]);
    request.setHeaders(new QHttpHeaders());
    expect(requestState(request).headers).toBe(NO_HEADERS);
  });
});

describe('known headers', () => {
  test('set in any order they become raw headers, as Qt wrote them', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setHeader(QNetworkRequest.UserAgentHeader, 'agent/1');
    request.setHeader(QNetworkRequest.IfModifiedSinceHeader, new Date(784111777000));
    request.setHeader(QNetworkRequest.IfNoneMatchHeader, '"a", "b"');
    request.setHeader(QNetworkRequest.IfMatchHeader, ['"c"']);
    request.setHeader(QNetworkRequest.ContentDispositionHeader, 'inline');
    request.setHeader(QNetworkRequest.LastModifiedHeader, new Date(784111777000));
    request.setHeader(QNetworkRequest.ServerHeader, 'srv');
    request.setHeader(QNetworkRequest.ETagHeader, '"e"');
    expect(raw(request)).toEqual([
      ['User-Agent', 'agent/1'],
      ['If-Modified-Since', 'Sun, 06 Nov 1994 08:49:37 GMT'],
      ['If-None-Match', '"a", "b"'],
      ['If-Match', '"c"'],
      ['Content-Disposition', 'inline'],
      ['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
      ['Server', 'srv'],
      ['ETag', '"e"'],
    ]);
    expect(request.header(QNetworkRequest.IfNoneMatchHeader)).toEqual(['"a"', '"b"']);
    expect(request.header(QNetworkRequest.LastModifiedHeader)).toEqual(new Date(784111777000));
  });

  test('raw and known forms are one header', () => {
    const request = new QNetworkRequest(URL_TEXT);
    request.setHeader(KnownHeaders.ContentTypeHeader, 'a/b');
    request.setRawHeader('content-type', 'c/d');
    request.setRawHeader('If-None-Match', '"q"');
    request.setRawHeader('Content-Length', '7');
    expect(raw(request)).toEqual([['content-type', 'c/d'], ['If-None-Match', '"q"'], ['Content-Length', '7']]); // biome-ignore format: a table
    expect(request.header(KnownHeaders.ContentLengthHeader)).toBe(7);
    request.setHeader(KnownHeaders.ContentTypeHeader, null);
    expect(request.header(KnownHeaders.ContentTypeHeader)).toBeNull();
    expect(request.hasRawHeader('Content-Type')).toBe(false);
  });

  test('a value without a text form is refused and changes nothing', () => {
    const request = new QNetworkRequest(URL_TEXT);
    expect(() => request.setHeader(KnownHeaders.ContentLengthHeader, -1)).toThrow(
      'QNetworkRequest.setHeader(ContentLengthHeader) expects a whole number that is not negative; got a number.',
    );
    expect(() => request.setHeader(KnownHeaders.NumKnownHeaders, 'x')).toThrow(/13 is no header of QNetworkRequest.KnownHeaders/);
    expect(request.rawHeaderList()).toEqual([]);
  });

  test('types follow the header', () => {
    const request = new QNetworkRequest(URL_TEXT);
    expectTypeOf(request.header(QNetworkRequest.KnownHeaders.ContentLengthHeader)).toEqualTypeOf<number | null>();
    expectTypeOf(request.header(QNetworkRequest.ETagHeader)).toEqualTypeOf<string | null>();
    expectTypeOf(request.header(QNetworkRequest.LocationHeader)).toEqualTypeOf<QUrl | null>();
  });
});

describe('attributes', () => {
  test('set, read, default, remove', () => {
    const request = new QNetworkRequest(URL_TEXT);
    const code = QNetworkRequest.Attribute.HttpPipeliningAllowedAttribute;
    expect(request.attribute(code)).toBeNull();
    expect(request.attribute(code, 'default')).toBe('default');
    request.setAttribute(code, false);
    expect(request.attribute(code, true)).toBe(false);
    request.setAttribute(code, null);
    expect(request.attribute(code)).toBeNull();
    expect(requestState(request).attributes).toBeNull();
    expectTypeOf(request.attribute(code)).toEqualTypeOf<boolean | null>();
    expectTypeOf(request.attribute(code, 1 as const)).toEqualTypeOf<boolean | 1>();
  });

  test('User attributes keep the identity of any value', () => {
    const request = new QNetworkRequest(URL_TEXT);
    const value = { any: () => 1 };
    request.setAttribute(QNetworkRequest.Attribute.User + 7, value);
    request.setAttribute(QNetworkRequest.UserMax, 0);
    expect(request.attribute(1007)).toBe(value);
    expect(new QNetworkRequest(request).attribute(1007)).toBe(value);
    expect(request.attribute(32767)).toBe(0);
    expectTypeOf(request.attribute(1007)).toEqualTypeOf<unknown>();
  });

  test('FollowRedirects of Qt 5 is a redirect policy', () => {
    const request = new QNetworkRequest(URL_TEXT);
    const { FollowRedirectsAttribute, RedirectPolicyAttribute } = QNetworkRequest.Attribute;
    expect(request.attribute(FollowRedirectsAttribute)).toBeNull();
    request.setAttribute(FollowRedirectsAttribute, true);
    expect(request.attribute(RedirectPolicyAttribute)).toBe(QNetworkRequest.NoLessSafeRedirectPolicy);
    expect(request.attribute(FollowRedirectsAttribute)).toBe(true);
    request.setAttribute(FollowRedirectsAttribute, false);
    expect(request.attribute(RedirectPolicyAttribute)).toBe(QNetworkRequest.ManualRedirectPolicy);
    expect(request.attribute(FollowRedirectsAttribute)).toBe(false);
    request.setAttribute(FollowRedirectsAttribute, null);
    expect(request.attribute(RedirectPolicyAttribute)).toBeNull();
  });

  test.each<[number, unknown, RegExp]>([
    [999, 1, /999 is neither/],
    [32768, 1, /neither/],
    [-1, 1, /neither/],
    [1.5, 1, /neither/],
    [1000.5, 1, /neither/],
    ['User' as never, 1, /User is neither/],
    [Attribute.RedirectPolicyAttribute, 4, /RedirectPolicyAttribute\): 4 is none/],
    [Attribute.CacheLoadControlAttribute, 'PreferCache', /none of the values/],
    [Attribute.CookieSaveControlAttribute, 2, /CookieSaveControlAttribute/],
  ])('setAttribute(%s, %j) is refused', (code, value, message) => {
    expect(() => new QNetworkRequest(URL_TEXT).setAttribute(code, value)).toThrow(message);
  });
});

describe('settings', () => {
  test('are given back', () => {
    const request = new QNetworkRequest(URL_TEXT);
    const owner = {};
    const http1 = new QHttp1Configuration();
    http1.setNumberOfConnectionsPerHost(2);
    request.setPriority(QNetworkRequest.HighPriority);
    request.setOriginatingObject(owner);
    request.setMaximumRedirectsAllowed(0);
    request.setPeerVerifyName('name.example');
    request.setHttp1Configuration(http1);
    request.setDecompressedSafetyCheckThreshold(-1);
    request.setTransferTimeout();
    request.setTcpKeepAliveIdleTimeBeforeProbes(60);
    request.setTcpKeepAliveIntervalBetweenProbes(5);
    request.setTcpKeepAliveProbeCount(3);
    http1.setNumberOfConnectionsPerHost(5);
    expect(requestState(request).settings).toEqual({
      priority: 1,
      trust: NO_TRUST,
      maximumRedirects: 0,
      timeouts: { transfer: 30_000, queue: 0, resolve: 0, connect: 0, firstByte: 0, idle: 0, total: 0 },
      peerVerifyName: 'name.example',
      connectionsPerHost: 2,
      decompressedSafetyCheckThreshold: -1,
      tcpKeepAliveIdle: 60,
      tcpKeepAliveInterval: 5,
      tcpKeepAliveCount: 3,
      originatingObject: owner,
      partition: '',
      siteForCookies: null,
      resendUnsafe: false,
      secretHeaders: [],
      http2: null,
      ssl: null,
      expectContinue: 0,
    });
    expect(request.originatingObject()).toBe(owner);
    expect(request.http1Configuration().numberOfConnectionsPerHost()).toBe(2);
    expect(DEFAULT_SETTINGS.priority).toBe(3);
  });

  test.each<[string, (request: QNetworkRequest) => void]>([
    ['setPriority', (r) => r.setPriority(2 as never)],
    ['setPriority', (r) => r.setPriority('HighPriority' as never)],
    ['setMaximumRedirectsAllowed', (r) => r.setMaximumRedirectsAllowed(-1)],
    ['setMaximumRedirectsAllowed', (r) => r.setMaximumRedirectsAllowed(1.5)],
    ['setTransferTimeout', (r) => r.setTransferTimeout(-1)],
    ['setTransferTimeout', (r) => r.setTransferTimeout(Number.POSITIVE_INFINITY)],
    ['setDecompressedSafetyCheckThreshold', (r) => r.setDecompressedSafetyCheckThreshold(-2)],
    ['setTcpKeepAliveProbeCount', (r) => r.setTcpKeepAliveProbeCount(-1)],
    ['setPeerVerifyName', (r) => r.setPeerVerifyName(null as never)],
  ])('%s refuses nonsense and names itself', (method, act) => {
    const request = new QNetworkRequest(URL_TEXT);
    expect(() => act(request)).toThrow(`QNetworkRequest.${method} expects`);
    expect(requestState(request).settings).toBe(DEFAULT_SETTINGS);
  });

  test.each([
    [2, 2],
    [255, 255],
    [1000, 255],
    [0, 6],
    [-3, 6],
  ])('%i connections a host become %i', (asked, got) => {
    const http1 = new QHttp1Configuration();
    http1.setNumberOfConnectionsPerHost(asked);
    expect(http1.numberOfConnectionsPerHost()).toBe(got);
    expect(new QHttp1Configuration(http1).equals(http1)).toBe(true);
    expect(new QHttp1Configuration().equals(http1)).toBe(got === 6);
    expect(() => http1.setNumberOfConnectionsPerHost('2' as never)).toThrow(TypeError);
  });
});

describe('value semantics', () => {
  const changes: [string, (request: QNetworkRequest) => void][] = [
    ['url', (r) => r.setUrl('http://other.example/')],
    ['header', (r) => r.setRawHeader('X-A', 'changed')],
    ['new header', (r) => r.setRawHeader('X-New', '1')],
    ['removed header', (r) => r.setRawHeader('X-A', null)],
    ['all headers', (r) => r.setHeaders(new QHttpHeaders())],
    ['attribute', (r) => r.setAttribute(1000, 'changed')],
    ['new attribute', (r) => r.setAttribute(1001, 1)],
    ['removed attribute', (r) => r.setAttribute(1000, null)],
    ['priority', (r) => r.setPriority(QNetworkRequest.LowPriority)],
    ['redirects', (r) => r.setMaximumRedirectsAllowed(1)],
    ['peer name', (r) => r.setPeerVerifyName('x')],
    ['timeout', (r) => r.setTransferTimeout(5)],
    ['threshold', (r) => r.setDecompressedSafetyCheckThreshold(0)],
  ];

  function original(): QNetworkRequest {
    const request = new QNetworkRequest(URL_TEXT);
    request.setRawHeader('X-A', '1');
    request.setAttribute(1000, 'one');
    return request;
  }

  test.each(changes)('%s: neither original nor copy sees a change of the other', (_what, change) => {
    const request = original();
    const copy = new QNetworkRequest(request);
    const shot = snapshot(request);
    const before = requestState(shot);
    expect(requestState(copy)).toBe(before);
    change(request);
    expect(request.equals(copy)).toBe(false);
    expect(copy.equals(original())).toBe(true);
    expect(shot.equals(original())).toBe(true);
    change(copy);
    expect(copy.equals(request)).toBe(true);
    expect(shot.equals(original())).toBe(true);
    expect(requestState(shot)).toBe(before);
  });

  test('a copy of a default request can be changed', () => {
    const request = new QNetworkRequest(URL_TEXT);
    const copy = new QNetworkRequest(request);
    copy.setRawHeader('A', '1');
    copy.setAttribute(1000, 1);
    expect(request.equals(new QNetworkRequest(URL_TEXT))).toBe(true);
    expect(NO_HEADERS.size).toBe(0);
  });

  test('who asks does not count', () => {
    const request = original();
    request.setOriginatingObject({});
    expect(request.equals(original())).toBe(true);
  });
});

describe('enums', () => {
  test('both spellings, and back from number to name', () => {
    expect(QNetworkRequest.HttpStatusCodeAttribute).toBe(QNetworkRequest.Attribute.HttpStatusCodeAttribute);
    expect(QNetworkRequest.PreferCache).toBe(2);
    expect(QNetworkRequest.Manual).toBe(QNetworkRequest.LoadControl.Manual);
    expect(NetworkError[203]).toBe('ContentNotFoundError');
    expect(Operation[6]).toBe('CustomOperation');
    expect(NetworkAccessibility.UnknownAccessibility).toBe(-1);
  });

  test('numbers that Qt 5 and Qt 6 use differently', () => {
    expect(Attribute.HTTP2AllowedAttribute).toBe(Attribute.Http2AllowedAttribute);
    expect(Attribute.HTTP2WasUsedAttribute).toBe(Attribute.Http2WasUsedAttribute);
    expect([Attribute[18], Attribute[19], Attribute[20], Attribute[21], Attribute[22], Attribute[23]]).toEqual([
      'EmitAllUploadProgressSignalsAttribute',
      'Http2AllowedAttribute',
      'Http2WasUsedAttribute',
      'OriginalContentLengthAttribute',
      'RedirectPolicyAttribute',
      'Http2DirectAttribute',
    ]);
    for (const name of ['SpdyAllowedAttribute', 'SpdyWasUsedAttribute', 'FollowRedirectsAttribute'] as const) {
      expect(Attribute[name]).toBeGreaterThanOrEqual(100_000);
    }
  });

  test('are types as well', () => {
    const policy: QNetworkRequest.RedirectPolicy = QNetworkRequest.RedirectPolicy.SameOriginRedirectPolicy;
    expectTypeOf(policy).toExtend<0 | 1 | 2 | 3>();
    expectTypeOf<QNetworkRequest.Priority>().toEqualTypeOf<1 | 3 | 5>();
  });
});
