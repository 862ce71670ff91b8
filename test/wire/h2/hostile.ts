import { expect, it } from 'vitest';
import { type QNetworkAccessManager, QNetworkReply, type RequestOptions } from '../../../src/index.ts';
import { fine, type H2Served, type Script, serveH2 } from '../../support/h2-server.ts';
import { managers } from '../../support/managers.ts';
import { once } from '../../support/once.ts';
import { identity } from '../../support/tls.ts';

const { NetworkError } = QNetworkReply;

export const OK = NetworkError.NoError;
export const BROKEN = NetworkError.ProtocolFailure;
export const CLOSED = NetworkError.RemoteHostClosedError;
export const TIMEOUT = NetworkError.TimeoutError;

/** Something that a server does, and what has to come of it. */
export interface Case {
  readonly what: string;
  /** Where it is written what is right. */
  readonly rfc: string;
  /** What the server says to `/`; it answers `/next` as it should. */
  readonly script: Script | readonly Script[];
  /** Default a GET. */
  readonly ask?: (manager: QNetworkAccessManager, url: string) => QNetworkReply;
  /** The error of the reply; several where the standards leave it open. Default {@link BROKEN}. */
  readonly error?: number | readonly number[];
  /** What the reply has to give; default `ok` without an error. */
  readonly body?: string;
  /**
   * What becomes of the connection: given up by us (RFC 9113 5.4.1) or of use for the next request (5.4.2). Nothing is said where both
   * are right.
   */
  readonly after?: 'closed' | 'kept';
  /** Over TLS instead of with prior knowledge. */
  readonly tls?: true;
  /** Connections of the first request, at most; default 1. */
  readonly connections?: number;
  /** Whatever else has to hold, before the next request. */
  readonly also?: (server: H2Served, reply: QNetworkReply) => void | Promise<void>;
}

/** Options of a request that speaks HTTP/2 from its first byte. */
export const direct = (options: RequestOptions = {}): RequestOptions => ({
  ...options,
  attributes: { Http2DirectAttribute: true, ...options.attributes },
});

/** A GET, or a POST of a body, with options. */
export const get =
  (options: RequestOptions = {}) =>
  (manager: QNetworkAccessManager, url: string): QNetworkReply =>
    manager.get(url, url.startsWith('https:') ? options : direct(options));

export const post =
  (body: Uint8Array | string, options: RequestOptions = {}) =>
  (manager: QNetworkAccessManager, url: string): QNetworkReply =>
    manager.post(url, Buffer.from(body), url.startsWith('https:') ? options : direct(options));

/** The script, with a good answer to `/next`. */
const besidesNext = (script: Script): Script => ({
  ...script,
  answer: (stream, request) =>
    request.field(':path') === '/next' ? fine(stream, 'next') : (script.answer?.(stream, request) ?? fine(stream)),
});

/** One test for each. */
export function suffer(cases: readonly Case[]): void {
  const manager = managers();
  for (const row of cases) it(`${row.what} (${row.rfc})`, () => sufferOne(row, manager()));
}

async function sufferOne(row: Case, manager: QNetworkAccessManager): Promise<void> {
  const { script, ask = get(), error = BROKEN, after, connections = 1, also } = row;
  const scripts = (Array.isArray(script) ? script : [script as Script]).map(besidesNext);
  await using server = await serveH2({ scripts, ...(row.tls === true ? { tls: identity() } : {}) });
  await using good = await serveH2();

  const reply = ask(manager, server.url());
  let finished = 0;
  let failed = 0;
  reply.finished.connect(() => finished++);
  reply.errorOccurred.connect(() => failed++);
  await once(reply.finished, `the end of the reply to "${row.what}"`);

  const allowed = typeof error === 'number' ? [error] : error;
  expect(allowed, reply.errorString()).toContain(reply.error());
  const healthy = reply.error() === OK;
  expect(failed).toBe(healthy ? 0 : 1);
  if (healthy || row.body !== undefined) expect(reply.readAll().toString()).toBe(row.body ?? 'ok');
  expect(server.faults).toEqual([]);
  expect(server.connections.length).toBeLessThanOrEqual(connections);
  await also?.(server, reply);

  if (after === 'closed') await server.whenIdle();
  if (after === 'kept') {
    const before = server.connections.length;
    expect(await manager.get(`${server.url('/next')}`, row.tls === true ? {} : direct()).text()).toBe('next');
    expect(server.connections.length).toBe(before);
  }
  expect(await manager.get(good.url(), direct()).text()).toBe('ok');
  expect(finished).toBe(1);
  await manager.close();
  await server.whenIdle();
}
