import { HeaderList, sameName } from '../../base/header-list.ts';
import { formatHttpDate, parseHttpDate } from '../../base/http-date.ts';
import { fieldText, fieldValueProblem, isFieldValue, isToken, tokenProblem, trimOws } from '../../rules/field-syntax.ts';
import { currentYear } from './known-headers.ts';
import { type WellKnownHeaderNumber, wellKnownHeaders, wellKnownName } from './well-known-headers.ts';

/** A header name as text, or one of {@link QHttpHeaders.WellKnownHeader}. */
export type HeaderName = string | WellKnownHeaderNumber;

/** What a set of headers can be made of. A value that is an array stands for several fields of that name. */
export type HeadersInit =
  | QHttpHeaders
  | Iterable<readonly [HeaderName, string | Uint8Array]>
  | { readonly [name: string]: string | Uint8Array | readonly (string | Uint8Array)[] };

const EMPTY = new HeaderList();

let listOf: (headers: QHttpHeaders) => HeaderList;
let wrap: (list: HeaderList) => QHttpHeaders;

/**
 * An ordered set of header fields. Names are compared without regard to case and given in lower case (on the wire they keep the
 * case they were given in); values are text of one character an octet (Latin-1), without white space around it. A name may occur
 * several times.
 *
 * ```ts
 * const headers = new QHttpHeaders({ Accept: 'text/html' });
 * headers.append(QHttpHeaders.WellKnownHeader.AcceptLanguage, 'de');
 * headers.value('accept'); // 'text/html'
 * for (const [name, value] of headers) console.log(name, value);
 * ```
 *
 * Qt: QHttpHeaders (6.7). Values are strings here, byte arrays there. RFC 9110 section 5.
 */
export class QHttpHeaders {
  /** Names the common header fields; a number can stand wherever a name can. */
  static get WellKnownHeader(): ReturnType<typeof wellKnownHeaders> {
    return wellKnownHeaders();
  }

  #list: HeaderList;
  /** False while the list is somebody else's; the first change then takes a copy. */
  #owned: boolean;

  static {
    listOf = (headers) => headers.#list;
    wrap = (list) => {
      const headers = new QHttpHeaders();
      headers.#list = list;
      headers.#owned = false;
      return headers;
    };
  }

  /** Makes an empty set, or one with these fields. Throws a TypeError that names the first field that cannot be sent. */
  constructor(init?: HeadersInit | null) {
    this.#list = EMPTY;
    this.#owned = false;
    if (init === undefined || init === null) return;
    if (init instanceof QHttpHeaders) {
      this.#list = init.#list.copy();
      this.#owned = true;
      return;
    }
    for (const [name, value] of pairsOf(init, 'QHttpHeaders')) this.#mustAppend(name, value, 'QHttpHeaders');
  }

  /** Adds a field at the end. Returns false, and changes nothing, when name or value cannot be sent. */
  append(name: HeaderName, value: string | Uint8Array): boolean {
    return this.insert(this.#list.size, name, value);
  }

  /** Inserts a field before position `i` (0 to size()). Returns false, and changes nothing, when name or value cannot be sent. */
  insert(i: number, name: HeaderName, value: string | Uint8Array): boolean {
    if (i !== this.#list.size) this.#checkIndex(i, 'insert');
    const field = textOfName(name);
    const text = latin1(value);
    if (!isToken(field) || !isFieldValue(text)) return false;
    this.#own().flat.splice(2 * i, 0, field, trimOws(text));
    return true;
  }

  /** Replaces the field at position `i`. Returns false, and changes nothing, when name or value cannot be sent. */
  replace(i: number, name: HeaderName, newValue: string | Uint8Array): boolean {
    this.#checkIndex(i, 'replace');
    const field = textOfName(name);
    const text = latin1(newValue);
    if (!isToken(field) || !isFieldValue(text)) return false;
    const flat = this.#own().flat;
    flat[2 * i] = field;
    flat[2 * i + 1] = trimOws(text);
    return true;
  }

  /**
   * Replaces the first field of this name where it stands and removes the others; appends when there is none. Returns false, and
   * changes nothing, when name or value cannot be sent.
   */
  replaceOrAppend(name: HeaderName, newValue: string | Uint8Array): boolean {
    const field = textOfName(name);
    const text = latin1(newValue);
    if (!isToken(field) || !isFieldValue(text)) return false;
    this.#own().set(field, trimOws(text));
    return true;
  }

  /** True when there is a field of this name. */
  contains(name: HeaderName): boolean {
    return this.#list.has(textOfName(name));
  }

  /** Removes all fields. */
  clear(): void {
    this.#list = EMPTY;
    this.#owned = false;
  }

  /** Removes all fields of this name. */
  removeAll(name: HeaderName): void {
    const field = textOfName(name);
    if (this.#list.has(field)) this.#own().remove(field);
  }

  /** Removes the field at position `i`. Throws a RangeError when there is none. */
  removeAt(i: number): void {
    this.#checkIndex(i, 'removeAt');
    this.#own().removeAt(i);
  }

  /** The first value of this name, or `defaultValue`. */
  value(name: HeaderName, defaultValue = ''): string {
    return this.#list.get(textOfName(name)) ?? defaultValue;
  }

  /** All values of this name in order; empty when there is none. */
  values(name: HeaderName): string[] {
    return this.#list.all(textOfName(name));
  }

  /** The value at position `i`. Throws a RangeError when there is none. */
  valueAt(i: number): string {
    this.#checkIndex(i, 'valueAt');
    return this.#list.valueAt(i);
  }

  /** The name at position `i`, in lower case. Throws a RangeError when there is none. */
  nameAt(i: number): string {
    this.#checkIndex(i, 'nameAt');
    return this.#list.nameAt(i).toLowerCase();
  }

  /** All values of this name joined by ", "; '' when there is none. Use values() for Set-Cookie: its values contain commas. */
  combinedValue(name: HeaderName): string {
    return this.#list.combined(textOfName(name)) ?? '';
  }

  /** Number of fields. */
  size(): number {
    return this.#list.size;
  }

  /** Does nothing here: JavaScript arrays grow by themselves. Kept so that ported code runs. */
  reserve(size: number): void {
    if (!Number.isInteger(size)) throw new TypeError('QHttpHeaders.reserve() expects a whole number.');
  }

  /** True when there is no field. */
  isEmpty(): boolean {
    return this.#list.size === 0;
  }

  /** The first value of this name as a whole number, or null when it is missing or none. Qt 6.10. */
  intValue(name: HeaderName): number | null {
    return toInt(this.#list.get(textOfName(name)));
  }

  /** All values of this name as whole numbers, or null when there is none or one of them is no number. Qt 6.10. */
  intValues(name: HeaderName): number[] | null {
    return allOrNull(this.values(name), toInt);
  }

  /** The value at position `i` as a whole number, or null. Throws a RangeError when there is no such position. Qt 6.10. */
  intValueAt(i: number): number | null {
    return toInt(this.valueAt(i));
  }

  /** The first value of this name read as an HTTP date (RFC 9110 5.6.7), or null when it is missing or none. Qt 6.10. */
  dateTimeValue(name: HeaderName): Date | null {
    return toDate(this.#list.get(textOfName(name)));
  }

  /** All values of this name as dates, or null when there is none or one of them is no date. Qt 6.10. */
  dateTimeValues(name: HeaderName): Date[] | null {
    return allOrNull(this.values(name), toDate);
  }

  /** The value at position `i` as a date, or null. Throws a RangeError when there is no such position. Qt 6.10. */
  dateTimeValueAt(i: number): Date | null {
    return toDate(this.valueAt(i));
  }

  /** Sets a date as IMF-fixdate, replacing what is there. Throws when the name cannot be sent or the date is invalid. Qt 6.10. */
  setDateTimeValue(name: HeaderName, dateTime: Date): void {
    const field = textOfName(name);
    const problem = tokenProblem(field);
    if (problem) throw new TypeError(`QHttpHeaders.setDateTimeValue: the header name ${problem}.`);
    this.#own().set(field, formatHttpDate(dateTime.getTime()));
  }

  /** Name (lower case) and value of every field in order. */
  toListOfPairs(): [name: string, value: string][] {
    return [...this];
  }

  /** The values of each name, names sorted. As in a QMultiMap the value added last comes first. */
  toMultiMap(): Map<string, string[]> {
    const names = [...this.toMultiHash()].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(names);
  }

  /** The values of each name. As in a QMultiHash the value added last comes first. */
  toMultiHash(): Map<string, string[]> {
    const map = new Map<string, string[]>();
    for (const [name, value] of this) {
      const values = map.get(name);
      if (values) values.unshift(value);
      else map.set(name, [value]);
    }
    return map;
  }

  /** Walks name (lower case) and value of every field in order. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.#list.size; i++) yield [this.#list.nameAt(i).toLowerCase(), this.#list.valueAt(i)];
  }

  /** True when both have the same names (without regard to case) and values in the same order. */
  equals(other: QHttpHeaders): boolean {
    return sameFields(this.#list, other.#list);
  }

  /** The name of a well-known header in lower case. */
  static wellKnownHeaderName(name: WellKnownHeaderNumber): string {
    return textOfName(name);
  }

  /** Headers from pairs of name and value. Throws a TypeError that names the first pair that cannot be sent. */
  static fromListOfPairs(headers: Iterable<readonly [HeaderName, string | Uint8Array]>): QHttpHeaders {
    return new QHttpHeaders(headers);
  }

  /** Headers from a map of name to values. Throws a TypeError that names the first field that cannot be sent. */
  static fromMultiMap(headers: ReadonlyMap<string, readonly (string | Uint8Array)[]>): QHttpHeaders {
    const made = new QHttpHeaders();
    for (const [name, values] of headers) for (const value of values) made.#mustAppend(name, value, 'QHttpHeaders.fromMultiMap');
    return made;
  }

  /** The same as {@link QHttpHeaders.fromMultiMap}. */
  static fromMultiHash(headers: ReadonlyMap<string, readonly (string | Uint8Array)[]>): QHttpHeaders {
    return QHttpHeaders.fromMultiMap(headers);
  }

  #own(): HeaderList {
    if (!this.#owned) {
      this.#list = this.#list.copy();
      this.#owned = true;
    }
    return this.#list;
  }

  #checkIndex(i: number, method: string): void {
    const size = this.#list.size;
    if (!Number.isInteger(i) || i < 0 || i >= size) {
      throw new RangeError(`QHttpHeaders.${method}: there is no position ${i}, the number of fields is ${size}.`);
    }
  }

  #mustAppend(name: HeaderName, value: string | Uint8Array, where: string): void {
    if (this.append(name, value)) return;
    const field = textOfName(name);
    const problem = tokenProblem(field);
    if (problem) throw new TypeError(`${where}: the header name ${JSON.stringify(field)} ${problem}.`);
    throw new TypeError(`${where}: the value of ${field} ${fieldValueProblem(latin1(value))}.`);
  }
}

/** Types of the class's enums: `QHttpHeaders.WellKnownHeader` is a type as well as a value. */
export declare namespace QHttpHeaders {
  type WellKnownHeader = WellKnownHeaderNumber;
}

/** The fields behind a QHttpHeaders; to be read only. */
export function headerListOf(headers: QHttpHeaders): HeaderList {
  return listOf(headers);
}

/** A QHttpHeaders over a list that does not change any more; nothing is copied until somebody changes it. */
export function headersFrom(list: HeaderList): QHttpHeaders {
  return wrap(list);
}

/** True when both lists have the same names (without regard to case) and values in the same order. */
export function sameFields(a: HeaderList, b: HeaderList): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.size; i++) {
    if (a.valueAt(i) !== b.valueAt(i) || !sameName(a.nameAt(i), b.nameAt(i))) return false;
  }
  return true;
}

/** Name and value of each field in anything that headers can be made of. */
export function* pairsOf(init: Exclude<HeadersInit, QHttpHeaders>, where: string): Generator<[HeaderName, string | Uint8Array]> {
  if (typeof init !== 'object')
    throw new TypeError(`${where}: headers are given as an object, an array of pairs, Headers or QHttpHeaders.`);
  if (isIterable(init)) {
    for (const pair of init) {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw new TypeError(`${where}: a list of headers has pairs of name and value.`);
      yield checked(pair[0] as HeaderName, pair[1], where);
    }
    return;
  }
  for (const [name, value] of Object.entries(init)) {
    if (Array.isArray(value)) for (const one of value as readonly unknown[]) yield checked(name, one, where);
    else yield checked(name, value, where);
  }
}

function checked(name: HeaderName, value: unknown, where: string): [HeaderName, string | Uint8Array] {
  if (typeof value === 'string' || value instanceof Uint8Array) return [name, value];
  throw new TypeError(
    `${where}: the value of ${String(name)} is ${value === null ? 'null' : `a ${typeof value}`}; give a string or a Uint8Array.`,
  );
}

function isIterable(init: object): init is Iterable<unknown> {
  return typeof (init as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}

/** The text of a name; a number is looked up among the well-known headers. */
function textOfName(name: HeaderName): string {
  if (typeof name === 'string') return name;
  const known = wellKnownName(name);
  if (known === undefined)
    throw new TypeError(`${String(name)} is no header of QHttpHeaders.WellKnownHeader; give a name as a string.`);
  return known;
}

/** Values here are Latin-1 as in Qt: what lies beyond has no octet and is refused by the syntax check. */
function latin1(value: string | Uint8Array): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return fieldText(value);
  throw new TypeError(`QHttpHeaders: a header value is a string or a Uint8Array, not a ${typeof value}.`);
}

function toInt(text: string | undefined): number | null {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return null;
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : null;
}

function toDate(text: string | undefined): Date | null {
  const time = text === undefined ? null : parseHttpDate(text, currentYear());
  return time === null ? null : new Date(time);
}

function allOrNull<T>(texts: string[], convert: (text: string) => T | null): T[] | null {
  const converted: T[] = [];
  for (const text of texts) {
    const value = convert(text);
    if (value === null) return null;
    converted.push(value);
  }
  return converted.length > 0 ? converted : null;
}
