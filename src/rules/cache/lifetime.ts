// How long an answer stays fresh by its fields (RFC 9111 4.2.1, 4.2.2).
import type { HeaderList } from '../../base/header-list.ts';
import type { ResponseDirectives } from './directives.ts';
import { dateOf } from './initial-age.ts';
import { parseStrictDate } from './strict-date.ts';

/** RFC 9111 4.2.2: the part of its time without change for which an answer is taken to hold on. */
const HEURISTIC_PART = 0.1;

/** RFC 9111 4.2.1, in milliseconds; 0 when it is stale from the start. The first that is said counts. */
export function lifetimeOf(
  status: number,
  headers: HeaderList,
  said: ResponseDirectives,
  receivedAt: number,
  shared: boolean,
): number {
  if (shared && said.sMaxAge >= 0) return said.sMaxAge * 1000;
  if (said.maxAge >= 0) return said.maxAge * 1000;
  // several fields are none in form, and so long past (RFC 9111 4.2.1, 5.3)
  const expires = headers.combined('expires');
  if (expires !== undefined) {
    const end = parseStrictDate(expires, receivedAt);
    return end === null ? 0 : Math.max(0, end - dateOf(headers, receivedAt));
  }
  return said.public || isHeuristicallyCacheable(status) ? heuristicLifetime(headers, receivedAt) : 0;
}

/** RFC 9111 4.2.2. */
function heuristicLifetime(headers: HeaderList, receivedAt: number): number {
  const changed = parseStrictDate(headers.get('last-modified'), receivedAt);
  return changed === null ? 0 : Math.max(0, (dateOf(headers, receivedAt) - changed) * HEURISTIC_PART);
}

/** RFC 9110 15.1: statuses that may be kept without a word. */
export function isHeuristicallyCacheable(status: number): boolean {
  switch (status) {
    case 200:
    case 203:
    case 204:
    case 206:
    case 300:
    case 301:
    case 308:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
      return true;
    default:
      return false;
  }
}
