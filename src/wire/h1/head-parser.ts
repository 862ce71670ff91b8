import { HeaderList } from '../../base/header-list.ts';
import type { H1Limits } from './limits.ts';
import { DIGIT, KIND, TEXT, TOKEN } from './octets.ts';

const CR = 13;
const LF = 10;
const SP = 32;
const HTAB = 9;
const COLON = 58;

/** What a status line and its fields say. `error` names the fault when the parser refuses. */
export interface ParsedHead {
  status: number;
  minor: 0 | 1;
  reason: string;
  headers: HeaderList;
  /** Position after the blank line. */
  end: number;
}

export type HeadResult = ParsedHead | 'incomplete' | ProtocolFault;

/** Why bytes were refused; a class, so that results can be told apart at no cost. */
export class ProtocolFault {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/**
 * Position after the blank line that ends a head, or -1. `from` is where looking starts; lines end in CR LF, and a bare LF is
 * taken for one (RFC 9112 2.2).
 */
export function headEnd(b: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (b[i] !== LF) continue;
    const next = b[i + 1];
    if (i + 1 < end && next === LF) return i + 2;
    if (i + 2 < end && next === CR && b[i + 2] === LF) return i + 3;
  }
  return -1;
}

/** Text of one octet a character. */
function latin1(b: Buffer, start: number, end: number): string {
  return b.toString('latin1', start, end);
}

const PREFIX = [72, 84, 84, 80, 47, 49, 46]; // HTTP/1.

/** True when what is there cannot become a status line any more, so that waiting for the rest would be waiting for nothing. */
export function cannotBeHead(b: Uint8Array, start: number, end: number): boolean {
  const n = Math.min(end - start, PREFIX.length);
  for (let i = 0; i < n; i++) if (b[start + i] !== PREFIX[i]) return true;
  return false;
}

/**
 * Reads a head in one pass over the octets: every octet is checked once, then the text is made once and cut.
 * Strict as RFC 9112 but for the rows of the leniency table in docs/decisions/002.
 */
export function parseHead(b: Buffer, start: number, end: number, limits: H1Limits): HeadResult {
  if (cannotBeHead(b, start, end)) return new ProtocolFault('the answer does not start with HTTP/1.0 or HTTP/1.1');
  if (end - start < 13) return 'incomplete';
  const minor = b[start + 7]! - 48;
  if (minor !== 0 && minor !== 1) return new ProtocolFault('unknown HTTP version in the status line');
  const d = start + 9;
  if (b[start + 8] !== SP || !(KIND[b[d]!]! & KIND[b[d + 1]!]! & KIND[b[d + 2]!]! & DIGIT)) {
    return new ProtocolFault('the status line has no three-digit status');
  }
  const status = (b[d]! - 48) * 100 + (b[d + 1]! - 48) * 10 + (b[d + 2]! - 48);
  if (status < 100) return new ProtocolFault(`status ${status} is below 100`);
  let i = d + 3;
  if (b[i] === SP) i++;
  else if (b[i] !== CR && b[i] !== LF) return new ProtocolFault('the status is not followed by a space');
  const reasonStart = i;
  while (i < end && KIND[b[i]!]! & TEXT) i++;
  const reasonEnd = i;
  i = lineEnd(b, i, end);
  if (i < 0) return i === -1 ? 'incomplete' : new ProtocolFault('control character in the status line');
  const reason = reasonEnd > reasonStart ? latin1(b, reasonStart, reasonEnd) : '';
  const fields = parseFields(b, i, end, limits);
  if (typeof fields === 'string' || fields instanceof ProtocolFault) return fields;
  return { status, minor, reason, headers: fields.headers, end: fields.end };
}

/** Position after a line end at `i`, -1 when it is not complete yet, -2 when something else stands there. */
function lineEnd(b: Uint8Array, i: number, end: number): number {
  if (i >= end) return -1;
  if (b[i] === LF) return i + 1;
  if (b[i] !== CR) return -2;
  if (i + 1 >= end) return -1;
  return b[i + 1] === LF ? i + 2 : -2;
}

/** Field lines up to and with the blank line; also the trailer section is of this form. */
export function parseFields(
  b: Buffer,
  start: number,
  end: number,
  limits: H1Limits,
): { headers: HeaderList; end: number } | 'incomplete' | ProtocolFault {
  const flat: string[] = [];
  let i = start;
  for (;;) {
    if (i >= end) return 'incomplete';
    const c = b[i]!;
    if (c === CR || c === LF) {
      const after = lineEnd(b, i, end);
      if (after === -1) return 'incomplete';
      if (after < 0) return new ProtocolFault('a bare CR stands where a field name should');
      return { headers: new HeaderList(flat), end: after };
    }
    const nameStart = i;
    if (c === SP || c === HTAB) {
      if (flat.length === 0) return new ProtocolFault('the first field line starts with white space');
    } else {
      while (i < end && KIND[b[i]!]! & TOKEN) i++;
      if (i >= end) return 'incomplete';
      if (b[i] !== COLON || i === nameStart) return new ProtocolFault(`a field name is not a token or not followed by a colon: ${shown(b, nameStart, end)}`);
      i++;
    }
    const nameEnd = i - 1;
    while (i < end && (b[i] === SP || b[i] === HTAB)) i++;
    const valueStart = i;
    while (i < end && KIND[b[i]!]! & TEXT) i++;
    let valueEnd = i;
    const after = lineEnd(b, i, end);
    if (after === -1) return 'incomplete';
    if (after < 0) return new ProtocolFault(`control character in field ${c === SP || c === HTAB ? 'continuation' : latin1(b, nameStart, nameEnd)}`);
    while (valueEnd > valueStart && (b[valueEnd - 1] === SP || b[valueEnd - 1] === HTAB)) valueEnd--;
    if (after - nameStart > limits.fieldBytes) return new ProtocolFault(`a field line is longer than ${limits.fieldBytes} octets`);
    const value = valueEnd > valueStart ? latin1(b, valueStart, valueEnd) : '';
    if (c === SP || c === HTAB) {
      // obs-fold (RFC 9112 5.2): a user agent replaces the fold by one space
      const last = flat.length - 1;
      const so = flat[last]!;
      flat[last] = value === '' ? so : so === '' ? value : `${so} ${value}`;
      if (flat[last]!.length > limits.fieldBytes) return new ProtocolFault(`a folded field is longer than ${limits.fieldBytes} octets`);
    } else {
      if (flat.length >= 2 * limits.fieldCount) return new ProtocolFault(`more than ${limits.fieldCount} header fields`);
      flat.push(fieldName(b, nameStart, nameEnd), value);
    }
    i = after;
  }
}

function shown(b: Buffer, start: number, end: number): string {
  return JSON.stringify(latin1(b, start, Math.min(end, start + 24)).replace(/[^\x20-\x7e]/g, '?'));
}

/** Names repeat from answer to answer, so the common ones are not made anew. */
const KNOWN = new Map<number, string[]>();
for (const name of [
  'Content-Length', 'Content-Type', 'Connection', 'Date', 'Server', 'Cache-Control', 'ETag', 'Last-Modified', 'Transfer-Encoding',
  'Content-Encoding', 'Keep-Alive', 'Vary', 'Accept-Ranges', 'Expires', 'Set-Cookie', 'Location', 'Age', 'content-length',
  'content-type', 'connection', 'date', 'server', 'cache-control', 'etag', 'last-modified', 'transfer-encoding', 'content-encoding',
]) {
  const key = name.length * 65_536 + name.charCodeAt(0) * 256 + name.charCodeAt(name.length - 1);
  const list = KNOWN.get(key);
  if (list === undefined) KNOWN.set(key, [name]);
  else list.push(name);
}

function fieldName(b: Buffer, start: number, end: number): string {
  const candidates = KNOWN.get((end - start) * 65_536 + b[start]! * 256 + b[end - 1]!);
  if (candidates !== undefined) for (const name of candidates) if (sameOctets(b, start, name)) return name;
  return latin1(b, start, end);
}

function sameOctets(b: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (b[start + i] !== name.charCodeAt(i)) return false;
  return true;
}
