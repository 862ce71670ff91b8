import { HeaderList } from '../../base/header-list.ts';
import { isToken } from '../../rules/field-syntax.ts';

/** The fields of an init, Headers of any library among them, as a list. Throws a TypeError for what cannot be sent. */
export function headerList(init: unknown): HeaderList {
  const list = new HeaderList();
  if (init === undefined) return list;
  if (typeof init !== 'object' || init === null)
    throw new TypeError(
      `fetch: headers are Headers, pairs of name and value or an object; got ${init === null ? 'null' : typeof init}.`,
    );
  const iterate = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (typeof iterate === 'function') for (const pair of init as Iterable<unknown>) appendPair(list, pair);
  else for (const name of Object.keys(init)) append(list, name, (init as Record<string, unknown>)[name]);
  return list;
}

function appendPair(list: HeaderList, pair: unknown): void {
  const parts = typeof pair === 'object' && pair !== null ? [...(pair as Iterable<unknown>)] : [];
  if (parts.length !== 2) throw new TypeError('fetch: an entry of headers needs a name and a value, and nothing else.');
  append(list, parts[0], parts[1]);
}

function append(list: HeaderList, name: unknown, value: unknown): void {
  const field = String(name);
  if (!isToken(field)) throw new TypeError(`fetch: ${JSON.stringify(field)} is no field name.`);
  const text = trimmed(String(value));
  const problem = problemOf(text);
  // never the value itself: it may be a secret
  if (problem !== '') throw new TypeError(`fetch: the value of the field ${field} contains ${problem}.`);
  list.append(field, text);
}

/** Fetch, "header value": less strict than RFC 9110 about control characters, which go out as they are. */
function problemOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0 || c === 10 || c === 13) return c === 0 ? 'a NUL' : 'a line break';
    if (c > 255) return 'a character beyond Latin-1';
  }
  return '';
}

/** Fetch, "normalize". */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;
}
