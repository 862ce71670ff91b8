// What can be seen of a reply, as plain JSON.
import { visible } from './bytes.mjs';

// Two meanings share some numbers in Qt 5 and Qt 6: numbers from here on and the HTTP2… spellings are only aliases.
const FIRST_ALIAS = 100_000;

/** Name of a number in an enum object; the number itself when it has none. */
export function nameOf(enumeration, number) {
  for (const [name, value] of Object.entries(enumeration ?? {})) if (value === number && !name.startsWith('HTTP2')) return name;
  return number;
}

export const encoded = (url) => url.toEncoded().toString('latin1');

const isoDate = (date) => date.toISOString().replace('.000Z', 'Z');

/** Any value of an attribute or known header as JSON. */
function plain(q, value) {
  if (value instanceof q.QUrl) return encoded(value);
  if (value instanceof Date) return isoDate(value);
  if (value instanceof Uint8Array) return visible(value);
  if (Array.isArray(value)) return value.map((v) => plain(q, v));
  if (typeof value?.toRawForm === 'function') return visible(value.toRawForm());
  return value;
}

function setOnes(q, enumeration, read) {
  const out = {};
  for (const [name, number] of Object.entries(enumeration)) {
    if (typeof number !== 'number' || number >= FIRST_ALIAS || /^(HTTP2|User(Max)?$|NumKnown)/.test(name)) continue;
    const value = read(number);
    if (value !== undefined && value !== null) out[name] = plain(q, value);
  }
  return out;
}

/** The TLS side of a reply: null without one, or while the library has no QSslConfiguration. */
function tlsOf(q, reply) {
  const configuration = reply.sslConfiguration?.();
  const peer = configuration?.peerCertificate?.();
  if (!peer || peer.isNull()) return null;
  return {
    peer: peer.subjectInfo('CN')[0] ?? null,
    protocol: nameOf(q.QSsl.SslProtocol, configuration.sessionProtocol()),
    alpn: visible(configuration.nextNegotiatedProtocol()),
    alpnStatus: nameOf(q.QSslConfiguration.NextProtocolNegotiationStatus, configuration.nextProtocolNegotiationStatus()),
  };
}

export const stateOf = (r) => ({
  isFinished: r.isFinished(),
  isRunning: r.isRunning(),
  isOpen: r.isOpen(),
  bytesAvailable: r.bytesAvailable(),
  atEnd: r.atEnd(),
});

/** The reply without its body. */
export function snapshotOf(q, reply) {
  return {
    error: [reply.error(), nameOf(q.QNetworkReply.NetworkError, reply.error())],
    errorString: reply.errorString(),
    url: encoded(reply.url()),
    operation: nameOf(q.QNetworkAccessManager.Operation, reply.operation()),
    attributes: setOnes(q, q.QNetworkRequest.Attribute, (code) => reply.attribute(code)),
    headers: reply.rawHeaderPairs().map(([name, value]) => [visible(name), visible(value)]),
    known: setOnes(q, q.QNetworkRequest.KnownHeaders, (header) => reply.header(header)),
    state: stateOf(reply),
    tls: tlsOf(q, reply),
  };
}
