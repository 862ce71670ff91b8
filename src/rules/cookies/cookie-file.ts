import type { Cookie, SameSite } from '../../contract/cookie.ts';
import { type CookieFacts, madeCookie } from './made-cookie.ts';

// The file of a persistent jar: JSON, one cookie a line, so that people can read it and tools can compare it.

const FORMAT = 'qnetwork-cookies';
const VERSION = 1;

/** One cookie as it stands in the file. Two are the same when their lines are. */
export function cookieLine(cookie: Cookie): string {
  const { name, value, domain, path, secure, httpOnly, sameSite, partitioned } = cookie;
  const expires = cookie.expires === Number.POSITIVE_INFINITY ? null : cookie.expires;
  return JSON.stringify({ name, value, domain, path, expires, secure, httpOnly, sameSite, partitioned });
}

export function cookieFileText(cookies: Iterable<Cookie>): string {
  const lines = Array.from(cookies, cookieLine).join(',\n');
  return `{"format":"${FORMAT}","version":${VERSION},"cookies":[\n${lines}${lines === '' ? '' : '\n'}]}\n`;
}

/** The cookies of a file; those that are damaged are passed over. null when the text is no such file. An empty text has none. */
export function cookiesInFile(text: string): Cookie[] | null {
  if (text.trim() === '') return [];
  let file: Partial<Record<'format' | 'version' | 'cookies', unknown>> | null;
  try {
    file = JSON.parse(text) as typeof file;
  } catch {
    return null;
  }
  if (typeof file !== 'object' || file === null || file.format !== FORMAT || file.version !== VERSION) return null;
  if (!Array.isArray(file.cookies)) return null;
  return (file.cookies as unknown[]).map(cookieOf).filter((cookie) => cookie !== null);
}

const SAME_SITE: ReadonlySet<unknown> = new Set(['default', 'none', 'lax', 'strict']);

function cookieOf(line: unknown): Cookie | null {
  if (typeof line !== 'object' || line === null) return null;
  const { name, value, domain, path, expires, secure, httpOnly, sameSite, partitioned } = line as Record<string, unknown>;
  const texts = [name, value, domain, path].every((text) => typeof text === 'string');
  const flags = [secure, httpOnly, partitioned].every((flag) => typeof flag === 'boolean');
  if (!texts || !flags || !SAME_SITE.has(sameSite) || (expires !== null && typeof expires !== 'number')) return null;
  const facts = { name, value, domain, path, secure, httpOnly, partitioned, sameSite: sameSite as SameSite };
  return madeCookie({ ...facts, expires: expires ?? Number.POSITIVE_INFINITY } as CookieFacts);
}
