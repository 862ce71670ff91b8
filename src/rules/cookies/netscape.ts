// The cookie file of the Netscape browser, which curl, wget and many others read and write: seven fields a line, with tabs between
// them. Lines with #HttpOnly_ in front are cookies, all others with # are comments. Text is one character an octet.
import type { Cookie } from '../../contract/cookie.ts';
import { madeCookie } from './made-cookie.ts';

const HTTP_ONLY = '#HttpOnly_';
const TITLE = '# Netscape HTTP Cookie File\n';

/** The cookies of a file, those that cannot be sent left out. */
export function cookiesInNetscape(text: string): Cookie[] {
  return text
    .split(/\r?\n/)
    .map(cookieOf)
    .filter((cookie) => cookie !== null);
}

function cookieOf(line: string): Cookie | null {
  const httpOnly = line.startsWith(HTTP_ONLY);
  if (line.startsWith('#') && !httpOnly) return null;
  const [domain, below, path, secure, expires, name, ...value] = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t');
  // a value may hold tabs; a cookie without one has six fields in some writers
  if (domain === undefined || path === undefined || name === undefined || !/^-?\d+$/.test(expires ?? '')) return null;
  const bare = domain.startsWith('.') ? domain.slice(1) : domain;
  return madeCookie({
    name,
    value: value.join('\t'),
    domain: below?.toUpperCase() === 'TRUE' ? `.${bare}` : bare,
    path,
    expires: Number(expires) <= 0 ? Number.POSITIVE_INFINITY : Number(expires) * 1000,
    secure: secure?.toUpperCase() === 'TRUE',
    httpOnly,
    sameSite: 'default',
    partitioned: false,
  });
}

/** SameSite and Partitioned have no place there. */
export function netscapeText(cookies: Iterable<Cookie>): string {
  let text = TITLE;
  for (const cookie of cookies) text += `${lineOf(cookie)}\n`;
  return text;
}

function lineOf({ name, value, domain, path, expires, secure, httpOnly }: Cookie): string {
  const flag = (on: boolean): string => (on ? 'TRUE' : 'FALSE');
  // 0 means a session; what expired right then is over anyway
  const end = expires === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.floor(expires / 1000));
  return (httpOnly ? HTTP_ONLY : '') + [domain, flag(domain.startsWith('.')), path, flag(secure), end, name, value].join('\t');
}
