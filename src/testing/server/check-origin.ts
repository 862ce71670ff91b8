import {
  aFlag,
  between,
  bytesASecond,
  type Check,
  checkKeys,
  count,
  is,
  isRecord,
  listOf,
  milliseconds,
  oneOf,
  show,
  text,
} from './check.ts';

const isBytes = (value: unknown): boolean => typeof value === 'string' || value instanceof Uint8Array;
const isIterable = (value: unknown): boolean => typeof value === 'object' && value !== null && Symbol.iterator in value;
const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

const bytes = is('text or a Uint8Array', isBytes);
const pairs = listOf('a list of names and values', is("a name and a value, as in ['Content-Type', 'text/plain']", isPair));
const headers: Check = (value, place) => {
  if (!isRecord(value)) return pairs(value, place);
  for (const [name, entry] of Object.entries(value)) text(entry, `${place}[${JSON.stringify(name)}]`);
};

const WHOLE_FAULTS = ['close before head', 'reset before head', 'stall before head', 'refuse stream', 'goaway'];
const BYTE_FAULTS = { close: count, reset: count, stall: count, resetStream: count };

const fault: Check = (value, place) => {
  if (!isRecord(value)) return oneOf(...WHOLE_FAULTS)(value, place);
  checkKeys(value, BYTE_FAULTS, place);
  if (Object.keys(value).length !== 1)
    throw new TypeError(`${place} has to be one fault, as in { close: 100 }, not ${show(value)}`);
};

const ANSWER: Readonly<Record<string, Check>> = {
  delay: milliseconds,
  raw: is('text, a Uint8Array, or an iterable of them', (value) => isBytes(value) || isIterable(value)),
  before: listOf('a list of texts or Uint8Arrays', bytes),
  version: oneOf('HTTP/1.0', 'HTTP/1.1'),
  status: between(100, 999),
  reason: text,
  headers,
  body: is(
    'text, a Uint8Array or an iterable of them; JSON.stringify() makes text of an object',
    (value) => isBytes(value) || isIterable(value),
  ),
  framing: oneOf('length', 'chunked', 'close', 'none'),
  chunks: listOf('a list of sizes', count),
  pause: milliseconds,
  chunkExtension: text,
  trailers: pairs,
  truncate: count,
  atHead: bytes,
  early: aFlag,
  drain: aFlag,
  reads: bytesASecond,
  fault,
  end: oneOf('keep', 'close', 'reset', 'hang'),
  endDelay: milliseconds,
};

const CONNECT: Readonly<Record<string, Check>> = { end: oneOf('close', 'reset'), delay: milliseconds, write: text };

const answer: Check = (value, place) => checkKeys(value, ANSWER, place, 'an answer');

const route: Check = (value, place) => {
  if (typeof value === 'function') return;
  if (!Array.isArray(value)) return answer(value, place);
  if (value.length === 0) throw new TypeError(`${place} is a list without an answer`);
  listOf('a list of answers', answer)(value, place);
};

const routes: Check = (value, place) => {
  if (!isRecord(value)) throw new TypeError(`${place} has to be an object of routes, not ${show(value)}`);
  for (const [name, entry] of Object.entries(value)) {
    const at = `${place}[${JSON.stringify(name)}]`;
    if (!/^(?:\*|\/[^\s?]*|[^\s/*]+ [^\s?]+)$/.test(name) || name.includes('://'))
      throw new TypeError(`${at} fits no request: a route is called '/path', 'METHOD /path' or '*', without host and query`);
    route(entry, at);
  }
};

export const checkConnectFault: Check = (value, place) => {
  if (value === 'hang') return;
  checkKeys(value, CONNECT, place, "'hang' or an object with an end");
  CONNECT['end']!((value as { end?: unknown }).end, `${place}.end`);
};

const refuse: Check = (value, place) => {
  checkKeys(value, { write: text, end: CONNECT['end']! }, place);
  CONNECT['end']!((value as { end?: unknown }).end, `${place}.end`);
};

const ORIGIN: Readonly<Record<string, Check>> = {
  routes,
  connect: (value, place) => typeof value === 'function' || checkConnectFault(value, place),
  refuse,
  reads: bytesASecond,
  http2: aFlag,
};

/** Throws a TypeError or RangeError that names the place of what cannot be meant. */
export function checkOrigin(origin: unknown): void {
  checkKeys(origin, ORIGIN, '');
}

const TOO_LATE = ['atHead', 'early', 'drain', 'reads'] as const;

/** The same for an answer that a function of this route gave, when the request had come. */
export function checkDecided(value: unknown, name: string): void {
  const place = `routes[${JSON.stringify(name)}](…)`;
  answer(value, place);
  for (const key of TOO_LATE)
    if (key in (value as object))
      throw new TypeError(
        `${place}.${key} comes too late, the request has been read: write the answer as a value, without a function`,
      );
}
