import type { X509Certificate } from 'node:crypto';
import { Url } from '../../base/url.ts';
import type { SecureInfo, TlsWish } from '../../contract/security.ts';
import { lacksIssuer } from '../../rules/certificate-doubts.ts';
import type { Route } from '../route.ts';
import { type FetchTools, fetchSmall } from './issuer-fetch.ts';
import { isNear } from './near-addresses.ts';
import type { Step } from './network.ts';
import { isSignedBy } from './staple.ts';
import { machineAuthorities } from './tls-facts.ts';

const MOST_ROUTES = 64;
const MOST_FAILURES = 64;
/** A place that had nothing is not asked again so soon. */
const FAILED_MS = 60_000;
/** Certificates that are kept for a route. */
const MOST_A_ROUTE = 2;

/** Certificates of authorities that servers have forgotten to send along (RFC 5280 4.2.2.1), for those who let us fetch them. */
export class Issuers {
  private readonly tools: FetchTools;
  /** What has been found, by the key of the route, in PEM; the ones used last are the last to go. */
  private readonly known = new Map<string, readonly string[]>();
  /** Places that had nothing, with the time until which they are not asked again. */
  private readonly failed = new Map<string, number>();

  constructor(tools: FetchTools) {
    this.tools = tools;
  }

  /**
   * The wish with what is known of the route. OpenSSL takes these certificates for links of the chain: where it ends has to be an authority that
   * signs itself, and none of these does.
   */
  helped({ key, tls: wish }: Route): TlsWish | null {
    const found = wish?.fetchIntermediates === true ? this.known.get(key) : undefined;
    if (wish === null || found === undefined) return wish;
    const authorities = [...(wish.authorities ?? machineAuthorities()), ...found];
    return { ...wish, key: `${wish.key} ${found.join('')}`, authorities };
  }

  /**
   * Fetches what is missing in what a server at an address has shown. null = nothing is, or it is not to be had. `done` is told whether something
   * was found, so that another handshake may go better.
   */
  fetch(route: Route, info: SecureInfo, address: string, done: (found: boolean) => void): Step | null {
    const at = lacksIssuer(info.doubts);
    const last = at < 0 ? undefined : info.chain[at];
    const below = last === undefined ? null : read(last);
    const url = below === null ? null : this.placeOf(below);
    if (below === null || url === null) return null;
    // of a connection that broke off there is no address, and nobody is let in for that
    return fetchSmall(url, address !== '' && isNear(address), this.tools, (body) => {
      const issuer = body === null ? null : issuerIn(body, below);
      const of = issuer !== null && !closesCircle(issuer, this.besides(route)) ? issuer : null;
      if (of === null) this.fail(url);
      else this.keep(route.key, of.toString());
      done(of !== null);
    });
  }

  clear(): void {
    this.known.clear();
    this.failed.clear();
  }

  private placeOf(certificate: X509Certificate): Url | null {
    for (const [, text] of (certificate.infoAccess ?? '').matchAll(/^CA Issuers - URI:(http:\/\/\S+)$/gim)) {
      const url = Url.parse(text!);
      if (url.valid && (this.failed.get(url.href) ?? 0) <= this.tools.clock.now()) return url;
    }
    return null;
  }

  /** Those among which Node.js looks for issuers. */
  private besides(route: Route): X509Certificate[] {
    const { authorities } = this.helped(route)!;
    return (authorities ?? machineAuthorities()).flatMap((pem) => read(pem) ?? []);
  }

  private fail({ href }: Url): void {
    if (this.failed.size >= MOST_FAILURES) this.failed.delete(this.failed.keys().next().value!);
    this.failed.set(href, this.tools.clock.now() + FAILED_MS);
  }

  private keep(key: string, pem: string): void {
    const found = [...(this.known.get(key) ?? []), pem].slice(-MOST_A_ROUTE);
    this.known.delete(key);
    if (this.known.size >= MOST_ROUTES) this.known.delete(this.known.keys().next().value!);
    this.known.set(key, found);
  }
}

function read(bytes: Uint8Array | string): X509Certificate | null {
  try {
    return new (process.getBuiltinModule('node:crypto').X509Certificate)(bytes);
  } catch {
    return null;
  }
}

/** The issuer in what was fetched; never one that signs itself, since that would be trusted. */
function issuerIn(body: Uint8Array, below: X509Certificate): X509Certificate | null {
  const issuer = read(body);
  // names that are written in two ways may be one to OpenSSL, so it has to be asked
  if (issuer === null || !issuer.ca || issuer.subject === issuer.issuer || issuer.checkIssued(issuer)) return null;
  return isSignedBy(below, issuer) ? issuer : null;
}

/** Whether the way up from a certificate comes back to it. Node.js, which goes by names, would follow it for ever. */
function closesCircle(from: X509Certificate, others: readonly X509Certificate[]): boolean {
  const way = new Set([from]);
  for (const one of way) {
    if (one.checkIssued(from)) return true;
    for (const other of others) if (!other.checkIssued(other) && one.checkIssued(other)) way.add(other);
  }
  return false;
}
