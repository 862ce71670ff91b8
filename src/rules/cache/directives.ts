// Cache-Control (RFC 9111 5.2, RFC 5861, RFC 8246) and Pragma (RFC 9111 5.4).
import type { HeaderList } from '../../base/header-list.ts';
import { isToken, trimOws } from '../field-syntax.ts';

/** What an answer says. Times are seconds, -1 = not said. */
export interface ResponseDirectives {
  readonly maxAge: number;
  readonly sMaxAge: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly noStore: boolean;
  readonly noCache: boolean;
  /** The fields that may not be used again unvalidated, in lower case; the rest of the answer may. */
  readonly noCacheFields: readonly string[];
  /** Also when only some fields are named. */
  readonly private: boolean;
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly immutable: boolean;
}

/** What a request says. Times are seconds, -1 = not said. */
export interface RequestDirectives {
  readonly maxAge: number;
  readonly minFresh: number;
  /** Infinity when any age will do. */
  readonly maxStale: number;
  readonly staleIfError: number;
  readonly noStore: boolean;
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
}

const NO_NAMES: readonly string[] = Object.freeze([]);

export const NO_RESPONSE_DIRECTIVES: ResponseDirectives = Object.freeze({
  maxAge: -1,
  sMaxAge: -1,
  staleWhileRevalidate: -1,
  staleIfError: -1,
  noStore: false,
  noCache: false,
  noCacheFields: NO_NAMES,
  private: false,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  immutable: false,
});

export const NO_REQUEST_DIRECTIVES: RequestDirectives = Object.freeze({
  maxAge: -1,
  minFresh: -1,
  maxStale: -1,
  staleIfError: -1,
  noStore: false,
  noCache: false,
  onlyIfCached: false,
});

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function responseDirectives(headers: HeaderList): ResponseDirectives {
  const text = headers.combined('cache-control');
  if (text === undefined) return NO_RESPONSE_DIRECTIVES;
  const said: Writable<ResponseDirectives> = { ...NO_RESPONSE_DIRECTIVES };
  for (const { name, value } of parts(text)) readResponse(said, name, value);
  return said;
}

function readResponse(said: Writable<ResponseDirectives>, name: string, value: string | null): void {
  switch (name) {
    case 'max-age':
      said.maxAge = lifetime(said.maxAge, value);
      return;
    case 's-maxage':
      said.sMaxAge = lifetime(said.sMaxAge, value);
      return;
    case 'stale-while-revalidate':
      said.staleWhileRevalidate = permission(said.staleWhileRevalidate, value);
      return;
    case 'stale-if-error':
      said.staleIfError = permission(said.staleIfError, value);
      return;
    case 'no-cache': {
      const names = value === null ? NO_NAMES : fieldNames(value);
      if (names.length === 0) said.noCache = true;
      else said.noCacheFields = [...said.noCacheFields, ...names];
      return;
    }
    case 'no-store':
      said.noStore = true;
      return;
    case 'private':
      said.private = true;
      return;
    case 'public':
      said.public = true;
      return;
    case 'must-revalidate':
      said.mustRevalidate = true;
      return;
    case 'proxy-revalidate':
      said.proxyRevalidate = true;
      return;
    case 'must-understand':
      said.mustUnderstand = true;
      return;
    case 'immutable':
      said.immutable = true;
      return;
  }
}

/** RFC 9111 5.4: Pragma is for requests only, and Cache-Control goes before it. */
export function requestDirectives(cacheControl: string | undefined, pragma: string | undefined): RequestDirectives {
  if (cacheControl === undefined) {
    if (pragma === undefined) return NO_REQUEST_DIRECTIVES;
    for (const { name } of parts(pragma)) if (name === 'no-cache') return ANEW;
    return NO_REQUEST_DIRECTIVES;
  }
  const said: Writable<RequestDirectives> = { ...NO_REQUEST_DIRECTIVES };
  for (const { name, value } of parts(cacheControl)) readRequest(said, name, value);
  return said;
}

const ANEW: RequestDirectives = Object.freeze({ ...NO_REQUEST_DIRECTIVES, noCache: true });

function readRequest(said: Writable<RequestDirectives>, name: string, value: string | null): void {
  switch (name) {
    case 'max-age': {
      const seconds = value === null ? -1 : deltaSeconds(value);
      said.maxAge = said.maxAge < 0 ? Math.max(seconds, 0) : Math.max(Math.min(said.maxAge, seconds), 0);
      return;
    }
    case 'min-fresh':
      said.minFresh = Math.max(said.minFresh, value === null ? -1 : deltaSeconds(value));
      return;
    case 'max-stale':
      // RFC 9111 5.2.1.2: without a value any staleness will do
      said.maxStale = value === null && said.maxStale < 0 ? Number.POSITIVE_INFINITY : permission(said.maxStale, value);
      return;
    case 'stale-if-error':
      said.staleIfError = permission(said.staleIfError, value);
      return;
    case 'no-store':
      said.noStore = true;
      return;
    case 'no-cache':
      said.noCache = true;
      return;
    case 'only-if-cached':
      said.onlyIfCached = true;
      return;
  }
}

/** RFC 9111 4.2.1: what is not a number, or said twice in different words, makes the answer stale. */
function lifetime(before: number, value: string | null): number {
  const seconds = value === null ? -1 : deltaSeconds(value);
  return seconds < 0 || (before >= 0 && before !== seconds) ? 0 : seconds;
}

/** What allows more than the rule counts only when it is in form; of several the smallest. */
function permission(before: number, value: string | null): number {
  const seconds = value === null ? -1 : deltaSeconds(value);
  return seconds < 0 ? before : before < 0 ? seconds : Math.min(before, seconds);
}

/** RFC 9111 1.2.2: more than this is taken for this. */
const MOST_SECONDS = 2 ** 31;

/** RFC 9111 1.2.2: a non-negative integer, or -1. */
export function deltaSeconds(text: string): number {
  if (text.length === 0) return -1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return -1;
  }
  return Math.min(Number(text), MOST_SECONDS);
}

/** Empty when one of them is no name: then the directive stands for the whole answer. */
function fieldNames(value: string): readonly string[] {
  const names: string[] = [];
  for (const item of value.split(',')) {
    const name = trimOws(item).toLowerCase();
    if (name === '') continue;
    if (!isToken(name)) return NO_NAMES;
    names.push(name);
  }
  return names;
}

interface Part {
  /** In lower case. */
  readonly name: string;
  /** Unquoted; null when there is no `=`. */
  readonly value: string | null;
}

/** RFC 9111 5.2: name, or name=token, or name="quoted string"; commas and equal signs inside of quotes belong to the string. */
function parts(text: string): Part[] {
  const found: Part[] = [];
  for (let from = 0; from <= text.length; ) {
    const to = endOfPart(text, from);
    const part = trimOws(text.slice(from, to));
    from = to + 1;
    if (part === '') continue;
    const equals = part.indexOf('=');
    const before = equals < 0 ? part : part.slice(0, equals);
    const name = trimOws(before).toLowerCase();
    // with a blank before the = nothing is allowed by it; what forbids is understood all the same
    const value = equals < 0 ? null : name.length < before.length ? '' : unquoted(part.slice(equals + 1));
    found.push({ name, value });
  }
  return found;
}

/** The next comma that is not quoted. A quote that nobody closes is a character like others, or it would hide what follows. */
function endOfPart(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === ',') return i;
    if (c === '"') i = Math.max(i, closingQuote(text, i));
  }
  return text.length;
}

function closingQuote(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function unquoted(value: string): string {
  if (value.length < 2 || value[0] !== '"' || closingQuote(value, 0) !== value.length - 1) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}
