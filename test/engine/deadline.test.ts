import { describe, expect, it } from 'vitest';
import type { Timeouts } from '../../src/contract/ask.ts';
import type { Phase } from '../../src/contract/failure.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { ManualClock } from '../support/clock.ts';
import { SimulatedNetwork, type SimulatedStream } from '../wire/dial/simulated-network.ts';
import { type AskOptions, ask, type Recorder, settle, start } from './rig.ts';

const LIMIT = 1000;

class World {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });

  start(timeouts: Partial<Timeouts>, options: AskOptions & { url?: string } = {}): Recorder {
    const { url = 'https://host.test/', ...rest } = options;
    return start(this.engine, ask(url, { ...rest, timeouts }));
  }

  resolve(...addresses: string[]): void {
    this.network.lookups.at(-1)!.finds(...(addresses.length === 0 ? ['192.0.2.1'] : addresses));
  }

  connect(): SimulatedStream {
    return this.network.connects.at(-1)!.succeeds();
  }

  secure(): SimulatedStream {
    return this.network.secures.at(-1)!.succeeds();
  }
}

/** Brings a transfer into a phase; what is returned is its stream, if there is one. */
const INTO: Readonly<Record<string, (world: World) => SimulatedStream | null>> = {
  resolve: () => null,
  connect: (world) => {
    world.resolve();
    return null;
  },
  tls: (world) => {
    world.resolve();
    return world.connect();
  },
  wait: (world) => {
    world.resolve();
    world.connect();
    return world.secure();
  },
  receive: (world) => {
    world.resolve();
    world.connect();
    const stream = world.secure();
    stream.says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
    return stream;
  },
};

describe('a limit', () => {
  const rows: [name: keyof Timeouts, phase: Phase][] = [
    ['resolve', 'resolve'],
    ['connect', 'connect'],
    ['connect', 'tls'],
    ['firstByte', 'wait'],
    ['idle', 'receive'],
    ['transfer', 'resolve'],
    ['transfer', 'connect'],
    ['transfer', 'tls'],
    ['transfer', 'wait'],
    ['transfer', 'receive'],
    ['total', 'resolve'],
    ['total', 'connect'],
    ['total', 'tls'],
    ['total', 'wait'],
    ['total', 'receive'],
  ];
  for (const [name, phase] of rows) {
    it(`"${name}" strikes in phase ${phase}, on time, and leaves nothing behind`, async () => {
      const world = new World();
      const one = world.start({ [name]: LIMIT });
      INTO[phase]!(world);
      await settle();
      world.clock.advance(LIMIT - 1);
      expect(one.endings).toBe(0);
      world.clock.advance(1);
      await one.done;
      expect(one.failure).toMatchObject({ kind: 'timeout', phase, limit: { name, milliseconds: LIMIT } });
      expect(one.failure!.message).toContain(`"${name}"`);
      expect(world.clock.running).toBe(0);
      expect(world.network.open).toBe(0);
      for (const lookup of world.network.lookups) if (!lookup.over) lookup.finds('192.0.2.1');
      expect(world.network.open).toBe(0);
      expect(one.endings).toBe(1);
    });
  }

  it('"queue" strikes who waits for a connection', async () => {
    const world = new World();
    const options = { url: 'http://192.0.2.1/', connectionsPerHost: 1 };
    const busy = world.start({}, options);
    const stream = world.connect();
    const waiting = world.start({ queue: LIMIT }, options);
    world.clock.advance(LIMIT);
    await waiting.done;
    expect(waiting.failure).toMatchObject({ phase: 'queue', limit: { name: 'queue', milliseconds: LIMIT } });
    stream.answers();
    await busy.done;
    expect(busy.log.at(-1)).toBe('end');
  });

  it('"transfer" counts waiting in the line, as in Qt', async () => {
    const world = new World();
    const options = { url: 'http://192.0.2.1/', connectionsPerHost: 1 };
    world.start({}, options);
    world.connect();
    const waiting = world.start({ transfer: LIMIT }, options);
    world.clock.advance(LIMIT);
    await waiting.done;
    expect(waiting.failure!.limit!.name).toBe('transfer');
  });

  it('"connect" covers all addresses together', async () => {
    const world = new World();
    const one = world.start({ connect: LIMIT });
    world.resolve('192.0.2.1', '192.0.2.2', '192.0.2.3');
    world.clock.advance(600);
    expect(world.network.connects).toHaveLength(3);
    world.clock.advance(400);
    await one.done;
    expect(one.failure!.phase).toBe('connect');
    expect(one.failure!.attempts.map((a) => a.outcome)).toEqual(['given up', 'given up', 'given up']);
    expect(world.network.open).toBe(0);
  });

  const moving: [name: 'transfer' | 'idle', every: number][] = [
    ['transfer', 900],
    ['idle', 900],
  ];
  for (const [name, every] of moving) {
    it(`"${name}" does not strike while bytes move`, async () => {
      const world = new World();
      const one = world.start({ [name]: LIMIT });
      const stream = INTO['receive']!(world)!;
      for (const text of ['d', 'e', 'f', 'g', 'h']) {
        world.clock.advance(every);
        stream.says(text);
      }
      world.clock.advance(every);
      expect(one.endings).toBe(0);
      stream.says('i');
      await one.done;
      expect(one.text).toBe('abcdefghi');
      expect(world.clock.holding).toBe(0);
    });
  }

  it('"transfer" is put off by an upload that moves', async () => {
    const world = new World();
    const wakes: (() => void)[] = [];
    const pieces: Uint8Array[] = [];
    const body = {
      length: 3,
      replayable: false,
      bytes: null,
      open: () => ({
        failure: null,
        pull(wake: () => void) {
          const piece = pieces.shift();
          if (piece === undefined) wakes.push(wake);
          return piece;
        },
        close() {},
      }),
    };
    const one = world.start({ transfer: LIMIT }, { method: 'PUT', body });
    const stream = INTO['wait']!(world)!;
    for (const letter of 'abc') {
      world.clock.advance(900);
      pieces.push(Buffer.from(letter));
      wakes.shift()!();
      await settle();
    }
    expect(one.endings).toBe(0);
    expect(stream.written).toMatch(/abc$/);
    world.clock.advance(LIMIT);
    await one.done;
    expect(one.failure).toMatchObject({ limit: { name: 'transfer' }, phase: 'send', maybeProcessed: false });
  });

  it('"firstByte" counts from the last byte sent, not while our own source is slow', async () => {
    const world = new World();
    let wake: (() => void) | null = null;
    const pieces: (Uint8Array | null)[] = [Buffer.from('a')];
    const body = {
      length: -1,
      replayable: false,
      bytes: null,
      open: () => ({
        failure: null,
        pull(again: () => void) {
          // the end stays the end
          const piece = pieces[0] === null ? null : pieces.shift();
          if (piece === undefined) wake = again;
          return piece;
        },
        close() {},
      }),
    };
    const one = world.start({ firstByte: LIMIT }, { method: 'POST', body });
    INTO['wait']!(world);
    await settle();
    world.clock.advance(10 * LIMIT);
    expect(one.endings).toBe(0);
    pieces.push(Buffer.from('b'), null);
    wake!();
    await settle();
    world.clock.advance(LIMIT - 1);
    expect(one.endings).toBe(0);
    world.clock.advance(LIMIT);
    await one.done;
    expect(one.failure).toMatchObject({ phase: 'wait', limit: { name: 'firstByte' }, maybeProcessed: true });
  });

  for (const name of ['transfer', 'idle'] as const) {
    it(`"${name}" does not strike a reader who waits, and counts anew when he goes on`, async () => {
      const world = new World();
      const one = world.start({ [name]: LIMIT });
      one.on = (moment) => {
        if (moment === 'data' && one.parts.length === 1) one.transfer.pause();
      };
      const stream = INTO['receive']!(world)!;
      expect(stream.paused).toBe(true);
      world.clock.advance(10 * LIMIT);
      expect(one.endings).toBe(0);
      one.transfer.resume();
      await settle();
      expect(stream.paused).toBe(false);
      world.clock.advance(LIMIT - 1);
      expect(one.endings).toBe(0);
      world.clock.advance(LIMIT);
      await one.done;
      expect(one.failure!.limit!.name).toBe(name);
    });
  }

  it('"total" strikes a reader who waits too long', async () => {
    const world = new World();
    const one = world.start({ total: LIMIT });
    one.on = (moment) => {
      if (moment === 'data') one.transfer.pause();
    };
    INTO['receive']!(world);
    world.clock.advance(LIMIT);
    await one.done;
    expect(one.failure!.limit!.name).toBe('total');
  });

  it('"total" goes on over a resend, the others start anew', async () => {
    const world = new World();
    const one = world.start({ total: 1500, connect: LIMIT, firstByte: LIMIT }, { url: 'http://192.0.2.1/' });
    world.clock.advance(900);
    const stream = world.connect();
    stream.hangsUp();
    await settle();
    expect(world.network.connects).toHaveLength(2);
    world.clock.advance(500);
    expect(one.endings).toBe(0);
    world.clock.advance(100);
    await one.done;
    expect(one.failure!.limit!.name).toBe('total');
    expect(world.network.open).toBe(0);
  });

  it('says of a POST that was out and unanswered that it may have been processed', async () => {
    const world = new World();
    const one = world.start({ firstByte: LIMIT }, { method: 'POST', body: 'x' });
    INTO['wait']!(world);
    await settle();
    world.clock.advance(LIMIT);
    await one.done;
    expect(one.failure!.maybeProcessed).toBe(true);
  });

  it('does no harm when everything is over in time', async () => {
    const world = new World();
    const all = { resolve: LIMIT, connect: LIMIT, firstByte: LIMIT, idle: LIMIT, transfer: LIMIT, total: LIMIT, queue: LIMIT };
    const one = world.start(all);
    const stream = INTO['receive']!(world)!;
    stream.says('defghi');
    await one.done;
    expect(one.failure).toBeNull();
    expect(world.clock.holding).toBe(0);
    world.clock.advance(100 * LIMIT);
    expect(one.endings).toBe(1);
  });
});
