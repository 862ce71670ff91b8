import type { QNetworkReply } from '../../index.ts';
import { decodeHeader, printable } from './text.ts';

/** The head of an answer as HTTP writes it, ready to print. `version` is '' when the answer did not come over HTTP. */
export function headText(reply: QNetworkReply, version: string): string {
  const status = statusLine(reply, version);
  const fields = reply.rawHeaderPairs().map(([name, value]) => `${decodeHeader(name)}: ${decodeHeader(value)}`);
  return [...(status === '' ? [] : [status]), ...fields].map((line) => `${printable(line)}\r\n`).join('') + '\r\n';
}

function statusLine(reply: QNetworkReply, version: string): string {
  const status = reply.status();
  if (status <= 0) return '';
  return `HTTP/${version === '' ? '1.1' : version} ${status} ${reasonOf(reply)}`.trimEnd();
}

/** The reason phrase as the server gave it; '' when it gave none. */
export function reasonOf(reply: QNetworkReply): string {
  const reason: unknown = reply.attribute(HTTP_REASON_PHRASE);
  return typeof reason === 'string' ? reason : reason instanceof Uint8Array ? decodeHeader(reason) : '';
}

/** QNetworkRequest.Attribute.HttpReasonPhraseAttribute. */
const HTTP_REASON_PHRASE = 1;
