import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Answer, Bytes } from '../../support/answer.ts';
import type { Origin, Route, SeenRequest } from '../../support/server.ts';
import { peersFolder } from '../../support/tls.ts';
import { bytesOf } from './bytes.mjs';
import { Guard } from './guard.ts';
import type { Fill, Verdicts } from './listener.ts';
import type { EntryScript, GuardedScript, OriginScript, RouteScript } from './types.ts';

const pem = (name: string): string => readFileSync(join(peersFolder, `${name}.pem`), 'utf8');

// The recordings wait this long between the last byte and the end of a connection.
const LAST_WORDS = 40;
// ... and this long before each piece of a body that is cut.
const PIECE_PAUSE = 25;

/** An origin in the words of the test server. */
export function originOf(script: OriginScript, fill: Fill, verdicts: Verdicts): Origin {
  if (script.onConnect !== undefined) return { connect: { end: script.onConnect, delay: script.onConnectDelay ?? 0 } };
  if (script.tlsRefuse === 'reset') return { refuse: { end: 'reset' } };
  if (script.tlsRefuse === 'garbage') return { refuse: { write: 'this is not TLS at all\r\n', end: 'close' } };
  const routes = routesOf(script.routes ?? {}, fill, verdicts);
  const { tls } = script;
  return tls === undefined ? { routes } : { routes, tls: tlsOptions(tls), plainToo: true };
}

/** The routes of an origin, by path. */
export function routesOf(scripts: Readonly<Record<string, RouteScript>>, fill: Fill, verdicts: Verdicts): Record<string, Route> {
  const routes: Record<string, Route> = {};
  const targets = new Map<string, Answer>();
  for (const [target, entry] of Object.entries(scripts)) {
    if ('auth' in entry) {
      routes[target] = guarded(entry, fill, verdicts);
      continue;
    }
    const entries = [entry].flat();
    const answers = entries.map((e) => late(e, fill));
    const path = target.split('?', 1)[0]!;
    targets.set(target, answers[0]!);
    // a script may name a query; the test server looks at paths alone
    const first = path === target && routes[path] === undefined;
    if (first && entries.some(({ when }) => when !== undefined)) routes[path] = choosing(entries, answers, fill);
    else routes[path] = first ? answers : (request) => targets.get(request.target) ?? targets.get(path)!;
  }
  return routes;
}

/** A 401 until the credentials are right. */
function guarded({ auth, authBody, authHeaders, authEnd, responses }: GuardedScript, fill: Fill, verdicts: Verdicts): Route {
  const guard = new Guard(auth);
  const inside = choosing(
    responses,
    responses.map((e) => late(e, fill)),
    fill,
  );
  return (request) => {
    const { method, target } = request;
    const verdict = guard.judge({ method, target, credentials: request.header('authorization') });
    verdicts.set(request, verdict);
    if (verdict === 'valid') return inside(request);
    const challenges = guard.challenges().map((c): [string, string] => ['WWW-Authenticate', c]);
    const headers = [...challenges, ...(authHeaders ?? [])];
    return answerOf({
      status: 401,
      body: authBody ?? 'who are you',
      headers,
      ...(authEnd === undefined ? {} : { end: authEnd }),
    });
  };
}

/** The first answer that is for this request; of those for any each once, and the last one from then on. */
function choosing(entries: readonly EntryScript[], answers: readonly Answer[], fill: Fill): (request: SeenRequest) => Answer {
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

function tlsOptions(tls: NonNullable<OriginScript['tls']>): TlsOptions {
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
  const { silent, end, endDelay, chunkExt, sayClose, raw, body, before, headers, pause, when: _when, then: _then, ...same } = e;
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
