// Door for the hostile-stream suite: one request, its body drained and not kept.
import { QNetworkAccessManager, QNetworkRequest } from '../../dist/index.js';

const manager = new QNetworkAccessManager();

export const name = 'qnetwork';

/** Whether redirects are followed: not before the manager has a redirect policy. */
export const redirects = typeof manager.redirectPolicy === 'function';

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
      reply.deleteLater();
      // A status from 400 on is an answer here, not a failure of the transfer.
      if (failure === null || failure.kind === 'status') resolve({ ok: true, status, bodyLength });
      else reject(new Error(`${failure.kind}: ${failure.message}`));
    });
  });
}
