// What a request says about the page that it is made for, and what that may change on the way.
import type { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import type { Plan } from './plan.ts';
import { readPolicy, refererOf } from './referrer.ts';

/** The chain of redirects of one fetch, as far as it has gone. */
export interface Chain {
  /** Two strangers have sent us on: who made the request is not told any more (Fetch, "redirect-tainted origin"). */
  readonly tainted: boolean;
  /** It was somewhere else than at the origin of the page. */
  readonly crossed: boolean;
  readonly policy: string;
  /** What was told as Referer, '' for nothing: it never becomes more. */
  readonly referrer: string;
}

export function startOf(plan: Plan, url: Url, page: string): Chain {
  const policy = plan.referrerPolicy;
  const referrer = refererOf(plan.referrer, policy, url.href);
  return { tainted: false, crossed: page !== '' && !isHome(url, page), policy, referrer };
}

/** `field` is the Referrer-Policy of the redirect, '' for none. */
export function chainAfter(chain: Chain, from: Url, to: Url, page: string, field: string): Chain {
  const policy = readPolicy(field) || chain.policy;
  const away = page !== '' && !isHome(to, page);
  return {
    tainted: chain.tainted || (page !== '' && from.origin !== to.origin && !isHome(from, page)),
    crossed: chain.crossed || away,
    policy,
    referrer: refererOf(chain.referrer, policy, to.href),
  };
}

export function isHome(url: Url, page: string): boolean {
  return Url.parse(page).origin === url.origin;
}

/** Puts Referer and Origin into fields, in the place of those that were there. */
export function tellPage(headers: HeaderList, plan: Plan, chain: Chain, method: string, url: Url, page: string): void {
  if (plan.referrer !== '') {
    headers.remove('Referer');
    if (chain.referrer !== '') headers.append('Referer', chain.referrer);
  }
  if (page === '') return;
  headers.remove('Origin');
  const origin = originOf(plan, chain, method, url, page);
  if (origin !== '') headers.append('Origin', origin);
}

/** Fetch, "append a request Origin header". */
function originOf(plan: Plan, chain: Chain, method: string, url: Url, page: string): string {
  const own = chain.tainted ? 'null' : new URL(page).origin;
  if (plan.mode === 'cors' && chain.crossed) return own;
  if (method === 'GET' || method === 'HEAD') return '';
  return plan.mode !== 'cors' && hidesOrigin(chain.policy, url, page) ? 'null' : own;
}

function hidesOrigin(policy: string, url: Url, page: string): boolean {
  switch (policy) {
    case 'no-referrer':
      return true;
    case 'same-origin':
      return !isHome(url, page);
    case 'origin':
    case 'origin-when-cross-origin':
    case 'unsafe-url':
      return false;
    default:
      return page.startsWith('https:') && url.scheme === 'http';
  }
}
