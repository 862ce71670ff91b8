import { Url } from '../../base/url.ts';
import { isToken } from '../../rules/field-syntax.ts';
import { type Har, type HarEntry, HarError, type HarNameValue } from './format.ts';

/** A larger file is not read: what it holds would be in memory several times over. */
const LARGEST = 1 << 29;
/** More entries are no session of a browser. */
const MOST_ENTRIES = 200_000;
/** More fields than any server takes. */
const MOST_FIELDS = 10_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a HAR, also one that a browser has saved, and looks whether it is one: what `replayHar` and `diffHar` use of it is there and of the right
 * kind. Throws a {@link HarError} that names the place where it is not.
 */
export function parseHar(source: string | Uint8Array): Har {
  if (source.length > LARGEST) throw new HarError(`not a HAR: ${source.length} bytes are more than ${LARGEST}`);
  const text = typeof source === 'string' ? source : Buffer.from(source.buffer, source.byteOffset, source.length).toString();
  let har: unknown;
  try {
    har = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw new HarError('not a HAR: it is no JSON, or not all of it is there', { cause: error });
  }
  return checkedHar(har);
}

/** The same for what was read already. */
export function checkedHar(har: unknown): Har {
  const log = object(object(har, 'the file')['log'], 'log');
  const { entries } = log;
  if (!Array.isArray(entries)) throw wrong('log.entries', 'a list', entries);
  if (entries.length > MOST_ENTRIES)
    throw new HarError(`not a HAR: log.entries has ${entries.length} entries; ${MOST_ENTRIES} are too many`);
  for (const [i, entry] of entries.entries()) checkEntry(object(entry, `log.entries[${i}]`), `log.entries[${i}]`);
  return har as Har;
}

function checkEntry(entry: Json, place: string): asserts entry is Json & HarEntry {
  const request = object(entry['request'], `${place}.request`);
  const method = text(request, 'method', `${place}.request`);
  if (!isToken(method)) throw wrong(`${place}.request.method`, 'a method', method);
  const url = text(request, 'url', `${place}.request`);
  if (!Url.parse(url).valid) throw new HarError(`not a HAR: ${place}.request.url is no URL`);
  measured(request['bodySize'], `${place}.request.bodySize`);
  checkHeaders(request['headers'], `${place}.request.headers`);
  if (request['postData'] !== undefined)
    checkPostData(object(request['postData'], `${place}.request.postData`), `${place}.request.postData`);
  checkResponse(object(entry['response'], `${place}.response`), `${place}.response`);
  if (entry['timings'] !== undefined) checkTimings(object(entry['timings'], `${place}.timings`), `${place}.timings`);
  // a request under way has no times yet
  if (entry['startedDateTime'] !== null) optional(entry['startedDateTime'], 'string', `${place}.startedDateTime`);
  measured(entry['time'], `${place}.time`);
  if (entry['_failure'] !== undefined) {
    const failed = object(entry['_failure'], `${place}._failure`);
    for (const name of ['kind', 'phase', 'message']) text(failed, name, `${place}._failure`);
  }
}

function checkResponse(response: Json, place: string): void {
  const { status } = response;
  if (!Number.isInteger(status) || (status as number) < 0 || (status as number) > 999)
    throw wrong(`${place}.status`, 'a status', status);
  optional(response['statusText'], 'string', `${place}.statusText`);
  optional(response['httpVersion'], 'string', `${place}.httpVersion`);
  checkHeaders(response['headers'], `${place}.headers`);
  const content = response['content'] === undefined ? {} : object(response['content'], `${place}.content`);
  optional(content['text'], 'string', `${place}.content.text`);
  optional(content['mimeType'], 'string', `${place}.content.mimeType`);
  measured(content['size'], `${place}.content.size`);
  const { encoding } = content;
  if (encoding !== undefined && encoding !== '' && encoding !== 'base64')
    throw wrong(`${place}.content.encoding`, 'base64', encoding);
  if (encoding === 'base64' && !isBase64(content['text'])) throw new HarError(`not a HAR: ${place}.content.text is no base64`);
}

function checkPostData(data: Json, place: string): void {
  optional(data['text'], 'string', `${place}.text`);
  optional(data['mimeType'], 'string', `${place}.mimeType`);
  const { params } = data;
  if (params === undefined || params === null) return;
  if (!Array.isArray(params)) throw wrong(`${place}.params`, 'a list', params);
  params.forEach((each: unknown, i) => {
    const param = object(each, `${place}.params[${i}]`);
    text(param, 'name', `${place}.params[${i}]`);
    optional(param['value'], 'string', `${place}.params[${i}].value`);
  });
}

function checkTimings(timings: Json, place: string): void {
  for (const name of ['blocked', 'dns', 'connect', 'send', 'wait', 'receive']) measured(timings[name], `${place}.${name}`);
}

/** Some browsers write null where nothing was measured. */
function measured(value: unknown, place: string): void {
  if (value !== null) optional(value, 'number', place);
}

function checkHeaders(headers: unknown, place: string): asserts headers is HarNameValue[] {
  if (!Array.isArray(headers)) throw wrong(place, 'a list', headers);
  if (headers.length > MOST_FIELDS) throw new HarError(`not a HAR: ${place} has ${headers.length} fields`);
  headers.forEach((header: unknown, i) => {
    const field = object(header, `${place}[${i}]`);
    const name = text(field, 'name', `${place}[${i}]`);
    // what HTTP/2 says in fields of its own, browsers list with the others
    if (!isToken(name.startsWith(':') ? name.slice(1) : name))
      throw new HarError(`not a HAR: ${place}[${i}].name is no name of a field`);
    // browsers write several values of a field on lines of their own
    if (/[\0\r]/.test(text(field, 'value', `${place}[${i}]`)))
      throw new HarError(`not a HAR: ${place}[${i}].value is no value of a field`);
  });
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9+/\s]*(?:=\s*){0,2}$/.test(value);
}

function object(value: unknown, place: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw wrong(place, 'an object', value);
}

function text(holder: Json, name: string, place: string): string {
  const value = holder[name];
  if (typeof value === 'string') return value;
  throw wrong(`${place}.${name}`, 'a string', value);
}

function optional(value: unknown, type: 'string' | 'number', place: string): void {
  if (value !== undefined && typeof value !== type) throw wrong(place, `a ${type}`, value);
}

/** The kind of what is there, and not the thing: it may be a secret, or long. */
function wrong(place: string, expected: string, value: unknown): HarError {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : value === undefined ? 'missing' : `a ${typeof value}`;
  return new HarError(`not a HAR: ${place} should be ${expected} and is ${kind}`);
}
