// RFC 9110 5.1, 5.5, 5.6.2 and 9.1: what may stand in a field name, a field value and a method.
// Text is Latin-1: one character an octet.

const TOKEN = 1;
const VALUE = 2;

/** Class of each octet; built once because heads are checked character by character. */
const classOf = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  // RFC 9110 5.5: field-content is VCHAR, obs-text, SP and HTAB; every other control character is refused.
  for (let c = 0x20; c < 256; c++) if (c !== 0x7f) table[c] = VALUE;
  table[0x09] = VALUE;
  // RFC 9110 5.6.2: tchar.
  const marks = "!#$%&'*+-.^_`|~";
  for (let i = 0; i < marks.length; i++) table[marks.charCodeAt(i)]! |= TOKEN;
  for (let c = 0x30; c <= 0x39; c++) table[c]! |= TOKEN;
  for (let c = 0x41; c <= 0x5a; c++) table[c]! |= TOKEN;
  for (let c = 0x61; c <= 0x7a; c++) table[c]! |= TOKEN;
  return table;
}

/** RFC 9110 5.6.2: one or more tchar. Field names (5.1) and methods (9.1) are tokens. */
export function isToken(text: string): boolean {
  return text.length > 0 && firstOutside(text, TOKEN) < 0;
}

/** RFC 9110 5.5: no control character but HTAB, nothing beyond one octet. Empty is allowed. */
export function isFieldValue(text: string): boolean {
  return firstOutside(text, VALUE) < 0;
}

/** What is wrong with a field name or method, as the end of a sentence; '' when nothing is. */
export function tokenProblem(text: string): string {
  if (text.length === 0) return 'is empty';
  const at = firstOutside(text, TOKEN);
  return at < 0 ? '' : `contains ${nameOf(text.charCodeAt(at))} at position ${at}`;
}

/** What is wrong with a field value, as the end of a sentence; '' when nothing is. Never repeats the value: it may be a secret. */
export function fieldValueProblem(text: string): string {
  const at = firstOutside(text, VALUE);
  return at < 0 ? '' : `contains ${nameOf(text.charCodeAt(at))} at position ${at}`;
}

/** Removes optional whitespace (SP, HTAB) at both ends: it is not part of the value (RFC 9110 5.5). */
export function trimOws(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isOws(text.charCodeAt(from))) from++;
  while (to > from && isOws(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/** Text or bytes as they go on the wire: strings become UTF-8, bytes stay; one character an octet. */
export function fieldText(value: string | Uint8Array): string {
  if (typeof value !== 'string') return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return Buffer.from(value, 'utf8').toString('latin1');
  return value;
}

function firstOutside(text: string, wanted: number): number {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 255 || (classOf[c]! & wanted) === 0) return i;
  }
  return -1;
}

function isOws(c: number): boolean {
  return c === 0x20 || c === 0x09;
}

function nameOf(c: number): string {
  if (c === 0x0d) return 'a carriage return';
  if (c === 0x0a) return 'a line feed';
  if (c === 0x00) return 'a NUL';
  if (c === 0x20) return 'a space';
  if (c < 0x20 || c === 0x7f) return `the control character 0x${c.toString(16).padStart(2, '0')}`;
  if (c > 255) return 'a character beyond Latin-1';
  if (c > 0x7f) return `the octet 0x${c.toString(16)}`;
  return `"${String.fromCharCode(c)}"`;
}
