// Answers that depend on request fields (RFC 9111 4.1, RFC 9110 12.5.5).
import { HeaderList } from '../../base/header-list.ts';
import type { StoredHead, Variant, VaryFields } from '../../contract/cache.ts';
import { trimOws } from '../field-syntax.ts';
import type { RequestFields } from './request-fields.ts';

const NO_FIELDS: VaryFields = Object.freeze([]);

/** More variants of one URL than this are not worth looking through; the oldest are forgotten. */
const MOST_VARIANTS = 32;

/** On what the answer depends, and what this request says there; null when on more than fields (`*`). */
export function varyFields(responseHeaders: HeaderList, request: RequestFields): VaryFields | null {
  const text = responseHeaders.combined('vary');
  if (text === undefined) return NO_FIELDS;
  const fields: (readonly [string, string | null])[] = [];
  for (const item of text.split(',')) {
    const name = trimOws(item).toLowerCase();
    if (name === '*') return null;
    if (name !== '' && !fields.some(([known]) => known === name)) fields.push([name, normalForm(name, request.get(name))]);
  }
  return fields.length === 0 ? NO_FIELDS : fields;
}

/** RFC 9111 4.1: whether this request says the same. A field that is absent matches only absence. */
export function varyMatches(vary: VaryFields, request: RequestFields): boolean {
  for (const [name, value] of vary) if (normalForm(name, request.get(name)) !== value) return false;
  return true;
}

/** A short text for the key; '' for an answer that depends on nothing. Equal for equal fields only, as far as SHA-256 goes. */
export function variantName(vary: VaryFields): string {
  if (vary.length === 0) return '';
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(JSON.stringify(vary)).digest('hex').slice(0, 32);
}

/** The newest variant for this request, or null. */
export function findVariant(signpost: StoredHead, request: RequestFields): Variant | null {
  for (const variant of signpost.variants) if (varyMatches(variant.vary, request)) return variant;
  return null;
}

/** With one variant more, newest first. */
export function withVariant(old: readonly Variant[], variant: Variant): readonly Variant[] {
  const variants = [variant];
  for (const other of old) {
    if (other.variant !== variant.variant && variants.length < MOST_VARIANTS) variants.push(other);
  }
  return variants;
}

/** What stands under the key of a URL whose answers are kept by variant. `variants` must not be empty. */
export function signpost(variants: readonly Variant[]): StoredHead {
  return {
    status: 0,
    reason: '',
    headers: new HeaderList(),
    requestedAt: 0,
    receivedAt: 0,
    vary: NO_FIELDS,
    range: null,
    variants,
    expires: -1,
    notes: [],
  };
}

/**
 * RFC 9111 4.1: values that differ only in ways that mean nothing are the same. Of any field that is the white space around commas; of the
 * fields that rank what a client accepts also case, and the order in which it is listed (RFC 9110 12.5).
 */
function normalForm(name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  switch (name) {
    case 'accept':
    case 'accept-charset':
    case 'accept-encoding':
    case 'accept-language':
      return recentForm(name, value);
    default:
      return value.includes(',') ? listItems(value).join(',') : trimOws(value);
  }
}

/** The last value of each of these fields and its form: a client says the same with every request. */
const recent = new Map<string, { readonly value: string; readonly form: string }>();

function recentForm(name: string, value: string): string {
  const last = recent.get(name);
  if (last?.value === value) return last.form;
  // the parameters of types have case
  const known = name === 'accept' ? value : value.toLowerCase();
  const form = listItems(known).map(withoutBlanks).sort().join(',');
  recent.set(name, { value, form });
  return form;
}

/** Parameters and their `;` (RFC 9110 5.6.6). What is quoted stays as it is. */
function withoutBlanks(item: string): string {
  return item.includes('"') ? item : item.replace(/[ \t]*;[ \t]*/g, ';');
}

/** What stands between commas that are not quoted. */
function listItems(value: string): string[] {
  if (!value.includes('"')) return value.split(',').map(trimOws);
  const items: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) {
      items.push(trimOws(value.slice(from, i)));
      from = i + 1;
    }
  }
  items.push(trimOws(value.slice(from)));
  return items;
}
