// Door for the shared benchmark, strictly over QNetworkAccessManager: a request object, a slot on `finished`, the body read.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  QNetworkAccessManager,
  QNetworkCookie,
  QNetworkCookieJar,
  QNetworkDiskCache,
  QNetworkMemoryCache,
  QNetworkProxy,
  QNetworkRequest,
  QSsl,
  QSslCertificate,
  QSslConfiguration,
} from '../../dist/index.js';

const target = new URL('../../dist/index.js', import.meta.url).href;
const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
const { HttpStatusCodeAttribute } = QNetworkRequest.Attribute;

let manager;

const get = (url) =>
  new Promise((resolve) => {
    const reply = manager.get(new QNetworkRequest(url));
    reply.finished.connect(() => {
      const status = reply.attribute(HttpStatusCodeAttribute);
      const bytes = reply.readAll().length;
      reply.deleteLater();
      resolve({ status, bytes });
    });
  });

const block = Buffer.alloc(65_536, 120);

/** A jar with the cookies of a file: one a line, `domain path name value`. */
function filledJar(file) {
  const jar = new QNetworkCookieJar();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [domain, path, name, value] = line.split(' ');
    const cookie = new QNetworkCookie(name, value);
    cookie.setPath(path);
    jar.setCookiesFromUrl([cookie], `http://${domain}${path}`);
  }
  return jar;
}

/** Trusts the authority in a file; without `resume` no session is used twice. */
function trust(file, resume) {
  const configuration = QSslConfiguration.defaultConfiguration();
  configuration.setCaCertificates(QSslCertificate.fromPath(file));
  configuration.setSslOption(QSsl.SslOptionDisableSessionSharing, !resume);
  QSslConfiguration.setDefaultConfiguration(configuration);
}

/** MEMORY_TIER=0 reads the files for every hit. */
function diskCache(folder) {
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(folder);
  if (process.env.MEMORY_TIER !== undefined) cache.setMemoryCacheSize(Number(process.env.MEMORY_TIER));
  return cache;
}

/** A stream of so many bytes that are made when they are asked for. */
function source(bytes) {
  let left = bytes;
  return new Readable({
    highWaterMark: block.length,
    read() {
      if (left <= 0) return void this.push(null);
      const n = Math.min(left, block.length);
      left -= n;
      this.push(n === block.length ? block : block.subarray(0, n));
    },
  });
}

export const benchAdapter = {
  name: 'ours',
  version,
  features: ['http', 'tls', 'tls-keepalive', 'h2', 'download', 'upload', 'mem-cache', 'disk-cache', 'cookies', 'everything'],
  boot: (url) =>
    `const q=await import(${JSON.stringify(target)});await mark();await new Promise(ok=>{const r=new q.QNetworkAccessManager().get(new q.QNetworkRequest(${url}));r.finished.connect(()=>{r.readAll();ok()})})`,

  async setup({ ca, resume, cookies, cache, cacheDir, everything, proxy, prepare }) {
    if (ca) trust(ca, resume !== false);
    manager = new QNetworkAccessManager();
    if (proxy) manager.setProxy(QNetworkProxy.fromUrl(proxy));
    if (cookies) manager.setCookieJar(filledJar(cookies));
    if (cache === 'disk') manager.setCache(diskCache(cacheDir));
    else if (cache === 'memory' || everything) manager.setCache(new QNetworkMemoryCache());
    prepare?.(manager);
  },

  get,

  async getMany(urls) {
    let ok = 0;
    let bytes = 0;
    await Promise.all(
      urls.map((u) =>
        get(u).then((r) => {
          bytes += r.bytes;
          if (r.status === 200) ok++;
        }),
      ),
    );
    return { ok, bytes };
  },

  download: (url) =>
    new Promise((resolve) => {
      const reply = manager.get(new QNetworkRequest(url));
      let bytes = 0;
      reply.readyRead.connect(() => {
        bytes += reply.readAll().length;
      });
      reply.finished.connect(() => {
        bytes += reply.readAll().length;
        resolve({ status: reply.attribute(HttpStatusCodeAttribute), bytes });
      });
    }),

  upload: (url, bytes) =>
    new Promise((resolve) => {
      const request = new QNetworkRequest(url);
      request.setRawHeader('Content-Length', String(bytes));
      const reply = manager.put(request, source(bytes));
      reply.finished.connect(() =>
        resolve({ status: reply.attribute(HttpStatusCodeAttribute), bytes: Number(reply.readAll().toString()) }),
      );
    }),

  close() {
    manager.deleteLater();
  },
};
