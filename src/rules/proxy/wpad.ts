import type { PublicSuffixes } from '../../contract/cookie.ts';

/** Nobody's name has more levels that matter. */
const MOST = 8;

/**
 * Where a network may keep its proxy script, as far as DNS tells (WPAD): `http://wpad.<domain>/wpad.dat` for the domains of this machine
 * and those above them, the nearest first. It ends with the domain that somebody has registered: a `wpad` right below a public suffix
 * belongs to a stranger, who would read everything. Single labels are passed over, for they can be registered as well.
 */
export function wpadUrls(domains: readonly string[], suffixes: Pick<PublicSuffixes, 'registrableDomain'>): string[] {
  const urls = new Set<string>();
  for (const domain of domains) {
    const name = domain.toLowerCase().replace(/^\.+|\.+$/g, '');
    if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(name) || /^[\d.]+$/.test(name)) continue;
    const top = suffixes.registrableDomain(name);
    if (top === null || !top.includes('.')) continue;
    for (let at = name; at === top || at.endsWith(`.${top}`); at = at.slice(at.indexOf('.') + 1)) {
      if (urls.size < MOST) urls.add(`http://wpad.${at}/wpad.dat`);
    }
  }
  return [...urls];
}
