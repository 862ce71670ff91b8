import type { BodyReader } from '../../contract/body.ts';
import type { BodySource } from './body-source.ts';
import { openSource, SourceBody } from './source-body.ts';
import { type Plan, UploadDevice } from './upload-device.ts';

/**
 * Streams, iterables and functions that give them: what Node programs upload. A function, also an async one, is called each time the
 * body is sent, so it can be sent again; what it gives has no Content-Type of its own.
 */
export type StreamSource =
  | ReadableStream<Uint8Array>
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | Blob
  | (() => BodySource | Promise<BodySource>);

/** A stream as a device. */
export class SourceDevice extends UploadDevice {
  readonly collected = false;
  private readonly source: StreamSource;
  /** Bytes in all, -1 when only the end will tell. */
  private readonly length: number;

  constructor(source: StreamSource, length = -1) {
    super();
    this.source = source;
    this.length = length;
  }

  override plan(announced: number): Plan {
    return { body: new SourceBody(this.source, this.length, announced) };
  }

  protected override openReader(): BodyReader {
    return openSource(this.source);
  }
}
