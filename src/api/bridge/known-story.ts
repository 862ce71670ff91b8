import { hideInText } from '../../base/redaction.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { NetLogEvent, NetLogWhat } from '../../contract/netlog.ts';
import type { Transfer } from '../../engine/assembly.ts';

/** The entries of the netlog that a reply can tell of although nobody listened: those of its last trip. */
export function knownEntries(transfer: Transfer, head: Head | null, problem: Failure | null): NetLogEvent[] {
  const { ask, hop, started, timings, secure } = transfer;
  const events: NetLogEvent[] = [];
  const add = (time: number, what: NetLogWhat, detail: Readonly<Record<string, unknown>>): void => {
    if (time >= 0) events.push({ transfer: transfer.id, hop: hop.index, time, what, detail });
  };
  add(started, 'made', { method: ask.method, url: hideInText(ask.url.hrefWithoutUserInfo) });
  const url = hideInText(hop.url.hrefWithoutUserInfo);
  if (hop.index > 0) add(timings.queued, 'again', { kind: 'later', why: `trip ${hop.index + 1}: ${hop.method} ${url}` });
  add(timings.resolveStart, 'resolve', { host: hop.url.host });
  for (const attempt of hop.attempted) add(timings.connected >= 0 ? timings.connected : timings.ended, 'attempt', { ...attempt });
  if (secure !== null) add(timings.connected, 'tls', { protocol: secure.protocol, cipher: secure.cipher, alpn: secure.alpn });
  if (hop.connection > 0) add(timings.sent, 'lend', { connection: hop.connection, reused: hop.reused });
  add(timings.sent, 'request-head', { text: `${hop.method} ${hideInText(hop.url.target)}` });
  if (head !== null) {
    const { status, reason, version } = head;
    add(timings.headReceived, 'head', { status, reason, version, stored: hop.stored });
  }
  if (!transfer.over) return events;
  if (problem === null) add(timings.ended, 'end', { timings });
  else add(timings.ended, 'fail', { kind: problem.kind, phase: problem.phase, message: hideInText(problem.message), timings });
  return events;
}
