import type { HeaderList } from '../../src/base/header-list.ts';
import type { Head } from '../../src/contract/head.ts';
import type { ProtocolFault } from '../../src/wire/h1/head-parser.ts';
import { H1_LIMITS } from '../../src/wire/h1/limits.ts';
import { ResponseParser, type ResponseTarget } from '../../src/wire/h1/response-parser.ts';
import type { Outcome } from './outcome.ts';

/** Hears one answer, as a connection does. */
class Listener implements ResponseTarget {
  alive = true;
  interims: number[] = [];
  final: Head | null = null;
  keeps = false;
  body = '';
  completed = false;
  trailers: HeaderList | null = null;
  why = '';

  interim(head: Head): void {
    this.interims.push(head.status);
  }
  head(head: Head, keepAlive: boolean): void {
    this.final = head;
    this.keeps = keepAlive;
  }
  data(bytes: Buffer, start: number, end: number): void {
    this.body += bytes.toString('latin1', start, end);
  }
  complete(trailers: HeaderList | null): void {
    this.completed = true;
    this.trailers = trailers;
  }
  fault(fault: ProtocolFault): void {
    this.why = fault.why;
    this.alive = false;
  }
}

/** Feeds our parser with the pieces and then the end of the connection. */
export function readWithOurs(method: string, pieces: readonly Buffer[]): Outcome {
  const heard = new Listener();
  const parser = new ResponseParser(heard, H1_LIMITS);
  parser.begin(method, false);
  for (const piece of pieces) {
    let at = 0;
    while (at < piece.length && heard.alive && !parser.idle) at = parser.feed(piece, at, piece.length);
  }
  const early = heard.completed;
  if (heard.alive && !early) parser.eof();
  const { final } = heard;
  return {
    accepted: heard.completed,
    early,
    interims: heard.interims,
    version: final?.version ?? '',
    status: final?.status ?? 0,
    reason: final?.reason ?? '',
    fields: final?.headers.flat ?? [],
    trailers: heard.trailers?.flat ?? [],
    body: heard.body,
    reusable: heard.completed && heard.keeps,
    why: heard.why,
  };
}
