// Where credentials may be sent unasked: RFC 9110 11.5, RFC 7617 2.2, RFC 7616 3.3. Not for proxies, which are one space each.

import { Url } from '../../base/url.ts';
import { type Challenge, rawRealm } from './challenges.ts';

/** Paths of one origin that share a realm. */
export interface ProtectionSpace {
  readonly origin: string;
  /** As said by the server. */
  readonly realm: string;
  /** Each is inside with all below it; `/` = everything. None is below another. */
  readonly roots: readonly string[];
}

/** Each is looked at for each request. Of more than that the last ones count; elsewhere the server has to ask again. */
export const MOST_ROOTS = 64;

/** What the schemes protect that speak of connections instead of paths. */
const WHOLE_HOST: ReadonlySet<string> = new Set(['negotiate', 'ntlm']);

/** The space that a challenge to a request for `url` speaks of. */
export function spaceOf(url: Url, challenge: Challenge): ProtectionSpace {
  return { origin: url.origin, realm: rawRealm(challenge), roots: rootsOf(url, challenge) };
}

/** Whether a request for `url` belongs to it. */
export function isInside(space: ProtectionSpace, url: Url): boolean {
  return url.origin === space.origin && isBelow(space.roots, pathOf(url));
}

/** The space with the paths of another of the same realm: one realm may be met at several places of a host. */
export function joined(space: ProtectionSpace, other: ProtectionSpace): ProtectionSpace {
  return { ...space, roots: outermost([...space.roots, ...other.roots]) };
}

function rootsOf(url: Url, { scheme, params }: Challenge): string[] {
  if (WHOLE_HOST.has(scheme)) return ['/'];
  if (scheme !== 'digest') return [folderOf(url)];
  const domain = (params.get('domain') ?? '').split(/[ \t]+/).filter(Boolean);
  // RFC 7616 3.3: nothing said is everything
  if (domain.length === 0) return ['/'];
  // Other hosts may be named there. They can ask for themselves: a server does not say where else a password goes.
  const own = domain.map((text) => url.resolve(Url.parse(text))).filter((place) => place.origin === url.origin);
  return outermost([...own.map(pathOf), pathOf(url)]);
}

/** RFC 7617 2.2: all paths at or deeper than the last folder of the path. */
function folderOf(url: Url): string {
  const path = pathOf(url);
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Without dots, as it is requested. */
function pathOf(url: Url): string {
  const { target } = url;
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

/** RFC 7616 3.3 compares characters; here `/a` holds `/a/b` and not `/ab`, which may be somebody else's. */
function isBelow(roots: readonly string[], path: string): boolean {
  return roots.some(
    (root) => path.startsWith(root) && (root.endsWith('/') || path.length === root.length || path[root.length] === '/'),
  );
}

function outermost(roots: readonly string[]): string[] {
  const different = [...new Set(roots)].slice(-MOST_ROOTS);
  return different.filter(
    (root) =>
      !isBelow(
        different.filter((other) => other !== root),
        root,
      ),
  );
}
