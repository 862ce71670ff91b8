import { HeaderList } from '../../base/header-list.ts';
import type { Ask, Trip, Wishes } from '../../contract/ask.ts';

/** A request that nobody waits for ends by itself, or a server that says nothing would keep the process alive. Milliseconds. */
const LONGEST = 60_000;

/** What the caller asked about his own copy; the stored one is asked about as a whole. */
const HIS_OWN = ['If-None-Match', 'If-Modified-Since', 'If-Match', 'If-Unmodified-Since', 'If-Range', 'Range'];

/** The request that renews what was served stale, behind the back of the caller (RFC 5861 3). */
export function behind({ method, url, headers, defaults, body }: Trip, wishes: Wishes): Ask {
  const { timeouts } = wishes;
  const total = timeouts.total > 0 ? timeouts.total : LONGEST;
  return {
    method,
    url,
    headers: withoutOwn(headers),
    defaults,
    body,
    // where a redirect leads is another answer, and nobody is there to be asked whether to follow
    wishes: { ...wishes, cacheLoad: 'renew', priority: 2, redirects: 'manual', timeouts: { ...timeouts, total } },
  };
}

function withoutOwn(headers: HeaderList): HeaderList {
  const left = new HeaderList([...headers.flat]);
  for (const name of HIS_OWN) left.remove(name);
  return left;
}
