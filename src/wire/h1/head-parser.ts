import { HeaderList } from '../../base/header-list.ts';
import { knownName } from './known-names.ts';
import type { H1Limits } from './limits.ts';
import { DIGIT, KIND, TEXT, TOKEN } from './octets.ts';

const CR = 13;
const LF = 10;
const SP = 32;
const HTAB = 9;
const COLON = 58;

/** Instead of a position: the octets that decide have not come yet, or they are the wrong ones. */
const PENDING = -1;
const WRONG = -2;

/** What a status line and its fields say. */
export interface ParsedHead {
  status: number;
  minor: 0 | 1;
  reason: string;
  headers: HeaderList;
  /** Position after the blank line. */
  end: number;
}

/** Field lines up to and with their blank line. */
export interface ParsedFields {
  headers: HeaderList;
  /** Position after the blank line. */
  end: number;
}

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
/** `HTTP/1.1 200` and one octet more: less cannot hold a status line. */
const SHORTEST = 13;

/** What is wrong with the first octets of a head, or ''. As few as there are will do: waiting for the rest of nonsense helps nobody. */
export function startFault(b: Uint8Array, start: number, end: number): string {
  const n = end - start;
  const prefix = Math.min(n, PREFIX.length);
  for (let i = 0; i < prefix; i++) if (b[start + i] !== PREFIX[i]) return 'the answer does not start with HTTP/1.0 or HTTP/1.1';
  if (n > 7 && b[start + 7] !== 48 && b[start + 7] !== 49) return 'unknown HTTP version in the status line';
  if (n > 8 && b[start + 8] !== SP) return 'the HTTP version is not followed by one space';
  for (let i = 9; i < 12 && i < n; i++) if (!(KIND[b[start + i]!]! & DIGIT)) return 'the status is not a number of three digits';
  if (n > 9 && b[start + 9] === 48) return 'the status is below 100';
  if (n > 12 && b[start + 12] !== SP && b[start + 12] !== CR && b[start + 12] !== LF)
    return 'the status is not followed by a space';
  return '';
}

/**
 * Reads a head in one pass over the octets: every octet is checked once, then the text is made once and cut.
 * Strict as RFC 9112 but for the licences of docs/decisions/002.
 */
export function parseHead(b: Buffer, start: number, end: number, limits: H1Limits): ParsedHead | 'incomplete' | ProtocolFault {
  const fault = startFault(b, start, end);
  if (fault !== '') return new ProtocolFault(fault);
  if (end - start < SHORTEST) return 'incomplete';
  const minor = b[start + 7] === 49 ? 1 : 0;
  const status = (b[start + 9]! - 48) * 100 + (b[start + 10]! - 48) * 10 + (b[start + 11]! - 48);
  let i = b[start + 12] === SP ? start + 13 : start + 12;
  const reasonStart = i;
  while (i < end && KIND[b[i]!]! & TEXT) i++;
  const reasonEnd = i;
  i = lineEnd(b, i, end);
  if (i < 0) return i === PENDING ? 'incomplete' : new ProtocolFault('control character in the status line');
  const fieldsEnd = markFields(b, i, end, limits);
  if (typeof fieldsEnd !== 'number') return fieldsEnd;
  if (fieldsEnd === PENDING) return 'incomplete';
  const text = latin1(b, reasonStart, fieldsEnd);
  const reason =
    reasonEnd - reasonStart === 2 && b[reasonStart] === 79 && b[reasonStart + 1] === 75
      ? 'OK'
      : text.substring(0, reasonEnd - reasonStart);
  return { status, minor, reason, headers: cutFields(b, text, reasonStart), end: fieldsEnd };
}

/** Field lines up to and with the blank line; also the trailer section is of this form. */
export function parseFields(
  b: Buffer,
  start: number,
  end: number,
  limits: H1Limits,
): ParsedFields | 'incomplete' | ProtocolFault {
  const fieldsEnd = markFields(b, start, end, limits);
  if (typeof fieldsEnd !== 'number') return fieldsEnd;
  if (fieldsEnd === PENDING) return 'incomplete';
  return { headers: cutFields(b, latin1(b, start, fieldsEnd), start), end: fieldsEnd };
}

/** Position after a line end at `i`, PENDING when it is not complete yet, WRONG when something else stands there. */
function lineEnd(b: Uint8Array, i: number, end: number): number {
  if (i >= end) return PENDING;
  if (b[i] === LF) return i + 1;
  if (b[i] !== CR) return WRONG;
  if (i + 1 >= end) return PENDING;
  return b[i + 1] === LF ? i + 2 : WRONG;
}

/** Where the lines last looked at have their name and value: four positions a line. */
const marks: number[] = [];
let marked = 0;
/** Name of a line that continues the one before. */
const FOLD = -1;

/** Checks the octets of field lines and marks their parts; returns the position after the blank line or PENDING. */
function markFields(b: Buffer, start: number, end: number, limits: H1Limits): number | ProtocolFault {
  const { fieldBytes } = limits;
  const most = 4 * limits.fieldCount;
  let n = 0;
  let lineStart = start;
  let fieldStart = start;
  for (;;) {
    let i = lineStart;
    while (i < end && KIND[b[i]!]! & TOKEN) i++;
    if (i >= end) return PENDING;
    let nameEnd = i;
    if (b[i] === COLON && i > lineStart) {
      i++;
      fieldStart = lineStart;
    } else if (i > lineStart) return badName(b, lineStart, i);
    else {
      const c = b[i]!;
      if (c === CR || c === LF) {
        const after = lineEnd(b, i, end);
        if (after === WRONG) return new ProtocolFault('a bare CR stands where a field name should');
        marked = n;
        return after;
      }
      if (c !== SP && c !== HTAB) return badName(b, lineStart, i);
      if (n === 0) return new ProtocolFault('the first field line starts with white space');
      // RFC 9112 5.2 would unfold it; but readers differ here, and about these fields they must not
      if (isFraming(b, fieldStart)) return new ProtocolFault('a field of message framing is folded');
      nameEnd = FOLD;
    }
    while (i < end && (b[i] === SP || b[i] === HTAB)) i++;
    const valueStart = i;
    while (i < end && KIND[b[i]!]! & TEXT) i++;
    let valueEnd = i;
    const after = lineEnd(b, i, end);
    if (after === PENDING) return PENDING;
    if (after === WRONG)
      return new ProtocolFault(`control character in field ${nameEnd === FOLD ? 'continuation' : latin1(b, lineStart, nameEnd)}`);
    while (valueEnd > valueStart && (b[valueEnd - 1] === SP || b[valueEnd - 1] === HTAB)) valueEnd--;
    if (after - fieldStart > fieldBytes) return new ProtocolFault(`a header field is longer than ${fieldBytes} octets`);
    if (n >= most) return new ProtocolFault(`more than ${limits.fieldCount} header fields`);
    marks[n] = lineStart;
    marks[n + 1] = nameEnd;
    marks[n + 2] = valueStart;
    marks[n + 3] = valueEnd;
    n += 4;
    lineStart = after;
  }
}

function isFraming(b: Buffer, fieldStart: number): boolean {
  return /^(?:content-length|transfer-encoding):/i.test(latin1(b, fieldStart, fieldStart + 18));
}

/** Cuts names and values out of the text of the lines, which starts at `base` of the octets. */
function cutFields(b: Buffer, text: string, base: number): HeaderList {
  const flat: string[] = new Array(marked >> 1);
  let at = 0;
  for (let n = 0; n < marked; n += 4) {
    const nameStart = marks[n]!;
    const nameEnd = marks[n + 1]!;
    const value = text.substring(marks[n + 2]! - base, marks[n + 3]! - base);
    if (nameEnd === FOLD) unfold(flat, at - 1, value);
    else {
      flat[at++] = knownName(b, nameStart, nameEnd) ?? text.substring(nameStart - base, nameEnd - base);
      flat[at++] = value;
    }
  }
  flat.length = at;
  return new HeaderList(flat);
}

/** obs-fold (RFC 9112 5.2): a user agent replaces the fold by a space. */
function unfold(flat: string[], last: number, continuation: string): void {
  const before = flat[last]!;
  if (continuation !== '') flat[last] = before === '' ? continuation : `${before} ${continuation}`;
}

/** Shows the name up to the octet that spoils it: what follows may be a value, and a secret. */
function badName(b: Buffer, start: number, spoiler: number): ProtocolFault {
  const shown = latin1(b, Math.max(start, spoiler - 24), spoiler + 1).replace(/[^\x20-\x7e]/g, '?');
  return new ProtocolFault(`a field name is not a token or not followed by a colon: ${JSON.stringify(shown)}`);
}
