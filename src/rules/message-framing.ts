import type { HeaderList } from '../base/header-list.ts';

/** How the end of a body is found. */
export type Framing =
  | { readonly by: 'length'; readonly length: number }
  | { readonly by: 'chunks' }
  | { readonly by: 'close' }
  | { readonly by: 'error'; readonly why: string };

const NONE: Framing = Object.freeze({ by: 'length', length: 0 });
const CHUNKS: Framing = Object.freeze({ by: 'chunks' });
const CLOSE: Framing = Object.freeze({ by: 'close' });

/** RFC 9112 6.3: how long the body of this answer is. */
export function framingOf(method: string, status: number, headers: HeaderList): Framing {
  const flat = headers.flat;
  let length: string | undefined;
  let coding: string | undefined;
  for (let i = 0; i < flat.length; i += 2) {
    const size = flat[i]!.length;
    if (size === 14 && headers.indexOf('Content-Length', i >> 1) === i >> 1) {
      const value = flat[i + 1]!;
      length = length === undefined ? value : `${length}, ${value}`;
    } else if (size === 17 && headers.indexOf('Transfer-Encoding', i >> 1) === i >> 1) {
      const value = flat[i + 1]!;
      coding = coding === undefined ? value : `${coding}, ${value}`;
    }
  }
  // rule 1
  if (method === 'HEAD' || status === 204 || status === 304 || (status >= 100 && status < 200)) return NONE;
  // rules 3 and 4: Transfer-Encoding overrides Content-Length. We never offered a coding but chunked.
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? CHUNKS : { by: 'error', why: `Transfer-Encoding ${JSON.stringify(coding.slice(0, 40))} is not chunked` };
  // rules 5 and 6
  if (length !== undefined) {
    const n = lengthValue(length);
    return n < 0 ? { by: 'error', why: `Content-Length ${JSON.stringify(length.slice(0, 40))} is not one decimal number` } : n === 0 ? NONE : { by: 'length', length: n };
  }
  return CLOSE; // rule 8
}

/** One decimal number, or the same one several times (RFC 9110 8.6); -1 for anything else or for more than 2^53 - 1. */
export function lengthValue(text: string): number {
  let n = 0;
  const size = text.length;
  if (size === 0) return -1;
  for (let i = 0; i < size; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return repeatedLength(text);
    n = n * 10 + digit;
    if (n > Number.MAX_SAFE_INTEGER) return -1;
  }
  return n;
}

function repeatedLength(text: string): number {
  const parts = text.split(',').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
  const first = parts[0]!;
  if (parts.length < 2 || !/^[0-9]+$/.test(first) || parts.some((part) => part !== first)) return -1;
  return lengthValue(first);
}

/** RFC 9112 9.3: whether the connection may carry another exchange after this answer. */
export function keepsAlive(minor: 0 | 1, headers: HeaderList, framing: Framing): boolean {
  if (framing.by === 'close' || framing.by === 'error') return false;
  const connection = headers.combined('Connection');
  // RFC 9112 6.1: faulty framing, so nothing after it can be trusted
  if (framing.by === 'chunks' && (minor === 0 || headers.has('Content-Length'))) return false;
  if (connection === undefined) return minor === 1;
  const options = connection.toLowerCase().split(',').map((option) => option.trim());
  if (options.includes('close')) return false;
  return minor === 1 || options.includes('keep-alive');
}

/** `timeout` of a Keep-Alive field in milliseconds, or -1. */
export function keepAliveHint(headers: HeaderList): number {
  const value = headers.get('Keep-Alive');
  if (value === undefined) return -1;
  const found = /(?:^|[,\s])timeout\s*=\s*"?(\d{1,6})/i.exec(value);
  return found === null ? -1 : Number(found[1]) * 1000;
}
