import type { Link, LinkMedium } from '../../contract/links.ts';

/** Where the system names no default routes: what is quicker, or costs less, first. The cable of a Mac may be unknown to us. */
const MEDIA: readonly LinkMedium[] = ['ethernet', 'wifi', 'unknown', 'wimax', 'cellular', 'bluetooth', 'tunnel', 'loopback'];

/**
 * Which of two links is the better way out, for `sort`: one that is up, then the one with the lower metric of its default route, then by
 * what carries it, then by name.
 */
export function byPreference(a: Link, b: Link): number {
  if (a.up !== b.up) return a.up ? -1 : 1;
  const [x, y] = [metric(a), metric(b)];
  if (x !== y) return x - y;
  return MEDIA.indexOf(a.medium) - MEDIA.indexOf(b.medium) || (a.name < b.name ? -1 : Number(a.name > b.name));
}

function metric({ defaultMetric }: Link): number {
  return defaultMetric < 0 ? Infinity : defaultMetric;
}
