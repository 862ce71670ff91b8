import { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import { BytesBody } from '../../bodies/bytes-body.ts';
import type { Ask, Trip, Wishes } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { CacheLoad } from '../../contract/cache.ts';
import type { TypedBody } from './init-body.ts';
import { type Chain, isHome, startOf, tellPage } from './page.ts';
import type { Plan } from './plan.ts';

/** Fetch 4.4: a chain of redirects has at most so many. */
const MOST_REDIRECTS = 20;

/** What is sent where the caller said nothing. */
const DEFAULTS = new HeaderList(['Accept', '*/*', 'Accept-Language', '*', 'User-Agent', 'qnetwork']);

const NOTHING = new BytesBody(new Uint8Array());

let plainFrom: Wishes | null = null;
let plainWishes: Wishes | null = null;

/** A plan in the words of the engine. */
export function askOf(plan: Plan, url: Url, body: TypedBody | null, base: Wishes, page: string): Ask {
  return {
    method: plan.method,
    url,
    headers: fieldsOf(plan, body, url, page),
    defaults: DEFAULTS,
    body: body === null ? emptyBody(plan.method) : body.body,
    wishes: plan.plain && page === '' ? plain(plan, base) : wishesOf(plan, base, includesCredentials(plan, url, page)),
  };
}

/** Fetch 4.6: a POST or PUT without a body has the length 0. */
function emptyBody(method: string): Body | null {
  return method === 'POST' || method === 'PUT' ? NOTHING : null;
}

function plain(plan: Plan, base: Wishes): Wishes {
  if (plainFrom !== base || plainWishes === null) {
    plainFrom = base;
    plainWishes = wishesOf(plan, base, false);
  }
  return plainWishes;
}

function wishesOf(plan: Plan, base: Wishes, credentials: boolean): Wishes {
  const { redirect, priority, timeout, partition } = plan;
  return {
    ...base,
    priority: priority === 'high' ? 0 : priority === 'low' ? 2 : base.priority,
    redirects: redirect === 'follow' ? 'web' : 'manual',
    mostRedirects: MOST_REDIRECTS,
    timeouts: timeout > 0 ? { ...base.timeouts, total: timeout } : base.timeouts,
    partition: partition === '' ? base.partition : partition,
    cacheLoad: LOADS[cacheMode(plan)] ?? 'prefer-network',
    cacheSave: base.cacheSave && cacheMode(plan) !== 'no-store',
    sendCookies: credentials,
    saveCookies: credentials,
    reuseCredentials: base.reuseCredentials && plan.credentials !== 'omit',
    answersServers: plan.credentials !== 'omit',
  };
}

const LOADS: Readonly<Record<string, CacheLoad>> = {
  'no-store': 'network',
  reload: 'network',
  'no-cache': 'renew',
  // what is not stored goes out in a second try
  'force-cache': 'only',
  'only-if-cached': 'only',
};

const CONDITIONS = ['If-Modified-Since', 'If-None-Match', 'If-Unmodified-Since', 'If-Match', 'If-Range'];

/** Fetch 4.6: who asks conditions himself does without the cache. */
function cacheMode({ cache, headers }: Plan): string {
  return cache === 'default' && headers.size > 0 && CONDITIONS.some((name) => headers.has(name)) ? 'no-store' : cache;
}

function fieldsOf(plan: Plan, body: TypedBody | null, url: Url, page: string): HeaderList {
  const { headers, cache } = plan;
  if (body !== null && body.type !== null && !headers.has('Content-Type')) headers.append('Content-Type', body.type);
  if (plan.referrer !== '' || page !== '') tellPage(headers, plan, startOf(plan, url, page), plan.method, url, page);
  if (plan.plain) return headers;
  if (cache === 'no-cache' && !headers.has('Cache-Control')) headers.append('Cache-Control', 'max-age=0');
  if (cache === 'no-store' || cache === 'reload') {
    if (!headers.has('Pragma')) headers.append('Pragma', 'no-cache');
    if (!headers.has('Cache-Control')) headers.append('Cache-Control', 'no-cache');
  }
  return headers;
}

/** Whether cookies go along: always with 'include', and with 'same-origin' to the origin of the page, if there is one. */
export function includesCredentials({ credentials }: Plan, url: Url, page: string): boolean {
  if (credentials === 'include') return true;
  return credentials === 'same-origin' && page !== '' && isHome(url, page);
}

/** The same request where a redirect leads, with what the engine does not know about. */
export function askAfter(plan: Plan, ask: Ask, to: Trip, page: string, followed: number, chain: Chain): Ask {
  const credentials = includesCredentials(plan, to.url, page);
  const headers = to.headers.copy();
  tellPage(headers, plan, chain, to.method, to.url, page);
  const wishes = { ...ask.wishes, sendCookies: credentials, saveCookies: credentials, mostRedirects: MOST_REDIRECTS - followed };
  const { method, url, defaults, body } = to;
  return { method, url, headers, defaults, body, wishes };
}
