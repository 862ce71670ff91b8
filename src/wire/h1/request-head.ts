import type { HeaderList } from '../../base/header-list.ts';
import type { Hop } from '../../contract/hop.ts';
import type { ProxyPeer } from '../../contract/proxy.ts';
import { goesAbsolute } from '../../rules/proxy/ways.ts';

/**
 * The head of a request as it goes onto the wire. Order as Qt's: Host, the caller's fields, Content-Length, Connection,
 * Accept-Encoding, then the defaults nobody overrode.
 */
export function requestHead(hop: Hop): string {
  const { method, url, headers, proxy } = hop;
  if (proxy !== null && goesAbsolute(url, hop.ask.wishes, proxy)) return absoluteHead(hop, proxy);
  if (headers.size === 0 && hop.body === null) return `${method} ${url.target}${standardRest(hop)}`;
  const host = headers.get('Host') ?? url.authority;
  return `${method} ${url.target} HTTP/1.1\r\nHost: ${host}\r\n${own(headers)}${framing(hop)}${tail(hop)}`;
}

/** For a proxy (RFC 9112 3.2.2). One that does nothing but pass requests on is told to keep the connection in its own word, as by Qt. */
function absoluteHead(hop: Hop, { tunnels }: ProxyPeer): string {
  const { method, url, headers } = hop;
  const host = headers.get('Host') ?? url.authority;
  const keep = tunnels || headers.has('Connection') || headers.has('Proxy-Connection') ? '' : 'Proxy-Connection: Keep-Alive\r\n';
  const rest = keep === '' ? tail(hop) : keep + coding(hop);
  return `${method} ${url.scheme}://${url.authority}${url.target} HTTP/1.1\r\nHost: ${host}\r\n${own(headers)}${framing(hop)}${rest}`;
}

/** All that follows the target of a plain request: the same for every request to one host, so the last one is kept. */
let restOf: HeaderList | null = null;
let restCoding = '';
let restHost = '';
let restText = '';
function standardRest(hop: Hop): string {
  const { authority } = hop.url;
  if (restHost !== authority || restOf !== hop.defaults || restCoding !== hop.acceptEncoding) {
    restOf = hop.defaults;
    restCoding = hop.acceptEncoding;
    restHost = authority;
    restText = ` HTTP/1.1\r\nHost: ${authority}\r\n${tail(hop)}`;
  }
  return restText;
}

function own(headers: HeaderList): string {
  const { flat } = headers;
  let text = '';
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i]!.length === 4 && flat[i]!.toLowerCase() === 'host') continue;
    text += `${flat[i]!}: ${flat[i + 1]!}\r\n`;
  }
  return text;
}

/** Content-Length or Transfer-Encoding, unless the caller announced the length that will be sent. */
function framing(hop: Hop): string {
  const { body, headers } = hop;
  if (body === null) return '';
  if (body.length < 0) return 'Transfer-Encoding: chunked\r\n';
  return headers.has('Content-Length') ? '' : `Content-Length: ${body.length}\r\n`;
}

function tail(hop: Hop): string {
  return missing(hop.headers, 'Connection') ? `Connection: Keep-Alive\r\n${coding(hop)}` : coding(hop);
}

function coding(hop: Hop): string {
  const { headers } = hop;
  let text = '';
  if (hop.acceptEncoding !== '' && missing(headers, 'Accept-Encoding')) text += `Accept-Encoding: ${hop.acceptEncoding}\r\n`;
  const { flat } = hop.defaults;
  for (let i = 0; i < flat.length; i += 2) if (missing(headers, flat[i]!)) text += `${flat[i]!}: ${flat[i + 1]!}\r\n`;
  return `${text}\r\n`;
}

function missing(headers: HeaderList, name: string): boolean {
  return headers.size === 0 || !headers.has(name);
}
