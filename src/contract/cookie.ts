import type { Url } from '../base/url.ts';

/** Which text is followed: RFC 6265bis (draft-ietf-httpbis-rfc6265bis-22), or RFC 6265 as it was published in 2011. */
export type CookieStandard = '6265bis' | '6265';

/** The SameSite attribute; `default` when there was none, or one with another value. */
export type SameSite = 'default' | 'none' | 'lax' | 'strict';

/** One cookie. It never changes; text is Latin-1, one character an octet. */
export interface Cookie {
  /** '' for a cookie that is only a value. */
  readonly name: string;
  readonly value: string;
  /**
   * In lower case. With a dot in front the hosts below get the cookie too, without one only the very host. '' as long as the request it
   * came with has not said.
   */
  readonly domain: string;
  /** '' as long as the request it came with has not said. */
  readonly path: string;
  /** The path was given and is not that of the request. */
  readonly pathGiven: boolean;
  /** Milliseconds since 1970; Infinity for a cookie of the session. */
  readonly expires: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly partitioned: boolean;
}

/** On whose behalf a request is made (RFC 6265bis 5.2). */
export interface SiteForCookies {
  /** The document's address; null when there is none that counts, which makes every request cross-site. */
  readonly url: Url | null;
  /** The request replaces the document: a link was followed, or a form sent. */
  readonly navigation: boolean;
}

/** How a request stands to the site on whose behalf it is made. */
export type SiteRelation = 'same-site' | 'cross-site' | 'safe-navigation' | 'unsafe-navigation';

/** What can be asked of the public suffix list. Names are in lower case, international ones as ACE. */
export interface PublicSuffixes {
  /** Names below it belong to different people. */
  isPublicSuffix(domain: string): boolean;
  /** The public suffix and one label more; null when there is no such name. */
  registrableDomain(host: string): string | null;
  /** The public suffix of `host` lies below `domain`: `elb.amazonaws.com` and `a.us-east-1.elb.amazonaws.com`. */
  isAboveSuffix(domain: string, host: string): boolean;
}

/** For which request cookies are wanted. */
export interface CookieWants {
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string;
  /** Path of the request target. */
  readonly path: string;
  /** The scheme denotes a secure protocol. */
  readonly secure: boolean;
  readonly relation: SiteRelation;
  /** Milliseconds since 1970: what has expired is passed over. */
  readonly now: number;
}

/** The port behind a cookie jar: where cookies are kept. Answers come at once. */
export interface CookieStore {
  /** How many there are, those that have expired included. */
  readonly size: number;
  /** Cookies for a request in the order in which they are sent. */
  select(wants: CookieWants): Cookie[];
  /** The same as the value of a Cookie field; '' without any. */
  header(wants: CookieWants): string;
  /** Keeps a cookie, in the place of the one with the same name, domain and path. When there are too many, others go. */
  put(cookie: Cookie, now: number): void;
  has(name: string, domain: string, path: string): boolean;
  /** False when there was none. */
  remove(name: string, domain: string, path: string): boolean;
  /** A secure cookie that has not expired would be hidden, or replaced, by one of this name for this domain and path. */
  shadows(name: string, domain: string, path: string, now: number): boolean;
  /** In the order in which they came; those that have expired included. */
  all(): Cookie[];
  /** Forgets everything and keeps these. */
  replace(cookies: readonly Cookie[]): void;
}

/** What a request wishes about its cookies. */
export interface CookieWishes {
  readonly siteForCookies: SiteForCookies | null;
  readonly partition: string;
}

/** The port of the stage: who has cookies for requests, and takes those of answers. It never throws. */
export interface CookieKeeper {
  /** There is nothing to send to anybody. */
  readonly idle: boolean;
  /** Value of the Cookie field, '' for none. */
  header(url: Url, method: string, wishes: CookieWishes): string;
  /** Values of the Set-Cookie fields of an answer. */
  receive(fields: readonly string[], url: Url, method: string, wishes: CookieWishes): void;
  /** The caller's own Cookie field gives way. */
  replaces(url: Url): void;
}
