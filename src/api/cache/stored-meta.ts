import type { HeaderList } from '../../base/header-list.ts';
import { formatHttpDate, parseHttpDate } from '../../base/http-date.ts';
import { Url } from '../../base/url.ts';
import type { StoredHead, VaryFields } from '../../contract/cache.ts';
import { responseDirectives } from '../../rules/cache/directives.ts';
import { endToEnd } from '../../rules/cache/stored-head.ts';
import { isRedirect } from '../../rules/redirect.ts';
import { Attribute } from '../access/access-enums.ts';
import { currentYear } from '../access/known-headers.ts';
import { QUrl } from '../core/qurl.ts';
import { attributeText, attributeValue } from './attribute-text.ts';
import { factsOf, keptUrl, metaFrom, type QNetworkCacheMetaData } from './qnetworkcachemetadata.ts';

/** Attributes that a head says in its own words. */
const IN_HEAD: ReadonlySet<number> = new Set([
  Attribute.HttpStatusCodeAttribute,
  Attribute.HttpReasonPhraseAttribute,
  Attribute.RedirectionTargetAttribute,
]);

/** No request says this. */
const NEVER: VaryFields = [['*', '*']];

/** What a stored head says, in Qt's words. `decoded`: the body that goes with it has no content codings any more. */
export function metaOf(url: string, head: StoredHead, decoded: boolean): QNetworkCacheMetaData {
  return metaFrom({
    url: keptUrl(Url.parse(url)),
    headers: head.headers,
    lastModified: dateField(head.headers, 'Last-Modified'),
    expires: expiryOf(head),
    save: true,
    attributes: attributesOf(head),
    origin: head,
    decoded,
  });
}

/**
 * What is to be stored for what a program says. What only this library knows is taken from where the data came from; of others' data
 * `received` says when the answer came.
 */
export function headOf(meta: QNetworkCacheMetaData, received: number): StoredHead {
  const { headers, lastModified, expires, attributes, origin, decoded } = factsOf(meta);
  const status = attributes.get(Attribute.HttpStatusCodeAttribute);
  const reason = attributes.get(Attribute.HttpReasonPhraseAttribute);
  const list = withLastModified(origin === null ? endToEnd(headers) : headers, lastModified);
  return {
    status: typeof status === 'number' && status >= 200 && status <= 999 ? Math.trunc(status) : 200,
    reason: typeof reason === 'string' ? reason : '',
    headers: list,
    requestedAt: origin?.requestedAt ?? received,
    receivedAt: origin?.receivedAt ?? received,
    vary: origin?.vary ?? unknownVary(list, decoded),
    range: origin?.range ?? null,
    variants: [],
    expires: expiresOf(expires, origin),
    notes: notesOf(attributes),
  };
}

/** When the answer came that a cache of the program's own kept: as its Date says, else nobody knows. */
export function receivedAt(meta: QNetworkCacheMetaData): number {
  const date = dateField(factsOf(meta).headers, 'Date');
  return Number.isNaN(date) ? 0 : date;
}

/** Until when an answer is fresh, by the program's word or else by the fields as Qt reads them; NaN when nobody says. */
function expiryOf({ headers, receivedAt, expires }: StoredHead): number {
  if (expires >= 0) return expires;
  const { maxAge } = responseDirectives(headers);
  return maxAge >= 0 ? receivedAt + maxAge * 1000 : dateField(headers, 'Expires');
}

/** A date that the program has changed goes before the fields. */
function expiresOf(expires: number, origin: StoredHead | null): number {
  if (origin !== null && Object.is(expires, expiryOf(origin))) return origin.expires;
  return Number.isNaN(expires) ? -1 : Math.max(0, expires);
}

/** Equal metadata may have other attributes. */
export function sameAttributes(a: QNetworkCacheMetaData, b: QNetworkCacheMetaData): boolean {
  const [one, other] = [a, b].map((meta) => factsOf(meta).attributes) as [
    ReadonlyMap<number, unknown>,
    ReadonlyMap<number, unknown>,
  ];
  if (one.size !== other.size) return false;
  for (const [code, value] of one) if (attributeText(value) !== attributeText(other.get(code))) return false;
  return true;
}

function attributesOf(head: StoredHead): Map<number, unknown> {
  const attributes = new Map<number, unknown>([
    [Attribute.HttpStatusCodeAttribute, head.status],
    [Attribute.HttpReasonPhraseAttribute, head.reason],
  ]);
  const location = isRedirect(head.status) ? head.headers.get('Location') : undefined;
  if (location !== undefined)
    attributes.set(Attribute.RedirectionTargetAttribute, QUrl.fromEncoded(Buffer.from(location, 'latin1')));
  for (const [code, text] of head.notes) attributes.set(code, attributeValue(text));
  return attributes;
}

function notesOf(attributes: ReadonlyMap<number, unknown>): StoredHead['notes'] {
  const notes: [number, string][] = [];
  for (const [code, value] of attributes) {
    const text = IN_HEAD.has(code) ? null : attributeText(value);
    if (text !== null) notes.push([code, text]);
  }
  return notes;
}

/** What a program says by setLastModified() is for the server as well, when it is asked whether that still holds. */
function withLastModified(headers: HeaderList, lastModified: number): HeaderList {
  const year = new Date(lastModified).getUTCFullYear();
  if (!(year >= 0 && year <= 9999) || sameSecond(dateField(headers, 'Last-Modified'), lastModified)) return headers;
  const list = headers.copy();
  list.set('Last-Modified', formatHttpDate(lastModified));
  return list;
}

function sameSecond(a: number, b: number): boolean {
  return Math.floor(a / 1000) === Math.floor(b / 1000);
}

/** What Vary names, of which nobody knows what the request said. Bytes without codings fit whatever the request accepts of those. */
function unknownVary(headers: HeaderList, decoded: boolean): VaryFields {
  const named = (headers.combined('Vary') ?? '').toLowerCase().split(',');
  const harmless = decoded ? /^\s*(?:accept-encoding)?\s*$/ : /^\s*$/;
  return named.every((name) => harmless.test(name)) ? [] : NEVER;
}

function dateField(headers: HeaderList, name: string): number {
  const text = headers.get(name);
  return (text === undefined ? null : parseHttpDate(text, currentYear())) ?? Number.NaN;
}
