import { createHash } from 'node:crypto';
import type { SeenRequest } from '../../support/server.ts';
import type { Listener } from './listener.ts';
import type { RawReply, RawTrace, ShownBytes, ShownReply, ShownRequest, SignalEvent, Trace } from './types.ts';

/** What was made up for one run and must not be compared. */
export interface Run {
  readonly ports: Readonly<Record<string, number>>;
  readonly tmp: string;
  /** Seconds since 1970, when it began. */
  readonly epoch: number;
}

/** Applies `f` to every string in a JSON value. */
export function mapText<T>(value: T, f: (s: string) => string): T {
  const walk = (v: unknown): unknown => {
    if (typeof v === 'string') return f(v);
    if (Array.isArray(v)) return v.map(walk);
    if (v !== null && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [f(k), walk(x)]));
    return v;
  };
  return walk(value) as T;
}

/** Puts real values for `${a}` (ports), `${tmp}` and `${date+60}` (seconds after the start). */
export function resolve<T>(value: T, run: Run): T {
  return mapText(value, (s) =>
    s
      .replace(/\$\{date([+-]\d+)\}/g, (_, seconds: string) => new Date((run.epoch + Number(seconds)) * 1000).toUTCString())
      .replace(/\$\{(\w+)\}/g, (whole, name: string) => (name === 'tmp' ? run.tmp : String(run.ports[name] ?? whole))),
  );
}

/** Dates of HTTP; those of the run are not far from its start. */
const DATE = /\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;
const NEAR = 3_000_000;

function fromStart(date: string, { epoch }: Run): string {
  const seconds = Date.parse(date) / 1000 - epoch;
  return Math.abs(seconds) > NEAR ? date : `\${date${seconds < 0 ? '' : '+'}${seconds}}`;
}

/** Boundaries of multiparts that the library made up. */
const BOUNDARY = /(boundary_\.oOo\._)[\w+/=]{32}/g;

function unresolve<T>(value: T, run: Run): T {
  return mapText(value, (s) => {
    let text = s.replaceAll(run.tmp, `\${tmp}`);
    for (const [name, port] of Object.entries(run.ports))
      text = text.replace(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), `\${${name}}`);
    return text.replace(BOUNDARY, '$1*').replace(DATE, (date) => fromStart(date, run));
  });
}

/** The same for numbers, which are ports only where it says so. */
function namePorts<T>(value: T, run: Run): T {
  const walk = (v: unknown, key: string): unknown => {
    if (Array.isArray(v)) return v.map((x) => walk(x, ''));
    if (v !== null && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, walk(x, k)]));
    const name = key === 'port' ? Object.keys(run.ports).find((n) => run.ports[n] === v) : undefined;
    return name === undefined ? v : `\${${name}}`;
  };
  return walk(value, '') as T;
}

const LONGEST_TEXT = 1500;

function showBytes(b: Buffer, run: Run): ShownBytes {
  const text = b.toString('utf8');
  const printable = Buffer.from(text, 'utf8').equals(b) && !/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(text);
  const shown = printable ? unresolve(text, run) : undefined;
  if (shown !== undefined && shown.length <= LONGEST_TEXT) return shown;
  return { length: b.length, sha256: createHash('sha256').update(b).digest('hex').slice(0, 32) };
}

/** A response of Digest hangs on a number made up by the client: what the guard found in it counts. */
function showCredentials(name: string, value: string, verdict: string): string {
  if (!/^(proxy-)?authorization$/i.test(name) || !/^digest/i.test(value)) return value;
  return value.replace(/cnonce="[^"]*"/, 'cnonce="*"').replace(/response="[0-9a-f]+"/i, `response="<${verdict}>"`);
}

function showRequest(l: string, log: Logs[string], r: SeenRequest, run: Run): ShownRequest {
  const verdict = log.verdicts.get(r);
  return {
    l,
    conn: r.connection,
    method: r.method,
    target: unresolve(r.target, run),
    version: r.version,
    ...(log.secure(r.connection) ? { tls: true as const } : {}),
    headers: r.headers.map(([k, v]) => [k, showCredentials(k, unresolve(v, run), verdict ?? 'unchecked')]),
    ...(r.body.length > 0 || r.short ? { body: showBytes(r.body, run) } : {}),
    ...(r.chunked && !r.short ? { bodyChunked: true as const } : {}),
    ...(r.short ? { bodyShort: true as const } : {}),
    ...(verdict === undefined ? {} : { auth: verdict }),
  };
}

function showReply(r: RawReply, run: Run): ShownReply {
  const { body, ...rest } = r;
  const shown = unresolve(rest, run);
  return body === undefined ? shown : { ...shown, body: showBytes(Buffer.from(body, 'base64'), run) };
}

/** Listener by name, and what was written down about it. */
export type Logs = Readonly<Record<string, Omit<Listener, 'port' | 'close'>>>;

export function normalise(raw: RawTrace, logs: Logs, run: Run): Trace {
  return {
    events: settleProgress(namePorts(unresolve(raw.events, run), run)),
    replies: Object.fromEntries(Object.entries(raw.replies).map(([id, r]) => [id, showReply(r, run)])),
    values: unresolve(raw.values, run),
    server: {
      requests: Object.entries(logs).flatMap(([l, log]) => log.requests.map((r) => showRequest(l, log, r, run))),
      connections: Object.entries(logs).flatMap(([l, log]) => new Array<string>(log.used).fill(l)),
      socks: Object.entries(logs).flatMap(([l, log]) => namePorts(log.ways, run).map((way) => ({ l, ...way }))),
    },
  };
}

/** Progress of one reply that was seen and not yet written down. */
interface Held {
  upload: SignalEvent | undefined;
  download: SignalEvent | undefined;
  finished: boolean;
  /** Last signal but downloadProgress. */
  last: string;
}

/**
 * How often progress is reported depends on packets and timers, so only this much of it is compared: the last downloadProgress before
 * the end (right before readChannelFinished or finished) and the last one after it; the last uploadProgress before each other signal
 * that says how far the request is; readyRead once where it came several times in a row.
 */
function settleProgress(events: readonly SignalEvent[]): SignalEvent[] {
  const lasting = lastDownloads(events);
  const held = new Map<string, Held>();
  const out: SignalEvent[] = [];
  const of = (who: string): Held => {
    let h = held.get(who);
    if (h === undefined) {
      h = { upload: undefined, download: undefined, finished: false, last: '' };
      held.set(who, h);
    }
    return h;
  };
  const write = (h: Held, what: 'upload' | 'download'): void => {
    const e = h[what];
    h[what] = undefined;
    if (e !== undefined) out.push(e);
  };
  for (const e of events) {
    const [who, signal] = e;
    const h = of(who);
    if (signal === 'downloadProgress') {
      if (!lasting.has(e)) continue;
      write(h, 'upload');
      if (h.finished) out.push(e);
      else h.download = e;
      continue;
    }
    if (signal === 'uploadProgress') {
      // The (0, 0) at the end of an upload belongs behind the download's last word.
      if (e[2] === 0 && e[3] === 0) write(h, 'download');
      h.upload = e;
      continue;
    }
    const about = typeof e[2] === 'string' ? of(e[2]) : undefined; // a signal of the manager about a reply
    if (signal === 'finished') write(about ?? h, 'download');
    if (signal === 'readChannelFinished') write(h, 'download');
    if (signal === 'finished' && about === undefined) h.finished = true;
    if (signal !== 'requestSent' && signal !== 'socketStartedConnecting') {
      write(h, 'upload');
      if (about !== undefined) write(about, 'upload');
    }
    if (signal === 'readyRead' && h.last === 'readyRead') continue;
    h.last = signal;
    out.push(e);
  }
  for (const h of held.values()) write(h, 'download');
  for (const h of held.values()) write(h, 'upload');
  return out;
}

/** Of each reply the last downloadProgress before its finished, and the last one after. */
function lastDownloads(events: readonly SignalEvent[]): Set<SignalEvent> {
  const last = new Map<string, SignalEvent>();
  const finished = new Set<string>();
  for (const e of events) {
    if (e[1] === 'finished' && e.length === 2) finished.add(e[0]);
    if (e[1] === 'downloadProgress') last.set(`${finished.has(e[0])} ${e[0]}`, e);
  }
  return new Set(last.values());
}
