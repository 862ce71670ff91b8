import { describe, expect, it } from 'vitest';
import type { Body } from '../../src/contract/body.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { ManualClock } from '../support/clock.ts';
import { SimulatedNetwork, type SimulatedStream } from '../wire/dial/simulated-network.ts';
import { type AskOptions, ask, type Recorder, settle, start } from './rig.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const answer = (status: number, headers = ''): string => `HTTP/1.1 ${status} X\r\n${headers}Content-Length: 2\r\n\r\nno`;

/** A source that can be read once, and tells what happened to it. */
class Once implements Body {
  readonly length = 4;
  readonly bytes = null;
  replayable = true;
  opened = 0;
  released = 0;

  open(): ReturnType<Body['open']> {
    this.opened++;
    this.replayable = false;
    const pieces = [Buffer.from('body')];
    return { failure: null, pull: () => pieces.shift() ?? null, close() {} };
  }
  release(): void {
    this.released++;
  }
}

class World {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });

  /** A PUT under way whose head is out. */
  async put(body: Body | string, options: AskOptions = {}): Promise<{ one: Recorder; stream: SimulatedStream }> {
    const one = start(this.engine, ask('http://192.0.2.1/', { method: 'PUT', body, expectContinue: 1000, ...options }));
    return { one, stream: await this.connect() };
  }

  async connect(): Promise<SimulatedStream> {
    const stream = this.network.connects.at(-1)!.succeeds();
    await settle();
    return stream;
  }
}

const headOf = (stream: SimulatedStream): string => stream.written.split('\r\n\r\n')[0]!;
/** What follows the head. */
const bodyOf = (stream: SimulatedStream): string => stream.written.slice(headOf(stream).length + 4);

const kinds: readonly [what: string, make: () => Body | string][] = [
  ['in memory', () => 'body'],
  ['of a source', () => new Once()],
];

describe.each(kinds)('a body %s that waits for 100 (Continue)', (_what, make) => {
  it('goes out when the server says so, once', async () => {
    const world = new World();
    const { one, stream } = await world.put(make());
    expect(headOf(stream)).toMatch(/^PUT .*\r\nExpect: 100-continue(\r\n|$)/s);
    expect([bodyOf(stream), one.log]).toEqual(['', ['dialing', 'sent']]);
    stream.says(CONTINUE);
    stream.says(CONTINUE);
    await settle();
    expect(bodyOf(stream)).toBe('body');
    stream.answers();
    await one.done;
    expect([one.failure, one.text, one.endings]).toEqual([null, 'ok', 1]);
    expect(world.network.open).toBe(1);
  });

  it('goes out when nothing was said for so long; what comes late changes nothing', async () => {
    const world = new World();
    const { one, stream } = await world.put(make(), { expectContinue: 300 });
    world.clock.advance(299);
    await settle();
    expect(bodyOf(stream)).toBe('');
    world.clock.advance(1);
    await settle();
    expect(bodyOf(stream)).toBe('body');
    stream.says(CONTINUE);
    await settle();
    expect(bodyOf(stream)).toBe('body');
    stream.answers();
    await one.done;
    expect(one.failure).toBeNull();
  });

  it.each([102, 103])('is not let go by %d', async (status) => {
    const world = new World();
    const { one, stream } = await world.put(make());
    stream.says(`HTTP/1.1 ${status} X\r\n\r\n`);
    await settle();
    expect(bodyOf(stream)).toBe('');
    one.transfer.cancel();
  });

  it.each([200, 204, 304, 401, 413, 500])('is not sent after the final answer %d, and the connection closes', async (status) => {
    const world = new World();
    const body = make();
    const { one, stream } = await world.put(body);
    stream.says(status === 204 || status === 304 ? `HTTP/1.1 ${status} X\r\n\r\n` : answer(status));
    await one.done;
    expect([one.failure, one.answer!.status]).toEqual([null, status]);
    expect([bodyOf(stream), stream.destroyed]).toEqual(['', true]);
    // no timer is left that could still send it
    expect(world.clock.running).toBe(0);
    if (body instanceof Once) expect([body.opened, body.released]).toEqual([0, 1]);
  });

  it.each([200, 413])('is not sent while the final answer %d is still coming, however long', async (status) => {
    const world = new World();
    const { one, stream } = await world.put(make());
    stream.says(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nn`);
    world.clock.advance(5000);
    await settle();
    expect(bodyOf(stream)).toBe('');
    stream.says('o');
    await one.done;
    expect(one.text).toBe('no');
  });

  it('refused with 417 the request goes out again without expecting anything, on another connection', async () => {
    const world = new World();
    const body = make();
    const { one, stream } = await world.put(body, { headers: ['X-A', 'b'] });
    stream.says(answer(417));
    await settle();
    expect([bodyOf(stream), stream.destroyed]).toEqual(['', true]);
    const second = await world.connect();
    expect(headOf(second)).toMatch(/^PUT .*X-A: b/s);
    expect(headOf(second)).not.toMatch(/expect/i);
    expect(bodyOf(second)).toBe('body');
    second.answers();
    await one.done;
    expect([one.failure, one.text, one.answer!.status]).toEqual([null, 'ok', 200]);
    expect(one.log.filter((moment) => moment === 'head')).toHaveLength(1);
    if (body instanceof Once) expect(body.opened).toBe(1);
  });

  it('a second 417 is an answer like any other', async () => {
    const world = new World();
    const { one, stream } = await world.put(make());
    stream.says(answer(417));
    await settle();
    (await world.connect()).says(answer(417));
    await one.done;
    expect([one.answer!.status, one.text, world.network.connects.length]).toEqual([417, 'no', 2]);
  });

  it('stays untouched when the connection is lost, and goes with the next one', async () => {
    const world = new World();
    const body = make();
    const { one, stream } = await world.put(body);
    stream.hangsUp();
    await settle();
    const second = await world.connect();
    expect(headOf(second)).toMatch(/Expect: 100-continue/);
    expect(bodyOf(second)).toBe('');
    second.says(CONTINUE);
    await settle();
    expect(bodyOf(second)).toBe('body');
    second.answers();
    await one.done;
    expect(one.failure).toBeNull();
    if (body instanceof Once) expect(body.opened).toBe(1);
  });

  it('is not touched after an abort', async () => {
    const world = new World();
    const body = make();
    const { one, stream } = await world.put(body);
    one.transfer.cancel();
    expect([stream.destroyed, world.clock.running]).toEqual([true, 0]);
    world.clock.advance(5000);
    await settle();
    expect(bodyOf(stream)).toBe('');
    if (body instanceof Once) expect([body.opened, body.released]).toEqual([0, 1]);
  });
});

describe('417 after the body was sent all the same', () => {
  it('the request goes out again when its body can', async () => {
    const world = new World();
    const { one, stream } = await world.put('body');
    world.clock.advance(1000);
    await settle();
    expect(bodyOf(stream)).toBe('body');
    stream.says(answer(417));
    await settle();
    // this exchange was complete, so the connection is as good as another
    expect(stream.requests).toEqual(['PUT /', 'PUT /']);
    expect(stream.written.match(/Expect/g)).toHaveLength(1);
    stream.answers();
    await one.done;
    expect([one.failure, one.text]).toEqual([null, 'ok']);
  });

  it('a source that is used up: the answer is delivered', async () => {
    const world = new World();
    const { one, stream } = await world.put(new Once());
    world.clock.advance(1000);
    await settle();
    stream.says(answer(417));
    await one.done;
    expect([one.failure, one.answer!.status, one.text]).toEqual([null, 417, 'no']);
  });
});

describe('nothing to wait for', () => {
  const rows: readonly [what: string, options: AskOptions][] = [
    ['no body', { method: 'DELETE', expectContinue: 1000 }],
    ['an empty body', { method: 'PUT', body: '', expectContinue: 1000 }],
    ['no wish', { method: 'PUT', body: 'body' }],
  ];
  it.each(rows)('%s: no field, no timer', async (_what, options) => {
    const world = new World();
    const one = start(world.engine, ask('http://192.0.2.1/', options));
    const stream = await world.connect();
    expect(headOf(stream)).not.toMatch(/expect/i);
    expect([bodyOf(stream), world.clock.running]).toEqual([options.body ?? '', 0]);
    stream.says(answer(417));
    await one.done;
    expect([one.answer!.status, world.network.connects.length]).toEqual([417, 1]);
  });
});
