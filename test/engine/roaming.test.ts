import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Access, Binding, Passage } from '../../src/contract/access.ts';
import { failure } from '../../src/contract/failure.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { ManualClock } from '../support/clock.ts';
import { SimulatedNetwork, type SimulatedStream } from '../wire/dial/simulated-network.ts';
import { type AskOptions, ask, type Recorder, settle, start } from './rig.ts';

const WIRE: Binding = { key: 'wire', v4: '198.51.100.1', v6: '' };
const RADIO: Binding = { key: 'radio', v4: '198.51.100.2', v6: '' };

/** A session of which the test says where it leads. */
class Ways implements Access {
  now: Passage;
  /** What is so, and nobody has noticed. */
  hidden: Passage | null = null;
  readonly doubted: string[] = [];
  readonly watchers = new Set<() => void>();
  readonly asked: [host: string, background: boolean][] = [];

  constructor(now: Passage) {
    this.now = now;
  }

  passage(host: string, background: boolean): Passage {
    this.asked.push([host, background]);
    return this.now;
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  gone({ key }: Binding): boolean {
    this.doubted.push(key);
    const { hidden } = this;
    if (hidden !== null) this.now = hidden;
    return hidden !== null;
  }

  becomes(now: Passage): void {
    this.now = now;
    for (const changed of [...this.watchers]) changed();
  }
}

class World {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });
  readonly ways: Ways;

  constructor(first: Passage = WIRE) {
    this.ways = new Ways(first);
  }

  start(options: AskOptions = {}, url = 'http://192.0.2.1/'): Recorder {
    return start(this.engine, ask(url, { access: this.ways, ...options }));
  }

  async connect(): Promise<SimulatedStream> {
    const stream = this.network.connects.at(-1)!.succeeds();
    await settle();
    return stream;
  }

  /** The wire is cut, and the radio takes over, at once or later. */
  async roam(next: Passage = RADIO): Promise<void> {
    this.ways.now = next;
    this.engine.leave('wire', failure('roamed', 'setup', 'the wire is cut'));
    await settle();
  }

  get leftFrom(): (string | undefined)[] {
    return this.network.connects.map((step) => step.connect?.local?.key);
  }
}

function head(fields: string): string {
  return `HTTP/1.1 ${fields.split('; ').join('\r\n')}\r\n\r\n`;
}

describe('the way out of the machine', () => {
  it('is the one that the session says, and a connection serves only those who leave the same way', async () => {
    const world = new World();
    const one = world.start();
    (await world.connect()).answers();
    await one.done;
    world.ways.now = RADIO;
    world.start();
    world.start({ access: null });
    await settle();
    expect(world.leftFrom).toEqual(['wire', 'radio', undefined]);
  });

  it('is waited for, and nothing watches afterwards', async () => {
    const world = new World('wait');
    const one = world.start();
    await settle();
    expect([world.network.connects.length, world.ways.watchers.size, world.clock.holding]).toEqual([0, 1, 1]);
    world.ways.becomes('wait');
    world.ways.becomes(RADIO);
    expect([world.ways.watchers.size, world.clock.holding]).toEqual([0, 0]);
    (await world.connect()).answers('there');
    await one.done;
    expect([one.text, world.leftFrom]).toEqual(['there', ['radio']]);
  });

  it('may not come: each request that waits gets a failure of its own', async () => {
    const world = new World('wait');
    const all = [world.start(), world.start()];
    const gone = failure('session', 'setup', 'no network');
    world.ways.becomes(gone);
    for (const one of all) await one.done;
    expect(all.map((one) => one.failure)).toEqual([gone, gone]);
    expect(all[0]!.failure).not.toBe(all[1]!.failure);
    expect(world.ways.watchers.size).toBe(0);
  });

  it('is waited for no longer than the request lasts', async () => {
    const world = new World('wait');
    const one = world.start({ timeouts: { total: 1000 } });
    const other = world.start();
    other.transfer.cancel();
    expect(world.ways.watchers.size).toBe(1);
    world.clock.advance(1000);
    await one.done;
    expect([one.failure?.kind, world.ways.watchers.size]).toEqual(['timeout', 0]);
  });

  it.each(['data:,x', 'unix+http://x/', 'qrc:///x'])('is not asked for by %s', (url) => {
    const world = new World(failure('offline', 'setup', 'off'));
    world.start({}, url);
    expect(world.ways.asked).toEqual([]);
  });

  it('is not asked for by who wants only what is stored', async () => {
    const world = new World(failure('offline', 'setup', 'off'));
    const one = world.start({ cacheLoad: 'only' });
    await one.done;
    expect(one.failure?.kind).toBe('not-stored');
  });

  it('has no address of the family that is wanted', async () => {
    const world = new World();
    const one = world.start({}, 'http://[2001:db8::1]/');
    await one.done;
    expect(one.failure).toMatchObject({ kind: 'network', phase: 'connect' });
    expect(one.failure?.message).toContain('IPv6');
    expect(world.network.connects).toEqual([]);
  });

  it('is withdrawn from requests that nobody waits for while they run', async () => {
    const world = new World();
    const one = world.start({ background: true });
    const other = world.start();
    await world.connect();
    world.ways.becomes(failure('background', 'setup', 'not now'));
    await one.done;
    expect(one.failure?.kind).toBe('background');
    expect([other.endings, world.ways.watchers.size]).toEqual([0, 0]);
  });
});

describe('a way out that is gone', () => {
  const idle: [what: string, act: (world: World) => Promise<void>][] = [
    ['it connects', async () => {}],
    ['it waits for the answer', async (world) => void (await world.connect())],
    ['the head comes', async (world) => (await world.connect()).says('HTTP/1.1 200 OK\r\nETag:')],
  ];
  for (const [when, act] of idle)
    it(`while ${when}: a GET takes the next one, unseen`, async () => {
      const world = new World();
      const one = world.start();
      await act(world);
      await world.roam();
      (await world.connect()).answers('there');
      await one.done;
      expect([one.text, world.leftFrom]).toEqual(['there', ['wire', 'radio']]);
      expect(one.log.filter((m) => m !== 'sent')).toEqual(['dialing', 'head', 'data', 'end']);
      expect(world.network.connects[0]!.stream?.destroyed ?? world.network.connects[0]!.canceled).toBe(true);
    });

  it('leaves no connection of those that rest', async () => {
    const world = new World();
    const one = world.start();
    (await world.connect()).answers();
    await one.done;
    await world.roam();
    expect(world.engine.connections).toBe(0);
  });

  it('moves those in line, too', async () => {
    const world = new World();
    const all = Array.from({ length: 20 }, () => world.start());
    await world.roam('wait');
    expect(world.ways.watchers.size).toBe(20);
    world.network.willing = true;
    world.ways.becomes(RADIO);
    while (all.some((one) => one.endings === 0)) {
      await settle();
      for (const stream of world.network.streams)
        if (!stream.destroyed && stream.written !== '') {
          stream.written = '';
          stream.answers();
        }
    }
    expect(all.map((one) => one.text)).toEqual(all.map(() => 'ok'));
  });

  it('does not have a POST done twice', async () => {
    const world = new World();
    const one = world.start({ method: 'POST', body: 'once' });
    await world.connect();
    await world.roam();
    await one.done;
    expect(one.failure).toMatchObject({ kind: 'roamed', maybeProcessed: true });
    expect(world.network.connects).toHaveLength(1);
  });

  it('has a POST go out that did not leave', async () => {
    const world = new World();
    const one = world.start({ method: 'POST', body: 'once' });
    await world.roam();
    (await world.connect()).answers('there');
    await one.done;
    expect(one.text).toBe('there');
  });
});

describe('a way out over which a server cannot be reached', () => {
  const unreachable = failure('network', 'connect', 'network unreachable');

  it('may be gone, which nobody had noticed: the next one is taken', async () => {
    const world = new World();
    const one = world.start({ method: 'POST', body: 'once' });
    world.ways.hidden = RADIO;
    world.network.connects[0]!.fails(unreachable);
    await settle();
    (await world.connect()).answers('there');
    await one.done;
    expect([one.text, world.ways.doubted, world.leftFrom]).toEqual(['there', ['wire'], ['wire', 'radio']]);
  });

  it('may be there all the same: the server cannot be reached', async () => {
    const world = new World();
    const one = world.start();
    world.network.connects[0]!.fails(unreachable);
    await one.done;
    expect([one.failure?.kind, world.ways.doubted, world.leftFrom]).toEqual(['network', ['wire'], ['wire']]);
  });
});

describe('an answer that breaks off because its way is gone', () => {
  async function broken(first: string, body: string, options: AskOptions = {}) {
    const world = new World();
    const one = world.start(options);
    (await world.connect()).says(head(first) + body);
    await world.roam();
    return { world, one };
  }

  it('is gone on with: one head, the rest behind what is here', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
    const stream = await world.connect();
    expect(stream.written).toMatch(/\r\nRange: bytes=3-7\r\nIf-Range: "a"\r\n/);
    stream.says(`${head('206 Partial Content; ETag: "a"; Content-Range: bytes 3-7/8; Content-Length: 5')}defgh`);
    await one.done;
    expect([one.text, one.answer?.status]).toEqual(['abcdefgh', 200]);
    expect(one.log).toEqual(['dialing', 'sent', 'head', 'data', 'data', 'end']);
  });

  it('is gone on with when its server knows no ranges', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
    const stream = await world.connect();
    stream.says(head('200 OK; ETag: "a"; Content-Length: 8'));
    for (const piece of ['ab', 'cd', 'efgh']) stream.says(piece);
    await one.done;
    expect(one.text).toBe('abcdefgh');
  });

  it('is gone on with behind its content coding', async () => {
    const coded = gzipSync(Buffer.from('abcdefgh'.repeat(99))).toString('latin1');
    const fields = `ETag: "a"; Content-Encoding: gzip`;
    const { world, one } = await broken(`200 OK; ${fields}; Content-Length: ${coded.length}`, coded.slice(0, 15));
    const rest = `${head(`206 Partial Content; ${fields}; Content-Range: bytes 15-${coded.length - 1}/${coded.length}; Content-Length: ${coded.length - 15}`)}${coded.slice(15)}`;
    (await world.connect()).says(rest);
    await one.done;
    expect(one.text).toBe('abcdefgh'.repeat(99));
  });

  it('is gone on with again and again, as long as something comes', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', '');
    for (let i = 0; i < 7; i++) {
      world.ways.now = WIRE;
      const stream = await world.connect();
      stream.says(`${head(`206 Partial Content; ETag: "a"; Content-Range: bytes ${i}-7/8; Content-Length: ${8 - i}`)}x`);
      world.engine.leave(i === 0 ? 'radio' : 'wire', failure('roamed', 'setup', 'cut'));
      await settle();
    }
    (await world.connect()).says(`${head('206 Partial Content; ETag: "a"; Content-Range: bytes 7-7/8; Content-Length: 1')}y`);
    await one.done;
    expect(one.text).toBe('xxxxxxxy');
  });

  it('is given up when nothing more comes of it', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
    for (let i = 0; i < 10 && one.endings === 0; i++) {
      world.network.connects.at(-1)!.fails();
      await settle();
    }
    expect([one.failure?.kind, world.network.connects.length]).toEqual(['refused', 5]);
  });

  it('is not gone on with when the program has all connections closed', async () => {
    for (const connected of [false, true]) {
      const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
      if (connected) await world.connect();
      world.engine.clearConnections();
      await settle();
      expect([one.failure?.kind, one.text, world.network.connects.length]).toEqual(['canceled', 'abc', 2]);
    }
  });

  it('does not flow while its reader has enough', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
    one.transfer.pause();
    const stream = await world.connect();
    stream.says(head('206 Partial Content; ETag: "a"; Content-Range: bytes 3-7/8; Content-Length: 5'));
    expect(stream.paused).toBe(true);
    one.transfer.resume();
    stream.says('defgh');
    await one.done;
    expect(one.text).toBe('abcdefgh');
  });

  const others: [what: string, first: string, rest: string | null][] = [
    ['it has no validator', '200 OK; Content-Length: 8', null],
    ['it has changed', '200 OK; ETag: "a"; Content-Length: 8', '200 OK; ETag: "b"; Content-Length: 8'],
    ['it is gone', '200 OK; ETag: "a"; Content-Length: 8', '404 Not Found; Content-Length: 2'],
    ['it has moved', '200 OK; ETag: "a"; Content-Length: 8', '302 Found; Location: /x; Content-Length: 0'],
  ];
  for (const [what, first, rest] of others)
    it(`fails when ${what}, with what is here`, async () => {
      const { world, one } = await broken(first, 'abc');
      if (rest !== null) (await world.connect()).says(head(rest));
      await one.done;
      expect([one.failure?.kind, one.text]).toEqual(['roamed', 'abc']);
      expect(one.log.filter((m) => m === 'head')).toHaveLength(1);
      expect(world.network.connects).toHaveLength(rest === null ? 1 : 2);
    });

  const odd: [what: string, first: string, rest: string, text: string][] = [
    [
      'is too short',
      '200 OK; ETag: "a"; Content-Length: 8',
      '206 Partial Content; ETag: "a"; Content-Range: bytes 3-7/8||def',
      'abcdef',
    ],
    [
      'is too long',
      '200 OK; ETag: "a"; Content-Length: 8',
      '206 Partial Content; ETag: "a"; Content-Range: bytes 3-7/8||defghi',
      'abc',
    ],
    [
      'had no length, and is too short',
      '200 OK; ETag: "a"',
      '206 Partial Content; ETag: "a"; Content-Range: bytes 3-7/8||def',
      'abcdef',
    ],
    ['is less than what is here', '200 OK; ETag: "a"', '200 OK; ETag: "a"||ab', 'abc'],
  ];
  for (const [what, first, rest, text] of odd)
    it(`fails when its rest ${what}`, async () => {
      const { world, one } = await broken(first, 'abc');
      const [fields = '', body = ''] = rest.split('||');
      const stream = await world.connect();
      stream.says(head(fields) + body);
      stream.hangsUp();
      await one.done;
      expect([one.failure?.kind, one.text, one.endings]).toEqual(['roamed', text, 1]);
    });

  it('may be ended meanwhile', async () => {
    const { world, one } = await broken('200 OK; ETag: "a"; Content-Length: 8', 'abc');
    const stream = await world.connect();
    one.transfer.cancel();
    expect([stream.destroyed, one.endings]).toEqual([true, 0]);
    expect(world.clock.holding).toBe(0);
  });
});
