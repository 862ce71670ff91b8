import { FRAME_HEADER } from '../../../wire/h2/frames.ts';

/** What a client says first (RFC 9113 3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** RFC 9113 7; those that only a server says. */
export const INTERNAL_ERROR = 0x2;

const NOTHING = Buffer.alloc(0);

/** The octets of a frame (RFC 9113 4.1). */
export function frameOf(type: number, flags: number, stream: number, payload: Buffer = NOTHING): Buffer {
  const octets = Buffer.allocUnsafe(FRAME_HEADER + payload.length);
  octets.writeUIntBE(payload.length, 0, 3);
  octets[3] = type;
  octets[4] = flags;
  octets.writeUInt32BE(stream, 5);
  payload.copy(octets, FRAME_HEADER);
  return octets;
}

export function u32(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) octets.writeUInt32BE(value, 4 * i);
  return octets;
}

/** Identifiers and values as a SETTINGS frame has them (6.5.1). */
export function settingsOf(pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const octets = Buffer.alloc(6 * pairs.length);
  for (const [i, [id, value]] of pairs.entries()) {
    octets.writeUInt16BE(id, 6 * i);
    octets.writeUInt32BE(value, 6 * i + 2);
  }
  return octets;
}
