import type { Cookie, PublicSuffixes } from '../../../src/contract/cookie.ts';

/** A cookie with nothing but a name and a value. */
export function cookie(changes: Partial<Cookie> = {}): Cookie {
  return {
    name: 'a',
    value: '1',
    domain: '',
    path: '',
    pathGiven: false,
    expires: Number.POSITIVE_INFINITY,
    secure: false,
    httpOnly: false,
    sameSite: 'default',
    partitioned: false,
    ...changes,
  };
}

/** A list with `co.uk`, `github.io` and `*.wild.test`; all names of one label are suffixes, too. */
export const suffixes: PublicSuffixes = {
  isPublicSuffix: (domain) => suffixOf(domain) === domain,
  registrableDomain(host) {
    const suffix = suffixOf(host);
    if (suffix === host) return null;
    const labels = host.slice(0, host.length - suffix.length - 1).split('.');
    return `${labels.at(-1)}.${suffix}`;
  },
  isAboveSuffix: (domain, host) => suffixOf(host).endsWith(`.${domain}`),
};

function suffixOf(name: string): string {
  const labels = name.split('.');
  if (/(?:^|\.)co\.uk$|(?:^|\.)github\.io$/.test(name)) return labels.slice(-2).join('.');
  if (/\.wild\.test$/.test(name)) return labels.slice(-3).join('.');
  return labels.at(-1)!;
}
