import { QUrl } from '../core/qurl.ts';
import { QUrlQuery } from '../core/qurlquery.ts';

/** What a query can be made of. An array gives several pairs of one name; null and undefined give none. */
export type QueryInit =
  | QUrlQuery
  | URLSearchParams
  | Iterable<readonly [string, QueryValue]>
  | { readonly [name: string]: QueryValue | readonly QueryValue[] | null | undefined };
type QueryValue = string | number | bigint | boolean;

/** A query as it stands in a URL, without `?`. Throws a TypeError for what cannot be one. */
export function queryText(init: QueryInit, where: string): string {
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(`${where} is an object, a list of pairs, URLSearchParams or QUrlQuery; put text into the URL itself.`);
  }
  if (init instanceof QUrlQuery) return init.toString(QUrl.FullyEncoded);
  const parts: string[] = [];
  const iterable = typeof (init as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
  for (const pair of iterable ? (init as Iterable<unknown>) : Object.entries(init)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(`${where}: a list has pairs of name and value.`);
    const [name, value] = pair as [unknown, unknown];
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== null && one !== undefined) parts.push(`${queryPart(name, name, where)}=${queryPart(one, name, where)}`);
    }
  }
  return parts.join('&');
}

function queryPart(value: unknown, name: unknown, where: string): string {
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`${where}: the value of ${String(name)} is a ${typeof value}; give text, a number or a boolean.`);
  }
  try {
    return encodeURIComponent(String(value));
  } catch (cause) {
    throw new TypeError(`${where}: ${String(name)} contains half of a surrogate pair, which has no UTF-8 form.`, { cause });
  }
}
