// The known headers Cookie and Set-Cookie as lists of cookies. Text is Latin-1, one character an octet.
import { cookiePair, setCookieLine } from '../../rules/cookies/raw-form.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { cookieOf, QNetworkCookie } from './qnetworkcookie.ts';

/** What the caller's Cookie field says; null when a part of it is no cookie, as in Qt. */
export function readCookie(raw: string): QNetworkCookie[] | null {
  const cookies: QNetworkCookie[] = [];
  for (const pair of raw.split(';')) {
    const [cookie] = QNetworkCookie.parseCookies(Buffer.from(pair, 'latin1'));
    if (cookie === undefined) return null;
    cookies.push(cookie);
  }
  return cookies;
}

/** The cookies of all Set-Cookie fields, which stand on lines of their own here. */
export function readSetCookie(raw: string): QNetworkCookie[] {
  return QNetworkCookie.parseCookies(Buffer.from(raw, 'latin1'));
}

export function writeCookie(value: unknown): string | undefined {
  return textOf(value, (cookies) => cookies.map((cookie) => cookiePair(cookieOf(cookie))).join('; '));
}

/** One line a cookie: each is a field of its own. */
export function writeSetCookie(value: unknown): string | undefined {
  return textOf(value, (cookies) => cookies.map((cookie) => setCookieLine(cookieOf(cookie))).join('\n'));
}

function textOf(value: unknown, write: (cookies: readonly QNetworkCookie[]) => string): string | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array) return fieldText(value);
  const cookies: readonly unknown[] = Array.isArray(value) ? value : [value];
  return cookies.every((cookie) => cookie instanceof QNetworkCookie) ? write(cookies) : undefined;
}
