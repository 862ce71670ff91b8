import type { Cookie } from '../../contract/cookie.ts';

// RFC 6265bis 5.4 and 5.7: names that promise something. Letter case does not count when they are checked.
const SECURE = /^__secure-/i;
const HOST = /^__host-/i;
const EITHER = /^__(?:secure|host)-/i;

/**
 * Whether a cookie keeps what its name promises: `__Secure-` comes over a secure connection only, `__Host-` besides for one host and all
 * of its paths. A value without a name must not look like such a name: servers could not tell.
 */
export function keepsPromise(cookie: Cookie): boolean {
  const { name, value } = cookie;
  if (name === '') return !EITHER.test(value);
  if (SECURE.test(name)) return cookie.secure;
  if (HOST.test(name)) return cookie.secure && !cookie.domain.startsWith('.') && cookie.pathGiven && cookie.path === '/';
  return true;
}
