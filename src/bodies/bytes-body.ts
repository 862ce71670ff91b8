import type { Body, BodyReader } from '../contract/body.ts';

/** Bytes that are in memory: nothing has to be read, and they can be sent as often as needed. */
export class BytesBody implements Body {
  readonly replayable = true;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }

  open(): BodyReader {
    throw new Error('a body in memory is taken from its bytes');
  }
}
