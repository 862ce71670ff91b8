import { type QNetworkAccessManager, type QNetworkReply, QNetworkRequest, QUrl } from '../../../src/index.ts';
import { once } from '../../support/once.ts';

/** What a reply shows while nothing is wrong. */
export const FINE = 'Unknown error';

export async function ended(reply: QNetworkReply, limit = 8_000): Promise<QNetworkReply> {
  if (!reply.isFinished()) await once(reply.finished, 'finished', limit);
  return reply;
}

export function request(url: string, fields: Readonly<Record<string, string>> = {}): QNetworkRequest {
  const made = new QNetworkRequest(new QUrl(url));
  for (const [name, value] of Object.entries(fields)) made.setRawHeader(name, value);
  return made;
}

export const got = (manager: QNetworkAccessManager, url: string, fields = {}): Promise<QNetworkReply> =>
  ended(manager.get(request(url, fields)));

export const put = (manager: QNetworkAccessManager, url: string, content: string | Buffer): Promise<QNetworkReply> =>
  ended(manager.put(request(url), Buffer.from(content)));

/** Error, fields and body: what came of it. */
export function told(reply: QNetworkReply): unknown[] {
  return [
    reply.error(),
    Object.fromEntries(reply.rawHeaderPairs().map(([n, v]) => [String(n), String(v)])),
    reply.readAll().toString(),
  ];
}
