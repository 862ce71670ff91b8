import { decodeBytes } from '../base/percent.ts';
import type { Url } from '../base/url.ts';

/** What a data: URL holds. */
export interface DataUrlContent {
  /** Media type with its parameters, Latin-1, ready for Content-Type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** RFC 2397 section 2. */
const DEFAULT_TYPE = 'text/plain;charset=US-ASCII';

/** Reads a data: URL; a string says what is wrong with it. The fragment is no part of the data (RFC 3986 3.5). */
export function readDataUrl(url: Url): DataUrlContent | string {
  if (url.host !== null && url.host !== '')
    return `a data: URL has no host ("//${url.host}"); write data:[type][;base64],content`;
  const text = url.query === null ? url.path : `${url.path}?${url.query}`;
  const comma = text.indexOf(',');
  if (comma < 0) return 'a data: URL needs a comma between its type and its content (data:,content)';
  let type = trim(latin1(text.slice(0, comma)));
  // These must not get into a header field.
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(type)) return 'the media type of the data: URL contains control characters';
  const base64 = /;[ \t]*base64$/i.exec(type);
  const content = text.slice(comma + 1);
  if (base64 === null) return { type: completed(type), bytes: bytesOf(content) };
  type = trim(type.slice(0, base64.index));
  const bytes = fromBase64(latin1(content));
  return bytes === null ? 'the content of the data: URL is not valid base64' : { type: completed(type), bytes };
}

/** "text/plain" may be left out before parameters (RFC 2397 section 2); Qt also takes a charset without its semicolon. */
function completed(type: string): string {
  if (type === '') return DEFAULT_TYPE;
  if (type.startsWith(';')) return `text/plain${type}`;
  return /^charset *=/i.test(type) ? `text/plain;${type}` : type;
}

/** RFC 4648 3.3: other characters are an error. White space may break the lines, and the padding may be missing. */
function fromBase64(text: string): Uint8Array | null {
  const packed = text.replace(/[ \t\r\n\f]+/g, '');
  const digits = packed.replace(/={1,2}$/, '');
  const complete = packed.length === digits.length || packed.length % 4 === 0;
  if (!complete || digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) return null;
  return Buffer.from(digits, 'base64');
}

function bytesOf(text: string): Uint8Array {
  return text.includes('%') ? decodeBytes(text) : Buffer.from(text);
}

function latin1(text: string): string {
  return text.includes('%') ? decodeBytes(text).toString('latin1') : text;
}

function trim(text: string): string {
  return text.replace(/^[ \t\r\n\f]+|[ \t\r\n\f]+$/g, '');
}
