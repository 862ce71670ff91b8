/** The authority of a URL (RFC 3986 section 3.2): user info, host and port. */
import { firstForbidden, IN_USER_INFO, recode } from './percent.ts';
import { readHost, readSocketName } from './url-host.ts';

/** User info and host in normal form, or what is wrong with them. */
interface Authority {
  readonly userInfo: string | null;
  readonly host: string | null;
  readonly port: number;
  readonly error: string;
}

export const NO_AUTHORITY: Authority = Object.freeze({ userInfo: null, host: null, port: -1, error: '' });

/** Reads what stands between `//` and the path. `local`: the host is the name of a local socket. */
export function readAuthority(text: string, strict: boolean, local: boolean): Authority {
  const at = text.indexOf('@');
  const userInfo = at < 0 ? null : text.slice(0, at);
  const place = text.slice(at + 1);
  const fail = (error: string): Authority => ({ ...NO_AUTHORITY, error });
  if (strict && userInfo !== null && firstForbidden(userInfo, IN_USER_INFO) >= 0)
    return fail('Invalid user name or password (a character is not permitted)');

  // The last colon, unless it is one of an address in brackets.
  const colon = place.lastIndexOf(':');
  const hasPort = colon >= 0 && !(place.startsWith('[') && place.indexOf(']') > colon);
  const digits = hasPort ? place.slice(colon + 1) : '';
  if (hasPort && strict && digits === '') return fail('Port field was empty');
  if (!/^[0-9]*$/.test(digits) || Number(digits) > 65535) return fail('Invalid port or port number out of range');

  const host = hasPort ? place.slice(0, colon) : place;
  const reading = local ? readSocketName(host) : readHost(host);
  if (reading.error !== '') return fail(reading.error);
  return {
    userInfo: userInfo === null ? null : recodeUserInfo(userInfo),
    host: reading.host,
    port: digits === '' ? -1 : Number(digits),
    error: '',
  };
}

/** User name and password as they stand there; the first colon ends the name (RFC 3986 3.2.1). null = there is no password. */
export function splitUserInfo(userInfo: string | null): [user: string, password: string | null] {
  if (userInfo === null) return ['', null];
  const colon = userInfo.indexOf(':');
  return colon < 0 ? [userInfo, null] : [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
}

/** User name and password are two parts: a broken escape in one says nothing about the other. */
export function recodeUserInfo(text: string): string {
  const [user, password] = splitUserInfo(text);
  return recode(user, IN_USER_INFO) + (password === null ? '' : ':' + recode(password, IN_USER_INFO));
}

/** A host as it stands in a URL; the `%` before the zone of an address is escaped there (RFC 6874). */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host.replace('%', '%25')}]` : host;
}

/** A host with the brackets that an IPv6 address has beside a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
