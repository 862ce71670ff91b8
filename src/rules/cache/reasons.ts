// The decisions of reuse.ts in words, each with the clause that has the last word in it.
import type { StoredHead } from '../../contract/cache.ts';
import { currentAge } from './age.ts';
import { factsOf } from './facts.ts';
import { freshFor } from './freshness.ts';
import { asksFirst, directivesOf, forbidsStale, isEnough, reuse, type Use } from './reuse.ts';

/** Why nothing was looked up. */
export const NOT_LOOKED = 'the request is not to be answered out of the store';

/** Why a stored answer goes out after the network was asked. */
export function servedBecause(validated: boolean): string {
  return validated
    ? 'the server says that it still holds (RFC 9111 4.3.3)'
    : 'the server has trouble, and what is stored may stand in (RFC 5861 4)';
}

/** Why a request is answered, or not answered, by what was found. */
export function reasonOf(use: Use, found: StoredHead | null): string {
  if (found === null) {
    return use.load === 'only'
      ? 'nothing is stored, and only that is wanted (RFC 9111 5.2.1.7)'
      : 'nothing is stored for it (RFC 9111 4)';
  }
  const left = freshFor(found, use.now, use.shared);
  switch (reuse(use, found)) {
    case 'serve':
      return left > 0
        ? `fresh for ${seconds(left)} more (RFC 9111 4.2)`
        : `stale for ${seconds(-left)}, which the request allows (RFC 9111 4.2.4)`;
    case 'not-modified':
      return 'the condition of the request holds for what is stored (RFC 9111 4.3.2)';
    case 'serve-and-refresh':
      return `stale for ${seconds(-left)}, served while it is asked about (RFC 5861 3)`;
    case 'absent':
      return 'what is stored may not be used, and nothing else is wanted (RFC 9111 5.2.1.7)';
    default:
      return obstacle(use, found, left);
  }
}

/** What keeps a stored answer from being served as it is. */
function obstacle(use: Use, found: StoredHead, left: number): string {
  const { said } = factsOf(found);
  const request = directivesOf(use.fields);
  if (!isEnough(use, found)) return 'only a part of it is stored (RFC 9111 3.3)';
  if (use.load === 'renew') return 'the request wants to hear of the server whether it still holds (RFC 9111 4.3)';
  if (asksFirst(said)) return 'the server wants to be asked first: no-cache (RFC 9111 5.2.2.4)';
  if (request.noCache) return 'the request wants the server to be asked: no-cache (RFC 9111 5.2.1.4)';
  if (left > 0 && left < request.minFresh * 1000)
    return `fresh for ${seconds(left)} more, which is too short: min-fresh (RFC 9111 5.2.1.3)`;
  if (left > 0 && request.maxAge >= 0 && currentAge(found, use.now) > request.maxAge * 1000)
    return 'older than the request wants it: max-age (RFC 9111 5.2.1.1)';
  if (left > 0) return 'the condition of the request is for the server (RFC 9111 4.3.2)';
  return forbidsStale(said, use.shared)
    ? `stale for ${seconds(-left)}, and never to be used so: must-revalidate (RFC 9111 5.2.2.2)`
    : `stale for ${seconds(-left)} (RFC 9111 4.2)`;
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`;
}
