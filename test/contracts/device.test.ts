import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { BufferReply, QBuffer, QFile, QIODevice, QNetworkAccessManager, QNetworkRequest } from '../../src/index.ts';
import { type DeviceContractOptions, deviceContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

const BODY = 'The quick brown fox jumps over the lazy dog. '.repeat(3000);
const BYTES = Buffer.from(BODY);

const folder = mkdtempSync(join(tmpdir(), 'device-contract-'));
writeFileSync(join(folder, 'file'), BODY);
afterAll(() => rmSync(folder, { recursive: true }));

function open<D extends QIODevice>(device: D): D {
  device.open(QIODevice.ReadOnly);
  return device;
}

/** With positions. */
class Fixed extends QIODevice {
  override size(): number {
    return BYTES.length;
  }
  protected override readData(maxSize: number): Buffer | null {
    return Buffer.from(BYTES.subarray(this.pos(), this.pos() + Math.min(maxSize, 10_000)));
  }
}

/** Comes piece by piece. */
class Trickle extends QIODevice {
  protected here = Buffer.alloc(0);
  protected at = 0;
  override open(mode: QIODevice.OpenMode): boolean {
    setImmediate(() => this.next());
    return super.open(mode);
  }
  override isSequential(): boolean {
    return true;
  }
  override bytesAvailable(): number {
    return super.bytesAvailable() + this.here.length;
  }
  protected next(): void {
    if (!this.isOpen()) return;
    if (this.at >= this.whole().length) return this.over();
    this.here = Buffer.concat([this.here, this.whole().subarray(this.at, this.at + 50_000)]);
    this.at += 50_000;
    this.tell();
    setImmediate(() => this.next());
  }
  protected whole(): Buffer {
    return BYTES;
  }
  protected tell(): void {
    this.readyRead.emit();
  }
  protected over(): void {
    this.readChannelFinished.emit();
  }
  protected override readData(maxSize: number): Buffer | null {
    const piece = this.here.subarray(0, maxSize);
    this.here = this.here.subarray(piece.length);
    return piece;
  }
}

const from = (Device: new () => QIODevice, more: Partial<DeviceContractOptions> = {}): DeviceContractOptions => ({
  make: () => open(new Device()),
  body: BODY,
  patience: 1000,
  ...more,
});

const reply = (): QIODevice =>
  new BufferReply(QNetworkAccessManager.GetOperation, new QNetworkRequest('own:there'), async function* () {
    for (let at = 0; at < BYTES.length; at += 40_000) yield BYTES.subarray(at, at + 40_000);
  });

bites(
  deviceContract,
  {
    QBuffer: { make: () => open(new QBuffer(BYTES)), body: BYTES },
    QFile: { make: () => open(new QFile(join(folder, 'file'))), body: BODY, dispose: (device) => device.close() },
    'a reply': { make: reply, body: BODY },
    'one with positions': from(Fixed),
    'one without': from(Trickle),
    'one with nothing in it': { make: () => open(new QBuffer('')), body: '' },
  },
  {
    'is not open': { ...from(Fixed), make: () => new Fixed() },
    'loses the last byte': from(
      class extends Trickle {
        protected override whole(): Buffer {
          return BYTES.subarray(0, -1);
        }
      },
    ),
    'never says that there is something': from(
      class extends Trickle {
        protected override tell(): void {}
        protected override over(): void {}
      },
      { patience: 100 },
    ),
    'gives more than it is asked for': from(
      class extends Fixed {
        override read(maxSize: number): Buffer {
          return super.read(maxSize < 10 ? maxSize + 1 : maxSize);
        }
      },
    ),
    'starts again at its end': from(
      class extends Fixed {
        override read(maxSize: number): Buffer {
          const piece = super.read(maxSize);
          if (piece.length === 0) this.seek(0);
          return piece;
        }
      },
    ),
    'takes what is looked at': from(
      class extends Fixed {
        override peek(maxSize: number): Buffer {
          return this.read(maxSize);
        }
      },
    ),
    'promises too much': from(
      class extends Trickle {
        override bytesAvailable(): number {
          return BYTES.length;
        }
      },
    ),
    'does not know its size': from(
      class extends Fixed {
        override size(): number {
          return BYTES.length + 1;
        }
      },
    ),
    'cannot go back': from(
      class extends Fixed {
        override seek(): boolean {
          return false;
        }
      },
    ),
    'gives away its own memory': from(
      class extends Fixed {
        private readonly own = Buffer.from(BYTES);
        protected override readData(maxSize: number): Buffer | null {
          return this.own.subarray(this.pos(), this.pos() + Math.min(maxSize, 10_000_000));
        }
      },
    ),
    'cannot be closed': from(
      class extends Fixed {
        override close(): void {}
      },
    ),
  },
);
