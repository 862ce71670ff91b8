// QNetworkRequest::KnownHeaders: between a header's text and its parsed value. Text is Latin-1, one character an octet.
import { systemClock } from '../../base/clock.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { formatHttpDate, parseHttpDate } from '../../base/http-date.ts';
import { fieldText, fieldValueProblem, tokenProblem, trimOws } from '../../rules/field-syntax.ts';
import { readCookie, readSetCookie, writeCookie, writeSetCookie } from '../cookies/cookie-headers.ts';
import type { QNetworkCookie } from '../cookies/qnetworkcookie.ts';
import { QUrl, toUrl, type UrlLike } from '../core/qurl.ts';
import { KnownHeaders } from './access-enums.ts';

/** What header() gives for each known header. */
export interface KnownHeaderTypes {
  [KnownHeaders.ContentTypeHeader]: string;
  [KnownHeaders.ContentLengthHeader]: number;
  [KnownHeaders.LocationHeader]: QUrl;
  [KnownHeaders.LastModifiedHeader]: Date;
  [KnownHeaders.CookieHeader]: QNetworkCookie[];
  [KnownHeaders.SetCookieHeader]: QNetworkCookie[];
  [KnownHeaders.ContentDispositionHeader]: string;
  [KnownHeaders.UserAgentHeader]: string;
  [KnownHeaders.ServerHeader]: string;
  [KnownHeaders.IfModifiedSinceHeader]: Date;
  [KnownHeaders.ETagHeader]: string;
  [KnownHeaders.IfMatchHeader]: string[];
  [KnownHeaders.IfNoneMatchHeader]: string[];
}
export type KnownHeaderValue<K extends number> = K extends keyof KnownHeaderTypes ? KnownHeaderTypes[K] : unknown;

/** What setHeader() takes besides the value itself: text for everything that has a text form. */
export type KnownHeaderInput =
  | string
  | number
  | bigint
  | Date
  | UrlLike
  | readonly string[]
  | readonly QNetworkCookie[]
  | Uint8Array
  | null;

interface Conversion {
  readonly name: string;
  /** Text to value; null when the text is not of the header's form. */
  readonly read: (raw: string) => unknown;
  /** Value to text; undefined when the value is of no use, then `expects` tells what would be. */
  readonly write: (value: unknown) => string | undefined;
  readonly expects: string;
}

const plainText = { read: textOf, write: rawOf, expects: 'a string' };
const date = { read: readDate, write: writeDate, expects: 'a Date, or a string that is an HTTP date' };
const length = { read: readLength, write: writeLength, expects: 'a whole number that is not negative' };
const location = { read: readLocation, write: writeLocation, expects: 'a valid URL' };
const tag = { read: readTag, write: rawOf, expects: 'a string such as \'"abc"\'' };
const strongTags = {
  read: (raw: string) => readTags(raw, false),
  write: writeTags,
  expects: 'a string or an array of entity tags',
};
const anyTags = { read: (raw: string) => readTags(raw, true), write: writeTags, expects: 'a string or an array of entity tags' };
const cookie = { read: readCookie, write: writeCookie, expects: 'a string or an array of QNetworkCookie' };
const setCookie = { read: readSetCookie, write: writeSetCookie, expects: 'a string or an array of QNetworkCookie' };

/** One row a header, at the position of its number. */
const conversions: readonly Conversion[] = [
  { name: 'Content-Type', ...plainText },
  { name: 'Content-Length', ...length },
  { name: 'Location', ...location },
  { name: 'Last-Modified', ...date },
  { name: 'Cookie', ...cookie },
  { name: 'Set-Cookie', ...setCookie },
  { name: 'Content-Disposition', ...plainText },
  { name: 'User-Agent', ...plainText },
  { name: 'Server', ...plainText },
  { name: 'If-Modified-Since', ...date },
  { name: 'ETag', ...tag },
  { name: 'If-Match', ...strongTags },
  { name: 'If-None-Match', ...anyTags },
];

/** The wire name of a known header. `where` names the caller in the error for a number that is no known header. */
export function knownHeaderName(header: number, where: string): string {
  return conversionOf(header, where).name;
}

/** The parsed value of a known header in a list, or null when it is missing or of another form. */
export function readKnownHeader<K extends number>(list: HeaderList, header: K, where: string): KnownHeaderValue<K> | null {
  const conversion = conversionOf(header, where);
  const raw = combinedText(list, conversion.name);
  return raw === undefined ? null : (conversion.read(raw) as KnownHeaderValue<K> | null);
}

/** The text that stands for `value`; null means that the header is to be removed. Throws a TypeError for what has no text form. */
export function knownHeaderText(header: number, value: unknown, where: string): string | null {
  const conversion = conversionOf(header, where);
  if (value === null || value === undefined) return null;
  const raw = conversion.write(value);
  const title = `${where}(${KnownHeaders[header as KnownHeaders]})`;
  if (raw === undefined) throw new TypeError(`${title} expects ${conversion.expects}; got ${kindOf(value)}.`);
  // what is a list in Qt is a field a line, see setLines
  const lines = header === KnownHeaders.SetCookieHeader ? raw.replaceAll('\n', '') : raw;
  const problem = fieldValueProblem(lines);
  if (problem) throw new TypeError(`${title}: the value ${problem}; a field value is one line of text (RFC 9110 5.5).`);
  return trimOws(raw);
}

/** The text of a raw header's name. Throws a TypeError when it is no token. */
export function rawHeaderName(name: string | Uint8Array, where: string): string {
  if (typeof name !== 'string' && !(name instanceof Uint8Array))
    throw new TypeError(`${where}: a header name is a string or bytes.`);
  const text = fieldText(name);
  const problem = tokenProblem(text);
  if (problem) throw new TypeError(`${where}: the header name ${JSON.stringify(text)} ${problem} (RFC 9110 5.1).`);
  return text;
}

/** The text of a raw header's value as it goes on the wire. Throws a TypeError when it cannot be sent. */
export function rawHeaderText(name: string, value: string | Uint8Array, where: string): string {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw new TypeError(`${where}: the value of ${name} is a ${typeof value}; give a string or a Uint8Array.`);
  }
  const text = fieldText(value);
  const problem = fieldValueProblem(text);
  if (problem)
    throw new TypeError(`${where}: the value of ${name} ${problem}; a field value is one line of text (RFC 9110 5.5).`);
  return trimOws(text);
}

/**
 * All values of a name as one text, or undefined: joined by ", ", but Set-Cookie by line feeds because its values contain commas
 * (RFC 9110 5.3).
 */
export function combinedText(list: HeaderList, name: string): string | undefined {
  const first = list.indexOf(name);
  if (first < 0) return undefined;
  if (list.indexOf(name, first + 1) < 0) return list.valueAt(first);
  return list.all(name).join(name.toLowerCase() === 'set-cookie' ? '\n' : ', ');
}

/** Sets the text of a known header: each of its lines is a field. */
export function setLines(list: HeaderList, name: string, text: string): void {
  const [first = '', ...others] = text.split('\n');
  list.set(name, first);
  for (const line of others) list.append(name, line);
}

/** Sets what `combinedText` shows: lines of Set-Cookie are fields of their own again. */
export function setCombined(list: HeaderList, name: string, value: string | Uint8Array, where: string): void {
  const cookies = name.toLowerCase() === 'set-cookie' && (typeof value === 'string' || value instanceof Uint8Array);
  const values = cookies
    ? fieldText(value)
        .split('\n')
        .map((line) => Buffer.from(line, 'latin1'))
    : [value];
  const texts = values.map((one) => rawHeaderText(name, one, where));
  list.set(name, texts[0]!);
  for (const text of texts.slice(1)) list.append(name, text);
}

/** Each name once, where and as it first stands, with its combined value: what rawHeaderPairs() shows. */
export function combinedPairs(list: HeaderList): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.size; i++) {
    const name = list.nameAt(i);
    if (list.indexOf(name) === i) pairs.push([name, combinedText(list, name)!]);
  }
  return pairs;
}

/** The year that two-digit years of HTTP dates are read against. */
export function currentYear(): number {
  return new Date(systemClock.wall()).getUTCFullYear();
}

function conversionOf(header: number, where: string): Conversion {
  const conversion = conversions[header];
  if (!conversion) throw new TypeError(`${where}: ${String(header)} is no header of QNetworkRequest.KnownHeaders.`);
  return conversion;
}

/** Octets as text: UTF-8 where they are UTF-8, else Latin-1. */
function textOf(raw: string): string {
  const bytes = Buffer.from(raw, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? raw : text;
}

function rawOf(value: unknown): string | undefined {
  return typeof value === 'string' || value instanceof Uint8Array ? fieldText(value) : undefined;
}

function readLength(raw: string): number | null {
  const digits = raw.trim();
  const n = /^\d+$/.test(digits) ? Number(digits) : -1;
  return Number.isSafeInteger(n) && n >= 0 ? n : null;
}

function writeLength(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? String(value).trim() : '';
  return readLength(text) === null ? undefined : text;
}

function readDate(raw: string): Date | null {
  const time = parseHttpDate(raw, currentYear());
  return time === null ? null : new Date(time);
}

function writeDate(value: unknown): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : formatHttpDate(value.getTime());
  return typeof value === 'string' && readDate(value) ? value : undefined;
}

function readLocation(raw: string): QUrl | null {
  const url = new QUrl(textOf(raw));
  return url.isValid() && !url.isRelative() ? url : null;
}

function writeLocation(value: unknown): string | undefined {
  if (typeof value !== 'string' && !(value instanceof URL) && !(value instanceof QUrl)) return undefined;
  const url = toUrl(value);
  return url.valid ? url.href : undefined;
}

/** RFC 9110 8.8.3: an entity tag is quoted, with W/ before it when weak. */
const TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
const TAGS = /[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?=[ \t]*(?:,|$))|[^,]+/g;

function readTag(raw: string): string | null {
  const trimmed = raw.trim();
  return TAG.test(trimmed) ? trimmed : null;
}

function readTags(raw: string, weak: boolean): string[] {
  if (raw.trim() === '*') return ['*'];
  const tags: string[] = [];
  for (const piece of splitTags(raw)) if (TAG.test(piece) && (weak || !piece.startsWith('W/'))) tags.push(piece);
  return tags;
}

/** Splits at the commas between entity tags; commas inside the quotes belong to the tag. */
function splitTags(raw: string): string[] {
  const pieces: string[] = [];
  for (const [piece] of raw.matchAll(TAGS)) {
    const trimmed = piece.trim();
    if (trimmed) pieces.push(trimmed);
  }
  return pieces;
}

function writeTags(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.every((v) => typeof v === 'string') ? fieldText(value.join(', ')) : undefined;
  return rawOf(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'an invalid Date';
  if (typeof value === 'object') return `an object of class ${value?.constructor?.name ?? 'null'}`;
  return typeof value === 'string' ? 'a string of another form' : `a ${typeof value}`;
}
