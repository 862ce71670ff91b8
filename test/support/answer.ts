/** What a scripted origin answers, and how it misbehaves: faults are values that a test hands over. */

export type Bytes = string | Uint8Array;
export type Step = Buffer | { readonly pause: number };
export type HeaderPairs = readonly (readonly [string, string])[];

/** What goes wrong while the answer is written. `at` counts the bytes of the answer (head included) that still go out. */
export type Fault =
  | 'close before head'
  | 'reset before head'
  | 'stall before head'
  | { readonly close: number }
  | { readonly reset: number }
  | { readonly stall: number };

/** How a connection ends (or does not) after the answer. */
export type Ending = 'keep' | 'close' | 'reset' | 'hang';

export interface Answer {
  /** Milliseconds before the first byte. */
  readonly delay?: number;
  /** Bytes as they are, with pauses between, for ever if it is an endless generator; head and framing below are then unused. */
  readonly raw?: Bytes | Iterable<Bytes | { readonly pause: number }>;
  /** Interim heads or any other bytes before the head. */
  readonly before?: readonly Bytes[];
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1';
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: HeaderPairs | Readonly<Record<string, string>>;
  /** A generator is read while it is sent; give its length in `headers` or choose another framing. */
  readonly body?: Bytes | Iterable<Uint8Array>;
  /** `none` writes neither Content-Length nor Transfer-Encoding. Default: length. */
  readonly framing?: 'length' | 'chunked' | 'close' | 'none';
  /** Sizes of the pieces the body is cut into; what is left makes the last one. */
  readonly chunks?: readonly number[];
  /** Milliseconds before each piece. */
  readonly pause?: number;
  readonly chunkExtension?: string;
  readonly trailers?: HeaderPairs;
  /** The body ends after so many bytes although more was promised. */
  readonly truncate?: number;
  /** Said as soon as the head of the request is there, before anything else. */
  readonly atHead?: Bytes;
  /** Answers before the request's body has been read. */
  readonly early?: boolean;
  /** With `early`: false leaves the body of the request unread. */
  readonly drain?: boolean;
  readonly fault?: Fault;
  readonly end?: Ending;
  /** Milliseconds between the last byte and the ending. Default 0, before a reset 20. */
  readonly endDelay?: number;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  500: 'Internal Server Error',
};

export const bytes = (b: Bytes): Buffer =>
  typeof b === 'string' ? Buffer.from(b, 'utf8') : Buffer.from(b.buffer, b.byteOffset, b.length);

const pairs = (h: Answer['headers']): [string, string][] =>
  h === undefined ? [] : Array.isArray(h) ? h.map(([k, v]) => [k, v]) : Object.entries(h as Record<string, string>);

/** The head of an answer, with the framing fields it needs and did not bring along. */
function head(a: Answer, length: number): Buffer {
  const status = a.status ?? 200;
  const fields = pairs(a.headers);
  const has = (name: string): boolean => fields.some(([k]) => k.toLowerCase() === name);
  const framing = a.framing ?? 'length';
  if (framing === 'length' && !has('content-length') && status !== 204 && status !== 304)
    fields.push(['Content-Length', String(length)]);
  if (framing === 'chunked' && !has('transfer-encoding')) fields.push(['Transfer-Encoding', 'chunked']);
  const lines = fields.map(([k, v]) => `${k}: ${v}\r\n`).join('');
  return Buffer.from(`${a.version ?? 'HTTP/1.1'} ${status} ${a.reason ?? REASONS[status] ?? ''}\r\n${lines}\r\n`, 'utf8');
}

function* pieces(a: Answer): Generator<Buffer> {
  const body = a.body ?? '';
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    for (const piece of body) yield bytes(piece);
    return;
  }
  const all = bytes(body).subarray(0, a.truncate);
  let at = 0;
  for (const size of a.chunks ?? []) {
    yield all.subarray(at, at + size);
    at += size;
  }
  if (at < all.length) yield all.subarray(at);
}

const chunk = (piece: Buffer, extension: string): Buffer =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n')]);

/** The answer as bytes and pauses. HEAD, 204 and 304 have no body whatever the answer says. */
export function* script(a: Answer, method: string): Generator<Step> {
  if (a.delay !== undefined && a.delay > 0) yield { pause: a.delay };
  if (a.raw !== undefined) {
    const list = typeof a.raw === 'string' || a.raw instanceof Uint8Array ? [a.raw] : a.raw;
    for (const item of list) yield typeof item === 'object' && 'pause' in item ? item : bytes(item);
    return;
  }
  for (const b of a.before ?? []) yield bytes(b);
  const known = typeof a.body === 'string' || a.body instanceof Uint8Array ? bytes(a.body).length : 0;
  const pause = a.pause ?? 0;
  const bare = method === 'HEAD' || a.status === 204 || a.status === 304;
  let waiting = head(a, known);
  if (!bare) {
    for (const piece of pieces(a)) {
      const out = a.framing === 'chunked' ? chunk(piece, a.chunkExtension ?? '') : piece;
      if (pause > 0) {
        yield waiting;
        yield { pause };
        waiting = out;
      } else if (waiting.length + out.length <= 65_536) {
        waiting = Buffer.concat([waiting, out]);
      } else {
        yield waiting;
        waiting = out;
      }
    }
    if (a.framing === 'chunked' && a.truncate === undefined) {
      const trailers = (a.trailers ?? []).map(([k, v]) => `${k}: ${v}\r\n`).join('');
      waiting = Buffer.concat([waiting, Buffer.from(`0\r\n${trailers}\r\n`)]);
    }
  }
  yield waiting;
}

/** How the connection goes on after this answer to this request. */
export function ending(a: Answer, requestCloses: boolean): Ending {
  if (a.end !== undefined) return a.end;
  const closes = pairs(a.headers).some(([k, v]) => k.toLowerCase() === 'connection' && /close/i.test(v));
  if (a.framing === 'close' || requestCloses || (a.raw === undefined && (closes || a.version === 'HTTP/1.0'))) return 'close';
  return 'keep';
}
