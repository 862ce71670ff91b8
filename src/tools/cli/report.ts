import { lateHints } from '../../api/advice/late.ts';
import type { Failure } from '../../contract/failure.ts';
import type { QNetworkReply } from '../../index.ts';
import { reasonOf } from './head-text.ts';
import { type PhaseTimes, phaseTimes } from './phases.ts';
import { redactHeader, redactUrl } from './redact.ts';
import { decodeHeader, printable } from './text.ts';
import type { Outcome } from './transfer.ts';
import { formatBytes, formatDuration } from './units.ts';
import type { Watched } from './watch.ts';

/** The document `--json` writes for one URL. */
export function jsonDocument(outcome: Outcome, method: string, watched: Watched, showSecrets: boolean): Record<string, unknown> {
  const { reply } = outcome;
  const show = (url: string): string => (showSecrets ? url : redactUrl(url));
  return {
    url: show(outcome.target.url),
    finalUrl: show(reply.url().toString()),
    method,
    status: reply.status(),
    reason: reasonOf(reply),
    httpVersion: watched.version === '' ? null : watched.version,
    headers: headersOf(reply, showSecrets),
    error: errorOf(outcome),
    exitCode: outcome.exit,
    bytes: outcome.bytes,
    savedTo: outcome.saved,
    connection: watched.connection,
    reused: watched.reused,
    fromCache: reply.attribute(SOURCE_IS_FROM_CACHE) === true,
    hops: watched.hops,
    tls: watched.tls,
    timings: timesOf(reply, watched),
  };
}

/** QNetworkRequest.Attribute.SourceIsFromCacheAttribute. */
const SOURCE_IS_FROM_CACHE = 6;

/** Lower-case names, each with all its values in order. */
function headersOf(reply: QNetworkReply, showSecrets: boolean): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (const [name, octets] of reply.headers().toListOfPairs()) {
    const value = decodeHeader(Buffer.from(octets, 'latin1'));
    headers[name] = [...(headers[name] ?? []), showSecrets ? value : redactHeader(name, value)];
  }
  return headers;
}

function errorOf(outcome: Outcome): Record<string, unknown> | null {
  if (outcome.localError !== null) return { name: 'LocalFileError', code: null, message: outcome.localError.message };
  const { reply } = outcome;
  const code: number = reply.error();
  if (code === 0) return null;
  const failure = reply.failure();
  return {
    name: outcome.errorName,
    code,
    message: failure?.message ?? reply.errorString(),
    ...(failure === null ? {} : { kind: failure.kind, phase: failure.phase, maybeProcessed: failure.maybeProcessed }),
    ...(failure?.limit === undefined ? {} : { limit: failure.limit }),
    ...(failure === null || failure.attempts.length === 0 ? {} : { attempts: failure.attempts }),
  };
}

function timesOf(reply: QNetworkReply, watched: Watched): PhaseTimes | null {
  const timings = reply.timings();
  if (timings === null) return null;
  return phaseTimes(timings.ended < 0 ? { ...timings, ended: watched.failedAt } : timings);
}

/** What went wrong, for a person: one line, with one more for each address that was tried. */
export function errorLines(outcome: Outcome, showSecrets: boolean): string[] {
  const url = showSecrets ? outcome.target.url : redactUrl(outcome.target.url);
  const { reply, localError, errorName } = outcome;
  if (localError !== null) return [printable(`qnam: ${url}: ${localError.message}`)];
  const status = reply.status();
  const failure = reply.failure();
  const answered = failure?.kind === 'status';
  const what = answered ? `${status} ${reasonOf(reply)}`.trimEnd() : (failure?.message ?? reply.errorString());
  const lines = [`qnam: ${url}: ${what} (${errorName}${answered || failure === null ? '' : `, phase ${failure.phase}`})`];
  for (const { address, port, outcome: result, milliseconds } of failure?.attempts ?? []) {
    // a local socket has no port
    const place = port === 0 ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
    lines.push(`      tried ${place}: ${result} after ${formatDuration(milliseconds)}`);
  }
  if (failure?.maybeProcessed === true) lines.push('      the server may have acted on the request all the same');
  return [...lines, ...hintLines(reply)].map(printable);
}

/** What to do about it. */
function hintLines(reply: QNetworkReply): string[] {
  const failure = reply.failure();
  const told = failure === null || failure.kind === 'status' || failure.kind === 'other' ? null : (failure as Failure);
  const url = reply.url();
  const remedy = lateHints()?.remedyFor(told, reply.status(), { scheme: url.scheme(), host: url.host() }) ?? null;
  if (remedy === null) return [];
  const more = told === null ? [] : ['      qnam doctor finds out more'];
  return [`      ${remedy.words}${remedy.option === null ? '' : ` (${remedy.option})`}`, ...more];
}

/** The last `*` line of -v: what came, and where the time went. */
export function summaryLine(outcome: Outcome, watched: Watched): string {
  const times = timesOf(outcome.reply, watched);
  const parts = times === null ? [] : Object.entries(times).filter(([name, time]) => time !== null && name !== 'total');
  const phases = parts.map(([name, time]) => `${name} ${formatDuration(time!)}`).join(', ');
  const status = outcome.reply.status();
  const took = times === null ? '' : ` in ${formatDuration(times.total)}`;
  return `* ${status > 0 ? status : 'no answer'}, ${formatBytes(outcome.bytes)} body${took}${phases === '' ? '' : ` (${phases})`}`;
}

/** One line for a file that was written. */
export function savedLine(outcome: Outcome, milliseconds: number): string {
  const rate = milliseconds > 0 ? `, ${formatBytes((outcome.bytes / milliseconds) * 1000)}/s` : '';
  return printable(`${outcome.saved}: ${formatBytes(outcome.bytes)} in ${formatDuration(milliseconds)}${rate}`);
}
