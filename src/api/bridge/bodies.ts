import { BytesBody } from '../../bodies/bytes-body.ts';
import { brokenReader, sourceFailure } from '../../bodies/source-kinds.ts';
import type { Body } from '../../contract/body.ts';
import { failure } from '../../contract/failure.ts';
import { QNetworkReply } from '../access/qnetworkreply.ts';
import { QBuffer } from '../core/qbuffer.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { DeviceBody, deviceProblem, isComplete, SequentialBody } from './device-body.ts';
import { SegmentsDevice } from './segments-device.ts';
import { type Plan, UploadDevice } from './upload-device.ts';

/** A request that cannot be sent because of its upload device. */
function unusable(text: string): Body {
  const problem = failure('upload', 'send', text);
  return { length: 1, replayable: true, bytes: null, open: () => brokenReader(problem) };
}

/** What a sequential device says until it ends, collected so that its length is known (Qt buffers such uploads). */
export function collect(device: QIODevice, done: (body: Body) => void, announced = -1): { cancel(): void } {
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
    done(problem === null ? new BytesBody(cut(Buffer.concat(pieces), announced)) : unusable(problem));
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
function collectNow(device: QIODevice, announced: number): Body {
  const bytes = device.readAll();
  const problem = deviceProblem(device);
  return problem === null ? new BytesBody(cut(bytes, announced)) : unusable(problem.message);
}

/**
 * Qt's rules for upload devices (semantics 11.1). `announced` is the caller's Content-Length, -1 without one; `buffered` is false with
 * DoNotBufferUploadDataAttribute.
 */
export function planBody(device: QIODevice | null, announced: number, buffered: boolean): Plan {
  if (device === null) return { body: null };
  const streamed = !buffered && announced >= 0;
  if (device instanceof UploadDevice) {
    if (!device.isOpen()) return { body: unusable('the upload device was closed before the request was made') };
    if (!device.touched) return device.plan(announced, streamed);
    if (!device.collected) return { body: new SequentialBody(device, announced) };
  }
  if (device instanceof SegmentsDevice && device.isOpen() && device.pos() === 0) return { body: device.body() };
  return planDevice(device, announced, streamed);
}

/** The same for one device, the whole body or a part of it. `streamed`: one whose end is to come is read as it is. */
export function planDevice(device: QIODevice, announced: number, streamed: boolean): Plan {
  // as in Qt an unopened buffer is sent all the same: its bytes are at hand
  const bytes = device instanceof QBuffer ? device._body() : null;
  if (bytes !== null) return { body: new BytesBody(cut(bytes, announced)) };
  if (!device.isOpen() || !device.isReadable())
    return { body: unusable('the upload device is not open for reading; open it before the request is made') };
  if (!device.isSequential()) {
    const size = Math.max(0, device.size() - device.pos());
    return { body: new DeviceBody(device, announced >= 0 && announced < size ? announced : size) };
  }
  if (streamed) return { body: new SequentialBody(device, announced) };
  if (isComplete(device)) return { body: collectNow(device, announced) };
  return { collect: (done) => collect(device, done, announced) };
}

/** A smaller Content-Length of the caller cuts the body, a larger one is corrected. */
function cut(bytes: Uint8Array, announced: number): Uint8Array {
  return announced >= 0 && announced < bytes.length ? bytes.subarray(0, announced) : bytes;
}
