import assert from 'node:assert/strict';
import type { QIODevice } from '../../index.ts';
import { assertBytes, type ContractCase, casesOf, soon, type Trial } from './case.ts';

/** How the devices to be tried are made. */
export interface DeviceContractOptions {
  /** Makes a device that is open for reading and stands at its beginning. */
  make(): QIODevice | Promise<QIODevice>;
  /** What it has to give; text is UTF-8. */
  readonly body: string | Uint8Array;
  /** Milliseconds after which a device that says nothing has failed; default 10000. */
  readonly patience?: number;
  /** A device is not needed any more. */
  dispose?(device: QIODevice): void | Promise<void>;
}

class DeviceOnTrial {
  readonly device: QIODevice;
  readonly body: Buffer;
  private readonly options: DeviceContractOptions;

  constructor(device: QIODevice, options: DeviceContractOptions) {
    this.device = device;
    this.options = options;
    this.body = Buffer.from(options.body as string);
  }

  /** All that comes, `most` bytes at a time; waits for readyRead, and for readChannelFinished of a device without positions. */
  async rest(most: number): Promise<Buffer> {
    const { device } = this;
    const pieces: Buffer[] = [];
    const end = new Promise<void>((resolve) => {
      const take = (): void => {
        for (let piece = device.read(most); piece.length > 0; piece = device.read(most)) pieces.push(piece);
        if (!device.isSequential() || this.length(pieces) >= this.body.length) resolve();
      };
      device.readyRead.connect(take);
      device.readChannelFinished.connect(() => {
        take();
        resolve();
      });
      take();
    });
    await soon('readyRead or readChannelFinished was to come', end, this.options.patience);
    const longest = Math.max(0, ...pieces.map(({ length }) => length));
    assert.ok(longest <= most, `read gave ${longest} bytes, where ${most} were asked for`);
    return Buffer.concat(pieces);
  }

  private length(pieces: readonly Buffer[]): number {
    return pieces.reduce((sum, { length }) => sum + length, 0);
  }

  async dispose(): Promise<void> {
    await this.options.dispose?.(this.device);
  }
}

const trials: readonly Trial<DeviceOnTrial>[] = [
  {
    name: 'a device is open for reading, and for a manager that is enough',
    run({ device }) {
      assert.ok(device.isOpen() && device.isReadable(), 'the device is not open for reading');
    },
  },
  {
    name: 'it gives all of its bytes, read at once',
    async run(trial) {
      assertBytes(await trial.rest(1 << 30), trial.body);
    },
  },
  {
    name: 'it gives all of its bytes, read in small pieces',
    async run(trial) {
      assertBytes(await trial.rest(7), trial.body);
    },
  },
  {
    name: 'it has an end, and says so',
    async run(trial) {
      const { device } = trial;
      await trial.rest(65_536);
      assert.equal(device.bytesAvailable(), 0, 'bytesAvailable() at the end');
      assert.equal(device.atEnd(), true, 'atEnd() at the end');
      assert.equal(device.read(10).length, 0, 'there is something after the end');
    },
  },
  {
    name: 'peek takes nothing',
    async run(trial) {
      const { device } = trial;
      const seen = device.peek(10);
      assertBytes(seen, trial.body.subarray(0, seen.length), 'what peek gave');
      assertBytes(await trial.rest(65_536), trial.body);
    },
  },
  {
    name: 'bytesAvailable is what can be read',
    async run(trial) {
      const { device } = trial;
      const available = device.bytesAvailable();
      assert.ok(available <= trial.body.length, `bytesAvailable() is ${available}, where there are ${trial.body.length} bytes`);
      const first = device.read(available);
      assert.equal(first.length, available, `bytesAvailable() was ${available}, and read gave ${first.length} bytes`);
      assertBytes(Buffer.concat([first, await trial.rest(65_536)]), trial.body);
    },
  },
  {
    name: 'a device with positions knows its size and where it stands, and can begin again',
    async run(trial) {
      const { device, body } = trial;
      if (device.isSequential()) return;
      assert.deepEqual([device.size(), device.pos()], [body.length, 0], 'size() and pos()');
      device.read(3);
      assert.equal(device.pos(), Math.min(3, body.length), 'pos() after reading 3 bytes');
      await trial.rest(65_536);
      const middle = Math.trunc(body.length / 2);
      for (const at of [middle, 0]) {
        assert.equal(device.seek(at), true, `seek(${at})`);
        assertBytes(device.readAll(), body.subarray(at), `what was read after seek(${at})`);
      }
    },
  },
  {
    name: 'what was read belongs to who read it',
    async run(trial) {
      const { device, body } = trial;
      if (device.isSequential()) return;
      device.readAll().fill(0);
      assert.equal(device.reset(), true, 'reset()');
      assertBytes(device.readAll(), body, 'what was read after reset(), when the memory of the first reading was written to');
    },
  },
  {
    name: 'a closed device gives nothing',
    run({ device }) {
      device.close();
      assert.deepEqual([device.isOpen(), device.read(10).length], [false, 0], 'isOpen(), and bytes read, after close()');
    },
  },
];

/**
 * What a manager counts on with every QIODevice that it is given as a body, as cases for any test runner.
 *
 *     import { deviceContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     for (const { name, run } of deviceContract({ make: () => new Hello(), body: 'hello' })) test(name, run);
 */
export function deviceContract(options: DeviceContractOptions): readonly ContractCase[] {
  return casesOf(trials, { make: async () => new DeviceOnTrial(await options.make(), options) }, (trial) => trial.dispose());
}
