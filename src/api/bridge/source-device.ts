import { QIODevice } from '../core/qiodevice.ts';

/** Streams, iterables and functions that give them: what Node programs upload. A function can be called again, so it can be resent. */
export type StreamSource =
  | ReadableStream<Uint8Array>
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array | string>
  | Blob
  | (() => unknown);

/** A stream dressed as a device, so that an overridden `createRequest` sees every body; it is read by the engine, not by `read()`. */
export class SourceDevice extends QIODevice {
  readonly source: StreamSource;

  constructor(source: StreamSource) {
    super();
    this.source = source;
    this.setOpenMode(QIODevice.ReadOnly);
  }

  override isSequential(): boolean {
    return true;
  }
}
