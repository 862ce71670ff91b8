import { HeaderList } from '../../base/header-list.ts';
import type { BodyReader } from '../../contract/body.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Head } from '../../contract/head.ts';
import type { Hop } from '../../contract/hop.ts';
import { notModifiedHeaders } from '../../rules/cache/own-conditions.ts';
import { cutHeaders } from '../../rules/cache/ranges.ts';
import { servedHeaders } from '../../rules/cache/stored-head.ts';
import type { Note, Serving } from './note.ts';
import { StoredCarriage } from './stored-carriage.ts';

/** Gives a stored answer to a hop. False when its body is gone; the hop has heard nothing then. */
export function serveStored(hop: Hop, clock: Clock, { store }: Note, serving: Serving): boolean {
  const { answer, as } = serving;
  const cut = typeof as === 'object' ? as : null;
  const bodiless = hop.method === 'HEAD' || as === 'not-modified' || isBodiless(serving);
  let reader: BodyReader | null = null;
  if (!bodiless) {
    reader = answer.open(cut === null ? 0 : cut.offset);
    if (reader === null) return false;
  }
  hop.stored = true;
  // what such a store has is decoded already
  if (store.simple === true) hop.acceptEncoding = '';
  const length = cut === null ? answer.length : cut.length;
  const head = headOf(serving, clock.wall(), bodiless ? 0 : length);
  new StoredCarriage(hop, clock, reader, cut === null ? -1 : length).begin(head);
  return true;
}

function headOf({ head: stored, as, validated }: Serving, now: number, bodyLength: number): Head {
  if (as === 'not-modified') return headWith(304, 'Not Modified', notModifiedHeaders(stored, now), bodyLength);
  if (as === 'whole') return headWith(stored.status, stored.reason, servedHeaders(stored, now, validated), bodyLength);
  return headWith(206, stored.status === 206 ? stored.reason : 'Partial Content', cutHeaders(stored, now, as), bodyLength);
}

function headWith(status: number, reason: string, headers: HeaderList, bodyLength: number): Head {
  return { status, reason, version: '1.1', headers, bodyLength, pipelined: false };
}

/** Only the head of a redirect was kept: whoever follows it asks for no more. */
function isBodiless({ head: { range } }: Serving): boolean {
  return range !== null && range.last < range.first;
}

/** The answer of a cache that was not to ask anybody and has nothing (RFC 9111 5.2.1.7). */
export function serveTimeout(hop: Hop, clock: Clock): 'served' {
  hop.stored = true;
  const head = headWith(504, 'Gateway Timeout', new HeaderList(['Content-Length', '0']), 0);
  new StoredCarriage(hop, clock, null, 0).begin(head);
  return 'served';
}
