import { decodeBytes } from '../base/percent.ts';
import type { Url } from '../base/url.ts';

/** The path that a file: URL names on a platform, or why it names none. */
export type FilePath = { readonly path: string; readonly refused?: never } | { readonly path?: never; readonly refused: string };

/**
 * RFC 8089, as Qt reads it: the host must be empty or localhost, query and fragment do not count, a path without leading slash is
 * relative to the working directory. An escaped separator or NUL is refused: it would name another file than the URL seems to.
 */
export function filePathOf(url: Url, platform: string): FilePath {
  if (url.host !== null && url.host !== '' && url.host.toLowerCase() !== 'localhost')
    return { refused: `a file on the host "${url.host}" is not a local file; use file:///path, or fetch it over http` };
  const windows = platform === 'win32';
  if (/%2f/i.test(url.path))
    return { refused: 'an escaped slash (%2F) in a file: URL is refused, for no file name contains one' };
  if (windows && /%5c/i.test(url.path)) return { refused: 'an escaped backslash (%5C) in a file: URL is refused, write /' };
  if (/%00/.test(url.path)) return { refused: 'an escaped NUL (%00) in a file: URL is refused, for no file name contains one' };
  const bytes = decodeBytes(url.path);
  const path = bytes.toString('utf8');
  if (path.includes('\ufffd') && !Buffer.from(path).equals(bytes))
    return { refused: 'the path of a file: URL must be escaped UTF-8' };
  return windows ? windowsPath(path) : { path: path === '' ? '/' : path };
}

function windowsPath(path: string): FilePath {
  const slashes = path.replaceAll('/', '\\');
  if (/^\\[A-Za-z]:(?:\\|$)/.test(slashes)) return { path: slashes.length === 3 ? `${slashes.slice(1)}\\` : slashes.slice(1) };
  if (slashes.startsWith('\\') || slashes === '')
    return { refused: 'a file: URL must name a drive on Windows, as in file:///C:/folder/file' };
  return { path: slashes };
}
