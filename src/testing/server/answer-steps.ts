import type { TestAnswer, TestBytes, TestEnding, TestHeaders } from './answer.ts';

/** Bytes that go out, or milliseconds in which nothing does. */
export type AnswerStep = Buffer | { readonly pause: number };

/** Pieces of a body are sent together up to this size. */
const TOGETHER = 65_536;

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

export const bytesOf = (bytes: TestBytes): Buffer =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

const isBytes = (value: object | string): value is TestBytes => typeof value === 'string' || value instanceof Uint8Array;

/** The fields of an answer as a list that may be changed. */
export const fieldsOf = (headers: TestHeaders | undefined): [string, string][] =>
  headers === undefined
    ? []
    : Array.isArray(headers)
      ? headers.map(([name, value]) => [name, value])
      : Object.entries(headers as Readonly<Record<string, string>>);

const linesOf = (fields: TestHeaders | undefined): string =>
  fieldsOf(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

/** HEAD, 204 and 304 have no body whatever the answer says. */
export const isBare = (answer: TestAnswer, method: string): boolean =>
  method === 'HEAD' || answer.status === 204 || answer.status === 304;

const has = (fields: TestHeaders, name: string): boolean => fieldsOf(fields).some(([known]) => known.toLowerCase() === name);

/** Nobody knows how much a generator makes. */
function framingOf({ framing, body = '', headers = [] }: TestAnswer): NonNullable<TestAnswer['framing']> {
  return framing ?? (isBytes(body) || has(headers, 'content-length') ? 'length' : 'chunked');
}

/** The length that is to be told of a body, or null. */
export function lengthOf(answer: TestAnswer): number | null {
  const { status, headers = [], body = '' } = answer;
  const tells = framingOf(answer) === 'length' && !has(headers, 'content-length') && status !== 204 && status !== 304;
  return tells && isBytes(body) ? bytesOf(body).length : null;
}

/** The head of an answer, with the framing fields it needs and did not bring along. */
function head(answer: TestAnswer): Buffer {
  const { status = 200 } = answer;
  const fields = fieldsOf(answer.headers);
  const length = lengthOf(answer);
  if (length !== null) fields.push(['Content-Length', String(length)]);
  if (framingOf(answer) === 'chunked' && !has(fields, 'transfer-encoding')) fields.push(['Transfer-Encoding', 'chunked']);
  const reason = answer.reason ?? REASONS[status] ?? '';
  return Buffer.from(`${answer.version ?? 'HTTP/1.1'} ${status} ${reason}\r\n${linesOf(fields)}\r\n`, 'utf8');
}

/** The body of an answer, cut as it wants to be. */
export function* piecesOf({ body = '', truncate, chunks = [] }: TestAnswer): Generator<Buffer> {
  if (!isBytes(body)) {
    for (const piece of body) yield bytesOf(piece);
    return;
  }
  const all = bytesOf(body).subarray(0, truncate);
  let at = 0;
  for (const size of chunks) {
    if (at >= all.length) return;
    yield all.subarray(at, at + size);
    at += size;
  }
  if (at < all.length) yield all.subarray(at);
}

const chunk = (piece: Buffer, extension: string): Buffer =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n')]);

/** The bytes of an answer's body as they go out, framing included. */
function* framed(answer: TestAnswer): Generator<Buffer> {
  const chunked = framingOf(answer) === 'chunked';
  for (const piece of piecesOf(answer)) {
    if (!chunked) yield piece;
    // a chunk of no bytes would be the last one
    else if (piece.length > 0) yield chunk(piece, answer.chunkExtension ?? '');
  }
}

/** The answer to a request with `method` as bytes and pauses. */
export function* stepsOf(answer: TestAnswer, method: string): Generator<AnswerStep> {
  if (answer.delay !== undefined && answer.delay > 0) yield { pause: answer.delay };
  if (answer.raw !== undefined) {
    const list = isBytes(answer.raw) ? [answer.raw] : answer.raw;
    for (const item of list) yield typeof item === 'object' && 'pause' in item ? item : bytesOf(item);
    return;
  }
  for (const bytes of answer.before ?? []) yield bytesOf(bytes);
  yield* isBare(answer, method) ? [head(answer)] : wholeOf(answer);
}

/** Head and body. Without pauses between them, pieces go out together. */
function* wholeOf(answer: TestAnswer): Generator<AnswerStep> {
  const pause = answer.pause ?? 0;
  let waiting = head(answer);
  for (const piece of framed(answer)) {
    if (pause === 0 && waiting.length + piece.length <= TOGETHER) {
      waiting = Buffer.concat([waiting, piece]);
      continue;
    }
    yield waiting;
    if (pause > 0) yield { pause };
    waiting = piece;
  }
  const ends = framingOf(answer) === 'chunked' && answer.truncate === undefined;
  yield ends ? Buffer.concat([waiting, Buffer.from(`0\r\n${linesOf(answer.trailers)}\r\n`)]) : waiting;
}

/** How the connection goes on after this answer to this request. */
export function endingOf(answer: TestAnswer, requestCloses: boolean): TestEnding {
  if (answer.end !== undefined) return answer.end;
  const closes = fieldsOf(answer.headers).some(([name, value]) => name.toLowerCase() === 'connection' && /close/i.test(value));
  if (answer.framing === 'close' || requestCloses) return 'close';
  return answer.raw === undefined && (closes || answer.version === 'HTTP/1.0') ? 'close' : 'keep';
}
