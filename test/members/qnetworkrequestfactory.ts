import { expect } from 'vitest';
import type { QNetworkRequest, QNetworkRequestFactory } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const BASE = 'http://example.org/api';
const USER = 1000;
const USER_TWO = 1001;

const factory = (q: Package): QNetworkRequestFactory => new q.QNetworkRequestFactory(BASE);
const shown = (request: QNetworkRequest): string => request.url().toString();

export const qnetworkrequestfactory: MemberTests = {
  'QNetworkRequestFactory.constructor': (q) => {
    const first = new q.QNetworkRequestFactory(new q.QUrl(BASE));
    expect(first.baseUrl().toString()).toBe(BASE);
    expect(new q.QNetworkRequestFactory(first).baseUrl().toString()).toBe(BASE);
    expect(new q.QNetworkRequestFactory().baseUrl().isEmpty()).toBe(true);
  },
  'QNetworkRequestFactory.createRequest': (q) => {
    expect(shown(factory(q).createRequest())).toBe(BASE);
    expect(shown(factory(q).createRequest('/a'))).toBe(`${BASE}/a`);
    expect(shown(factory(q).createRequest(new q.QUrlQuery('b=1')))).toBe(`${BASE}?b=1`);
    expect(shown(factory(q).createRequest('a', new q.QUrlQuery('b=1')))).toBe(`${BASE}/a?b=1`);
  },

  // ---- base URL

  'QNetworkRequestFactory.baseUrl': (q) => {
    expect(factory(q).baseUrl().toString()).toBe(BASE);
  },
  'QNetworkRequestFactory.setBaseUrl': (q) => {
    const made = factory(q);
    made.setBaseUrl('http://other.example/');
    expect(shown(made.createRequest('a'))).toBe('http://other.example/a');
  },

  // ---- headers

  'QNetworkRequestFactory.setCommonHeaders': (q) => {
    const made = factory(q);
    const headers = new q.QHttpHeaders();
    headers.append('Accept', 'text/x');
    made.setCommonHeaders(headers);
    expect(made.createRequest().rawHeader('Accept').toString()).toBe('text/x');
  },
  'QNetworkRequestFactory.commonHeaders': (q) => {
    const made = factory(q);
    expect(made.commonHeaders().size()).toBe(0);
    made.setCommonHeaders({ Accept: 'text/x' });
    expect(made.commonHeaders().value('accept')).toBe('text/x');
  },
  'QNetworkRequestFactory.clearCommonHeaders': (q) => {
    const made = factory(q);
    made.setCommonHeaders({ Accept: 'text/x' });
    made.clearCommonHeaders();
    expect([made.commonHeaders().size(), made.createRequest().hasRawHeader('Accept')]).toEqual([0, false]);
  },

  // ---- credentials

  'QNetworkRequestFactory.bearerToken': (q) => {
    const made = factory(q);
    expect(made.bearerToken().length).toBe(0);
    made.setBearerToken('t');
    expect(made.bearerToken().toString()).toBe('t');
  },
  'QNetworkRequestFactory.setBearerToken': (q) => {
    const made = factory(q);
    made.setBearerToken('t');
    expect(made.createRequest().rawHeader('Authorization').toString()).toBe('Bearer t');
  },
  'QNetworkRequestFactory.clearBearerToken': (q) => {
    const made = factory(q);
    made.setBearerToken('t');
    made.clearBearerToken();
    expect(made.createRequest().hasRawHeader('Authorization')).toBe(false);
  },
  'QNetworkRequestFactory.userName': (q) => {
    const made = factory(q);
    expect(made.userName()).toBe('');
    made.setUserName('u');
    expect(made.userName()).toBe('u');
  },
  'QNetworkRequestFactory.setUserName': (q) => {
    const made = factory(q);
    made.setUserName('u');
    expect(made.createRequest().url().userName()).toBe('u');
  },
  'QNetworkRequestFactory.clearUserName': (q) => {
    const made = factory(q);
    made.setUserName('u');
    made.clearUserName();
    expect([made.userName(), made.createRequest().url().userName()]).toEqual(['', '']);
  },
  'QNetworkRequestFactory.password': (q) => {
    const made = factory(q);
    expect(made.password()).toBe('');
    made.setPassword('p');
    expect(made.password()).toBe('p');
  },
  'QNetworkRequestFactory.setPassword': (q) => {
    const made = factory(q);
    made.setPassword('p');
    expect(made.createRequest().url().password()).toBe('p');
  },
  'QNetworkRequestFactory.clearPassword': (q) => {
    const made = factory(q);
    made.setPassword('p');
    made.clearPassword();
    expect([made.password(), made.createRequest().url().password()]).toEqual(['', '']);
  },

  // ---- limits and priority

  'QNetworkRequestFactory.setTransferTimeout': (q) => {
    const made = factory(q);
    made.setTransferTimeout(5);
    expect(made.createRequest().transferTimeout()).toBe(5);
  },
  'QNetworkRequestFactory.transferTimeout': (q) => {
    const made = factory(q);
    expect(made.transferTimeout()).toBe(0);
    made.setTransferTimeout(5);
    expect(made.transferTimeout()).toBe(5);
  },
  'QNetworkRequestFactory.setPriority': (q) => {
    const made = factory(q);
    made.setPriority(q.QNetworkRequest.LowPriority);
    expect(made.createRequest().priority()).toBe(q.QNetworkRequest.LowPriority);
  },
  'QNetworkRequestFactory.priority': (q) => {
    const made = factory(q);
    expect(made.priority()).toBe(q.QNetworkRequest.NormalPriority);
    made.setPriority(q.QNetworkRequest.LowPriority);
    expect(made.priority()).toBe(q.QNetworkRequest.LowPriority);
  },

  // ---- query

  'QNetworkRequestFactory.queryParameters': (q) => {
    const made = factory(q);
    expect(made.queryParameters().isEmpty()).toBe(true);
    made.setQueryParameters({ a: 1 });
    expect(made.queryParameters().toString()).toBe('a=1');
  },
  'QNetworkRequestFactory.setQueryParameters': (q) => {
    const made = factory(q);
    made.setQueryParameters(new q.QUrlQuery('a=1'));
    expect(shown(made.createRequest())).toBe(`${BASE}?a=1`);
  },
  'QNetworkRequestFactory.clearQueryParameters': (q) => {
    const made = factory(q);
    made.setQueryParameters({ a: 1 });
    made.clearQueryParameters();
    expect(shown(made.createRequest())).toBe(BASE);
  },

  // ---- attributes

  'QNetworkRequestFactory.attribute': (q) => {
    const made = factory(q);
    expect([made.attribute(USER), made.attribute(USER, 'none')]).toEqual([null, 'none']);
    made.setAttribute(USER, 'x');
    expect(made.attribute(USER, 'none')).toBe('x');
  },
  'QNetworkRequestFactory.setAttribute': (q) => {
    const made = factory(q);
    made.setAttribute(USER, 'x');
    expect(made.createRequest().attribute(USER)).toBe('x');
  },
  'QNetworkRequestFactory.clearAttribute': (q) => {
    const made = factory(q);
    made.setAttribute(USER, 'x');
    made.setAttribute(USER_TWO, 'y');
    made.clearAttribute(USER);
    expect([made.attribute(USER), made.attribute(USER_TWO)]).toEqual([null, 'y']);
  },
  'QNetworkRequestFactory.clearAttributes': (q) => {
    const made = factory(q);
    made.setAttribute(USER, 'x');
    made.setAttribute(USER_TWO, 'y');
    made.clearAttributes();
    expect([made.attribute(USER), made.attribute(USER_TWO)]).toEqual([null, null]);
  },
  'QNetworkRequestFactory.sslConfiguration': (q) => {
    expect(factory(q).sslConfiguration().equals(q.QSslConfiguration.defaultConfiguration())).toBe(true);
  },
  'QNetworkRequestFactory.setSslConfiguration': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setPeerVerifyDepth(4);
    const made = factory(q);
    made.setSslConfiguration(configuration);
    configuration.setPeerVerifyDepth(5);
    expect(made.createRequest().sslConfiguration().peerVerifyDepth()).toBe(4);
  },
};
