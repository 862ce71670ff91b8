import { expect } from 'vitest';
import type { QNetworkCacheMetaData } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const DATE = new Date('2033-05-06T07:08:09Z');

/** With something in every place, set by the members themselves. */
function filled(q: Package): QNetworkCacheMetaData {
  const meta = new q.QNetworkCacheMetaData();
  meta.setUrl('http://a.test/');
  meta.setRawHeaders([['X-A', '1']]);
  meta.setLastModified(DATE);
  meta.setExpirationDate(DATE);
  meta.setSaveToDisk(false);
  meta.setAttributes(new Map([[0, 200]]));
  return meta;
}

export const qnetworkcachemetadata: MemberTests = {
  'QNetworkCacheMetaData.constructor': (q) => expect(new q.QNetworkCacheMetaData(filled(q)).url().host()).toBe('a.test'),
  'QNetworkCacheMetaData.equals': (q) => {
    expect(filled(q).equals(filled(q))).toBe(true);
    expect(filled(q).equals(new q.QNetworkCacheMetaData())).toBe(false);
  },
  'QNetworkCacheMetaData.isValid': (q) => {
    expect([filled(q).isValid(), new q.QNetworkCacheMetaData().isValid()]).toEqual([true, false]);
  },
  'QNetworkCacheMetaData.url': (q) => expect(filled(q).url().host()).toBe('a.test'),
  'QNetworkCacheMetaData.setUrl': (q) => {
    const meta = filled(q);
    meta.setUrl('http://me:secret@b.test/#x');
    expect(String(meta.url())).toBe('http://me@b.test/');
  },
  'QNetworkCacheMetaData.rawHeaders': (q) => {
    expect(filled(q).rawHeaders()).toEqual([[Buffer.from('X-A'), Buffer.from('1')]]);
  },
  'QNetworkCacheMetaData.setRawHeaders': (q) => {
    const meta = filled(q);
    meta.setRawHeaders([['X-B', '2']]);
    expect(meta.headers().value('x-b')).toBe('2');
  },
  'QNetworkCacheMetaData.lastModified': (q) => expect(filled(q).lastModified()).toEqual(DATE),
  'QNetworkCacheMetaData.setLastModified': (q) => {
    const meta = filled(q);
    meta.setLastModified(new Date(0));
    expect(meta.lastModified()).toEqual(new Date(0));
  },
  'QNetworkCacheMetaData.expirationDate': (q) => expect(filled(q).expirationDate()).toEqual(DATE),
  'QNetworkCacheMetaData.setExpirationDate': (q) => {
    const meta = filled(q);
    meta.setExpirationDate(new Date(0));
    expect(meta.expirationDate()).toEqual(new Date(0));
  },
  'QNetworkCacheMetaData.saveToDisk': (q) => {
    expect([filled(q).saveToDisk(), new q.QNetworkCacheMetaData().saveToDisk()]).toEqual([false, true]);
  },
  'QNetworkCacheMetaData.setSaveToDisk': (q) => {
    const meta = filled(q);
    expect(meta.saveToDisk()).toBe(false);
    meta.setSaveToDisk(true);
    expect(meta.saveToDisk()).toBe(true);
  },
  'QNetworkCacheMetaData.attributes': (q) => expect([...filled(q).attributes()]).toEqual([[0, 200]]),
  'QNetworkCacheMetaData.setAttributes': (q) => {
    const meta = filled(q);
    meta.setAttributes(new Map([[1, 'OK']]));
    expect(meta.attributes().get(1)).toBe('OK');
  },
  'QNetworkCacheMetaData.headers': (q) => expect(filled(q).headers().value('x-a')).toBe('1'),
  'QNetworkCacheMetaData.setHeaders': (q) => {
    const meta = filled(q);
    meta.setHeaders(new q.QHttpHeaders({ 'X-B': '2' }));
    expect(meta.rawHeaders().map(String)).toEqual(['X-B,2']);
  },
};
