import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Answer, Bytes } from '../../support/answer.ts';
import { type Origin, type Route, type SeenRequest, serve } from '../../support/server.ts';
import { peersFolder } from '../../support/tls.ts';
import { bytesOf } from './bytes.mjs';
import type { EntryScript, ListenerScript } from './types.ts';

/** A listener of a scenario, running. */
export interface Listener {
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Connections that were used for something. */
  readonly used: number;
  /** Whether a connection, by its number, spoke TLS. */
  secure(connection: number): boolean;
  close(): Promise<void>;
}

const pem = (name: string): string => readFileSync(join(peersFolder, `${name}.pem`), 'utf8');

// The recordings wait this long between the last byte and the end of a connection.
const LAST_WORDS = 40;
// ... and this long before each piece of a body that is cut.
const PIECE_PAUSE = 25;

/** Puts the ports, which are known only when all listen, into what a server says. */
type Fill = <T>(value: T) => T;

/** Starts what a scenario needs; a closed listener is a port where nobody listens. */
export async function listen(script: ListenerScript, fill: Fill): Promise<Listener> {
  if (script.role === 'closed') {
    const port = await freePort();
    return { port, requests: [], used: 0, secure: () => false, close: () => Promise.resolve() };
  }
  const server = await serve(originOf(script, fill));
  return {
    port: server.port,
    requests: server.requests,
    get used(): number {
      return server.connections.length;
    },
    secure: (connection) => server.connections[connection - 1]?.secure === true,
    close: () => server.close(),
  };
}

function originOf(script: ListenerScript, fill: Fill): Origin {
  if (script.onConnect !== undefined) return { connect: { end: script.onConnect, delay: script.onConnectDelay ?? 0 } };
  if (script.tlsRefuse === 'reset') return { refuse: { end: 'reset' } };
  if (script.tlsRefuse === 'garbage') return { refuse: { write: 'this is not TLS at all\r\n', end: 'close' } };
  const routes: Record<string, Route> = {};
  const targets = new Map<string, Answer>();
  for (const [target, entry] of Object.entries(script.routes ?? {})) {
    const entries = Array.isArray(entry) ? (entry as readonly EntryScript[]) : [entry as EntryScript];
    const answers = entries.map((e) => late(e, fill));
    const path = target.split('?', 1)[0]!;
    targets.set(target, answers[0]!);
    // a script may name a query; the test server looks at paths alone
    const first = path === target && routes[path] === undefined;
    if (first && entries.some(({ when }) => when !== undefined)) routes[path] = choosing(entries, answers, fill);
    else routes[path] = first ? answers : (request) => targets.get(request.target) ?? targets.get(path)!;
  }
  const { tls } = script;
  return tls === undefined ? { routes } : { routes, tls: tlsOptions(tls), plainToo: true };
}

/** The first answer that is for this request; of those for any each once, and the last one from then on. */
function choosing(entries: readonly EntryScript[], answers: readonly Answer[], fill: Fill): Route {
  let next = 0;
  const plain = answers.filter((_, i) => entries[i]!.when === undefined);
  return (request) => {
    const i = entries.findIndex(({ when }) => when !== undefined && fits(fill(when), request));
    return i >= 0 ? answers[i]! : plain[Math.min(next++, plain.length - 1)]!;
  };
}

function fits({ header, is }: NonNullable<EntryScript['when']>, request: SeenRequest): boolean {
  const value = request.header(header);
  return is === undefined ? value !== undefined : value === is;
}

function tlsOptions(tls: NonNullable<ListenerScript['tls']>): TlsOptions {
  const { cert, psk, requestCert, requireCert, alpn, ...versions } = tls;
  const options: TlsOptions = { ...versions };
  if (alpn !== null) options.ALPNProtocols = [...(alpn ?? ['http/1.1'])];
  if (requestCert === true) Object.assign(options, { requestCert, rejectUnauthorized: requireCert === true, ca: pem('ca') });
  if (cert !== undefined) Object.assign(options, { key: pem(`${cert}-key`), cert: pem(cert) });
  if (psk !== undefined) {
    const key = Buffer.from(psk.key, 'hex');
    options.pskCallback = (_socket, identity) => (identity === psk.identity ? key : null);
    Object.assign(options, { pskIdentityHint: psk.hint, ciphers: 'PSK', maxVersion: 'TLSv1.2' });
  }
  return options;
}

/** An answer whose headers may name ports that are not known yet. */
function late(entry: EntryScript, fill: Fill): Answer {
  const answer = answerOf(entry);
  return {
    ...answer,
    get headers() {
      return fill(answer.headers ?? []);
    },
  };
}

/** The recordings' words for an answer as an answer of the test server. */
function answerOf(e: EntryScript): Answer {
  const { silent, end, endDelay, chunkExt, sayClose, raw, body, before, headers, pause, when: _, ...same } = e;
  const answer: { -readonly [K in keyof Answer]: Answer[K] } = {
    ...same,
    endDelay: endDelay ?? (silent === true ? 0 : LAST_WORDS),
  };
  if (end !== undefined) answer.end = end;
  if (silent === true) {
    answer.fault = end === 'reset' ? 'reset before head' : end === 'hang' ? 'stall before head' : 'close before head';
    return answer;
  }
  if (raw !== undefined) {
    answer.raw = (Array.isArray(raw) ? raw : [raw]).map((r: unknown): Bytes | { pause: number } => (isPause(r) ? r : bytesOf(r)));
    return answer;
  }
  answer.body = bytesOf(body);
  answer.headers = e.framing === 'close' && sayClose !== false ? [...(headers ?? []), ['Connection', 'close']] : (headers ?? []);
  if (before !== undefined) answer.before = before.map(bytesOf);
  if (chunkExt !== undefined) answer.chunkExtension = chunkExt;
  answer.pause = pause ?? (e.chunks === undefined ? 0 : PIECE_PAUSE);
  return answer;
}

const isPause = (r: unknown): r is { pause: number } => typeof r === 'object' && r !== null && 'pause' in r;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
