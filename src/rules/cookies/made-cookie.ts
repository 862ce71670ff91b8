import type { Cookie, SameSite } from '../../contract/cookie.ts';
import { cookieTextProblem } from './limits.ts';

/** What files say of a cookie; all text one character an octet. */
export interface CookieFacts {
  readonly name: string;
  readonly value: string;
  /** With a leading dot for hosts below it, too. */
  readonly domain: string;
  readonly path: string;
  /** Milliseconds since 1970; Infinity for a cookie of the session. */
  readonly expires: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly partitioned: boolean;
}

/** A cookie of these facts; null when they make none that could be sent. */
export function madeCookie(facts: CookieFacts): Cookie | null {
  const { name, value, path, expires } = facts;
  const domain = facts.domain.toLowerCase();
  if (cookieTextProblem(name, true) !== '' || cookieTextProblem(value, false) !== '' || (name === '' && value === ''))
    return null;
  if (!DOMAIN.test(domain) || !path.startsWith('/') || Number.isNaN(expires)) return null;
  return { ...facts, domain, pathGiven: true };
}

/** A host, or a dot and a name. What else it may be is decided when it is looked up. */
const DOMAIN = /^\.?[^\s./][^\s/]*$/;

/** What two cookies must not have in common to be kept side by side. */
export function cookieKey({ name, domain, path }: Cookie): string {
  // none of the three can hold a line feed
  return `${domain}\n${path}\n${name}`;
}
