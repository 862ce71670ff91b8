// HTTP Alternative Services (RFC 7838): what an Alt-Svc field says.
import { decodeBytes } from '../base/percent.ts';
import { readHost } from '../base/url-host.ts';
import type { Alternative } from '../contract/alt-svc.ts';
import { deltaSeconds } from './cache/directives.ts';
import { isToken, trimOws } from './field-syntax.ts';

/** One alternative as it stands in the field. */
export interface SaidAlternative {
  readonly protocol: string;
  /** '' = the host of the origin. */
  readonly host: string;
  readonly port: number;
  /** Seconds since the answer was made. */
  readonly maxAge: number;
  readonly persist: boolean;
}

/** RFC 7838 3.1: 24 hours. */
const DEFAULT_AGE = 86_400;

/** Alternatives of an origin that are heard; the first ones are those that the server likes best. */
export const MOST_ALTERNATIVES = 16;

/**
 * Reads a field value by RFC 7838 3, in the server's order of preference. `clear`, also among others, leaves none. What cannot be read is passed
 * over alone; null when nothing can be read, and then the field says nothing.
 */
export function parseAltSvc(text: string): readonly SaidAlternative[] | null {
  const found: SaidAlternative[] = [];
  for (const item of split(text, ',')) {
    if (item === 'clear') return [];
    const alternative = found.length < MOST_ALTERNATIVES ? readAlternative(item) : null;
    if (alternative !== null) found.push(alternative);
  }
  return found.length === 0 ? null : found;
}

/** What was said, with the times and the host that it means. Those that have ended are left out. */
export function alternativesOf(said: readonly SaidAlternative[], host: string, age: number, now: number): Alternative[] {
  return said
    .map((one) => ({
      protocol: one.protocol,
      host: one.host === '' ? host : one.host,
      port: one.port,
      // RFC 7838 3.1: it counts from when the answer was made
      expires: now + one.maxAge * 1000 - age,
      persist: one.persist,
    }))
    .filter(({ expires }) => expires > now);
}

function readAlternative(item: string): SaidAlternative | null {
  const [alternative, ...parameters] = split(item, ';').map(pair);
  if (alternative === undefined) return null;
  const protocol = readProtocol(alternative.name);
  const place = readPlace(alternative.value);
  return protocol === '' || place === null ? null : { protocol, ...place, ...readParameters(parameters) };
}

/** RFC 7838 3: octets that no token may have, and `%`, are escaped. '' for what is none. */
function readProtocol(text: string): string {
  if (!isToken(text) || /%(?![\da-f]{2})/i.test(text)) return '';
  return text.includes('%') ? decodeBytes(text).toString('latin1') : text;
}

/** `[ uri-host ] ":" port`. */
function readPlace(text: string): { readonly host: string; readonly port: number } | null {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const port = Number(match[2]);
  const { host, error } = match[1] === '' ? { host: '', error: '' } : readHost(match[1]!);
  return port === 0 || port > 65_535 || error !== '' ? null : { host, port };
}

function readParameters(parameters: readonly Pair[]): { readonly maxAge: number; readonly persist: boolean } {
  let maxAge = Number.POSITIVE_INFINITY;
  let persist = false;
  for (const { name, value } of parameters) {
    // as with caches, an age that is no number is none, and of several the smallest counts
    if (name.toLowerCase() === 'ma') maxAge = Math.min(maxAge, Math.max(0, deltaSeconds(value)));
    // 3.1: other values are passed over, as other parameters are
    else if (name.toLowerCase() === 'persist' && value === '1') persist = true;
  }
  return { maxAge: maxAge === Number.POSITIVE_INFINITY ? DEFAULT_AGE : maxAge, persist };
}

interface Pair {
  readonly name: string;
  /** Unquoted; '' when there is none, or a quote nobody closes. */
  readonly value: string;
}

function pair(text: string): Pair {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text, value: '' } : { name: text.slice(0, equals), value: unquoted(text.slice(equals + 1)) };
}

/** RFC 9110 5.6.4. Some servers leave the quotes out, which leads nowhere else. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  return /^"(?:[^"\\]|\\.)*"$/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : '';
}

/** What stands between the separators that are not quoted, without white space around it. */
function split(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) {
      parts.push(trimOws(text.slice(from, i)));
      from = i + 1;
    }
  }
  parts.push(trimOws(text.slice(from)));
  return parts;
}
