import type { HeaderList } from '../../base/header-list.ts';
import { namesSocket } from '../../base/local-scheme.ts';
import type { Hop } from '../../contract/hop.ts';

/** RFC 9113 8.2.2: what is about the connection has no place in HTTP/2. Host is `:authority`. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9218: urgency 3 is what is meant when nothing is said. */
const URGENCY: readonly string[] = ['u=1', '', 'u=5'];

/** The head of a request as HTTP/2 has it, in the order of `requestHead`: name, value, name, value … */
export function requestFields(hop: Hop): string[] {
  const { method, url, headers, body } = hop;
  // servers know no other (RFC 9113 8.3.1)
  const scheme = namesSocket(url.scheme) ? 'http' : url.scheme;
  const fields = [':method', method, ':scheme', scheme, ':authority', url.authority, ':path', url.target];
  if (headers.size > 0) own(fields, headers);
  if (body !== null && body.length >= 0 && !headers.has('content-length')) fields.push('content-length', String(body.length));
  if (hop.acceptEncoding !== '' && !headers.has('accept-encoding')) fields.push('accept-encoding', hop.acceptEncoding);
  const urgency = URGENCY[hop.ask.wishes.priority]!;
  if (urgency !== '' && !headers.has('priority')) fields.push('priority', urgency);
  const { flat } = hop.defaults;
  for (let i = 0; i < flat.length; i += 2) if (!headers.has(flat[i]!)) fields.push(lower(flat[i]!), flat[i + 1]!);
  return fields;
}

function own(fields: string[], headers: HeaderList): void {
  const { flat } = headers;
  const named = connectionNames(headers);
  for (let i = 0; i < flat.length; i += 2) {
    const name = lower(flat[i]!);
    const value = flat[i + 1]!.trim();
    if (LEFT_OUT.has(name) || named?.has(name) === true || (name === 'te' && value !== 'trailers')) continue;
    fields.push(name, value);
  }
}

/** What the caller's Connection field names belongs to the connection, too (RFC 9110 7.6.1). */
function connectionNames(headers: HeaderList): ReadonlySet<string> | null {
  const text = headers.combined('Connection');
  return text === undefined ? null : new Set(text.toLowerCase().split(/\s*,\s*/));
}

/** Programs use few names over and over. */
const MOST_NAMES = 256;
const lowered = new Map<string, string>();

function lower(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const made = name.toLowerCase();
  if (lowered.size < MOST_NAMES) lowered.set(name, made);
  return made;
}
