import type { FindingCode } from '../../api/advice/advice.ts';
import type { Seen } from './voyage.ts';

/** The proxy itself answers, and may do so in the place of a server. */
export function isInTheOpen({ proxy, url }: Seen): boolean {
  return /^https?:/.test(proxy) && url.scheme === 'http';
}

/** What the fields and the page of a refusal say more exactly than its status; null = nothing. */
export function readingOf(seen: Seen, showsCertificate: boolean): FindingCode | null {
  const said = proxyWords(seen);
  if (said !== '') return PROXY_WORDS.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  const { head, page, secure } = seen;
  if (head === null || head.status < 400) return null;
  if (TOO_LARGE.test(page)) return 'fields-too-large';
  if (secure === null || !CERTIFICATE.test(page)) return null;
  return showsCertificate ? 'tls-client-certificate-refused' : 'tls-client-certificate';
}

/** What a proxy says about itself: Proxy-Status (RFC 9209 2.3), and the field of Squid. Servers may send them as well, so only where a proxy has answered. */
function proxyWords(seen: Seen): string {
  const answer = seen.failure?.proxyAnswer?.headers;
  const field = (name: string): string => {
    if (answer !== undefined) return answer.find(([own]) => own.toLowerCase() === name)?.[1] ?? '';
    return isInTheOpen(seen) ? (seen.head?.headers.get(name) ?? '') : '';
  };
  return `${field('x-squid-error')} ${/;\s*error=([a-z_]+)/.exec(field('proxy-status'))?.[1] ?? ''}`.trim();
}

const PROXY_WORDS: readonly (readonly [pattern: RegExp, code: FindingCode])[] = [
  [/ERR_(?:DNS_FAIL|INVALID_URL)|dns_error|dns_timeout|destination_not_found/, 'proxy-cannot-resolve'],
  [/ERR_ACCESS_DENIED|ERR_FORBIDDEN|destination_ip_prohibited|http_request_denied/, 'proxy-denies'],
  [/ERR_CONNECT_FAIL|connection_(?:refused|timeout)|destination_(?:unavailable|ip_unroutable)/, 'proxy-cannot-reach'],
];

/** As nginx, Apache and others word it. */
const TOO_LARGE = /(?:header|cookie|field)s?(?: or cookie)? too large|size of a request header field exceeds/i;
const CERTIFICATE = /(?:no required|client|missing) (?:ssl |tls )?certificate|the ssl certificate error/i;

/** The headline of a page; '' = none. */
export function headlineOf({ page }: Seen): string {
  const text = /<(title|h1)[^>]*>([^<]{1,200})/i.exec(page)?.[2] ?? '';
  return text.replace(/\s+/g, ' ').trim();
}
