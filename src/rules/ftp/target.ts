import { decodeBytes } from '../../base/percent.ts';
import type { Url } from '../../base/url.ts';
import { splitUserInfo } from '../../base/url-authority.ts';
import { removeDots } from '../../base/url-path.ts';
import type { Credentials } from '../../contract/auth.ts';

/** What an ftp URL means on its server. Texts have one octet a character, as they go onto the wire. */
export interface FtpTarget {
  /** '' = where the login leads. */
  readonly path: string;
  /** A directory is meant, which can be listed. */
  readonly directory: boolean;
  /** Representation (RFC 959 3.1.1): as text, or octet for octet. */
  readonly type: 'A' | 'I';
}

const TYPE = /;type=([aid])$/i;

/**
 * The path of an ftp URL (RFC 1738 3.2.2): `/a/b` begins where the login leads, as `/~/a/b` does; `//a/b` and `/%2Fa/b` at the root of the
 * server. `;type=a` asks for text, `;type=d` or a slash at the end for a listing. A text says why there is none.
 */
export function targetOf(url: Url): FtpTarget | string {
  const type = (TYPE.exec(url.path)?.[1] ?? 'i').toLowerCase();
  const spelled = removeDots(url.path.replace(TYPE, '')).replace(/^\/(?:~(?:\/|$))?/, '');
  const path = decodeBytes(spelled).toString('latin1');
  if (!isSayable(path)) return 'its path has an escaped line end or NUL in it, which no command can hold';
  const directory = type === 'd' || path === '' || path.endsWith('/');
  return { path, directory, type: type === 'a' ? 'A' : 'I' };
}

/** A path for LIST, which takes what begins with a hyphen for an option, and needs none for where the login leads. */
export function listedPath(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/** Whether a text can be part of a command: nothing in it ends a line (RFC 959 5.3.1) or is cut off by servers in C. */
export function isSayable(text: string): boolean {
  return !/[\r\n\0]/.test(text);
}

/** A user is named for everybody who has no other name (RFC 1635). */
export const ANONYMOUS: Credentials = Object.freeze({ user: 'anonymous', password: 'anonymous@', domain: '' });

/** Name and password in a URL; null = it names nobody. `hasPassword` tells an empty password from none. */
export function userIn(url: Url): { readonly credentials: Credentials; readonly hasPassword: boolean } | null {
  if (url.userInfo === null || url.userInfo === '') return null;
  const [user, password] = splitUserInfo(url.userInfo);
  const text = (part: string): string => decodeBytes(part).toString('utf8');
  const credentials = { user: text(user), password: text(password ?? ''), domain: '' };
  return { credentials, hasPassword: password !== null };
}
