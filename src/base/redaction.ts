import { decodeAll, encodeText } from './percent.ts';
import { isSecretHeader } from './secret-headers.ts';
import { isCountName, isSecretName } from './secret-names.ts';

/** What stands in the place of a secret. */
export const HIDDEN = '***';

/** What is in a value in a value is followed so deep. */
const DEEPEST = 5;
const NONE: readonly string[] = [];

/** Text with the secrets of the URLs in it replaced: user information, and values of parameters that name secrets, also in the URLs that parameters hold. */
export function hideInText(text: string, own: readonly string[] = NONE): string {
  return hideUrls(text, own, 0, false);
}

/** The same for a form: names and values. */
export function hideInForm(text: string, own: readonly string[] = NONE): string {
  return hideUrls(`&${text}`, own, 0, true).slice(1);
}

/** `free`: it is a form or a value by itself, in which blanks and quotes end nothing. */
function hideUrls(text: string, own: readonly string[], depth: number, free: boolean): string {
  const shown = text.includes('@') ? text.replace(/\/\/[^\s/?#"<>]*@/g, `//${HIDDEN}@`) : text;
  return shown.includes('=') ? hidePairs(shown, own, depth, free) : shown;
}

function hidePairs(text: string, own: readonly string[], depth: number, free: boolean): string {
  const names = free ? /[?&;#]([^?&;#=]+)=/g : /[?&;#]([^?&;#=\s"'<>]+)=/g;
  const secretValue = free ? /[^&#]*/y : /[^&#\s"<>]*/y;
  const value = free ? /[^?&;#]*/y : /[^?&;#\s"'<>]*/y;
  let shown = '';
  let kept = 0;
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const start = names.lastIndex;
    const secret = isSecretName(decodeAll(found[1]!), own);
    const ending = secret ? secretValue : value;
    ending.lastIndex = start;
    let piece = ending.exec(text)![0];
    if (secret && !free) piece = withoutPunctuation(piece);
    names.lastIndex = start + piece.length;
    if (piece === '') continue;
    const hidden = secret ? HIDDEN : hideInValue(piece, own, depth);
    if (hidden === piece) continue;
    shown += text.slice(kept, start) + hidden;
    kept = names.lastIndex;
  }
  return kept === 0 ? text : shown + text.slice(kept);
}

/** What a sentence has put behind it. */
function withoutPunctuation(value: string): string {
  let end = value.length;
  while (end > 0 && `').,:;!?`.includes(value[end - 1]!)) end--;
  return end === 0 ? value : value.slice(0, end);
}

/** A value can be another URL, another form, or JSON. */
function hideInValue(value: string, own: readonly string[], depth: number): string {
  if (depth === DEEPEST || !/[%={[@]/.test(value)) return value;
  const plain = decodeAll(value.replaceAll('+', ' '));
  let hidden = isJsonLike(plain) ? hideJson(plain, own, depth + 1) : hideUrls(`&${plain}`, own, depth + 1, true).slice(1);
  // escaped twice
  if (hidden === plain && plain !== value) hidden = hideInValue(plain, own, depth + 1);
  return hidden === plain ? value : encodeText(hidden, '*', '');
}

/** It begins as an object or a list does. */
export function isJsonLike(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** Fields of answers and requests that are called like secrets, and are none. */
const HARMLESS = /^(?:access-control-|x-ratelimit-|anthropic-ratelimit-)/;
/** And those that are secrets and not called so. Offers of subprotocols carry tokens where a program cannot set other fields. */
const FURTHER = /^(?:dpop|(?:proxy-)?authentication-info|sec-websocket-protocol)$|(?:^|-)otp$/;
const KEYS = /(?<!websocket|surrogate|idempotency|cache|sort|partition)-key$/;

/** The value of a header field without secrets. Schemes and names of cookies stay: they help and give nothing away. */
export function hideInHeader(name: string, value: string, own: readonly string[] = NONE): string {
  const lower = name.toLowerCase();
  if (lower === 'authorization' || lower === 'proxy-authorization') {
    const scheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?= )/.exec(value);
    return scheme === null ? HIDDEN : `${scheme[0]} ${HIDDEN}`;
  }
  if (lower === 'cookie') return value.split(';').map(hidePair).join(';');
  // files of browsers have several of them in one, a line each
  if (lower === 'set-cookie' || lower === 'set-cookie2') return value.split('\n').map(hideSetCookie).join('\n');
  return isSecretField(lower, own) ? HIDDEN : hideInText(value, own);
}

function isSecretField(lower: string, own: readonly string[]): boolean {
  if (isSecretHeader(lower, own) || FURTHER.test(lower) || KEYS.test(lower)) return true;
  return isSecretName(lower.replace(/^x-/, '')) && !HARMLESS.test(lower);
}

function hideSetCookie(value: string): string {
  const end = value.indexOf(';');
  return end < 0 ? hidePair(value) : hidePair(value.slice(0, end)) + value.slice(end);
}

function hidePair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair.replace(/\S.*$/, HIDDEN);
  return pair.slice(0, equals + 1) + HIDDEN;
}

/** JSON without secrets: values of members that name secrets, and those in the strings. */
export function hideInJson(text: string, own: readonly string[] = NONE): string {
  return hideJson(text, own, 0);
}

/** How secret something is: what counts secrets is none. */
const SHOWN = 0;
const COUNTED = 1;
const SECRET = 2;

interface Bracket {
  readonly level: number;
  readonly object: boolean;
}

/** By tokens and not by parsing, so that all the rest stays as it is, and a text that was cut off is read as well. */
function hideJson(text: string, own: readonly string[], depth: number): string {
  const open: Bracket[] = [];
  const tokens = /[{}[\],:"]|[^\s{}[\],:"]+/g;
  /** What is known of names, as they are spelled: they come again and again. */
  const levels = new Map<string, number>();
  let ofName = SHOWN;
  let named = false;
  let shown = '';
  let kept = 0;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [mark] = found;
    const around = open.at(-1);
    const level = Math.max(around?.level ?? SHOWN, named ? ofName : SHOWN);
    if (mark === ':') named = true;
    else if (mark === ',') named = false;
    else if (mark === '{' || mark === '[') {
      open.push({ level, object: mark === '{' });
      named = false;
    } else if (mark === '}' || mark === ']') {
      open.pop();
      named = false;
    } else {
      if (mark === '"') tokens.lastIndex = endOfString(text, found.index);
      const token = text.slice(found.index, tokens.lastIndex);
      if (around?.object === true && !named) {
        ofName = levels.get(token) ?? levelOf(textOf(token) ?? token, own);
        levels.set(token, ofName);
        continue;
      }
      const hidden = hideToken(token, level, own, depth);
      if (hidden === token) continue;
      shown += text.slice(kept, found.index) + hidden;
      kept = tokens.lastIndex;
    }
  }
  return kept === 0 ? text : shown + text.slice(kept);
}

/** Behind the quote that ends it. Not by a pattern: those give up on a string of some megabytes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

function hideToken(token: string, level: number, own: readonly string[], depth: number): string {
  if (level === SHOWN || token === 'null') return hideInString(token, own, depth);
  return level === COUNTED && /^-?\d/.test(token) ? token : `"${HIDDEN}"`;
}

function levelOf(name: string, own: readonly string[]): number {
  if (!isSecretName(name, own)) return SHOWN;
  return isCountName(name) ? COUNTED : SECRET;
}

/** A string can be a URL, or JSON once more. */
function hideInString(token: string, own: readonly string[], depth: number): string {
  if (depth === DEEPEST || !/[=@{[]|\\u/.test(token)) return token;
  const plain = textOf(token);
  if (plain === null) return token;
  const hidden = isJsonLike(plain) ? hideJson(plain, own, depth + 1) : hideUrls(`&${plain}`, own, depth + 1, false).slice(1);
  return hidden === plain ? token : JSON.stringify(hidden);
}

/** null = it is no string, or not all of it is there. */
function textOf(token: string): string | null {
  if (!token.startsWith('"')) return null;
  try {
    return String(JSON.parse(token));
  } catch {
    return token.length > 1 && token.endsWith('"') ? null : textOf(`${token}"`);
  }
}
