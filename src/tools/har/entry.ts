import { decodeAll } from '../../base/percent.ts';
import { hideInHeader, hideInText } from '../../base/redaction.ts';
import { phasesOf } from '../../rules/phases.ts';
import { bodyText } from './body-text.ts';
import { codingsOf } from './codings.ts';
import type { Collected } from './collected.ts';
import { sentCookies, setCookies } from './cookies.ts';
import type { Draft } from './draft.ts';
import type { HarContent, HarEntry, HarNameValue, HarPostData, HarRequest, HarResponse, HarTimings } from './format.ts';
import { shownAnswer, shownBody } from './shown-body.ts';

export interface EntrySettings {
  /** Secrets stay as they are. */
  readonly secrets: boolean;
  /** Further names of secrets, in lower case. */
  readonly secretNames: readonly string[];
  /** What the wall clock is ahead of the clock of the engine, milliseconds. */
  readonly wallAhead: number;
}

/** Makes an entry of what was heard of a trip. */
export function entryOf(draft: Draft, settings: EntrySettings): HarEntry {
  const timings = timingsOf(draft);
  const { blocked, dns, connect, send, wait, receive } = timings;
  const { connection, address, problem, stored } = draft;
  const began = draft.made + draft.queuedAt / 1000;
  const entry: HarEntry = {
    startedDateTime: new Date(began + settings.wallAhead).toISOString(),
    time: rounded([blocked!, dns!, connect!, send, wait, receive].reduce((sum, each) => sum + Math.max(0, each), 0)),
    request: requestOf(draft, settings),
    response: responseOf(draft, settings),
    cache: {},
    timings,
  };
  if (address !== '') entry.serverIPAddress = address;
  if (connection > 0) entry.connection = String(connection);
  if (stored) entry._fromCache = 'store';
  if (problem !== null) {
    const { kind, phase, message } = problem;
    entry._failure = { kind, phase, message: settings.secrets ? message : hideInText(message, settings.secretNames) };
  }
  return entry;
}

function timingsOf(draft: Draft): HarTimings {
  const at = (mark: number): number => (mark < 0 ? -1 : draft.made + mark / 1000);
  const phases = phasesOf(
    {
      queued: at(draft.queuedAt),
      resolveStart: at(draft.resolveAt),
      connectStart: at(draft.connectAt),
      proxyStart: at(draft.proxyAt),
      tlsStart: at(draft.tlsAt),
      connected: at(draft.connectedAt),
      sent: at(draft.sentAt),
      headReceived: at(draft.headAt),
      ended: at(draft.endedAt),
      reused: false,
    },
    at(draft.lentAt),
  );
  const { queue, dns, connect, proxy, tls, send, wait, receive } = phases;
  const some = (phase: number): number => Math.max(0, phase);
  return {
    blocked: queue,
    dns,
    connect: connect < 0 ? -1 : rounded(connect + some(proxy) + some(tls)),
    ssl: tls,
    send: some(send),
    wait: some(wait),
    receive: some(receive),
  };
}

function requestOf(draft: Draft, settings: EntrySettings): HarRequest {
  const { sent, sentHead } = draft;
  const [line = '', ...fields] = sentHead.split('\r\n');
  const version = line.split(' ')[2] ?? '';
  const headers = shownHeaders(fields.filter((field) => field !== '').map(fieldOf), settings);
  const url = settings.secrets ? draft.url : hideInText(draft.url, settings.secretNames);
  const request: HarRequest = {
    method: draft.method,
    url,
    httpVersion: version,
    cookies: sentCookies(headers),
    headers,
    queryString: queryOf(url),
    // the head of HTTP/2 is packed, and nobody counts it
    headersSize: version === 'HTTP/2' || sentHead === '' ? -1 : sentHead.length,
    bodySize: sent?.size ?? 0,
  };
  if (sent !== null && sent.size > 0) request.postData = postDataOf(sent, headers, settings);
  return request;
}

function fieldOf(line: string): HarNameValue {
  const colon = line.indexOf(':');
  return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
}

function queryOf(url: string): HarNameValue[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    return { name: spelled(name), value: spelled(value) };
  });
}

function spelled(text: string): string {
  return decodeAll(text.replaceAll('+', ' '));
}

function postDataOf(sent: Collected, headers: readonly HarNameValue[], settings: EntrySettings): HarPostData {
  const mimeType = fieldValue(headers, 'content-type');
  const { bytes } = sent;
  if (bytes === null) return { mimeType, comment: leftOut(sent) };
  const shown = settings.secrets ? bytes : shownBody(bytes, mimeType, codingsOf(200, headers), settings.secretNames);
  if (shown === null) return { mimeType, comment: 'left out: it is packed, and there are secrets in it' };
  const { text, base64 } = bodyText(shown, mimeType);
  return base64 ? { mimeType, text, _encoding: 'base64' } : { mimeType, text };
}

function responseOf(draft: Draft, settings: EntrySettings): HarResponse {
  const { status, reason, version, fields, received, stored, decodes } = draft;
  if (status === 0) {
    const content = { size: 0, mimeType: '' };
    const none = { status: 0, statusText: '', httpVersion: '', cookies: [], headers: [], redirectURL: '' };
    return { ...none, content, headersSize: -1, bodySize: -1 };
  }
  const pairs: HarNameValue[] = [];
  for (let i = 0; i < fields.length; i += 2) pairs.push({ name: fields[i]!, value: fields[i + 1]! });
  const headers = shownHeaders(pairs, settings);
  return {
    status,
    statusText: reason,
    httpVersion: `HTTP/${version}`,
    cookies: setCookies(headers),
    headers,
    content: contentOf(received, status, pairs, decodes, settings),
    redirectURL: fieldValue(headers, 'location'),
    headersSize: -1,
    bodySize: stored || received === null ? 0 : received.size,
  };
}

function contentOf(
  received: Collected | null,
  status: number,
  headers: readonly HarNameValue[],
  decodes: boolean,
  settings: EntrySettings,
): HarContent {
  const mimeType = fieldValue(headers, 'content-type');
  if (received === null || received.size === 0) return { size: 0, mimeType, text: '' };
  const { size, bytes } = received;
  if (bytes === null) return { size, mimeType, comment: leftOut(received) };
  const codings = codingsOf(status, headers);
  const { shown, coded, plainSize } = shownAnswer(bytes, mimeType, decodes, codings, settings);
  const content: HarContent = { size: plainSize, mimeType };
  if (coded) content._coded = true;
  else if (codings.length > 0) content.compression = plainSize - bytes.length;
  const { text, base64 } = bodyText(shown, mimeType);
  content.text = text;
  if (base64) content.encoding = 'base64';
  return content;
}

function shownHeaders(headers: readonly HarNameValue[], { secrets, secretNames }: EntrySettings): HarNameValue[] {
  if (secrets) return [...headers];
  return headers.map(({ name, value }) => ({ name, value: hideInHeader(name, value, secretNames) }));
}

function fieldValue(headers: readonly HarNameValue[], name: string): string {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

function leftOut({ size, crowded }: Collected): string {
  if (crowded) return `left out: the recording was full, and had no room for its ${size} bytes`;
  return `left out: its ${size} bytes are more than the limit of the recording`;
}

function rounded(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds) * 1000) / 1000;
}
