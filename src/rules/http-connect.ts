// A tunnel through an HTTP proxy (RFC 9110 9.3.6): what is asked, and what an answer means.
import { type HeaderList, sameName } from '../base/header-list.ts';
import { bracketed } from '../base/url-authority.ts';
import { type Framing, framingOf, keepsAlive } from './message-framing.ts';
import { ProxyFault } from './proxy/proxy-fault.ts';

export interface ConnectQuestion {
  /** As in URLs; an IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  /** The proxy's own fields, meant for it alone. Of the request only `userAgent` is shown to the proxy. */
  readonly headers: HeaderList;
  /** '' to send none. */
  readonly userAgent: string;
  /** Value of Proxy-Authorization, '' to send none. A secret. */
  readonly authorization: string;
}

/**
 * The head of a CONNECT request. Order as Qt's: Proxy-Connection, Host, the proxy's own fields, User-Agent, Proxy-Authorization. Unlike
 * Qt's, Host has the port (RFC 9112 3.2.3: it is the target).
 */
export function connectHead(q: ConnectQuestion): string {
  const target = connectTarget(q.host, q.port);
  let text = `CONNECT ${target} HTTP/1.1\r\n`;
  if (!q.headers.has('Proxy-Connection')) text += 'Proxy-Connection: keep-alive\r\n';
  text += `Host: ${target}\r\n`;
  const { flat } = q.headers;
  for (let i = 0; i < flat.length; i += 2) if (isSent(flat[i]!, q)) text += `${flat[i]!}: ${flat[i + 1]!}\r\n`;
  if (q.userAgent !== '' && !q.headers.has('User-Agent')) text += `User-Agent: ${q.userAgent}\r\n`;
  if (q.authorization !== '') text += `Proxy-Authorization: ${q.authorization}\r\n`;
  return `${text}\r\n`;
}

/** Host and port as in the request line; the zone of an address means nothing to others. */
export function connectTarget(host: string, port: number): string {
  const zone = host.indexOf('%');
  return `${bracketed(zone < 0 ? host : host.slice(0, zone))}:${port}`;
}

/** There is one Host, it is the target; and a CONNECT has no body, so nothing may announce one (RFC 9110 9.3.6). */
function isSent(name: string, { authorization }: ConnectQuestion): boolean {
  if (authorization !== '' && sameName(name, 'Proxy-Authorization')) return false;
  return !NEVER.some((other) => sameName(name, other));
}

const NEVER = ['Host', 'Content-Length', 'Transfer-Encoding'];

/** What the head of an answer means. */
export type ConnectAnswer =
  /** An interim answer: another one follows. */
  | { readonly kind: 'interim' }
  /** What follows the head comes from the target. */
  | { readonly kind: 'tunnel' }
  /** 407. With `keepsAlive` the same connection can be asked again once the body has been read. */
  | {
      readonly kind: 'challenge';
      readonly challenges: readonly string[];
      readonly framing: Framing;
      readonly keepsAlive: boolean;
    }
  /** No tunnel. The body is the proxy's own page: nothing of it comes from the target. */
  | { readonly kind: 'denied'; readonly fault: ProxyFault; readonly framing: Framing };

const INTERIM: ConnectAnswer = Object.freeze({ kind: 'interim' });
const TUNNEL: ConnectAnswer = Object.freeze({ kind: 'tunnel' });

/** Of an answer that opens the tunnel only the status counts: its fields say nothing, not even about a body (RFC 9110 9.3.6). */
export function connectAnswer(status: number, minor: 0 | 1, headers: HeaderList): ConnectAnswer {
  if (status >= 200 && status < 300) return TUNNEL;
  if (status < 200 && status !== 101) return INTERIM;
  const framing = framingOf('CONNECT', status, headers);
  if (framing.by === 'error') return { kind: 'denied', fault: noHttp(framing.why), framing };
  if (status === 407) {
    const challenges = headers.all('Proxy-Authenticate');
    return { kind: 'challenge', challenges, framing, keepsAlive: keepsAlive(minor, headers, framing) };
  }
  return { kind: 'denied', fault: denial(status), framing };
}

/** The words are Qt's. A 404 is about the proxy's own page and not about the name of the target, where Qt takes it for that. */
function denial(status: number): ProxyFault {
  switch (status) {
    case 403:
    case 405:
      return new ProxyFault('network', 'Proxy denied connection');
    case 503:
      return new ProxyFault('refused', 'Connection refused');
    default:
      return new ProxyFault('network', 'Error communicating with HTTP proxy');
  }
}

/** For what is no answer of HTTP at all. */
export function noHttp(why: string): ProxyFault {
  return new ProxyFault('network', `Did not receive HTTP response from proxy: ${why}`);
}

/** For a proxy that closes before it has answered. */
export function closedEarly(): ProxyFault {
  return new ProxyFault('proxy-closed', 'Proxy connection closed prematurely');
}
