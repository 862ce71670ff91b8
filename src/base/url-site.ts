/** What URLs of one server share. Programs ask the same server again and again, so the last site read is remembered. */
interface Site {
  /** The text up to the path. */
  readonly prefix: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly origin: string;
}

const ZERO = 0x30;
const COLON = 0x3a;

const LETTER = 1;
const DIGIT = 2;
const PUNCTUATION = 3;

/** What a character of a plain host name is; 0 for all that ends one or needs a closer look. */
const PLAIN_HOST: Uint8Array = (() => {
  const t = new Uint8Array(128);
  for (let c = 0x61; c <= 0x7a; c++) t[c] = LETTER;
  for (let c = 0x30; c <= 0x39; c++) t[c] = DIGIT;
  t[0x2d] = PUNCTUATION;
  t[0x2e] = PUNCTUATION;
  return t;
})();

/** False for one to three numbers, which make an IPv4 address in an unusual spelling. */
function isUsual(text: string, from: number, to: number): boolean {
  let dots = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2e) dots++;
    else if (PLAIN_HOST[c] !== DIGIT) return true;
  }
  return dots >= 3;
}

let recent: Site = {
  prefix: 'http://localhost',
  scheme: 'http',
  host: 'localhost',
  port: -1,
  authority: 'localhost',
  origin: 'http://localhost:80',
};

/** Scheme, host and port of an http(s) URL whose spelling is normal already; null when it needs a closer look. */
export function readSite(text: string): Site | null {
  if (text.startsWith(recent.prefix) && endsSite(text, recent.prefix.length)) return recent;
  const scheme = text.startsWith('http://') ? 'http' : text.startsWith('https://') ? 'https' : null;
  if (scheme === null) return null;
  const hostAt = scheme.length + 3;
  const hostEnd = plainHostEnd(text, hostAt);
  if (hostEnd < 0) return null;
  let end = hostEnd;
  let port = -1;
  if (text.charCodeAt(hostEnd) === COLON) {
    port = 0;
    for (end++; end < text.length && end < hostEnd + 6; end++) {
      const digit = text.charCodeAt(end) - ZERO;
      if (digit < 0 || digit > 9) break;
      port = port * 10 + digit;
    }
    if (end === hostEnd + 1 || port > 65535 || text.charCodeAt(hostEnd + 1) === ZERO) return null;
  }
  if (!endsSite(text, end)) return null;
  const prefix = text.slice(0, end);
  const origin = port >= 0 ? prefix : prefix + (scheme === 'http' ? ':80' : ':443');
  recent = { prefix, scheme, host: text.slice(hostAt, hostEnd), port, authority: text.slice(hostAt, end), origin };
  return recent;
}

function endsSite(text: string, i: number): boolean {
  if (i === text.length) return true;
  const c = text.charCodeAt(i);
  return c === 0x2f || c === 0x3f || c === 0x23;
}

function plainHostEnd(text: string, from: number): number {
  let i = from;
  let before = PUNCTUATION;
  for (; i < text.length; i++) {
    const kind = PLAIN_HOST[text.charCodeAt(i)];
    // Two of `.` and `-` together, or one at either end, need a closer look (empty labels, international names).
    if (!kind || (kind === PUNCTUATION && before === PUNCTUATION)) break;
    before = kind;
  }
  if (before === PUNCTUATION || i - from > 63 || (before === DIGIT && !isUsual(text, from, i))) return -1;
  return i;
}
