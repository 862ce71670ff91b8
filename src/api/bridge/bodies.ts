import type { Body, BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { QBuffer } from '../core/qbuffer.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { SourceDevice } from './source-device.ts';
import { SourceBody } from './source-body.ts';

const PIECE = 65_536;

/** Bytes that are in memory: nothing has to be read, and they can be sent as often as needed. */
export class MemoryBody implements Body {
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

/** A device with positions, read from where it stood when the request was made (Qt: a random-access upload device). */
class DeviceBody implements Body {
  readonly replayable = true;
  readonly bytes = null;
  readonly length: number;
  private readonly device: QIODevice;
  private readonly start: number;

  constructor(device: QIODevice, length: number) {
    this.device = device;
    this.start = device.pos();
    this.length = length;
  }

  open(): BodyReader {
    const { device, start, length } = this;
    let problem: Failure | null = device.seek(start) ? null : failure('resend', 'send', 'the upload device cannot go back to where it started');
    let left = length;
    return {
      get failure() {
        return problem;
      },
      pull() {
        if (problem !== null || left <= 0) return null;
        if (!device.isOpen()) {
          problem = failure('upload', 'send', 'the upload device was closed before everything was sent; keep it open until finished');
          return null;
        }
        const piece = device.read(Math.min(PIECE, left));
        if (piece.length === 0) return null;
        left -= piece.length;
        return piece;
      },
      close() {},
    };
  }
}

/** A sequential device streamed as it is, with the length its owner announced (Qt: DoNotBufferUploadDataAttribute). */
class SequentialBody implements Body {
  readonly replayable = false;
  readonly bytes = null;
  readonly length: number;
  private readonly device: QIODevice;

  constructor(device: QIODevice, length: number) {
    this.device = device;
    this.length = length;
  }

  open(): BodyReader {
    const { device } = this;
    let ended = false;
    let wake: (() => void) | null = null;
    const call = (): void => {
      const waiting = wake;
      wake = null;
      waiting?.();
    };
    const more = device.readyRead.connect(call);
    const last = device.readChannelFinished.connect(() => {
      ended = true;
      call();
    });
    const gone = device.aboutToClose.connect(() => {
      ended = true;
      call();
    });
    return {
      failure: null,
      pull(again) {
        const piece = device.read(PIECE);
        if (piece.length > 0) return piece;
        if (ended || !device.isOpen()) return null;
        wake = again;
        return undefined;
      },
      close() {
        more.disconnect();
        last.disconnect();
        gone.disconnect();
      },
    };
  }
}

/** A request that cannot be sent because of its upload device. */
export function unusable(text: string): Body {
  const problem = failure('upload', 'send', text);
  return { length: 1, replayable: false, bytes: null, open: () => ({ failure: problem, pull: () => null, close() {} }) };
}

/** What a sequential device says until it ends, collected so that its length is known (Qt buffers such uploads). */
export function collect(device: QIODevice, done: (body: Body) => void): { cancel(): void } {
  const pieces: Buffer[] = [];
  let over = false;
  const drain = (): void => {
    for (let piece = device.readAll(); piece.length > 0; piece = device.readAll()) pieces.push(piece);
  };
  const finish = (): void => {
    if (over) return;
    drain();
    cancel();
    done(new MemoryBody(Buffer.concat(pieces)));
  };
  const links = [device.readyRead.connect(drain), device.readChannelFinished.connect(finish), device.aboutToClose.connect(finish)];
  const cancel = (): void => {
    over = true;
    for (const link of links) link.disconnect();
  };
  drain();
  return { cancel };
}

/** How a device becomes a body: at once, or after it was collected. */
export type Plan = { readonly body: Body | null } | { readonly collect: QIODevice };

/**
 * Qt's rules for upload devices (semantics 11.1). `announced` is the caller's Content-Length, -1 without one; `buffered` is false with
 * DoNotBufferUploadDataAttribute.
 */
export function planBody(device: QIODevice | null, announced: number, buffered: boolean): Plan {
  if (device === null) return { body: null };
  if (device instanceof SourceDevice) return { body: new SourceBody(device.source, announced) };
  // as in Qt an unopened buffer is sent all the same: its bytes are at hand
  const bytes = device instanceof QBuffer ? device._body() : null;
  if (bytes !== null) return { body: new MemoryBody(cut(bytes, announced)) };
  if (!device.isOpen() || !device.isReadable()) return { body: unusable('the upload device is not open for reading; open it before the request is made') };
  if (!device.isSequential()) {
    const size = device.size() - device.pos();
    return { body: new DeviceBody(device, announced >= 0 && announced < size ? announced : size) };
  }
  if (!buffered && announced >= 0) return { body: new SequentialBody(device, announced) };
  return { collect: device };
}

/** A smaller Content-Length of the caller cuts the body, a larger one is corrected. */
function cut(bytes: Uint8Array, announced: number): Uint8Array {
  return announced >= 0 && announced < bytes.length ? bytes.subarray(0, announced) : bytes;
}
