import { IN_QUERY_ITEM, recode } from '../../base/percent.ts';
import { QUrl } from './qurl.ts';
import { ComponentFormattingOption, showPart } from './qurl-format.ts';

const { PrettyDecoded, FullyEncoded, EncodeReserved, DecodeReserved } = ComponentFormattingOption;

/** Both in normal form; null is a key without `=`. */
interface Item {
  readonly key: string;
  readonly value: string | null;
}

/**
 * The query of a URL as a list of keys and values (Qt: QUrlQuery). A key may occur more than once; order is kept.
 *
 *     const query = new QUrlQuery('a=1&b=two%20words');
 *     query.addQueryItem('c', 'x&y');
 *     query.queryItemValue('b'); // 'two words'
 *     query.toString(); // 'a=1&b=two words&c=x%26y'
 *     url.setQuery(query);
 *
 * Text goes in as it stands in a URL: `%26` is an escaped `&`, and a `%` that is meant is written `%25` (`encodeURIComponent` does all
 * that). `&`, `=` and what no URL may contain are escaped. A `+` stays a `+`: that some servers read a space there is their convention.
 * Keys and values come out readable, `&`, `=` and `#` too, since nothing follows that they could separate; what would mean something
 * else stays escaped, such as `%2B` (`QUrl.FullyDecoded`: nothing stays).
 */
export class QUrlQuery {
  #items: Item[] = [];

  /** Takes the query of a URL, or a query without `?`. Default: no items. */
  constructor(query?: QUrl | string | QUrlQuery) {
    if (query instanceof QUrlQuery) this.#items = query.#items.slice();
    else if (query instanceof QUrl) this.setQuery(query.query(FullyEncoded));
    else if (typeof query === 'string') this.setQuery(query);
    else if (query !== undefined) throw new TypeError(`Expected a query (a QUrl, a QUrlQuery or a string), got ${typeof query}`);
  }

  /** Replaces all items by those of a query without `?`. Between two `&` is an item, behind the last one is none unless there is text. */
  setQuery(query: string): void {
    const texts = query.split('&');
    if (texts.at(-1) === '') texts.pop();
    this.#items = texts.map(readItem);
  }

  /** The same as `toString`. */
  query(options: number = PrettyDecoded): string {
    return this.toString(options);
  }

  /** Takes all items away. */
  clear(): void {
    this.#items = [];
  }

  /** Adds an item at the end, also when the key is there already. */
  addQueryItem(key: string, value: string): void {
    this.#items.push({ key: encode(key), value: encode(value) });
  }

  /** Takes the first item with this key away. */
  removeQueryItem(key: string): void {
    const i = this.#find(key);
    if (i >= 0) this.#items.splice(i, 1);
  }

  /** Takes all items with this key away. */
  removeAllQueryItems(key: string): void {
    const name = encode(key);
    this.#items = this.#items.filter((item) => item.key !== name);
  }

  /** Value of the first item with this key; '' when there is none. */
  queryItemValue(key: string, options: number = PrettyDecoded): string {
    const i = this.#find(key);
    return i < 0 ? '' : showAlone(this.#items[i]!.value ?? '', options);
  }

  /** Values of all items with this key, in their order. */
  allQueryItemValues(key: string, options: number = PrettyDecoded): string[] {
    const name = encode(key);
    return this.#items.filter((item) => item.key === name).map((item) => showAlone(item.value ?? '', options));
  }

  hasQueryItem(key: string): boolean {
    return this.#find(key) >= 0;
  }

  /** All keys and values, in their order. */
  queryItems(options: number = PrettyDecoded): [string, string][] {
    return this.#items.map((item) => [showAlone(item.key, options), showAlone(item.value ?? '', options)]);
  }

  /** Replaces all items. */
  setQueryItems(items: Iterable<readonly [string, string]>): void {
    this.#items = Array.from(items, ([key, value]) => ({ key: encode(key), value: encode(value) }));
  }

  /** True without items. */
  isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** True when both have the same items in the same order. */
  equals(other: QUrlQuery): boolean {
    return this.toString(FullyEncoded) === other.toString(FullyEncoded);
  }

  /** The query without `?`. Default: readable; `QUrl.FullyEncoded` for machines. */
  toString(options: number = PrettyDecoded): string {
    return this.#items
      .map(({ key, value }) => (value === null ? show(key, options) : show(key, options) + '=' + show(value, options)))
      .join('&');
  }

  #find(key: string): number {
    const name = encode(key);
    return this.#items.findIndex((item) => item.key === name);
  }
}

function readItem(text: string): Item {
  const equals = text.indexOf('=');
  return equals < 0
    ? { key: encode(text), value: null }
    : { key: encode(text.slice(0, equals)), value: encode(text.slice(equals + 1)) };
}

function encode(text: string): string {
  return recode(text, IN_QUERY_ITEM);
}

/** A key or a value within the query. */
function show(text: string, options: number): string {
  return showPart(text, (options & DecodeReserved) === 0 ? options | EncodeReserved : options, '#');
}

/** A key or a value by itself. */
function showAlone(text: string, options: number): string {
  return showPart(text, (options & EncodeReserved) === 0 ? options | DecodeReserved : options, '#&=');
}
