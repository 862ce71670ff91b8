import { brokenReader, sourceFailure } from '../../bodies/source-kinds.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { NetworkError } from '../access/access-enums.ts';
import { QNetworkReply } from '../access/qnetworkreply.ts';
import { QFile } from '../core/qfile.ts';
import { type QIODevice, UNKNOWN_ERROR } from '../core/qiodevice.ts';
import { isDestroyed } from '../core/qobject.ts';

const PIECE = 65_536;
/** Pieces whose memory comes back: more than go into one write. */
const MOST_LENT = 8;
const NOT_OPEN = 'the upload device is not open for reading; open it before the request is made';
const CLOSED = 'the upload device was closed before everything was sent; keep it open until finished';
const DELETED = 'the upload device was deleted before everything was sent; keep it until finished';

/** Why the device gives no more although it should, null when there is no reason to complain. */
export function deviceProblem(device: QIODevice): Failure | null {
  if (device instanceof QNetworkReply) {
    if (device.error() === NetworkError.NoError) return null;
    return failure('upload', 'send', `the reply whose body is uploaded failed: ${device.errorString()}`);
  }
  return (device as { readonly failure?: Failure | null }).failure ?? null;
}

/** A sequential device that will not say so, but whose end has come once nothing is left to read. */
export function isComplete(device: QIODevice): boolean {
  // a QFile reads synchronously: what it does not give now it never will
  return device instanceof QNetworkReply ? device.isFinished() : device instanceof QFile || saysSo(device);
}

function saysSo(device: QIODevice): boolean {
  return (device as { readonly complete?: boolean }).complete === true;
}

/** A device that is read as it is, wherever it came from. */
export function deviceReader(device: QIODevice): BodyReader {
  if (!device.isOpen() || !device.isReadable()) return brokenReader(failure('upload', 'send', NOT_OPEN));
  if (device.isSequential()) return new SequentialReader(device, -1);
  return new PositionReader(device, device.pos(), Math.max(0, device.size() - device.pos()));
}

/** Gives nothing but the reason. */
/** A device of the program's own may throw: that is a failure of the source, and nothing below may be disturbed by it. */
function readPiece(device: QIODevice, most: number): Buffer | Failure {
  try {
    return device.read(most);
  } catch (error) {
    return sourceFailure(error);
  }
}

/** A device with positions, read from where it stood when the request was made (Qt: a random-access upload device). */
export class DeviceBody implements Body {
  readonly replayable = true;
  readonly bytes = null;
  readonly length: number;
  private readonly device: QIODevice;
  private readonly start: number;

  constructor(device: QIODevice, length: number, start = device.pos()) {
    this.device = device;
    this.start = start;
    this.length = length;
  }

  open(): BodyReader {
    try {
      return new PositionReader(this.device, this.start, this.length);
    } catch (error) {
      return brokenReader(sourceFailure(error));
    }
  }
}

class PositionReader implements BodyReader {
  failure: Failure | null = null;
  private readonly device: QIODevice;
  private readonly size: number;
  private left: number;
  /** What files are read into: lent until so many bytes in all are used up, and what came back. */
  private readonly lent: { readonly memory: Buffer; readonly end: number }[] = [];
  private readonly spare: Buffer[] = [];

  constructor(device: QIODevice, start: number, size: number) {
    this.device = device;
    this.size = size;
    this.left = size;
    if (isDestroyed(device)) this.failure = failure('upload', 'send', DELETED);
    else if (!device.isOpen()) this.failure = failure('upload', 'send', CLOSED);
    else if (device.pos() !== start && !device.seek(start)) {
      this.failure = failure('resend', 'send', 'the upload device cannot go back to where it started');
    }
  }

  pull(): Uint8Array | null {
    if (this.failure !== null || this.left <= 0) return null;
    const { device } = this;
    if (!device.isOpen()) return this.stop(isDestroyed(device) ? DELETED : CLOSED);
    const most = Math.min(PIECE, this.left);
    const piece = (device instanceof QFile ? this.readFile(device, most) : null) ?? readPiece(device, most);
    if ('kind' in piece) {
      this.failure = piece;
      return null;
    }
    this.left -= piece.length;
    if (piece.length > 0) return piece;
    const why = device.errorString();
    const told = why === UNKNOWN_ERROR ? 'it must not get shorter before finished' : why;
    return this.stop(`the upload device ended after ${this.size - this.left} of ${this.size} bytes: ${told}`);
  }

  /** Memory of its own for each piece would be collected too late: some 40 MiB of it pile up during a large upload. */
  private readFile(file: QFile, most: number): Buffer | null {
    const memory = this.spare.pop() ?? Buffer.allocUnsafeSlow(PIECE);
    const n = file._readInto(memory.subarray(0, most));
    if (n < 0) {
      this.spare.push(memory);
      return null;
    }
    // who does not say when he is done gets new memory each time
    if (this.lent.length < MOST_LENT) this.lent.push({ memory, end: this.size - this.left + n });
    return memory.subarray(0, n);
  }

  taken(total: number): void {
    while (this.lent.length > 0 && this.lent[0]!.end <= total) this.spare.push(this.lent.shift()!.memory);
  }

  private stop(text: string): null {
    this.failure = failure('upload', 'send', text);
    return null;
  }

  close(): void {}
}

/** A sequential device streamed as it is (Qt: DoNotBufferUploadDataAttribute), with the length its owner announced or -1. */
export class SequentialBody implements Body {
  replayable = true;
  readonly bytes = null;
  readonly length: number;
  private readonly device: QIODevice;

  constructor(device: QIODevice, length: number) {
    this.device = device;
    this.length = length;
  }

  open(): BodyReader {
    this.replayable = false;
    return new SequentialReader(this.device, this.length);
  }
}

class SequentialReader implements BodyReader {
  failure: Failure | null = null;
  private readonly device: QIODevice;
  private readonly links: { disconnect(): unknown }[] = [];
  /** What may still be read; a device that has more than announced is cut, as in Qt. */
  private left: number;
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(device: QIODevice, length: number) {
    this.device = device;
    this.left = length < 0 ? Number.POSITIVE_INFINITY : length;
    const more = (): void => this.call();
    const last = (): void => this.end();
    const gone = (): void => {
      this.failure ??= failure('upload', 'send', DELETED);
      this.end();
    };
    if (isDestroyed(device)) {
      gone();
      return;
    }
    this.links.push(
      device.readyRead.connect(more),
      device.readChannelFinished.connect(last),
      device.aboutToClose.connect(last),
      device.destroyed.connect(gone),
    );
    // a reply of the caller's own class may say no more than `finished`
    if (device instanceof QNetworkReply) this.links.push(device.finished.connect(last));
  }

  private end(): void {
    this.ended = true;
    this.call();
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null || this.left === 0) return null;
    const { device } = this;
    const piece = readPiece(device, Math.min(PIECE, this.left));
    if ('kind' in piece) {
      this.failure = piece;
      return null;
    }
    if (piece.length > 0) {
      this.left -= piece.length;
      return piece;
    }
    if (this.ended || !device.isOpen() || isComplete(device)) {
      this.failure ??= deviceProblem(device);
      return null;
    }
    this.wake = wake;
    return undefined;
  }

  private call(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  close(): void {
    this.wake = null;
    for (const link of this.links) link.disconnect();
    this.links.length = 0;
  }
}
