// qnetwork as a program uses it: manager, request, reply, a slot on `finished`, the body read.
import { readFileSync } from 'node:fs';
import { QNetworkAccessManager, QNetworkRequest } from '../../dist/index.js';
import { allAtOnce, source } from '../lib/data.mjs';

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

export default {
  version: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  load: `import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)})`,
  open() {
    manager = new QNetworkAccessManager();
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  download: (url) =>
    new Promise((resolve) => {
      const reply = manager.get(new QNetworkRequest(url));
      let bytes = 0;
      const drain = () => {
        bytes += reply.readAll().length;
      };
      reply.readyRead.connect(drain);
      reply.finished.connect(() => {
        drain();
        resolve({ status: reply.attribute(HttpStatusCodeAttribute), bytes });
      });
    }),
  upload: (url, bytes) =>
    new Promise((resolve) => {
      const request = new QNetworkRequest(url);
      request.setRawHeader('Content-Length', String(bytes));
      const reply = manager.put(request, source(bytes));
      reply.finished.connect(() => resolve({ status: reply.attribute(HttpStatusCodeAttribute), bytes: Number(reply.readAll()) }));
    }),
  close() {
    manager.deleteLater();
  },
};
