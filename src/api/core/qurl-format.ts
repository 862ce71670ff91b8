/** How a URL is written out: Qt's formatting options over parts that are kept encoded. */
import { decodeAll, decodeSome } from '../../base/percent.ts';
import type { Url, UrlParts } from '../../base/url.ts';
import { hostInUrl, splitUserInfo } from '../../base/url-authority.ts';
import { toUnicode } from '../../base/url-host.ts';
import { removeDots } from '../../base/url-path.ts';
import { makeEnum } from './enums.ts';

export const ParsingMode = makeEnum({ TolerantMode: 0, StrictMode: 1, DecodedMode: 2 });

export const UrlFormattingOption = makeEnum({
  None: 0x0,
  RemoveScheme: 0x1,
  RemovePassword: 0x2,
  RemoveUserInfo: 0x6,
  RemovePort: 0x8,
  RemoveAuthority: 0x1e,
  RemovePath: 0x20,
  RemoveQuery: 0x40,
  RemoveFragment: 0x80,
  PreferLocalFile: 0x200,
  StripTrailingSlash: 0x400,
  RemoveFilename: 0x800,
  NormalizePathSegments: 0x1000,
});

export const ComponentFormattingOption = makeEnum({
  PrettyDecoded: 0x0,
  EncodeSpaces: 0x100000,
  EncodeUnicode: 0x200000,
  EncodeDelimiters: 0xc00000,
  EncodeReserved: 0x1000000,
  DecodeReserved: 0x2000000,
  FullyEncoded: 0x1f00000,
  FullyDecoded: 0x7f00000,
});

const O = UrlFormattingOption;
const C = ComponentFormattingOption;

/** Every bit of `flag` is set. */
function has(options: number, flag: number): boolean {
  return (options & flag) === flag;
}

/**
 * One encoded part as the options want it. `delimiters` are the characters that separate parts of a whole URL and mean nothing special
 * where this part stands alone.
 */
export function showPart(text: string, options: number, delimiters: string): string {
  if (has(options, C.FullyDecoded)) return decodeAll(text);
  if (has(options, C.FullyEncoded) || !text.includes('%')) return text;
  let ascii = has(options, C.EncodeDelimiters) ? '' : delimiters;
  if (!has(options, C.EncodeSpaces)) ascii += ' ';
  if (!has(options, C.EncodeReserved)) ascii += '"<>^\\|{}';
  if (has(options, C.DecodeReserved)) ascii += '`"<>^\\|{}';
  return decodeSome(text, ascii, !has(options, C.EncodeUnicode));
}

/** The host, for people unless `EncodeUnicode` is set; an IPv6 address without brackets. */
export function showHost(host: string, options: number): string {
  return has(options, C.EncodeUnicode) && !has(options, C.FullyDecoded) ? host : toUnicode(host);
}

/** User info, host and port; `delimiters` as in `showPart`. */
export function showAuthority(parts: UrlParts, options: number, delimiters: string): string {
  const userInfo = parts.userInfo === null ? '' : showPart(parts.userInfo, options, delimiters) + '@';
  const host = hostInUrl(showHost(parts.host ?? '', options));
  return userInfo + host + (parts.port < 0 ? '' : ':' + parts.port);
}

/** The parts that are left after the `Remove…` options and those for the path. */
export function strip(url: UrlParts, options: number): UrlParts {
  const bare = has(options, O.RemoveAuthority);
  const [user, password] = splitUserInfo(url.userInfo);
  let userInfo = bare || has(options, O.RemoveUserInfo) ? null : url.userInfo;
  if (userInfo !== null && password !== null && has(options, O.RemovePassword)) userInfo = user;
  return {
    scheme: has(options, O.RemoveScheme) ? '' : url.scheme,
    userInfo,
    host: bare ? null : url.host,
    port: has(options, O.RemovePort) ? -1 : url.port,
    path: has(options, O.RemovePath) ? '' : stripPath(url.path, options),
    query: has(options, O.RemoveQuery) ? null : url.query,
    fragment: has(options, O.RemoveFragment) ? null : url.fragment,
  };
}

function stripPath(path: string, options: number): string {
  if (has(options, O.NormalizePathSegments)) path = path.startsWith('/') ? removeDots(path) : removeRelativeDots(path);
  if (has(options, O.RemoveFilename)) path = path.slice(0, path.lastIndexOf('/') + 1);
  if (has(options, O.StripTrailingSlash)) {
    let end = path.length;
    while (end > 1 && path.charCodeAt(end - 1) === 0x2f) end--;
    path = path.slice(0, end);
  }
  return path;
}

/** Unlike in a whole URL a leading `..` of a relative path has something to go up from, so it stays. */
function removeRelativeDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (last && (segment === '.' || segment === '..') && kept.length > 0) kept.push('');
  });
  return kept.join('/');
}

/** A whole URL. */
export function showUrl(url: Url, options: number): string {
  if (has(options, C.FullyEncoded) && !has(options, C.FullyDecoded) && (options & 0x1fff) === 0) return url.href;
  // Fully decoded text could not be told from another URL's: as in Qt only single parts can be had so.
  if (has(options, C.FullyDecoded)) options &= ~C.FullyDecoded;
  const parts = strip(url, options);
  if (!has(options, C.DecodeReserved)) options |= C.EncodeReserved;
  let text = parts.scheme === '' ? '' : parts.scheme + ':';
  if (parts.host !== null) text += '//' + showAuthority(parts, options, '');
  else if (parts.scheme === 'file' && parts.path.startsWith('/')) text += '//';
  text += showPart(parts.path, options, '');
  if (parts.query !== null) text += '?' + showPart(parts.query, options, '');
  return parts.fragment === null ? text : text + '#' + showPart(parts.fragment, options, '#');
}

/** The file a `file:` URL names, '' for other URLs. A host becomes `//host/…`. */
export function showLocalFile(url: UrlParts, options: number): string {
  if (url.scheme !== 'file') return '';
  const path = showPart(url.path, options, '?#');
  if (url.host) return '//' + showHost(url.host, options) + path;
  // `/C:/x` names `C:/x` where there are drives.
  return process.platform === 'win32' && /^\/[a-z]:/i.test(path) ? path.slice(1) : path;
}
