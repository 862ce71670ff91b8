import { hideInHeader } from '../../base/redaction.ts';
import type { Har, HarEntry, HarNameValue } from './format.ts';
import { bodyKey, keyOf, lowered, type MatchOptions, postedBytes } from './match.ts';
import { checkedHar } from './read.ts';

export interface DiffOptions extends MatchOptions {
  /** Fields of answers that do not count; default: Date and Age. */
  readonly ignoreHeaders?: readonly string[];
}

/** One difference between two HARs. */
export interface HarDifference {
  /** `missing`: only in the first; `new`: only in the second. */
  readonly kind: 'missing' | 'new' | 'status' | 'version' | 'header' | 'body' | 'failure' | 'posted';
  /** `GET http://example.org/`, without secrets. */
  readonly request: string;
  /** Which of the requests of this kind, from 1. */
  readonly nth: number;
  /** Name of the field, for headers. */
  readonly name?: string;
  readonly before?: string | number;
  readonly after?: string | number;
  /** All of it in a sentence. */
  readonly text: string;
}

export interface HarDiff {
  readonly same: boolean;
  readonly differences: readonly HarDifference[];
  /** A line each. */
  readonly text: string;
}

const PASSING: readonly string[] = ['age', 'date'];

/**
 * What differs between two HARs: requests that only one of them has, and answers that are not the same. Requests are paired by method and URL,
 * in their order. Times do not count, nor do secrets. Throws a HarError for what is no HAR.
 */
export function diffHar(before: Har, after: Har, given: DiffOptions = {}): HarDiff {
  const options = lowered(given);
  const first = byKey(checkedHar(before), options);
  const second = byKey(checkedHar(after), options);
  const differences: HarDifference[] = [];
  for (const [request, entries] of first) {
    const others = second.get(request) ?? [];
    entries.forEach((entry, i) => {
      const other = others[i];
      if (other === undefined) differences.push(lone('missing', request, i + 1));
      else differences.push(...pairDifferences(entry, other, request, i + 1, options));
    });
  }
  for (const [request, entries] of second) {
    const known = first.get(request)?.length ?? 0;
    for (let i = known; i < entries.length; i++) differences.push(lone('new', request, i + 1));
  }
  return { same: differences.length === 0, differences, text: differences.map(({ text }) => text).join('\n') };
}

function byKey(har: Har, options: MatchOptions): Map<string, HarEntry[]> {
  const found = new Map<string, HarEntry[]>();
  for (const entry of har.log.entries) {
    const key = keyOf(entry.request.method, entry.request.url, options);
    const list = found.get(key);
    if (list === undefined) found.set(key, [entry]);
    else list.push(entry);
  }
  return found;
}

function place(request: string, nth: number): string {
  return nth === 1 ? request : `${request} (no. ${nth})`;
}

function lone(kind: 'missing' | 'new', request: string, nth: number): HarDifference {
  const where = kind === 'missing' ? 'the first' : 'the second';
  return { kind, request, nth, text: `${place(request, nth)}: only in ${where}` };
}

function pairDifferences(a: HarEntry, b: HarEntry, request: string, nth: number, options: DiffOptions): HarDifference[] {
  const found: HarDifference[] = [];
  const compare = (kind: HarDifference['kind'], before: string | number, after: string | number, what: string): void => {
    if (before === after) return;
    found.push({
      kind,
      request,
      nth,
      before,
      after,
      text: `${place(request, nth)}: ${what} was ${shown(before)} and is ${shown(after)}`,
    });
  };
  compare('failure', a._failure?.kind ?? 'none', b._failure?.kind ?? 'none', 'the failure');
  compare('status', a.response.status, b.response.status, 'the status');
  compare('version', a.response.httpVersion ?? '', b.response.httpVersion ?? '', 'the version');
  compare('posted', posted(a, options), posted(b, options), 'the body sent');
  found.push(...headerDifferences(a.response.headers, b.response.headers, request, nth, options));
  const before = contentOf(a, options);
  const after = contentOf(b, options);
  if (before !== after) found.push(bodyDifference(before, after, request, nth));
  return found;
}

function posted({ request: { postData, bodySize } }: HarEntry, { secretNames }: DiffOptions): string {
  const key = bodyKey(postedBytes(postData, bodySize), postData?.mimeType ?? '', secretNames);
  return key === null ? 'left out' : Buffer.from(key, 'latin1').toString();
}

function contentOf({ response: { content } }: HarEntry, { secretNames }: DiffOptions): string {
  const { text = '', encoding, mimeType = '' } = content ?? {};
  return bodyKey(Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8'), mimeType, secretNames)!;
}

function bodyDifference(before: string, after: string, request: string, nth: number): HarDifference {
  let at = 0;
  while (at < before.length && at < after.length && before[at] === after[at]) at++;
  const sizes = before.length === after.length ? `${before.length} bytes` : `${before.length} bytes, now ${after.length}`;
  const text = `${place(request, nth)}: the body differs from byte ${at} on (${sizes})`;
  return { kind: 'body', request, nth, before: before.length, after: after.length, text };
}

function headerDifferences(
  a: readonly HarNameValue[],
  b: readonly HarNameValue[],
  request: string,
  nth: number,
  { ignoreHeaders = PASSING, secretNames = [] }: DiffOptions,
): HarDifference[] {
  const left = valuesByName(a, secretNames);
  const right = valuesByName(b, secretNames);
  const ignored = ignoreHeaders.map((name) => name.toLowerCase());
  const found: HarDifference[] = [];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const before = left.get(name);
    const after = right.get(name);
    if (before === after || ignored.includes(name)) continue;
    const text = `${place(request, nth)}: ${name} was ${shown(before)} and is ${shown(after)}`;
    found.push({
      kind: 'header',
      request,
      nth,
      name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      text,
    });
  }
  return found;
}

function valuesByName(headers: readonly HarNameValue[], secretNames: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, value: given } of headers) {
    const lower = name.toLowerCase();
    const value = hideInHeader(name, given, secretNames);
    const known = values.get(lower);
    values.set(lower, known === undefined ? value : `${known}, ${value}`);
  }
  return values;
}

const LONGEST = 80;

function shown(value: string | number | undefined): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
