/**
 * Percent-coding of URL parts (RFC 3986 section 2) in Qt's normal form: escapes in upper-case hex, unreserved characters never
 * escaped, delimiters left as they were spelled, everything that a URL may not contain escaped as UTF-8.
 */

/** May stand unescaped in the user info (between user name and password `:` is one of them). */
export const IN_USER_INFO = 1;
/** May stand unescaped in a path. */
export const IN_PATH = 2;
/** May stand unescaped in a query. */
export const IN_QUERY = 4;
/** May stand unescaped in a fragment. */
export const IN_FRAGMENT = 8;
/** ALPHA, DIGIT, `-`, `.`, `_`, `~`: the same escaped or not, so never escaped. */
const UNRESERVED = 16;
/** May stand unescaped in a name or value of a query: as in the query, without `&` and `=`. */
export const IN_QUERY_ITEM = 32;

/** For each ASCII character the parts it may stand in. */
export const ALLOWED: Uint8Array = table();

function table(): Uint8Array {
  const t = new Uint8Array(128);
  const allow = (characters: string, mask: number): void => {
    for (let i = 0; i < characters.length; i++) t[characters.charCodeAt(i)]! |= mask;
  };
  const everywhere = IN_USER_INFO | IN_PATH | IN_QUERY | IN_FRAGMENT | IN_QUERY_ITEM;
  allow('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~', everywhere | UNRESERVED);
  allow("!$'()*+,;:", everywhere);
  allow('&=', everywhere & ~IN_QUERY_ITEM);
  // Brackets are no path characters by the RFC; Qt lets them stand, as browsers do.
  allow('@/[]', everywhere & ~IN_USER_INFO);
  allow('?', IN_QUERY | IN_FRAGMENT | IN_QUERY_ITEM);
  return t;
}

const PERCENT = 0x25;
const HEX = '0123456789ABCDEF';

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** The byte that an escape at `i` stands for, -1 when there is none. */
function escapedByte(text: string, i: number): number {
  if (text.charCodeAt(i) !== PERCENT || i + 2 >= text.length) return -1;
  const high = hexDigit(text.charCodeAt(i + 1));
  const low = hexDigit(text.charCodeAt(i + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function escapeByte(byte: number): string {
  return '%' + HEX[byte >> 4] + HEX[byte & 15];
}

/** The character at `i`, escaped as UTF-8. Half a surrogate pair becomes U+FFFD, as every UTF-8 encoder of the platform has it. */
function escapeCharacter(text: string, i: number): string {
  let c = text.codePointAt(i)!;
  if (c < 0x80) return escapeByte(c);
  if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
  const last = escapeByte(0x80 | (c & 63));
  if (c < 0x800) return escapeByte(0xc0 | (c >> 6)) + last;
  const third = escapeByte(0x80 | ((c >> 6) & 63)) + last;
  if (c < 0x10000) return escapeByte(0xe0 | (c >> 12)) + third;
  return escapeByte(0xf0 | (c >> 18)) + escapeByte(0x80 | ((c >> 12) & 63)) + third;
}

/** Where the first character or escape stands that the strict grammar forbids; -1 = nowhere. Non-ASCII text is let through, as in Qt. */
export function firstForbidden(text: string, mask: number): number {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 128 && (ALLOWED[c]! & mask) === 0 && escapedByte(text, i) < 0) return i;
  }
  return -1;
}

function hasBrokenEscape(text: string): boolean {
  for (let i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) if (escapedByte(text, i) < 0) return true;
  return false;
}

/** Brings one part into normal form. Tolerant: whatever may not stand in it is escaped. */
export function recode(text: string, mask: number): string {
  let i = 0;
  while (i < text.length && (ALLOWED[text.charCodeAt(i)]! & mask) !== 0) i++;
  if (i === text.length) return text;

  // One `%` that starts no escape means that nobody has escaped this text: then every `%` in it is meant literally (as Qt).
  const literal = hasBrokenEscape(text);
  let out = '';
  let kept = 0;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 128 && (ALLOWED[c]! & mask) !== 0) continue;
    out += text.slice(kept, i);
    if (c === PERCENT && !literal) {
      const byte = escapedByte(text, i);
      out += byte < 128 && (ALLOWED[byte]! & UNRESERVED) !== 0 ? String.fromCharCode(byte) : escapeByte(byte);
      i += 2;
    } else {
      out += escapeCharacter(text, i);
      if (text.codePointAt(i)! > 0xffff) i++;
    }
    kept = i + 1;
  }
  return out + text.slice(kept);
}

/** Text in which every character stands for itself (a decoded `%` too), in normal form. */
export function encodeDecoded(text: string, mask: number): string {
  return recode(text.replaceAll('%', '%25'), mask);
}

/** Escapes all but unreserved characters and those in `exclude`; also those in `include`. */
export function encodeText(text: string, exclude: string, include: string): string {
  return encodeBytes(Buffer.from(text, 'utf8'), exclude, include);
}

/** The same for bytes of any encoding. */
export function encodeBytes(bytes: Uint8Array, exclude = '', include = ''): string {
  let out = '';
  for (const byte of bytes) {
    const c = String.fromCharCode(byte);
    const plain = byte < 128 && ((ALLOWED[byte]! & UNRESERVED) !== 0 || exclude.includes(c)) && !include.includes(c);
    out += plain ? c : escapeByte(byte);
  }
  return out;
}

/** Undoes every escape; bytes that are no UTF-8 become U+FFFD. A `%` that starts no escape stays. */
export function decodeAll(text: string): string {
  if (!text.includes('%')) return text;
  return decodeBytes(text).toString('utf8');
}

/** Undoes every escape, down to bytes; all other characters become UTF-8. */
export function decodeBytes(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const byte = escapedByte(text, i);
    if (byte >= 0) {
      bytes.push(byte);
      i += 2;
    } else if (text.charCodeAt(i) < 128) {
      bytes.push(text.charCodeAt(i));
    } else {
      const wide = text.codePointAt(i)! > 0xffff;
      bytes.push(...Buffer.from(text.slice(i, wide ? i + 2 : i + 1)));
      if (wide) i++;
    }
  }
  return Buffer.from(bytes);
}

/** The character whose UTF-8 escapes start at `i`, -1 when they are not well-formed. */
function escapedCharacter(text: string, i: number, first: number): number {
  const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : 0;
  if (more === 0) return -1;
  let c = first & (63 >> more);
  for (let k = 1; k <= more; k++) {
    const byte = escapedByte(text, i + 3 * k);
    if (byte < 0x80 || byte > 0xbf) return -1;
    c = (c << 6) | (byte & 63);
  }
  const shortest = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
  return c < shortest || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? -1 : c;
}

/** Undoes the escapes of the ASCII characters listed in `ascii`, and those of well-formed non-ASCII text when `unicode`. */
export function decodeSome(text: string, ascii: string, unicode: boolean): string {
  let i = text.indexOf('%');
  if (i < 0) return text;
  let out = '';
  let kept = 0;
  for (; i >= 0; i = text.indexOf('%', i)) {
    const byte = escapedByte(text, i);
    const c =
      byte < 0x80
        ? byte >= 0 && ascii.includes(String.fromCharCode(byte))
          ? byte
          : -1
        : unicode
          ? escapedCharacter(text, i, byte)
          : -1;
    if (c < 0) {
      i += 1;
      continue;
    }
    out += text.slice(kept, i) + String.fromCodePoint(c);
    i += c < 0x80 ? 3 : c < 0x800 ? 6 : c < 0x10000 ? 9 : 12;
    kept = i;
  }
  return out + text.slice(kept);
}
