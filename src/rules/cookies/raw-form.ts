import { bracketed } from '../../base/url-authority.ts';
import type { Cookie, SameSite } from '../../contract/cookie.ts';

/** What is sent (RFC 6265bis 5.8.3 step 4): a cookie without a name is its value alone. */
export function cookiePair({ name, value }: Cookie): string {
  return name === '' ? value : `${name}=${value}`;
}

const SAME_SITE: Readonly<Record<SameSite, string>> = {
  default: '',
  none: '; SameSite=None',
  lax: '; SameSite=Lax',
  strict: '; SameSite=Strict',
};

/** The cookie as a Set-Cookie line, attributes in Qt's order and spelling. */
export function setCookieLine(cookie: Cookie): string {
  let text = cookiePair(cookie);
  if (cookie.secure) text += '; secure';
  if (cookie.httpOnly) text += '; HttpOnly';
  text += SAME_SITE[cookie.sameSite];
  if (cookie.expires !== Number.POSITIVE_INFINITY) text += `; expires=${cookieDate(cookie.expires)}`;
  if (cookie.domain !== '') text += `; domain=${bracketed(cookie.domain)}`;
  if (cookie.path !== '') text += `; path=${cookie.path}`;
  if (cookie.partitioned) text += '; Partitioned';
  return text;
}

/** `Wed, 21-Oct-2099 07:28:00 GMT`; years that cannot be written this way end with 9999. */
function cookieDate(time: number): string {
  const text = new Date(Math.min(time, LAST)).toUTCString();
  return text.replace(/^(\w+, \d\d) (\w{3}) /, '$1-$2-');
}

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);
