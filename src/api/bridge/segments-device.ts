import { BytesBody } from '../../bodies/bytes-body.ts';
import { JoinedBody, type Joint } from '../../bodies/joined-body.ts';
import type { Body } from '../../contract/body.ts';
import { QIODevice, UNKNOWN_ERROR } from '../core/qiodevice.ts';
import { isDestroyed } from '../core/qobject.ts';
import { DeviceBody } from './device-body.ts';

/** Bytes at hand, or a device with positions and what it is called in errors. */
export type FixedSegment = Uint8Array | { readonly source: QIODevice; readonly name: string };

interface Placed {
  readonly segment: FixedSegment;
  /** Where it begins in the whole. */
  readonly at: number;
  readonly size: number;
  /** Where its device stood. */
  readonly start: number;
}

/** Segments that can be read at once and gone back in, as one device with positions; nothing is held but the bytes that were at hand. */
export class SegmentsDevice extends QIODevice {
  private readonly placed: readonly Placed[];
  private readonly total: number;
  /** Where the last read was. */
  private current = 0;

  /** The devices are read from where they stand now. */
  constructor(segments: readonly FixedSegment[]) {
    super();
    let at = 0;
    this.placed = segments.map((segment) => {
      const here = place(segment, at);
      at += here.size;
      return here;
    });
    this.total = at;
    this.setOpenMode(QIODevice.ReadOnly);
  }

  /** All of it, each device as its own body. */
  body(): Body {
    return new JoinedBody(this.placed.map(jointOf), -1);
  }

  override size(): number {
    return this.total;
  }

  /** False also when one of the devices cannot go to where that is. */
  override seek(pos: number): boolean {
    if (!super.seek(pos)) return false;
    for (const { segment, at, size, start } of this.placed) {
      if (segment instanceof Uint8Array) continue;
      if (!segment.source.seek(start + Math.min(Math.max(0, pos - at), size))) return false;
    }
    return true;
  }

  protected override readData(maxSize: number): Buffer | null {
    const pos = this.pos();
    const here = this.find(pos);
    if (here === undefined) return null;
    const offset = pos - here.at;
    const most = Math.min(maxSize, here.size - offset);
    const { segment } = here;
    if (segment instanceof Uint8Array) return Buffer.from(segment.subarray(offset, offset + most));
    return this.readFrom(segment.source, segment.name, here.start + offset, most);
  }

  private find(pos: number): Placed | undefined {
    if (pos < (this.placed[this.current]?.at ?? 0)) this.current = 0;
    for (let here = this.placed[this.current]; here !== undefined; here = this.placed[++this.current]) {
      if (pos < here.at + here.size) return here;
    }
    this.current = 0;
    return undefined;
  }

  /** Somebody else may have read from the device meanwhile, as another part of the same request does. */
  private readFrom(device: QIODevice, name: string, pos: number, most: number): Buffer | null {
    if (!device.isOpen()) {
      const what = isDestroyed(device) ? 'deleted; keep it' : 'closed; keep it open';
      return this.fail(`${name}: its device was ${what} until finished`);
    }
    if (device.pos() !== pos && !device.seek(pos)) return this.fail(`${name}: its device cannot go to where it should be read`);
    const piece = device.read(most);
    if (piece.length > 0) return piece;
    const why = device.errorString();
    return this.fail(`${name}: ${why === UNKNOWN_ERROR ? 'its device must not get shorter before finished' : why}`);
  }

  private fail(text: string): null {
    this.setErrorString(text);
    return null;
  }
}

function jointOf({ segment, size, start }: Placed): Joint {
  if (segment instanceof Uint8Array) return { body: new BytesBody(segment), name: '' };
  return { body: new DeviceBody(segment.source, size, start), name: segment.name };
}

function place(segment: FixedSegment, at: number): Placed {
  if (segment instanceof Uint8Array) return { segment, at, size: segment.length, start: 0 };
  const start = segment.source.pos();
  return { segment, at, size: Math.max(0, segment.source.size() - start), start };
}
