import { describe, expect, it } from 'vitest';
import type { Carriage } from '../../src/contract/carriage.ts';
import type { Hop } from '../../src/contract/hop.ts';
import { LateTransport } from '../../src/transports/late.ts';
import { RecordingHop } from './recording-hop.ts';

/** What is told to a carriage. */
class Told implements Carriage {
  readonly log: string[] = [];
  cancel(): void {
    this.log.push('cancel');
  }
  discard(): void {
    this.log.push('discard');
  }
  pause(): void {
    this.log.push('pause');
  }
  resume(): void {
    this.log.push('resume');
  }
}

/** A transport that is there when `come` is called. */
function coming(): { late: LateTransport<{ carry(hop: Hop): Carriage }>; told: Told; carried: Hop[]; come(): Promise<void> } {
  const told = new Told();
  const carried: Hop[] = [];
  let ready = (): void => {};
  const late = new LateTransport(async () => {
    await new Promise<void>((resolve) => {
      ready = resolve;
    });
    return {
      carry: (hop: Hop) => {
        carried.push(hop);
        return told;
      },
    };
  });
  const come = async (): Promise<void> => {
    ready();
    await new Promise((next) => setImmediate(next));
  };
  return { late, told, carried, come };
}

describe('a transport that is loaded late', () => {
  it('carries all that have waited, and who comes later at once', async () => {
    const { late, carried, come } = coming();
    const hops = ['ftp://a/', 'ftp://b/', 'ftp://c/'].map((url) => new RecordingHop('GET', url));
    late.carry(hops[0]!);
    late.carry(hops[1]!);
    await come();
    expect(carried).toEqual(hops.slice(0, 2));
    late.carry(hops[2]!);
    expect(carried).toEqual(hops);
  });

  it.each(['cancel', 'discard'] as const)('does not carry who has gone meanwhile: %s', async (call) => {
    const { late, carried, come } = coming();
    late.carry(new RecordingHop('GET', 'ftp://a/'))[call]();
    await come();
    expect(carried).toEqual([]);
  });

  it('is told who pauses when it comes', async () => {
    const { late, told, come } = coming();
    const [paused, resumed] = [1, 2].map(() => late.carry(new RecordingHop('GET', 'ftp://a/')));
    paused!.pause();
    resumed!.pause();
    resumed!.resume();
    await come();
    expect(told.log).toEqual(['pause']);
  });

  it('fails once for each hop when it cannot be loaded', async () => {
    const late = new LateTransport(() => Promise.reject(new Error('no such file')));
    const hops = [1, 2, 3].map(() => new RecordingHop('GET', 'ftp://a/'));
    late.carry(hops[0]!);
    late.carry(hops[1]!).cancel();
    await new Promise((next) => setImmediate(next));
    late.carry(hops[2]!);
    await new Promise((next) => setImmediate(next));
    expect(hops.map(({ log }) => log)).toEqual([['fail scheme'], [], ['fail scheme']]);
  });
});
