import { HeaderList } from '../base/header-list.ts';
import { namesSocket } from '../base/local-scheme.ts';
import { hideInText } from '../base/redaction.ts';
import { isSecretHeader } from '../base/secret-headers.ts';
import { Url } from '../base/url.ts';
import type { RedirectPolicy, Trip } from '../contract/ask.ts';
import { type Failure, failure } from '../contract/failure.ts';

/** The statuses that send a client elsewhere by themselves (RFC 9110 15.4). 300 and 304 are answers; 305 is followed like 302, as in Qt. */
export function isRedirect(status: number): boolean {
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 305:
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

export interface RedirectQuestion {
  readonly status: number;
  /** Value of the first Location field, one character an octet. */
  readonly location: string | undefined;
  readonly url: Url;
  /** The URL of a host that wants to be reached over TLS only; any other as it is (RFC 6797 8.3). */
  readonly secured: (url: Url) => Url;
  readonly policy: RedirectPolicy;
  /** Redirects followed so far, and at most. */
  readonly followed: number;
  readonly most: number;
}

/** Where it goes; a refusal that is due to the target names it in `url`. */
export type RedirectAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'follow'; readonly url: Url }
  | { readonly kind: 'refuse'; readonly failure: Failure; readonly url: Url | null };

const NONE: RedirectAnswer = { kind: 'none' };

/** Whether and where a redirect is followed; the checks in Qt's order. */
export function redirectAnswer(q: RedirectQuestion): RedirectAnswer {
  if (!isRedirect(q.status) || q.policy === 'manual') return NONE;
  // RFC 9110 15.4.6: deprecated, so without a target it is an answer like any other
  if (q.status === 305 && q.location === undefined) return NONE;
  // Fetch 2.2.6 and 4.3: 305 is no redirect status, and one without a target is an answer
  if (q.policy === 'web' && (q.status === 305 || q.location === undefined)) return NONE;
  const here = hideInText(q.url.hrefWithoutUserInfo);
  const target = q.location === undefined || q.location === '' ? null : locationUrl(q.location);
  if (target === null) return refuse('scheme', `the redirect ${q.status} of ${here} has no Location to go to`);
  if (target.error !== '') return refuse('scheme', `the Location of the redirect of ${here} is not a URL: ${target.error}`);
  if (q.followed >= q.most) {
    return refuse(
      'too-many-redirects',
      `too many redirects: ${here} leads on after ${q.followed} of at most ${q.most} (setMaximumRedirectsAllowed)`,
    );
  }
  const url = q.secured(inheritFragment(q.url.resolve(target), q.url));
  const there = hideInText(url.hrefWithoutUserInfo);
  const local = namesSocket(q.url.scheme);
  // only a server on a local socket may lead to that one, and to no other
  if (url.scheme !== 'http' && url.scheme !== 'https' && !(local && url.origin === q.url.origin)) {
    return refuse('scheme', `the redirect of ${here} leads to the scheme "${url.scheme}"; only http and https are followed`);
  }
  if (url.error !== '' || ((url.host === null || url.host === '') && !namesSocket(url.scheme)))
    return refuse('scheme', `the redirect of ${here} leads to a URL without a host`);
  if (q.policy === 'same-origin' && url.origin !== q.url.origin) {
    return refuse('insecure-redirect', `the redirect of ${here} leads to another origin, ${there}: the policy is SameOrigin`);
  }
  if (q.policy === 'no-less-safe' && q.url.scheme === 'https' && url.scheme === 'http') {
    return refuse(
      'insecure-redirect',
      `the redirect of ${here} leads to unprotected http, ${there}: the policy is NoLessSafe`,
      url,
    );
  }
  // nobody listens in on a local socket, while on a network somebody may
  if (q.policy === 'no-less-safe' && local && !namesSocket(url.scheme)) {
    return refuse(
      'insecure-redirect',
      `the redirect of ${here} leads from a local socket to ${there}: the policy is NoLessSafe`,
      url,
    );
  }
  return { kind: 'follow', url };
}

function refuse(kind: Failure['kind'], message: string, url: Url | null = null): RedirectAnswer {
  return { kind: 'refuse', failure: failure(kind, 'receive', message), url };
}

/** Location is ASCII by the book and UTF-8 in the wild; what is neither is escaped octet by octet. */
function locationUrl(octets: string): Url {
  const bytes = Buffer.from(octets, 'latin1');
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return Url.parse(text);
  return Url.parse(octets.replace(/[\x80-\xff]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
}

/** RFC 9110 10.2.2: a target without a fragment takes over the one of the reference it replaces. */
function inheritFragment(url: Url, from: Url): Url {
  return url.fragment === null && from.fragment !== null && url.error === '' ? url.with({ fragment: from.fragment }) : url;
}

/**
 * What the next request is like (RFC 9110 15.4): 303 asks for something else with GET, 301 and 302 turn a POST into GET because all
 * clients do (RFC 9110 15.4.2 note), 307 and 308 and all other methods repeat the request.
 */
export function redirectTrip(trip: Trip, status: number, url: Url, secrets: readonly string[]): Trip {
  const toGet = becomesGet(trip.method, status);
  const away = url.origin !== trip.url.origin;
  return {
    method: toGet ? 'GET' : trip.method,
    url,
    headers: without(trip.headers, (name) => isLeftBehind(name, { toGet, trip, url, away, secrets })),
    defaults: toGet ? without(trip.defaults, (name) => CONTENT.has(name.toLowerCase())) : trip.defaults,
    body: toGet ? null : trip.body,
  };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'HEAD' && method !== 'GET';
  return method === 'POST' && (status === 301 || status === 302 || status === 305);
}

/** RFC 9110 15.4 item 4: fields that describe a body, or its sending, and mean nothing without it. */
const CONTENT: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'content-digest',
  'repr-digest',
  'digest',
  'expect',
  'last-modified',
  'mime-version',
  'trailer',
  'transfer-encoding',
]);

interface Leaving {
  readonly toGet: boolean;
  readonly trip: Trip;
  readonly url: Url;
  readonly away: boolean;
  readonly secrets: readonly string[];
}

function isLeftBehind(name: string, { toGet, trip, url, away, secrets }: Leaving): boolean {
  const lower = name.toLowerCase();
  if (toGet && CONTENT.has(lower)) return true;
  // the caller's own Host was for the first server
  if (lower === 'host') return url.authority !== trip.url.authority;
  // RFC 9110 10.1.3: where somebody was over https is nobody's business on plain http
  if (lower === 'referer' && trip.url.scheme === 'https' && url.scheme === 'http') return true;
  return away && isSecretHeader(lower, secrets);
}

/** The same list where nothing goes. */
function without(list: HeaderList, leaves: (name: string) => boolean): HeaderList {
  const kept: string[] = [];
  for (let i = 0; i < list.size; i++) if (!leaves(list.nameAt(i))) kept.push(list.nameAt(i), list.valueAt(i));
  return kept.length === list.flat.length ? list : new HeaderList(kept);
}
