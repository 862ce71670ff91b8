// Steps and queries about cookies, the cache and HSTS. Each needs a class that the library may not have (yet).
import { bytesOf, visible } from './bytes.mjs';
import { encoded, nameOf } from './snapshot.mjs';

const FAR = 30_000_000;
const BEYOND = 3_000_000_000;

/** A date as distance from the start of the run, so that runs compare: rounded seconds, a fixed date, or "far future". */
export function distance(date, epoch) {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  const seconds = date.getTime() / 1000 - epoch;
  if (seconds > BEYOND) return 'far future';
  if (Math.abs(seconds) > FAR) return date.toISOString().replace('.000Z', 'Z');
  return Math.round(seconds / 10) * 10;
}

const after = (epoch, seconds) => new Date((epoch + seconds) * 1000);

const cookie = (q, c, epoch) => ({
  name: visible(c.name()),
  value: visible(c.value()),
  domain: c.domain(),
  path: c.path(),
  secure: c.isSecure(),
  httpOnly: c.isHttpOnly(),
  session: c.isSessionCookie(),
  expiresIn: distance(c.expirationDate(), epoch),
  sameSite: { Default: 'Default', None: 'None_', Lax: 'Lax', Strict: 'Strict' }[
    nameOf(q.QNetworkCookie.SameSite, c.sameSitePolicy())
  ],
});

const parsed = (q, lines) => lines.flatMap((line) => q.QNetworkCookie.parseCookies(line));

function metaData(q, s, epoch) {
  const meta = new q.QNetworkCacheMetaData();
  meta.setUrl(new q.QUrl(s.url));
  meta.setRawHeaders((s.headers ?? []).map(([k, v]) => [Buffer.from(k), Buffer.from(v)]));
  if (s.expiresIn !== undefined) meta.setExpirationDate(after(epoch, s.expiresIn));
  if (s.lastModifiedIn !== undefined) meta.setLastModified(after(epoch, s.lastModifiedIn));
  meta.setSaveToDisk(s.saveToDisk ?? true);
  const attributes = new Map();
  if (s.status !== undefined) attributes.set(q.QNetworkRequest.Attribute.HttpStatusCodeAttribute, s.status);
  if (s.reason !== undefined) attributes.set(q.QNetworkRequest.Attribute.HttpReasonPhraseAttribute, s.reason);
  if (attributes.size > 0) meta.setAttributes(attributes);
  return meta;
}

/** Looks into the cache of a manager without being recorded. */
function looking(manager, look) {
  const cache = manager.cache();
  if (!SILENCE.has(cache)) return look(cache);
  SILENCE.set(cache, true);
  try {
    return look(cache);
  } finally {
    SILENCE.set(cache, false);
  }
}

/** Whether a recording cache is silent. */
const SILENCE = new WeakMap();

function shownMeta(q, cache, url, epoch) {
  const meta = cache.metaData(new q.QUrl(url));
  if (!meta.isValid()) return null;
  return {
    url: encoded(meta.url()),
    headers: meta.rawHeaders().map(([k, v]) => [visible(k), visible(v)]),
    expiresIn: distance(meta.expirationDate(), epoch),
    lastModifiedIn: distance(meta.lastModified(), epoch),
    saveToDisk: meta.saveToDisk(),
    attributes: Object.fromEntries([...meta.attributes()].map(([k, v]) => [nameOf(q.QNetworkRequest.Attribute, Number(k)), v])),
  };
}

function putIntoCache(q, cache, s, epoch) {
  const device = cache.prepare(metaData(q, s, epoch));
  if (device === null) return;
  device.write(bytesOf(s.body));
  cache.insert(device);
}

/** Carries out a step on a store of the manager; undefined when the step is none of these. */
export function storeStep(q, s, manager, epoch) {
  switch (s.do) {
    case 'cookies.set':
      return manager.cookieJar().setCookiesFromUrl(parsed(q, s.raw), new q.QUrl(s.url));
    case 'cookies.insert':
      return manager.cookieJar().insertCookie(parsed(q, [s.raw].flat())[0]);
    case 'cookies.update':
      return manager.cookieJar().updateCookie(parsed(q, [s.raw].flat())[0]);
    case 'cookies.delete':
      return manager.cookieJar().deleteCookie(parsed(q, [s.raw].flat())[0]);
    case 'cache.put':
      putIntoCache(q, manager.cache(), s, epoch);
      return null;
    case 'cache.remove':
      return manager.cache().remove(new q.QUrl(s.url));
    case 'cache.clear':
      manager.cache().clear();
      return null;
    default:
      return undefined;
  }
}

/** Answers a query about a store; undefined when it is about something else. */
export function storeQuery(q, s, manager, epoch) {
  switch (s.what) {
    case 'cookiesForUrl':
      return manager
        .cookieJar()
        .cookiesForUrl(new q.QUrl(s.url))
        .map((c) => ({ name: visible(c.name()), value: visible(c.value()) }));
    case 'allCookies':
      return manager
        .cookieJar()
        .allCookies()
        .map((c) => cookie(q, c, epoch));
    case 'parseCookies':
      return parsed(q, [s.text]).map((c) => ({ ...cookie(q, c, epoch), raw: visible(c.toRawForm()) }));
    case 'hsts':
      return manager
        .strictTransportSecurityHosts()
        .map((p) => ({ host: p.host(), includeSubDomains: p.includesSubDomains(), expiresIn: distance(p.expiry(), epoch) }))
        .sort((a, b) => (a.host < b.host ? -1 : 1));
    case 'cacheMeta':
      return looking(manager, (cache) => shownMeta(q, cache, s.url, epoch));
    case 'cacheData': {
      const device = looking(manager, (cache) => cache.data(new q.QUrl(s.url)));
      return device === null ? null : visible(device.readAll());
    }
    case 'cacheSize':
      return manager.cache().cacheSize() > 0;
    default:
      return undefined;
  }
}

/** A disk cache that reports the calls made on it; null while the library has none. */
export function recordingCache(q, tell) {
  if (q.QNetworkDiskCache === undefined) return null;
  const report = (...call) => {
    if (!SILENCE.get(recording)) tell(...call);
  };
  class Recording extends q.QNetworkDiskCache {
    prepare(meta) {
      report('prepare', encoded(meta.url()), meta.saveToDisk());
      return super.prepare(meta);
    }
    insert(device) {
      report('insert');
      super.insert(device);
    }
    remove(url) {
      const result = super.remove(url);
      report('remove', encoded(url), result);
      return result;
    }
    updateMetaData(meta) {
      report('updateMetaData', encoded(meta.url()));
      super.updateMetaData(meta);
    }
    data(url) {
      const device = super.data(url);
      report('data', encoded(url), device !== null);
      return device;
    }
    metaData(url) {
      const meta = super.metaData(url);
      report('metaData', encoded(url), meta.isValid());
      return meta;
    }
  }
  const recording = new Recording();
  SILENCE.set(recording, false);
  return recording;
}
