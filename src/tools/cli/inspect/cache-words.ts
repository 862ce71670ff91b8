// What is stored of an answer, in words.
import type { StoredHead } from '../../../contract/cache.ts';
import { currentAge } from '../../../rules/cache/age.ts';
import { factsOf } from '../../../rules/cache/facts.ts';
import { freshFor } from '../../../rules/cache/freshness.ts';
import type { ListedEntry } from '../../../stores/cache/disk-store.ts';
import { redactHeader, redactUrl } from '../redact.ts';
import { decodeHeader } from '../text.ts';
import { formatBytes, formatMoment, formatSpan, isoTime } from '../units.ts';

export function isStale(head: StoredHead, now: number): boolean {
  return freshFor(head, now, false) <= 0;
}

/** RFC 9111 4.2.3. */
export function ageOf(head: StoredHead, now: number): string {
  return formatSpan(currentAge(head, now));
}

/** Whether it can be used as it is, for a column. */
export function stateOf(head: StoredHead, now: number): string {
  const left = freshFor(head, now, false);
  if (factsOf(head).said.noCache) return 'asks first';
  return left > 0 ? `fresh ${formatSpan(left)}` : `stale ${formatSpan(-left)}`;
}

/** The same with the reason (RFC 9111 4.2.1). */
function stateInWords(head: StoredHead, now: number): string {
  const { said, lifetime } = factsOf(head);
  const left = freshFor(head, now, false);
  const state = left > 0 ? `for another ${formatSpan(left)}` : `stale for ${formatSpan(-left)}`;
  const first = said.noCache ? '; no-cache, so the server is asked each time' : '';
  if (head.expires >= 0) return `${state}, by the word of the program${first}`;
  if (said.maxAge >= 0) return `${state}, by max-age${first}`;
  if (head.headers.get('expires') !== undefined) return `${state}, by Expires${first}`;
  return `${state}, ${lifetime > 0 ? 'a tenth of its time without change' : 'as nothing says how long'}${first}`;
}

/** What makes it more than the answer of its URL, for a column. */
export function notesOf({ key, head }: ListedEntry, secrets: boolean): string {
  const notes = head.vary.map(([name, value]) => `${name}: ${requestValue(name, value, secrets)}`);
  if (head.range !== null) notes.push(`bytes ${rangeText(head)}`);
  if (key.partition !== '') notes.push(`partition ${key.partition}`);
  return notes.join('; ');
}

/** All that is known, by name. */
export function recordOf(entry: ListedEntry, now: number, secrets: boolean): (readonly [string, string])[] {
  const { key, head, length, used, file } = entry;
  return [
    ['status', `${head.status} ${text(head.reason)}`.trimEnd()],
    ['received', `${formatMoment(head.receivedAt)}, ${formatSpan(now - head.receivedAt)} ago`],
    ['age', ageOf(head, now)],
    ['fresh', stateInWords(head, now)],
    ['used', `${formatSpan(now - used)} ago`],
    ['body', formatBytes(length)],
    ...(head.range === null ? [] : [['part', `bytes ${rangeText(head)}`] as const]),
    ...head.vary.map(([name, value]) => ['request', `${name}: ${requestValue(name, value, secrets)}`] as const),
    ...(key.partition === '' ? [] : [['partition', key.partition] as const]),
    ['file', file],
    ...fieldsOf(head, secrets).map(([name, value]) => ['field', `${name}: ${value}`] as const),
  ];
}

/** The same for a machine. */
export function documentOf(entry: ListedEntry, now: number, secrets: boolean): Record<string, unknown> {
  const { key, head, length, used, file } = entry;
  const headers: Record<string, string[]> = Object.create(null);
  for (const [name, value] of fieldsOf(head, secrets))
    headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
  return {
    url: urlText(key.url, secrets),
    partition: key.partition,
    status: head.status,
    reason: text(head.reason),
    headers,
    received: isoTime(head.receivedAt),
    age: Math.floor(currentAge(head, now) / 1000),
    freshFor: Math.floor(freshFor(head, now, false) / 1000),
    noCache: factsOf(head).said.noCache,
    vary: Object.fromEntries(
      head.vary.map(([name, value]) => [name, value === null ? null : requestValue(name, value, secrets)]),
    ),
    range: head.range,
    length,
    used: isoTime(used),
    file,
  };
}

export function urlText(url: string, secrets: boolean): string {
  return secrets ? url : redactUrl(url);
}

function fieldsOf({ headers }: StoredHead, secrets: boolean): [name: string, value: string][] {
  return Array.from({ length: headers.size }, (_, i) => {
    const name = headers.nameAt(i);
    const value = text(headers.valueAt(i));
    return [name, secrets ? value : redactHeader(name, value)];
  });
}

function requestValue(name: string, value: string | null, secrets: boolean): string {
  if (value === null) return '(absent)';
  return secrets ? text(value) : redactHeader(name, text(value));
}

function rangeText({ range }: StoredHead): string {
  return range === null ? '' : `${range.first}-${range.last}/${range.total < 0 ? '*' : range.total}`;
}

/** Octets as a reader sees them. */
function text(octets: string): string {
  return decodeHeader(Buffer.from(octets, 'latin1'));
}
