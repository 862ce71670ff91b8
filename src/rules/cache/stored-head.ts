// What is kept of a head, and what is given out of it again (RFC 9111 3.1, 4, 5.1).
import { HeaderList } from '../../base/header-list.ts';
import type { StoredHead, StoredRange, VaryFields } from '../../contract/cache.ts';
import type { Head } from '../../contract/head.ts';
import { trimOws } from '../field-syntax.ts';
import { currentAge } from './age.ts';
import { factsOf } from './facts.ts';

/** What is to be known about an answer beside its head. */
export interface Keeping {
  readonly requestedAt: number;
  readonly receivedAt: number;
  readonly vary: VaryFields;
  /** null, as when it is left out, for a whole representation. */
  readonly range?: StoredRange | null;
}

export function storedHead(answer: Pick<Head, 'status' | 'reason' | 'headers'>, keeping: Keeping): StoredHead {
  return {
    status: answer.status,
    reason: answer.reason,
    headers: endToEnd(answer.headers),
    requestedAt: keeping.requestedAt,
    receivedAt: keeping.receivedAt,
    vary: keeping.vary,
    range: keeping.range ?? null,
    variants: [],
    expires: -1,
    notes: [],
  };
}

/**
 * The fields of a reply out of the store, with its Age (RFC 9111 4, 5.1). Fields that the answer forbids to use again unvalidated are left
 * out (RFC 9111 5.2.2.4) unless it was just `validated`.
 */
export function servedHeaders(stored: StoredHead, now: number, validated = false): HeaderList {
  const from = stored.headers.flat;
  const left = validated ? NOTHING : factsOf(stored).said.noCacheFields;
  const age = String(Math.floor(currentAge(stored, now) / 1000));
  const flat: string[] = [];
  for (let i = 0; i < from.length; i += 2) {
    const name = from[i]!;
    if (isAge(name) || (left.length > 0 && left.includes(name.toLowerCase()))) continue;
    flat.push(name, from[i + 1]!);
  }
  flat.push('Age', age);
  return new HeaderList(flat);
}

const NOTHING: readonly string[] = [];

function isAge(name: string): boolean {
  return name.length === 3 && name.toLowerCase() === 'age';
}

/** RFC 9111 3.1, RFC 9110 7.6.1: fields for the next hop only. Trailer announces what is not kept. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110 7.6.1: never for one hop only. By these an answer is read, so naming them in Connection does not take them away. */
const ALWAYS_KEPT: ReadonlySet<string> = new Set([
  'age',
  'cache-control',
  'content-encoding',
  'content-range',
  'date',
  'expires',
  'vary',
]);

/** RFC 9111 3.1: without the fields for the next hop and those that Connection names. */
export function endToEnd(headers: HeaderList): HeaderList {
  const named = namedByConnection(headers);
  const kept: string[] = [];
  for (let i = 0; i < headers.size; i++) {
    const name = headers.nameAt(i);
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named?.has(lower)) kept.push(name, headers.valueAt(i));
  }
  return new HeaderList(kept);
}

function namedByConnection(headers: HeaderList): Set<string> | null {
  const text = headers.combined('connection');
  if (text === undefined) return null;
  const names = new Set<string>();
  for (const item of text.split(',')) {
    const name = trimOws(item).toLowerCase();
    if (!ALWAYS_KEPT.has(name)) names.add(name);
  }
  return names;
}
