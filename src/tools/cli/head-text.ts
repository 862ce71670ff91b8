import type { QNetworkReply } from '../../index.ts';
import { decodeHeader, printable } from './text.ts';
import type { Watched } from './watch.ts';

/** The head of an answer as HTTP writes it, ready to print: as it came over the wire where there was one. */
export function headText(reply: QNetworkReply, watched: Watched): string {
  const fields = watched.headers?.map(([name, value]) => [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')] as const);
  const lines = (fields ?? reply.rawHeaderPairs()).map(([name, value]) => `${decodeHeader(name)}: ${decodeHeader(value)}`);
  const status = statusLine(reply, watched.version);
  return [...(status === '' ? [] : [status]), ...lines].map((line) => `${printable(line)}\r\n`).join('') + '\r\n';
}

function statusLine(reply: QNetworkReply, version: string): string {
  const status = reply.status();
  return status > 0 ? `HTTP/${version === '' ? '1.1' : version} ${status} ${reasonOf(reply)}`.trimEnd() : '';
}

/** The reason phrase as the server gave it; '' when it gave none. */
export function reasonOf(reply: QNetworkReply): string {
  const reason: unknown = reply.attribute(HTTP_REASON_PHRASE);
  return typeof reason === 'string' ? decodeHeader(Buffer.from(reason, 'latin1')) : '';
}

/** QNetworkRequest.Attribute.HttpReasonPhraseAttribute. */
const HTTP_REASON_PHRASE = 1;
