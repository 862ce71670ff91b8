import type { Link, LinkMedium } from '../../contract/links.ts';
import { byPreference } from './preference.ts';

/** How far packets get: not away; into the networks that the links are in; to the next border and not beyond; everywhere. */
export type Reach = 'disconnected' | 'local' | 'site' | 'online';

/** What a program may want to know of the network as a whole. */
export interface NetworkFacts {
  readonly reach: Reach;
  /** Somebody stands between and wants to be asked first, as in hotels. */
  readonly portal: boolean;
  /** Of the link that packets without a better way leave by. */
  readonly medium: LinkMedium;
  /** What passes is paid for. */
  readonly metered: boolean;
}

/** The link that packets without a better way leave by; null = there is none. `routed`: the system says where its default routes lead. */
export function wayOut(links: readonly Link[], routed: boolean): Link | null {
  const [best] = leadingAway(links);
  return best === undefined || (routed && best.defaultMetric < 0) ? null : best;
}

/** Those that are up, best first. */
function leadingAway(links: readonly Link[]): Link[] {
  return links.filter(({ up, medium }) => up && medium !== 'loopback').sort(byPreference);
}

/** `portal`: one was found since the links last changed. */
export function networkFacts(links: readonly Link[], routed: boolean, portal: boolean): NetworkFacts {
  const out = wayOut(links, routed);
  const medium = out?.medium ?? 'unknown';
  if (out === null) {
    const reach = leadingAway(links).length === 0 ? 'disconnected' : 'local';
    return { reach, portal: false, medium, metered: false };
  }
  return { reach: portal ? 'site' : 'online', portal, medium, metered: medium === 'cellular' };
}

/** What a probe has brought: its status and body, null when it came to nothing. `expected`: the body wanted; null = status 204. */
export function isPortal(answer: { readonly status: number; readonly body: string } | null, expected: string | null): boolean {
  // nobody answered: that is no portal, they want to be seen
  if (answer === null) return false;
  if (expected === null) return answer.status !== 204;
  return answer.status !== 200 || answer.body.trim() !== expected.trim();
}
