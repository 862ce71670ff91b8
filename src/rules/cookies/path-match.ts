// RFC 6265bis 5.1.4.
import type { Url } from '../../base/url.ts';
import { removeDots } from '../../base/url-path.ts';

const SLASH = 0x2f;

/** The path that goes onto the wire, without the query. */
export function requestPath(url: Url): string {
  const path = removeDots(url.path);
  return path.startsWith('/') ? path : '/' + path;
}

/** What a cookie without a Path attribute is for: the request's path up to, but not including, its last slash. */
export function defaultPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** A cookie for `cookiePath` is for a request of `path`. Octets are compared: neither case nor escapes are evened out. */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  const { length } = cookiePath;
  return path.length === length || cookiePath.charCodeAt(length - 1) === SLASH || path.charCodeAt(length) === SLASH;
}

/** All cookie paths that match a request's path, the longest first; '' is that of a cookie whose path nobody said. */
export function matchingPaths(path: string): string[] {
  const all = [path];
  for (let i = path.length - 1; i >= 0; i--) {
    if (path.charCodeAt(i) !== SLASH) continue;
    if (i < path.length - 1) all.push(path.slice(0, i + 1));
    if (i > 0) all.push(path.slice(0, i));
  }
  all.push('');
  return all;
}

/** How many slashes a path has. */
export function slashesIn(path: string): number {
  let n = 0;
  for (let i = 0; i < path.length; i++) if (path.charCodeAt(i) === SLASH) n++;
  return n;
}
