import { type HeaderList, sameName } from '../base/header-list.ts';
import { trimOws } from './field-syntax.ts';

/** How the end of a body is found. */
export type Framing =
  | { readonly by: 'length'; readonly length: number }
  | { readonly by: 'chunks' }
  | { readonly by: 'close' }
  /** No body, and what follows is no HTTP. */
  | { readonly by: 'tunnel' }
  | { readonly by: 'error'; readonly why: string };

const NONE: Framing = Object.freeze({ by: 'length', length: 0 });
const CHUNKS: Framing = Object.freeze({ by: 'chunks' });
const CLOSE: Framing = Object.freeze({ by: 'close' });
const TUNNEL: Framing = Object.freeze({ by: 'tunnel' });

/** RFC 9112 6.3: how long the body of this answer is. */
export function framingOf(method: string, status: number, headers: HeaderList): Framing {
  // RFC 9110 15.2.2: a server switches only to what the request offered, and we offer nothing
  if (status === 101) return refused('status 101 switches to a protocol that the request did not offer');
  // rule 2
  if (method === 'CONNECT' && status >= 200 && status < 300) return TUNNEL;
  let length: string | undefined;
  let coding: string | undefined;
  const { flat } = headers;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (name.length === 14 && sameName(name, 'Content-Length'))
      length = length === undefined ? flat[i + 1]! : `${length}, ${flat[i + 1]!}`;
    else if (name.length === 17 && sameName(name, 'Transfer-Encoding'))
      coding = coding === undefined ? flat[i + 1]! : `${coding}, ${flat[i + 1]!}`;
  }
  // rules 3 to 5, asked of every answer, also where neither field would be used. We never offered a coding but chunked.
  const n = length === undefined ? -1 : lengthValue(length);
  if (length !== undefined && n < 0) return refused(`Content-Length ${shown(length)} is not one decimal number`);
  const chunked = coding !== undefined && coding.toLowerCase() === 'chunked';
  if (coding !== undefined && !chunked) return refused(`Transfer-Encoding ${shown(coding)} is not chunked`);
  // rule 1
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return NONE;
  // rule 3: Transfer-Encoding overrides Content-Length
  if (chunked) return CHUNKS;
  // rules 6 and 8
  return length === undefined ? CLOSE : n === 0 ? NONE : { by: 'length', length: n };
}

function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}

function refused(why: string): Framing {
  return { by: 'error', why };
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
  const parts = text.split(',').map(trimOws);
  const first = parts[0]!;
  if (parts.length < 2 || !/^[0-9]+$/.test(first) || parts.some((part) => part !== first)) return -1;
  return lengthValue(first);
}

/** RFC 9112 9.3: whether the connection may carry another exchange after this answer. */
export function keepsAlive(minor: 0 | 1, headers: HeaderList, framing: Framing): boolean {
  if (framing.by !== 'length' && framing.by !== 'chunks') return false;
  let options = '';
  let sized = false;
  let coded = false;
  const { flat } = headers;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    switch (name.length) {
      case 10:
        if (sameName(name, 'Connection')) options = options === '' ? flat[i + 1]! : `${options},${flat[i + 1]!}`;
        break;
      case 14:
        sized ||= sameName(name, 'Content-Length');
        break;
      case 16:
        // an old word of proxies (RFC 9112 C.2.2): believed when it asks for care
        if (sameName(name, 'Proxy-Connection') && hasOption(flat[i + 1]!, 'close')) return false;
        break;
      case 17:
        coded ||= sameName(name, 'Transfer-Encoding');
    }
  }
  // RFC 9112 6.1 and 6.3 rule 3: such framing is faulty, so what follows cannot be trusted
  if (coded && (minor === 0 || sized)) return false;
  if (options === '') return minor === 1;
  if (options === 'keep-alive') return true;
  return !hasOption(options, 'close') && (minor === 1 || hasOption(options, 'keep-alive'));
}

function hasOption(list: string, option: string): boolean {
  return list
    .toLowerCase()
    .split(',')
    .some((item) => trimOws(item) === option);
}

/** `timeout` of a Keep-Alive field in milliseconds, or -1. */
export function keepAliveHint(headers: HeaderList): number {
  const value = headers.get('Keep-Alive');
  if (value === undefined) return -1;
  const found = /(?:^|[,\s])timeout\s*=\s*"?(\d{1,9})/i.exec(value);
  return found === null ? -1 : Number(found[1]) * 1000;
}
