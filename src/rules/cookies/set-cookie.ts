import type { Cookie, CookieStandard, SameSite } from '../../contract/cookie.ts';
import { trimOws } from '../field-syntax.ts';
import { parseCookieDate } from './cookie-date.ts';
import { hasBreaks, hasControls, isAttributeTooBig, isTooBig } from './limits.ts';

/** The latest time that a Date can hold. */
const FOREVER = 8.64e15;
const MAX_AGE = /^-?\d+$/;

/** What the attributes of a Set-Cookie line say; the last one of a name counts. */
interface Attributes {
  domain: string;
  path: string;
  /** NaN as long as there is none. */
  expires: number;
  maxAge: number;
  secure: boolean;
  httpOnly: boolean;
  partitioned: boolean;
  sameSite: SameSite;
}

/**
 * Reads one Set-Cookie line (RFC 6265bis 5.6, or RFC 6265 5.2). Null when it is to be ignored. Domain and path are as given, '' when the
 * request has to say; a leading dot of the domain stays. `now` is what Max-Age counts from, milliseconds since 1970.
 */
export function parseSetCookie(line: string, standard: CookieStandard, now: number): Cookie | null {
  const bis = standard === '6265bis';
  if (bis ? hasControls(line) : hasBreaks(line)) return null;
  const end = line.indexOf(';');
  const pair = end < 0 ? line : line.slice(0, end);
  const equals = pair.indexOf('=');
  const name = equals < 0 ? '' : trimOws(pair.slice(0, equals));
  const value = trimOws(pair.slice(equals + 1));
  // RFC 6265 5.2 knows no cookie without a name; the newer text takes one that has a value
  if (name === '' && (!bis || value === '')) return null;
  if (bis && isTooBig(name, value)) return null;
  const a = end < 0 ? NONE : parseAttributes(line.slice(end + 1), bis);
  return {
    name,
    value,
    domain: a.domain,
    path: a.path,
    pathGiven: a.path !== '',
    expires: expiryOf(a, now),
    secure: a.secure,
    httpOnly: a.httpOnly,
    sameSite: a.sameSite,
    partitioned: a.partitioned,
  };
}

const NONE: Readonly<Attributes> = Object.freeze({
  domain: '',
  path: '',
  expires: Number.NaN,
  maxAge: Number.NaN,
  secure: false,
  httpOnly: false,
  partitioned: false,
  sameSite: 'default',
});

function parseAttributes(text: string, bis: boolean): Attributes {
  const found: Attributes = { ...NONE };
  for (const piece of text.split(';')) {
    const equals = piece.indexOf('=');
    const name = trimOws(equals < 0 ? piece : piece.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? '' : trimOws(piece.slice(equals + 1));
    if (!bis || !isAttributeTooBig(value)) readAttribute(found, name, value, bis);
  }
  return found;
}

function readAttribute(found: Attributes, name: string, value: string, bis: boolean): void {
  switch (name) {
    case 'expires':
      found.expires = parseCookieDate(value) ?? found.expires;
      break;
    case 'max-age':
      if (MAX_AGE.test(value)) found.maxAge = Number(value);
      break;
    case 'domain':
      // RFC 6265 5.2.3 passes over an empty one, the newer text takes it for none
      if (value !== '' || bis) found.domain = domainOf(value.toLowerCase());
      break;
    case 'path':
      found.path = value.startsWith('/') ? value : '';
      break;
    case 'secure':
      found.secure = true;
      break;
    case 'httponly':
      found.httpOnly = true;
      break;
    case 'partitioned':
      found.partitioned = bis;
      break;
    case 'samesite':
      if (bis) found.sameSite = sameSiteOf(value);
      break;
  }
}

/** A dot alone is no domain; an IPv6 address is kept as a URL's host is, without its brackets. */
function domainOf(value: string): string {
  if (value === '.') return '';
  return value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value;
}

/** RFC 6265bis 5.6.7: whatever is not known is as good as no attribute. */
export function sameSiteOf(value: string): SameSite {
  const lower = value.toLowerCase();
  return lower === 'none' || lower === 'lax' || lower === 'strict' ? lower : 'default';
}

/** RFC 6265bis 5.7: Max-Age wins over Expires, wherever it stands; without either the cookie is of the session. */
function expiryOf({ maxAge, expires }: Attributes, now: number): number {
  if (Number.isNaN(maxAge)) return Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires;
  return maxAge <= 0 ? 0 : Math.min(FOREVER, now + maxAge * 1000);
}
