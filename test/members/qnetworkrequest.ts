import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

type Package = Parameters<MemberTests[string]>[0];

const URL = 'http://example.org/a?b=c';
const made = (q: Package) => {
  const request = new q.QNetworkRequest(URL);
  request.setRawHeader('X-One', '1');
  request.setRawHeader('x-two', Buffer.from([0xfc]));
  return request;
};

export const qnetworkrequest: MemberTests = {
  'QNetworkRequest.constructor': (q) => {
    expect(new q.QNetworkRequest(new q.QUrl(URL)).url().toString()).toBe(URL);
    const copy = new q.QNetworkRequest(made(q));
    expect([copy.url().toString(), copy.rawHeader('x-one').toString()]).toEqual([URL, '1']);
  },
  'QNetworkRequest.equals': (q) => {
    const other = made(q);
    expect(made(q).equals(other)).toBe(true);
    other.setPriority(q.QNetworkRequest.HighPriority);
    expect(made(q).equals(other)).toBe(false);
  },
  'QNetworkRequest.url': (q) => {
    expect(made(q).url().toString()).toBe(URL);
  },
  'QNetworkRequest.setUrl': (q) => {
    const request = made(q);
    request.setUrl('http://elsewhere.example/');
    expect(request.url().toString()).toBe('http://elsewhere.example/');
  },
  'QNetworkRequest.header': (q) => {
    const request = new q.QNetworkRequest(URL);
    request.setRawHeader('Content-Length', '42');
    expect(request.header(q.QNetworkRequest.ContentLengthHeader)).toBe(42);
    expect(request.header(q.QNetworkRequest.ContentTypeHeader)).toBeNull();
  },
  'QNetworkRequest.setHeader': (q) => {
    const request = new q.QNetworkRequest(URL);
    request.setHeader(q.QNetworkRequest.LastModifiedHeader, new Date(0));
    expect(request.rawHeader('Last-Modified').toString()).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    request.setHeader(q.QNetworkRequest.LastModifiedHeader, null);
    expect(request.hasRawHeader('Last-Modified')).toBe(false);
  },
  'QNetworkRequest.hasRawHeader': (q) => {
    expect([made(q).hasRawHeader('x-ONE'), made(q).hasRawHeader('x-three')]).toEqual([true, false]);
  },
  'QNetworkRequest.rawHeaderList': (q) => {
    expect(made(q).rawHeaderList().map(String)).toEqual(['X-One', 'x-two']);
  },
  'QNetworkRequest.rawHeader': (q) => {
    expect([...made(q).rawHeader('X-Two')]).toEqual([0xfc]);
    expect(made(q).rawHeader('X-Three')).toHaveLength(0);
  },
  'QNetworkRequest.setRawHeader': (q) => {
    const request = made(q);
    request.setRawHeader('X-ONE', 'ü');
    expect(request.rawHeader('x-one').toString('utf8')).toBe('ü');
    request.setRawHeader('x-two', null);
    expect(request.hasRawHeader('x-two')).toBe(false);
  },
  'QNetworkRequest.attribute': (q) => {
    const request = made(q);
    expect(request.attribute(q.QNetworkRequest.User)).toBeNull();
    expect(request.attribute(q.QNetworkRequest.User, 'mine')).toBe('mine');
    request.setAttribute(q.QNetworkRequest.User, 7);
    expect(request.attribute(q.QNetworkRequest.User)).toBe(7);
  },
  'QNetworkRequest.setAttribute': (q) => {
    const { RedirectPolicyAttribute, FollowRedirectsAttribute, NoLessSafeRedirectPolicy } = q.QNetworkRequest;
    const request = made(q);
    request.setAttribute(FollowRedirectsAttribute, true);
    expect(request.attribute(RedirectPolicyAttribute)).toBe(NoLessSafeRedirectPolicy);
    request.setAttribute(RedirectPolicyAttribute, null);
    expect(request.attribute(RedirectPolicyAttribute)).toBeNull();
  },
  'QNetworkRequest.setOriginatingObject': (q) => {
    const request = made(q);
    const who = new q.QObject();
    request.setOriginatingObject(who);
    expect(request.originatingObject()).toBe(who);
  },
  'QNetworkRequest.originatingObject': (q) => {
    expect(made(q).originatingObject()).toBeNull();
  },
  'QNetworkRequest.priority': (q) => {
    expect(made(q).priority()).toBe(3);
  },
  'QNetworkRequest.setPriority': (q) => {
    const request = made(q);
    request.setPriority(q.QNetworkRequest.LowPriority);
    expect(request.priority()).toBe(5);
    expect(() => request.setPriority(2 as never)).toThrow(TypeError);
  },
  'QNetworkRequest.maximumRedirectsAllowed': (q) => {
    expect(made(q).maximumRedirectsAllowed()).toBe(50);
  },
  'QNetworkRequest.setMaximumRedirectsAllowed': (q) => {
    const request = made(q);
    request.setMaximumRedirectsAllowed(3);
    expect(request.maximumRedirectsAllowed()).toBe(3);
    expect(() => request.setMaximumRedirectsAllowed(-1)).toThrow(RangeError);
  },
  'QNetworkRequest.peerVerifyName': (q) => {
    expect(made(q).peerVerifyName()).toBe('');
  },
  'QNetworkRequest.setPeerVerifyName': (q) => {
    const request = made(q);
    request.setPeerVerifyName('inner.example');
    expect(request.peerVerifyName()).toBe('inner.example');
  },
  'QNetworkRequest.headers': (q) => {
    expect(made(q).headers().toListOfPairs()).toEqual([
      ['x-one', '1'],
      ['x-two', '\u00fc'],
    ]);
  },
  'QNetworkRequest.setHeaders': (q) => {
    const request = made(q);
    request.setHeaders({ Accept: 'text/css' });
    expect(request.rawHeaderList().map(String)).toEqual(['Accept']);
  },
  'QNetworkRequest.http1Configuration': (q) => {
    expect(made(q).http1Configuration().numberOfConnectionsPerHost()).toBe(6);
  },
  'QNetworkRequest.setHttp1Configuration': (q) => {
    const request = made(q);
    const configuration = new q.QHttp1Configuration();
    configuration.setNumberOfConnectionsPerHost(2);
    request.setHttp1Configuration(configuration);
    expect(request.http1Configuration().numberOfConnectionsPerHost()).toBe(2);
  },
  'QNetworkRequest.http2Configuration': (q) => {
    expect(made(q).http2Configuration().huffmanCompressionEnabled()).toBe(true);
  },
  'QNetworkRequest.setHttp2Configuration': (q) => {
    const request = made(q);
    const configuration = new q.QHttp2Configuration();
    configuration.setMaxFrameSize(20_000);
    request.setHttp2Configuration(configuration);
    configuration.setMaxFrameSize(30_000);
    expect(request.http2Configuration().maxFrameSize()).toBe(20_000);
  },
  'QNetworkRequest.decompressedSafetyCheckThreshold': (q) => {
    expect(made(q).decompressedSafetyCheckThreshold()).toBe(10_485_760);
  },
  'QNetworkRequest.setDecompressedSafetyCheckThreshold': (q) => {
    const request = made(q);
    request.setDecompressedSafetyCheckThreshold(-1);
    expect(request.decompressedSafetyCheckThreshold()).toBe(-1);
    expect(() => request.setDecompressedSafetyCheckThreshold(-2)).toThrow(RangeError);
  },
  'QNetworkRequest.transferTimeout': (q) => {
    expect(made(q).transferTimeout()).toBe(0);
  },
  'QNetworkRequest.setTransferTimeout': (q) => {
    const request = made(q);
    request.setTransferTimeout();
    expect(request.transferTimeout()).toBe(30_000);
    request.setTransferTimeout(17);
    expect(request.transferTimeout()).toBe(17);
  },
  'QNetworkRequest.transferTimeoutAsDuration': (q) => {
    const request = made(q);
    request.setTransferTimeout(17);
    expect(request.transferTimeoutAsDuration()).toBe(17);
  },
  'QNetworkRequest.tcpKeepAliveIdleTimeBeforeProbes': (q) => {
    expect(made(q).tcpKeepAliveIdleTimeBeforeProbes()).toBe(0);
  },
  'QNetworkRequest.setTcpKeepAliveIdleTimeBeforeProbes': (q) => {
    const request = made(q);
    request.setTcpKeepAliveIdleTimeBeforeProbes(30);
    expect(request.tcpKeepAliveIdleTimeBeforeProbes()).toBe(30);
  },
  'QNetworkRequest.tcpKeepAliveIntervalBetweenProbes': (q) => {
    expect(made(q).tcpKeepAliveIntervalBetweenProbes()).toBe(0);
  },
  'QNetworkRequest.setTcpKeepAliveIntervalBetweenProbes': (q) => {
    const request = made(q);
    request.setTcpKeepAliveIntervalBetweenProbes(5);
    expect(request.tcpKeepAliveIntervalBetweenProbes()).toBe(5);
  },
  'QNetworkRequest.tcpKeepAliveProbeCount': (q) => {
    expect(made(q).tcpKeepAliveProbeCount()).toBe(0);
  },
  'QNetworkRequest.setTcpKeepAliveProbeCount': (q) => {
    const request = made(q);
    request.setTcpKeepAliveProbeCount(4);
    expect(request.tcpKeepAliveProbeCount()).toBe(4);
  },
  'QNetworkRequest.KnownHeaders': (q) => {
    const request = new q.QNetworkRequest(URL);
    request.setHeader(q.QNetworkRequest.KnownHeaders.UserAgentHeader, 'me/1');
    expect(request.rawHeader('User-Agent').toString()).toBe('me/1');
  },
  'QNetworkRequest.Attribute': (q) => {
    const { Attribute } = q.QNetworkRequest;
    expect([Attribute.HttpStatusCodeAttribute, Attribute[0]]).toEqual([0, 'HttpStatusCodeAttribute']);
  },
  'QNetworkRequest.CacheLoadControl': (q) => {
    const { CacheLoadControl, CacheLoadControlAttribute } = q.QNetworkRequest;
    const request = made(q);
    request.setAttribute(CacheLoadControlAttribute, CacheLoadControl.AlwaysCache);
    expect(request.attribute(CacheLoadControlAttribute)).toBe(3);
  },
  'QNetworkRequest.LoadControl': (q) => {
    const { CookieLoadControlAttribute, LoadControl } = q.QNetworkRequest;
    const request = made(q);
    request.setAttribute(CookieLoadControlAttribute, LoadControl.Manual);
    expect(request.attribute(CookieLoadControlAttribute)).toBe(1);
  },
  'QNetworkRequest.Priority': (q) => {
    expect(q.QNetworkRequest.Priority[made(q).priority()]).toBe('NormalPriority');
  },
  'QNetworkRequest.RedirectPolicy': (q) => {
    const { RedirectPolicy, RedirectPolicyAttribute } = q.QNetworkRequest;
    const request = made(q);
    request.setAttribute(RedirectPolicyAttribute, RedirectPolicy.UserVerifiedRedirectPolicy);
    expect(request.attribute(RedirectPolicyAttribute)).toBe(3);
  },
  'QNetworkRequest.TransferTimeoutConstant': (q) => {
    const request = made(q);
    request.setTransferTimeout();
    expect(request.transferTimeout()).toBe(q.QNetworkRequest.TransferTimeoutConstant.DefaultTransferTimeoutConstant);
  },
  'QNetworkRequest.DefaultTransferTimeout': (q) => {
    const request = made(q);
    request.setTransferTimeout();
    expect(q.QNetworkRequest.DefaultTransferTimeout).toBe(request.transferTimeout());
  },
  'QNetworkRequest.sslConfiguration': (q) => {
    expect(new q.QNetworkRequest().sslConfiguration().equals(q.QSslConfiguration.defaultConfiguration())).toBe(true);
  },
  'QNetworkRequest.setSslConfiguration': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setPeerVerifyDepth(4);
    const made = new q.QNetworkRequest();
    made.setSslConfiguration(configuration);
    configuration.setPeerVerifyDepth(5);
    expect(made.sslConfiguration().peerVerifyDepth()).toBe(4);
  },
};
