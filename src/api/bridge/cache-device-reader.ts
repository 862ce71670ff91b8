import type { BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { isDestroyed } from '../core/qobject.ts';
import { raiseLater } from '../core/signal.ts';

const PIECE = 65_536;

/** Reads the device that a cache of the program's own gave for a body, and deletes it, as in Qt. */
export class CacheDeviceReader implements BodyReader {
  failure: Failure | null = null;
  private readonly device: QIODevice;
  private readonly links: { disconnect(): unknown }[] = [];
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(device: QIODevice) {
    this.device = device;
  }

  /** Goes to `from`. False when the device cannot be read there, or does not have the `length` bytes that it should; -1 = any. */
  begin(from: number, length: number): boolean {
    const { device } = this;
    if (!device.isOpen() && !device.open(QIODevice.ReadOnly)) return false;
    if (!device.isReadable()) return false;
    if (device.isSequential()) {
      this.listen();
      return device.read(from).length === from;
    }
    return (length < 0 || device.size() === length) && (from === 0 || device.seek(from));
  }

  private listen(): void {
    const last = (): void => {
      this.ended = true;
      this.call();
    };
    const { device } = this;
    this.links.push(
      device.readyRead.connect(() => this.call()),
      device.readChannelFinished.connect(last),
      device.destroyed.connect(last),
    );
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null) return null;
    const { device } = this;
    if (isDestroyed(device)) return this.fail('was deleted while it was read');
    try {
      const piece = device.read(PIECE);
      if (piece.length > 0) return piece;
      if (!device.isSequential() || this.ended || !device.isOpen() || device.atEnd()) return null;
    } catch (error) {
      raiseLater(error);
      return this.fail('could not be read');
    }
    this.wake = wake;
    return undefined;
  }

  private fail(what: string): null {
    this.failure = failure('closed', 'receive', `the device that the cache gave for a stored answer ${what}`);
    return null;
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
    if (!isDestroyed(this.device)) this.device.deleteLater();
  }
}
