import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Body } from '../../src/contract/body.ts';
import { failure } from '../../src/contract/failure.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { ManualClock } from '../support/clock.ts';
import { until, within } from '../support/once.ts';
import { type Answer, serve } from '../support/server.ts';
import { SimulatedNetwork, type SimulatedStream } from '../wire/dial/simulated-network.ts';
import { type AskOptions, ask, type Recorder, run, settle, start } from './rig.ts';

class World {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });

  start(options: AskOptions = {}): Recorder {
    return start(this.engine, ask('http://192.0.2.1/', options));
  }

  /** The connection that was asked for last stands. */
  async connect(): Promise<SimulatedStream> {
    const stream = this.network.connects.at(-1)!.succeeds();
    await settle();
    return stream;
  }

  /** A kept connection that has served once. */
  async kept(): Promise<SimulatedStream> {
    const one = this.start();
    const stream = await this.connect();
    stream.answers();
    await one.done;
    return stream;
  }
}

const POST: AskOptions = { method: 'POST', body: 'once' };

describe('a kept connection that dies under a request', () => {
  const deaths: [how: string, act: (stream: SimulatedStream) => void][] = [
    ['closes', (s) => s.hangsUp()],
    ['is reset', (s) => s.breaks()],
    ['loses its route', (s) => s.breaks(failure('network', 'receive', 'host unreachable'))],
  ];
  for (const [how, die] of deaths) {
    it(`that ${how}: a GET goes out again, unseen but for "sent"`, async () => {
      const world = new World();
      const old = await world.kept();
      const one = world.start();
      die(old);
      const fresh = await world.connect();
      fresh.answers('again');
      await one.done;
      expect(one.text).toBe('again');
      expect(one.log).toEqual(['sent', 'sent', 'head', 'data', 'end']);
      expect(one.transfer.resends).toBe(1);
    });

    it(`that ${how}: a POST does not, and says what that may mean`, async () => {
      const world = new World();
      const old = await world.kept();
      const one = world.start(POST);
      await settle();
      die(old);
      await one.done;
      expect(one.failure).toMatchObject({ maybeProcessed: true, phase: 'wait' });
      expect(world.network.connects).toHaveLength(1);
    });
  }

  it('is followed by connections nobody used, of which one more may die', async () => {
    const world = new World();
    const old = await world.kept();
    const other = world.start();
    const one = world.start();
    expect(world.network.connects).toHaveLength(2);
    const second = await world.connect();
    // the request that died goes neither on the second connection, which was used, nor on the first
    second.answers();
    await one.done;
    old.hangsUp();
    await settle();
    expect(second.requests).toHaveLength(1);
    (await world.connect()).hangsUp();
    await settle();
    (await world.connect()).hangsUp();
    await other.done;
    expect(other.failure).toMatchObject({ kind: 'closed', phase: 'wait', maybeProcessed: false });
    expect(world.network.connects).toHaveLength(4);
  });

  it('may not have its GET repeated after the first byte of an answer', async () => {
    const world = new World();
    const old = await world.kept();
    const one = world.start();
    old.says('H');
    old.hangsUp();
    await one.done;
    expect(one.failure).toMatchObject({ kind: 'closed', phase: 'wait' });
    expect(world.network.connects).toHaveLength(1);
  });

  it('may not have its GET repeated after an interim answer', async () => {
    const world = new World();
    const old = await world.kept();
    const one = world.start();
    old.says('HTTP/1.1 103 Early Hints\r\n\r\n');
    old.hangsUp();
    await one.done;
    expect(one.failure!.kind).toBe('closed');
    expect(world.network.connects).toHaveLength(1);
  });

  it('may not have its GET repeated after garbage', async () => {
    const world = new World();
    const old = await world.kept();
    const one = world.start();
    old.says('SSH-2.0-OpenSSH_9.6\r\n');
    await one.done;
    expect(one.failure!.kind).toBe('protocol');
    expect(world.network.connects).toHaveLength(1);
  });

  it("lets a POST go out again by the caller's word", async () => {
    const world = new World();
    const old = await world.kept();
    const one = world.start({ ...POST, resendUnsafe: true });
    await settle();
    old.hangsUp();
    const fresh = await world.connect();
    expect(fresh.written).toMatch(/^POST .*once$/s);
    fresh.answers();
    await one.done;
    expect(one.failure).toBeNull();
  });

  it('sends a PUT again from the beginning of its body', async () => {
    const world = new World();
    const old = await world.kept();
    let opened = 0;
    const body: Body = {
      length: 4,
      replayable: true,
      bytes: null,
      open() {
        opened++;
        const pieces = [Buffer.from('ab'), Buffer.from('cd')];
        return { failure: null, pull: () => pieces.shift() ?? null, close() {} };
      },
    };
    const one = world.start({ method: 'PUT', body });
    await settle();
    old.hangsUp();
    const fresh = await world.connect();
    expect(opened).toBe(2);
    expect(fresh.written).toMatch(/abcd$/);
    fresh.answers();
    await one.done;
    expect(one.failure).toBeNull();
  });

  it('cannot send a PUT again whose body is gone', async () => {
    const world = new World();
    const old = await world.kept();
    const body: Body = {
      length: 1,
      replayable: false,
      bytes: null,
      open: () => ({ failure: null, pull: () => undefined, close() {} }),
    };
    const one = world.start({ method: 'PUT', body });
    await settle();
    old.hangsUp();
    await one.done;
    expect(one.failure).toMatchObject({ kind: 'resend', maybeProcessed: false });
    expect(world.network.connects).toHaveLength(1);
  });
});

describe('a connection whose writes fail', () => {
  it('is heard out while a body is on its way or its answer is, and only then', async () => {
    const world = new World();
    const old = await world.kept();
    expect(old.hearsOut).toBe(false);
    const one = world.start({ method: 'PUT', body: 'once' });
    await settle();
    expect(old.hearsOut).toBe(true);
    old.answers();
    await one.done;
    // what it says from now on is no answer to the next request
    expect(old.hearsOut).toBe(false);
  });
});

describe('a request of which nothing left us', () => {
  for (const [what, options] of [
    ['without a body', { method: 'POST' }],
    ['with a body', POST],
  ] as const) {
    it(`goes out again although it is a POST ${what}: kept connection`, async () => {
      const world = new World();
      const old = await world.kept();
      const one = world.start(options);
      await settleOnce();
      old.isReset();
      await settle();
      const fresh = await world.connect();
      expect(fresh.requests).toEqual(['POST /']);
      fresh.answers();
      await one.done;
      expect(one.failure).toBeNull();
    });

    it(`goes out again although it is a POST ${what}: fresh connection`, async () => {
      const world = new World();
      const one = world.start(options);
      world.network.connects[0]!.resetAtOnce = true;
      const first = await world.connect();
      expect(first.written).toBe('');
      const fresh = await world.connect();
      expect(fresh.requests).toEqual(['POST /']);
      fresh.answers();
      await one.done;
      expect(one.failure).toBeNull();
    });
  }

  it('is not sent for ever', async () => {
    const world = new World();
    const one = world.start(POST);
    for (let i = 0; i < 2; i++) {
      world.network.connects[i]!.resetAtOnce = true;
      await world.connect();
    }
    await one.done;
    expect(one.failure).toMatchObject({ kind: 'closed', maybeProcessed: false });
    expect(world.network.connects).toHaveLength(2);
  });
});

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.clearConnections();
});

describe('real servers', () => {
  function engine(): Engine {
    const made = new Engine();
    engines.push(made);
    return made;
  }

  const lost: [what: string, fault: 'close before head' | 'reset before head'][] = [
    ['closes', 'close before head'],
    ['resets', 'reset before head'],
  ];
  for (const [what, fault] of lost) {
    it(`one that ${what} without an answer is asked twice for a GET, once for a POST`, async () => {
      await using server = await serve({ routes: { '*': { fault } } });
      const get = await run(engine(), ask(server.url('/get')));
      expect(get.failure).toMatchObject({ kind: 'closed', maybeProcessed: false });
      const post = await run(engine(), ask(server.url('/post'), POST));
      expect(post.failure).toMatchObject({ kind: 'closed', maybeProcessed: true });
      expect(server.requests.map((r) => `${r.method} ${r.target}`)).toEqual(['GET /get', 'GET /get', 'POST /post']);
    });

    it(`one that ${what} once is forgiven`, async () => {
      const answers: Answer[] = [{ fault }, { body: 'better' }];
      await using server = await serve({ routes: { '*': answers } });
      const one = await run(engine(), ask(server.url()));
      expect(one.text).toBe('better');
      expect(server.requests).toHaveLength(2);
    });
  }

  /** A server whose sockets the test has in hand, in the same process: what it does to them has reached the system at once. */
  async function inHand(): Promise<{ url: string; sockets: Socket[]; seen: string[]; close(): void }> {
    const sockets: Socket[] = [];
    const seen: string[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        seen.push(data.toString('latin1').split(' HTTP/')[0]!);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
      });
    });
    await new Promise<void>((next) => server.listen(0, '127.0.0.1', next));
    const close = (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, sockets, seen, close };
  }

  for (const [what, options] of [
    ['without a body', { method: 'POST' }],
    ['with a body', POST],
  ] as const) {
    it(`one whose reset the first write meets leaves no doubt about a POST ${what}`, async () => {
      const server = await inHand();
      const e = engine();
      await run(e, ask(server.url, { preconnect: true }));
      await until(() => server.sockets.length === 1, 'the connection');
      server.sockets[0]!.resetAndDestroy();
      const one = await run(e, ask(server.url, options));
      expect(one.failure).toBeNull();
      expect(server.seen).toEqual(['POST /']);
      expect(server.sockets).toHaveLength(2);
      server.close();
    });
  }

  const oneTimers: readonly [what: string, options: () => AskOptions][] = [
    ['a POST', () => POST],
    ['a PUT whose body can be read once', () => ({ method: 'PUT', body: readOnce('once') })],
  ];
  it.each(oneTimers)('one that closed while this program was busy is found out before %s goes out', async (_what, options) => {
    const server = await inHand();
    const e = engine();
    await run(e, ask(server.url));
    const posted: Recorder[] = [];
    // In a slot of a program that has been busy: the FIN is here, but the turn that also starts the request has not seen it.
    const trigger = start(e, ask(server.url, { partition: 'other' }), (moment) => {
      if (moment !== 'end') return;
      server.sockets[0]!.destroy();
      posted.push(start(e, ask(server.url, options())));
    });
    await trigger.done;
    await within(posted[0]!.done, 'the end of the upload');
    expect(posted[0]!.failure).toBeNull();
    expect(server.seen).toEqual(['GET /', 'GET /', `${options().method} /`]);
    server.close();
  });
});

/** A source that is used up when it was opened. */
function readOnce(text: string): Body {
  const pieces = [Buffer.from(text)];
  return {
    length: text.length,
    replayable: true,
    bytes: null,
    open() {
      Object.assign(this, { replayable: false });
      return { failure: null, pull: () => pieces.shift() ?? null, close() {} };
    },
  };
}

/** Long enough for a request to be about to be written, too short for it to be written. */
function settleOnce(): Promise<void> {
  return new Promise((next) => process.nextTick(next));
}
