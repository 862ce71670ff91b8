import { hideInBody } from '../../base/body-redaction.ts';
import { decodeAll } from '../../base/percent.ts';
import { hideInText } from '../../base/redaction.ts';
import { Url } from '../../base/url.ts';
import type { HarPostData } from './format.ts';

/** How requests are compared with those of a HAR. */
export interface MatchOptions {
  /**
   * `strict`, the default: method, URL and body are the same. `fuzzy`: the parameters of the query may come in another order, and bodies need
   * not be the same; of several entries one with the same body goes first.
   */
  readonly match?: 'strict' | 'fuzzy';
  /** Names of parameters of the query that do not count, such as a timestamp. */
  readonly ignore?: readonly string[];
  /** Further names of secrets, as the recording had them. */
  readonly secretNames?: readonly string[];
}

/**
 * What a request is found by. Values of secrets do not count, since a recording mostly has none; nor do fragments and user information,
 * which are not sent.
 */
export function keyOf(method: string, url: string, { match, ignore = [], secretNames }: MatchOptions): string {
  const parsed = Url.parse(url);
  const { fragment, query } = parsed;
  const bare = fragment === null && query === null ? parsed : parsed.with({ fragment: null, query: null });
  const place = `${method} ${bare.hrefWithoutUserInfo}`;
  if (query === null) return place;
  let pairs = hideInText(`?${query}`, secretNames).slice(1).split('&');
  if (ignore.length > 0) pairs = pairs.filter((pair) => !ignore.includes(decodeAll(pair.split('=', 1)[0]!)));
  if (match === 'fuzzy') pairs.sort();
  return pairs.length === 0 ? place : `${place}?${pairs.join('&')}`;
}

/** Options whose names are as those who compare want them: in lower case. */
export function lowered<T extends MatchOptions>(options: T): T {
  const { secretNames } = options;
  return secretNames === undefined ? options : { ...options, secretNames: secretNames.map((name) => name.toLowerCase()) };
}

/**
 * A body to be compared, a letter for each octet: without secrets, and without the boundary of a multipart, which is another one each time.
 * null = it is not known.
 */
export function bodyKey(bytes: Buffer | null, mediaType: string, secretNames: readonly string[] = []): string | null {
  if (bytes === null) return null;
  const boundary = /^multipart\/[^;]*;.*?\bboundary="?([^";]+)/i.exec(mediaType)?.[1];
  const common = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, 'boundary'));
  const encoding = process.getBuiltinModule('node:buffer').isUtf8(bytes) ? 'utf8' : 'latin1';
  const shown = hideInBody(common(bytes.toString(encoding)), common(mediaType), secretNames);
  return Buffer.from(shown, encoding).toString('latin1');
}

/** The body that an entry has of its request: '' = none; null = it was left out. */
export function postedBytes(data: HarPostData | undefined, size: number): Buffer | null {
  if (data === undefined) return size > 0 ? null : Buffer.alloc(0);
  if (data.text !== undefined) return Buffer.from(data.text, data._encoding === 'base64' ? 'base64' : 'utf8');
  if (!/^application\/x-www-form-urlencoded/i.test(data.mimeType ?? '') || !Array.isArray(data.params)) return null;
  const pairs = data.params.map(({ name, value = '' }) => [String(name), String(value)] as [string, string]);
  return Buffer.from(new URLSearchParams(pairs).toString());
}
