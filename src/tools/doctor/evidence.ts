import type { FindingCode } from '../../api/advice/advice.ts';
import { hideInText } from '../../base/redaction.ts';
import { doubtText } from '../../rules/certificate-doubts.ts';
import { meaningOf } from './chain.ts';
import { shown } from './known.ts';
import { headlineOf } from './reading.ts';
import type { Seen } from './voyage.ts';

/** What the request has shown of a finding, as sentences without secrets. */
export function evidenceOf(code: FindingCode, seen: Seen): string[] {
  const { failure, head, stops, attempts, proxy } = seen;
  const said: string[] = [];
  if (stops.length > 1)
    said.push(`redirected ${stops.length === 2 ? 'once' : `${stops.length - 1} times, at last`} to ${shown(seen.url)}`);
  if (proxy !== '') said.push(`the way leads over ${proxy}`);
  const failed = attempts.filter(({ outcome }) => outcome !== 'connected');
  // of a single one the failure tells
  if (attempts.length > 1)
    for (const { address, outcome, milliseconds } of failed.slice(0, MOST))
      said.push(`${address}: ${outcome} after ${milliseconds.toFixed(1)} ms`);
  if (isKeptAway(seen)) said.push(`the name ${seen.host} leads to ${seen.addresses.join(', ')}, which is nobody’s address`);
  const doubts = doubtsFor(code, seen);
  said.push(...doubts);
  if (failure === null) said.push(`the answer is ${head?.status ?? 0} ${head?.reason ?? ''}`.trimEnd());
  const headline = headlineOf(seen);
  if (headline !== '') said.push(`its page is called “${hideInText(headline)}”`);
  if (failure === null) return said;
  if (doubts.length === 0)
    said.push(`${readable(failure.message)} (${failure.kind}, phase ${failure.phase}${systemWord(failure.cause)})`);
  const answer = failure.proxyAnswer;
  if (answer !== undefined) said.push(`the proxy answered ${answer.status} ${answer.reason}`.trimEnd());
  return said;
}

/** Names that are not to be reached lead to the address that is none (RFC 1122 3.2.1.3, RFC 4291 2.5.2). */
export function isKeptAway({ host, addresses }: Seen): boolean {
  return addresses.length > 0 && addresses.every((address) => NOBODY.has(address) && address !== host);
}

const NOBODY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

const MOST = 8;

/** Those that the finding is made of, else all; what two of them say in the same words counts once. */
function doubtsFor(code: FindingCode, { failure, secure }: Seen): string[] {
  const all = failure === null ? [] : (secure?.doubts ?? []);
  const own = all.filter((doubt) => meaningOf(doubt, secure!) === code);
  const lines = new Map<string, string>();
  for (const doubt of own.length > 0 ? own : all) {
    const line = `${doubt.at < 0 ? 'TLS' : `certificate ${doubt.at + 1}`}: ${doubtText(doubt.code)}`;
    if (!lines.has(line)) lines.set(line, doubt.code);
  }
  return [...lines].map(([line, word]) => `${line} (${word})`);
}

function systemWord(cause: unknown): string {
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? `, ${code}` : '';
}

/** OpenSSL's own lines have numbers and places of source code in them: `4003…:error:0A000410:SSL routines:ssl3_read_bytes:alert handshake failure:…`. */
function readable(message: string): string {
  return hideInText(
    message.replace(/[0-9A-F]*:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):\S*?:\d+:(?:SSL alert number \d+)?\s*/g, '$1').trim(),
  );
}
