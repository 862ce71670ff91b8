import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  QNetworkAccessManager,
  QNetworkCacheMetaData,
  QNetworkDiskCache,
  type QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { type Route, serve } from '../support/server.ts';

// Pattern 17: a disk cache that is set up and looked after by the program.

const { SourceIsFromCacheAttribute } = QNetworkRequest;
const DAY = 86_400_000;

function cacheIn(): QNetworkDiskCache {
  const folder = mkdtempSync(join(tmpdir(), 'pattern-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(folder);
  cache.setMaximumCacheSize(50 * 1024 * 1024);
  return cache;
}

const picture: Route = (_, nth) => ({ headers: { 'Cache-Control': 'max-age=0' }, body: nth === 1 ? 'broken' : `picture ${nth}` });

it('tiles live a day at least, whatever their server says (QGIS, LibrePCB)', async () => {
  await using origin = await serve({ routes: { '*': picture } });
  await using manager = new QNetworkAccessManager();
  const cache = cacheIn();
  manager.setCache(cache);
  manager.finished.connect((reply: QNetworkReply) => {
    const meta = cache.metaData(reply.request().url());
    if (!meta.isValid() || reply.attribute(SourceIsFromCacheAttribute) === true) return;
    meta.setRawHeaders(meta.rawHeaders().filter(([name]) => name.toString() !== 'Cache-Control'));
    meta.setExpirationDate(new Date(Date.now() + DAY));
    cache.updateMetaData(meta);
  });
  for (let i = 0; i < 3; i++) expect(await manager.get(origin.url('/tile')).text()).toBe('broken');
  expect(origin.requests.length).toBe(1);
});

it('a picture that cannot be read is removed and asked for once more (Cockatrice)', async () => {
  await using origin = await serve({ routes: { '*': picture } });
  await using manager = new QNetworkAccessManager();
  manager.setCache(cacheIn());
  const cache = manager.cache<QNetworkDiskCache>()!;
  const load = async (again: boolean): Promise<string> => {
    const request = new QNetworkRequest(origin.url('/card.png'));
    request.setAttribute(QNetworkRequest.CacheLoadControlAttribute, QNetworkRequest.PreferCache);
    const bytes = (await manager.get(request).bytes()).toString();
    if (bytes.startsWith('picture') || again) return bytes;
    expect(cache.remove(request.url())).toBe(true);
    return load(true);
  };
  expect(await load(false)).toBe('picture 2');
});

it('icons and moodbars come and go without any network (Clementine, strawberry)', () => {
  const cache = cacheIn();
  const url = 'icon://mine/one.png';
  expect(cache.metaData(url).isValid()).toBe(false);
  const meta = new QNetworkCacheMetaData();
  meta.setUrl(url);
  meta.setSaveToDisk(true);
  const device = cache.prepare(meta)!;
  device.write('an icon');
  cache.insert(device);
  expect([cache.data(url)!.readAll().toString(), cache.cacheSize() > 7]).toEqual(['an icon', true]);
  cache.clear();
  expect([cache.data(url), cache.cacheSize()]).toEqual([null, 0]);
});

it('several managers use one cache', async () => {
  await using origin = await serve({ routes: { '*': { headers: { 'Cache-Control': 'max-age=600' }, body: 'one' } } });
  await using owner = new QNetworkAccessManager();
  await using other = new QNetworkAccessManager();
  const cache = cacheIn();
  owner.setCache(cache);
  other.setCache(cache);
  await owner.get(origin.url()).bytes();
  expect([await other.get(origin.url()).text(), origin.requests.length, cache.parent()]).toEqual(['one', 1, owner]);
});
