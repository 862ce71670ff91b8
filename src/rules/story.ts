import type { NetLogEvent, Timings } from '../contract/netlog.ts';
import { type Phases, phasesOf } from './phases.ts';

/** What entries may carry; each kind has some of these. */
type Detail = Readonly<
  Partial<Record<'addresses' | 'reused' | 'choice' | 'stored' | 'kind' | 'refused' | 'failed' | 'timings', unknown>>
>;

/** What happened to a request, a line for each entry of the netlog, with the milliseconds since it was made. Secrets are none of ours: the entries hold none. */
export function storyOf(events: readonly NetLogEvent[]): string {
  const first = events[0];
  if (first === undefined) return '';
  const lines: string[] = [];
  let lent = -1;
  for (const event of events) {
    if (event.what === 'lend') lent = event.time;
    for (const text of wordsOf(event, lent))
      lines.push(`${moment(event.time - first.time)}  ${text.replace(/[\p{Cc}\p{Cf}]/gu, '?')}`);
    if (event.what === 'again') lent = -1;
  }
  return lines.join('\n');
}

function moment(milliseconds: number): string {
  return `${Math.max(0, milliseconds).toFixed(3).padStart(10)} ms`;
}

function wordsOf(event: NetLogEvent, lent: number): string[] {
  const detail: Detail = event.detail ?? {};
  const say = (name: string): string => textOf(detail, name);
  switch (event.what) {
    case 'made':
      return [`${say('method')} ${say('url')} is asked for`];
    case 'proxy':
      return say('proxy') === 'none' ? [] : [`it goes through the proxy ${say('proxy')}`];
    case 'auth':
      return [authWords(detail)];
    case 'resolve':
      return [`the addresses of ${say('host')} are looked up`];
    case 'connect':
      return Array.isArray(detail.addresses) ? [`connecting to ${detail.addresses.join(', ')}`] : [];
    case 'attempt':
      return [`${say('address')}, port ${say('port')}: ${say('outcome')} (${say('milliseconds')} ms)`];
    case 'tls':
      return [`TLS is agreed on: ${['protocol', 'cipher', 'alpn'].map(say).filter(Boolean).join(', ')}`];
    case 'lend':
      return [`connection ${say('connection')} is taken, ${detail.reused === true ? 'which was used before' : 'which is new'}`];
    case 'cache':
      return [`${detail.choice === 'serve' ? 'answered out of the store' : 'not answered out of the store'}: ${say('why')}`];
    case 'request-head':
      return [`sent: ${say('text').split('\r\n')[0]}`];
    case 'interim-head':
      return [`the server says ${status(detail)} beforehand`];
    case 'head':
      return [
        `${status(detail)} comes${detail.stored === true ? ' out of the store' : say('version') && `, HTTP/${say('version')}`}`,
      ];
    case 'again':
      return [againWords(detail)];
    case 'end':
      return ['complete', ...phaseLine(detail, lent)];
    case 'fail':
      return [failWords(detail), ...phaseLine(detail, lent)];
    default:
      return [];
  }
}

function status(detail: Detail): string {
  return `${textOf(detail, 'status')} ${textOf(detail, 'reason')}`.trim();
}

function failWords(detail: Detail): string {
  if (detail.kind === 'canceled') return 'canceled';
  return `failed in the phase ${textOf(detail, 'phase')}: ${textOf(detail, 'message')}`;
}

function authWords(detail: Detail): string {
  const who = textOf(detail, 'peer');
  const asked = who === '' ? 'who asks' : `${who} wants to know who asks`;
  if (detail.refused !== undefined) return `${asked}: ${textOf(detail, 'refused')}`;
  if (detail.failed !== undefined) return `${asked}: ${textOf(detail, 'scheme')} failed, ${textOf(detail, 'failed')}`;
  return `${asked}: answered by ${textOf(detail, 'scheme')}`;
}

const AGAIN: Readonly<Record<string, string>> = {
  redirect: 'it is sent on',
  authentication: 'once more, saying who asks',
  upgrade: 'it goes over TLS instead',
  resend: 'it is sent once more',
  continue: 'the rest of the answer is asked for',
  cache: 'the store has the word',
};

function againWords(detail: Detail): string {
  const url = textOf(detail, 'url');
  const to = detail.kind === 'redirect' || detail.kind === 'upgrade' ? ` to ${url}` : '';
  return `${AGAIN[textOf(detail, 'kind')] ?? 'once more'}${to} (${textOf(detail, 'why')})`;
}

const NAMES: readonly (readonly [keyof Phases, string])[] = [
  ['queue', 'waiting for a connection'],
  ['dns', 'looking up'],
  ['connect', 'connecting'],
  ['proxy', 'proxies'],
  ['tls', 'TLS'],
  ['send', 'sending'],
  ['wait', 'waiting for the answer'],
  ['receive', 'receiving'],
];

function phaseLine({ timings }: Detail, lent: number): string[] {
  if (typeof timings !== 'object' || timings === null) return [];
  const phases = phasesOf(timings as Timings, lent);
  const told = NAMES.filter(([name]) => phases[name] >= 0).map(([name, words]) => `${words} ${phases[name].toFixed(3)} ms`);
  return told.length === 0 ? [] : [`the last trip: ${told.join(', ')}`];
}

function textOf(detail: Detail, name: string): string {
  const value = (detail as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  return typeof value === 'string' ? value : '';
}
