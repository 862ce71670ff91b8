// Door for the hostile-stream suite: one request, its body drained and not kept.
import { QNetworkAccessManager, QNetworkRequest } from '../../dist/index.js';

const manager = new QNetworkAccessManager();

export const name = 'qnetwork';

export const redirects = true;

const { HttpStatusCodeAttribute } = QNetworkRequest.Attribute;

export function fetchOutcome(url, { method, signal }) {
  const reply =
    method === 'HEAD'
      ? manager.head(url, { signal })
      : method === 'GET'
        ? manager.get(url, { signal })
        : manager.sendCustomRequest(url, method, { signal });
  let bodyLength = 0;
  const drain = () => {
    bodyLength += reply.readAll().length;
  };
  return new Promise((resolve, reject) => {
    reply.readyRead.connect(drain);
    reply.finished.connect(() => {
      if (reply.isOpen()) drain();
      const status = reply.attribute(HttpStatusCodeAttribute);
      const failure = reply.failure();
      const located = reply.hasRawHeader('Location');
      reply.deleteLater();
      // A status from 400 on is an answer here, not a failure of the transfer; and so is a redirect to nowhere, which Qt reports as an
      // error beside its status and headers.
      const nowhere = status === 302 && failure?.kind === 'scheme' && !located;
      if (failure === null || failure.kind === 'status' || nowhere) resolve({ ok: true, status, bodyLength });
      else reject(new Error(`${failure.kind}: ${failure.message}`));
    });
  });
}
