import { hintFor } from '../../api/advice/hint.ts';
import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { curlCommand, curlPlace } from '../../rules/curl.ts';
import { type EntrySettings, entryOf } from '../har/entry.ts';
import type { HarEntry, HarNameValue } from '../har/format.ts';
import { cacheWords } from './cache-words.ts';
import type { BodyData, Details, Pair } from './page/protocol.ts';
import type { Row } from './row.ts';
import { tlsData } from './tls-words.ts';

/** All about a row, without secrets. `trips`: the rows of the same request. */
export function detailsOf(row: Row, trips: readonly number[], noReplay: string, settings: EntrySettings): Details {
  row.look();
  const entry = entryOf(row, settings);
  const { request, response } = entry;
  return {
    id: row.id,
    url: request.url,
    method: request.method,
    status: response.status,
    reason: response.statusText,
    requestVersion: request.httpVersion,
    version: response.httpVersion,
    requestHeaders: request.headers.map(pair),
    headers: response.headers.map(pair),
    query: request.queryString.map(pair),
    sentCookies: request.cookies.map(pair),
    setCookies: response.cookies.map(({ name, value, ...about }) => ({ name, value, about: attributes(about) })),
    requestBody: sentBody(request),
    body: answerBody(response, row),
    failure: failureOf(entry, row),
    tls: row.secure === null ? null : tlsData(row.secure),
    cache: cacheWords({
      stored: row.stored,
      status: response.status,
      reason: response.statusText,
      method: request.method,
      asked: listOf(request.headers),
      answered: listOf(response.headers),
      at: row.made + settings.wallAhead,
    }),
    curl: curlOf(entry, row),
    trips,
    noReplay,
  };
}

function pair({ name, value }: HarNameValue): Pair {
  return { name, value };
}

function listOf(headers: readonly HarNameValue[]): HeaderList {
  return new HeaderList(headers.flatMap(({ name, value }) => [name, value]));
}

function attributes(about: { path?: string; domain?: string; expires?: string; httpOnly?: boolean; secure?: boolean }): string {
  const { path, domain, expires, httpOnly, secure } = about;
  const words = [
    domain === undefined ? '' : `for ${domain}`,
    path === undefined ? '' : `path ${path}`,
    expires === undefined ? 'until the session ends' : `until ${expires}`,
    httpOnly === true ? 'HttpOnly' : '',
    secure === true ? 'Secure' : '',
  ];
  return words.filter((word) => word !== '').join(' · ');
}

function sentBody({ postData, bodySize: size }: HarEntry['request']): BodyData | null {
  if (postData === undefined) return null;
  const { mimeType: mime, text, _encoding } = postData;
  if (text === undefined) return { size, mime, remark: NOT_KEPT };
  return { size, mime, text, base64: _encoding === 'base64' };
}

function answerBody({ content }: HarEntry['response'], row: Row): BodyData | null {
  const { size, mimeType: mime, text, encoding, _coded } = content;
  if (row.received === null) return null;
  if (text === undefined) return { size, mime, remark: NOT_KEPT };
  const remark = _coded === true ? { remark: 'Its content codings are still on it.' } : {};
  return { size, mime, text, base64: encoding === 'base64', ...remark };
}

function failureOf({ _failure: failure }: HarEntry, { problem, url }: Row): Details['failure'] {
  if (failure === undefined) return null;
  const { scheme, host } = Url.parse(url);
  return { ...failure, hint: hintFor(problem, 0, { scheme, host: host ?? '' }) };
}

const NOT_KEPT = 'It was not kept: it is longer than bodyLimit, or has made room for later ones (bodyMemory).';

function curlOf({ request }: HarEntry, row: Row): string {
  const { postData, headers } = request;
  const text = postData?.text;
  const body = text === undefined ? 'unknown' : Buffer.from(text, postData?._encoding === 'base64' ? 'base64' : 'utf8');
  return curlCommand({
    method: request.method,
    ...curlPlace(Url.parse(request.url), row.localSocket),
    headers: headers
      .filter(({ name }) => !OWN.has(name.toLowerCase()) && !name.startsWith(':'))
      .map(({ name, value }) => [name, value]),
    body: request.bodySize === 0 ? null : body,
    decodes: row.decodes,
    follows: false,
    secrets: false,
  });
}

/** What curl writes by itself. */
const OWN: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);
