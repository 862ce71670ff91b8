// Frames of HTTP/2 as values (RFC 9113 4.1, 6). Nothing here is checked: what is wrong is what tests want to send.

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** What the header says of the payload's length, where that is a lie. */
  readonly length?: number;
}

export const Type = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
  ALTSVC: 10,
  ORIGIN: 12,
  PRIORITY_UPDATE: 16,
} as const;

export const Flag = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 } as const;

export const Setting = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** Error codes (RFC 9113 7). */
export const Code = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  CONNECT_ERROR: 10,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
} as const;

/** What a client says first (RFC 9113 3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** The last id there is, which the first of two GOAWAYs names (RFC 9113 6.8). */
export const LAST_ID = 0x7fff_ffff;

const HEAD = 9;
const NOTHING = Buffer.alloc(0);

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, 4 * i);
  });
  return bytes;
};

const bytesOf = (data: Uint8Array | string): Buffer =>
  typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data.buffer, data.byteOffset, data.length);

/** Any frame at all. */
export const frame = (type: number, flags: number, stream: number, payload: Uint8Array | string = NOTHING): Frame => ({
  type,
  flags,
  stream,
  payload: bytesOf(payload),
});

export interface Options {
  /** Sets END_STREAM. */
  readonly end?: boolean;
  /** Leaves END_HEADERS out, for CONTINUATION to come. */
  readonly more?: boolean;
  /** Octets of padding that the frame has, and what it says about them where that is a lie. */
  readonly pad?: number;
  readonly padSaid?: number;
}

const flagsOf = ({ end, pad, padSaid }: Options): number =>
  (end === true ? Flag.END_STREAM : 0) | (pad === undefined && padSaid === undefined ? 0 : Flag.PADDED);

function padded(payload: Buffer, { pad, padSaid }: Options): Buffer {
  if (pad === undefined && padSaid === undefined) return payload;
  return Buffer.concat([Buffer.of(padSaid ?? pad ?? 0), payload, Buffer.alloc(pad ?? 0)]);
}

export const data = (stream: number, body: Uint8Array | string = NOTHING, options: Options = {}): Frame =>
  frame(Type.DATA, flagsOf(options), stream, padded(bytesOf(body), options));

export const headers = (stream: number, block: Uint8Array, options: Options = {}): Frame =>
  frame(Type.HEADERS, flagsOf(options) | (options.more === true ? 0 : Flag.END_HEADERS), stream, padded(bytesOf(block), options));

export const continuation = (stream: number, block: Uint8Array, { more }: Options = {}): Frame =>
  frame(Type.CONTINUATION, more === true ? 0 : Flag.END_HEADERS, stream, block);

export const priority = (stream: number, dependsOn = 0, weight = 15): Frame =>
  frame(Type.PRIORITY, 0, stream, Buffer.concat([u32(dependsOn), Buffer.of(weight)]));

export const rst = (stream: number, code: number): Frame => frame(Type.RST_STREAM, 0, stream, u32(code));

/** Pairs of identifier and value. */
export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Frame {
  const payload = Buffer.alloc(6 * pairs.length);
  pairs.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, 6 * i);
    payload.writeUInt32BE(value, 6 * i + 2);
  });
  return frame(Type.SETTINGS, 0, 0, payload);
}

export const settingsAck = (): Frame => frame(Type.SETTINGS, Flag.ACK, 0);

export const pushPromise = (stream: number, promised: number, block: Uint8Array): Frame =>
  frame(Type.PUSH_PROMISE, Flag.END_HEADERS, stream, Buffer.concat([u32(promised), block]));

export const ping = (opaque = '8 octets'): Frame => frame(Type.PING, 0, 0, opaque);

export const pingAck = (opaque: Uint8Array): Frame => frame(Type.PING, Flag.ACK, 0, opaque);

export const goaway = (lastStream: number, code: number, debug = ''): Frame =>
  frame(Type.GOAWAY, 0, 0, Buffer.concat([u32(lastStream, code), bytesOf(debug)]));

export const windowUpdate = (stream: number, increment: number): Frame => frame(Type.WINDOW_UPDATE, 0, stream, u32(increment));

/** The octets of a frame. */
export function octets({ type, flags, stream, payload, length = payload.length }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD + payload.length);
  bytes.writeUIntBE(length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, HEAD);
  return bytes;
}

/** Cuts what a client sends into frames; the preface comes before. */
export class FrameReader {
  #rest: Buffer = NOTHING;
  #greeted = false;

  /** The preface has come, whole. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** The frames that are complete with these bytes. Throws where the client does not begin as HTTP/2 does. */
  read(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    if (!this.#greeted && !this.#greet()) return frames;
    for (let next = this.#next(); next !== null; next = this.#next()) frames.push(next);
    return frames;
  }

  #greet(): boolean {
    const begin = this.#rest.toString('latin1', 0, PREFACE.length);
    if (!PREFACE.startsWith(begin)) throw new Error(`not the preface of HTTP/2: ${JSON.stringify(begin)}`);
    if (begin.length < PREFACE.length) return false;
    this.#greeted = true;
    this.#rest = this.#rest.subarray(PREFACE.length);
    return true;
  }

  #next(): Frame | null {
    const rest = this.#rest;
    if (rest.length < HEAD) return null;
    const end = HEAD + rest.readUIntBE(0, 3);
    if (rest.length < end) return null;
    this.#rest = rest.subarray(end);
    return { type: rest[3]!, flags: rest[4]!, stream: rest.readUInt32BE(5) & LAST_ID, payload: rest.subarray(HEAD, end) };
  }
}

/** The block of a HEADERS frame without padding and priority. */
export function blockOf({ flags, payload }: Frame): Buffer {
  const padding = (flags & Flag.PADDED) === 0 ? 0 : payload[0]!;
  const start = ((flags & Flag.PADDED) === 0 ? 0 : 1) + ((flags & Flag.PRIORITY) === 0 ? 0 : 5);
  return payload.subarray(start, payload.length - padding);
}

/** What a DATA frame carries. */
export function dataOf({ flags, payload }: Frame): Buffer {
  return (flags & Flag.PADDED) === 0 ? payload : payload.subarray(1, payload.length - payload[0]!);
}
