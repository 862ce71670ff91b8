import type { Body, BodyReader } from '../../contract/body.ts';
import { failure } from '../../contract/failure.ts';
import { QNetworkReply } from '../access/qnetworkreply.ts';
import { QBuffer } from '../core/qbuffer.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { brokenReader, DeviceBody, deviceProblem, isComplete, SequentialBody } from './device-body.ts';
import { SourceBody } from './source-body.ts';
import { SourceDevice } from './source-device.ts';
import { sourceFailure } from './source-kinds.ts';

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

/** A request that cannot be sent because of its upload device. */
function unusable(text: string): Body {
  const problem = failure('upload', 'send', text);
  return { length: 1, replayable: false, bytes: null, open: () => brokenReader(problem) };
}

/** What a sequential device says until it ends, collected so that its length is known (Qt buffers such uploads). */
export function collect(device: QIODevice, done: (body: Body) => void): { cancel(): void } {
  const pieces: Buffer[] = [];
  let over = false;
  const drain = (): void => {
    try {
      for (let piece = device.readAll(); piece.length > 0; piece = device.readAll()) pieces.push(piece);
    } catch (error) {
      settle(sourceFailure(error).message);
    }
  };
  const settle = (problem: string | null): void => {
    if (over) return;
    cancel();
    done(problem === null ? new BytesBody(Buffer.concat(pieces)) : unusable(problem));
  };
  const finish = (): void => {
    if (over) return;
    drain();
    settle(deviceProblem(device)?.message ?? null);
  };
  const links = [
    device.readyRead.connect(drain),
    device.readChannelFinished.connect(finish),
    device.aboutToClose.connect(finish),
    device.destroyed.connect(() => settle('the upload device was deleted before it had ended; keep it until finished')),
  ];
  // a reply of the caller's own class may say no more than `finished`
  if (device instanceof QNetworkReply) links.push(device.finished.connect(finish));
  const cancel = (): void => {
    over = true;
    for (const link of links) link.disconnect();
  };
  drain();
  return { cancel };
}

/** A sequential device that is at its end already, or reads without waiting. */
function collectNow(device: QIODevice): Body {
  const bytes = device.readAll();
  const problem = deviceProblem(device);
  return problem === null ? new BytesBody(bytes) : unusable(problem.message);
}

/** How a device becomes a body: at once, or after it was collected. */
export type Plan = { readonly body: Body | null } | { readonly collect: QIODevice };

/**
 * Qt's rules for upload devices (semantics 11.1). `announced` is the caller's Content-Length, -1 without one; `buffered` is false with
 * DoNotBufferUploadDataAttribute.
 */
export function planBody(device: QIODevice | null, announced: number, buffered: boolean): Plan {
  if (device === null) return { body: null };
  if (device instanceof SourceDevice) return { body: sourceBody(device, announced) };
  // as in Qt an unopened buffer is sent all the same: its bytes are at hand
  const bytes = device instanceof QBuffer ? device._body() : null;
  if (bytes !== null) return { body: new BytesBody(cut(bytes, announced)) };
  if (!device.isOpen() || !device.isReadable())
    return { body: unusable('the upload device is not open for reading; open it before the request is made') };
  if (!device.isSequential()) {
    const size = Math.max(0, device.size() - device.pos());
    return { body: new DeviceBody(device, announced >= 0 && announced < size ? announced : size) };
  }
  if (!buffered && announced >= 0) return { body: new SequentialBody(device, announced) };
  return isComplete(device) ? { body: collectNow(device) } : { collect: device };
}

/** A stream goes to the engine as it is, unless somebody on the way has begun to read its device. */
function sourceBody(device: SourceDevice, announced: number): Body {
  if (!device.isOpen()) return unusable('the upload device was closed before the request was made');
  return device.touched ? new SequentialBody(device, announced) : new SourceBody(device.source, device.length, announced);
}

/** A smaller Content-Length of the caller cuts the body, a larger one is corrected. */
function cut(bytes: Uint8Array, announced: number): Uint8Array {
  return announced >= 0 && announced < bytes.length ? bytes.subarray(0, announced) : bytes;
}
