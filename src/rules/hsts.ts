// HTTP Strict Transport Security (RFC 6797): which hosts are known, and what that means for a URL.
import type { Url } from '../base/url.ts';
import type { HstsEntry } from '../contract/hsts.ts';

/** What a server says about itself. */
export interface HstsPolicy {
  /** Seconds; 0 takes back what was said before. */
  readonly maxAge: number;
  readonly includeSubDomains: boolean;
}

/**
 * RFC 6797 6.1: a directive with its `;`, or nothing in its place. The parts are a name, and a value as token or as quoted-string
 * (RFC 2616 2.2, which RFC 6797 builds on, allows white space between all of them).
 */
const DIRECTIVE =
  /[ \t]*(?:([!#$%&'*+\-.^`|~\w]+)[ \t]*(?:=[ \t]*(?:([!#$%&'*+\-.^`|~\w]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?)?(?:;|$)/y;

/** As much as Qt counts to; more is taken for a mistake. */
const MOST_SECONDS = 2n ** 63n - 1n;

/** Reads a field value by RFC 6797 6.1; null when it is to be ignored as a whole. */
export function parsePolicy(value: string): HstsPolicy | null {
  let maxAge = -1;
  let includeSubDomains = false;
  DIRECTIVE.lastIndex = 0;
  while (DIRECTIVE.lastIndex < value.length) {
    const match = DIRECTIVE.exec(value);
    if (match === null) return null;
    const name = match[1]?.toLowerCase();
    // 6.1 rule 2: each directive once; those nobody knows are passed over (rule 5)
    if (name === 'max-age') {
      const age = seconds(match[2] ?? match[3]?.replace(/\\(.)/g, '$1') ?? '');
      if (maxAge >= 0 || age < 0) return null;
      maxAge = age;
    } else if (name === 'includesubdomains') {
      if (includeSubDomains) return null;
      // a value says nothing, and is no reason to protect less (as in Qt)
      includeSubDomains = true;
    }
  }
  return maxAge < 0 ? null : { maxAge, includeSubDomains };
}

function seconds(text: string): number {
  return /^\d+$/.test(text) && BigInt(text) <= MOST_SECONDS ? Number(text) : -1;
}

/** RFC 6797 8.1: fields that do not conform are ignored, and of the others only the first counts. */
export function firstPolicy(values: readonly string[]): HstsPolicy | null {
  for (const value of values) {
    const policy = parsePolicy(value);
    if (policy !== null) return policy;
  }
  return null;
}

/** The last moment a Date can name. */
const END_OF_TIME = 8.64e15;

/** When a policy that was received now ends, milliseconds since 1970. */
export function expiryOf(maxAge: number, now: number): number {
  return Math.min(now + maxAge * 1000, END_OF_TIME);
}

/**
 * The name under which the host of a URL is known (RFC 6797 8.2, 9): without the final dot, which names the same host. Null for what
 * cannot be known: addresses (8.1.1), and names that end like one, which other programs take for one.
 */
export function hostName(host: string | null): string | null {
  if (host === null) return null;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return name.length > 253 || !/^[a-z0-9._-]+$/.test(name) || /(?:^|\.)\d+$/.test(name) ? null : name;
}

/** RFC 6797 8.2: the host itself is known, or a domain above it that includes its sub-domains. */
export function isKnown(name: string, find: (host: string) => HstsEntry | undefined): boolean {
  if (find(name) !== undefined) return true;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (find(name.slice(dot + 1))?.includeSubDomains === true) return true;
  }
  return false;
}

/** RFC 6797 8.3 step 5: https for http, and port 443 for a port 80 that is spelled; other ports stay. */
export function securedUrl(url: Url): Url {
  return url.with({ scheme: 'https', port: url.port === 80 ? 443 : url.port });
}

/** The part of its time by which an entry may be older where it is kept than where it is used. */
const SLACK = 10;

/**
 * Whether what is kept of a host has to be replaced. Servers repeat their policy with every answer, which moves its end a little: that
 * alone is not worth a write.
 */
export function isWorthKeeping(kept: HstsEntry | undefined, entry: HstsEntry, now: number): boolean {
  if (kept === undefined || kept.includeSubDomains !== entry.includeSubDomains || entry.expires < kept.expires) return true;
  return entry.expires - kept.expires > (entry.expires - now) / SLACK;
}
