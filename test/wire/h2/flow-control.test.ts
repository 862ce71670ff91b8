import { describe, expect, it } from 'vitest';
import { failure } from '../../../src/contract/failure.ts';
import { data, type Frame, headers, octets, ping, pingAck, rst, windowUpdate } from '../../support/h2-frames.ts';
import { answer } from '../../support/h2-hpack.ts';
import { Wire } from './wire.ts';

const WINDOW = 65_536;
const HALF = WINDOW / 2;
const FRAME = 16_384;

/** A body of this length in frames. */
function body(id: number, size: number, end = false): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < size; at += FRAME) {
    const length = Math.min(FRAME, size - at);
    frames.push(data(id, Buffer.alloc(length, 'x'), { end: end && at + length === size }));
  }
  return frames;
}

const updates = (said: readonly string[]): string[] => said.filter((words) => words.startsWith('WINDOW_UPDATE'));

/** A connection that has asked for as many answers, and has their heads. */
async function answering(count: number, settings = {}): Promise<{ wire: Wire; calls: ReturnType<Wire['request']>[] }> {
  const wire = await new Wire(settings).greeted();
  const calls = Array.from({ length: count }, () => wire.request());
  for (let i = 0; i < count; i++) wire.answers(2 * i + 1);
  await wire.sent();
  return { wire, calls };
}

describe('the windows of answers', () => {
  it('open by what was taken, when that is half of them', async () => {
    const { wire } = await answering(1);
    wire.says(...body(1, HALF - 1));
    expect(await wire.said()).toEqual([]);
    wire.says(data(1, 'x'));
    expect(await wire.said()).toEqual([`WINDOW_UPDATE 1 ${HALF}`]);
    wire.says(data(1, 'x'.repeat(10)), ...body(1, HALF));
    expect(await wire.said()).toEqual([`WINDOW_UPDATE 1 ${HALF + 10}`]);
  });

  it('open for the connection, too', async () => {
    const { wire } = await answering(4, { connectionWindow: 4 * HALF });
    for (const id of [1, 3, 5, 7]) wire.says(...body(id, HALF - 1));
    expect(updates(await wire.said())).toEqual([`WINDOW_UPDATE 0 ${2 * (HALF - 1) + FRAME}`]);
  });

  it('let an answer through that is longer than both', async () => {
    const { wire, calls } = await answering(1, { connectionWindow: 70_000 });
    for (let i = 0; i < 8; i++) wire.says(...body(1, HALF));
    expect(calls[0]!.text).toHaveLength(8 * HALF);
  });

  it('count padding, which nobody reads', async () => {
    const { wire } = await answering(1);
    // 1 + 100 + 155 octets each
    const padded = Array.from({ length: 128 }, () => data(1, Buffer.alloc(100), { pad: 155 }));
    wire.says(...padded);
    expect(updates(await wire.said())).toEqual([`WINDOW_UPDATE 1 ${HALF}`]);
  });

  it('stay as they are for a stream that has ended', async () => {
    const { wire, calls } = await answering(1);
    wire.connection.pause(calls[0]!);
    wire.says(...body(1, WINDOW, true));
    wire.connection.resume(calls[0]!);
    expect(await wire.said()).toEqual([]);
    expect(calls[0]!.text).toHaveLength(WINDOW);
  });

  it('are announced to the peer as configured', async () => {
    const wire = new Wire({ streamWindow: 70_000, connectionWindow: 100_000, frameSize: 20_000 });
    const [settings, update] = await wire.sent();
    const pairs = [...settings!.payload.toString('hex').matchAll(/(.{4})(.{8})/g)].map(([, id, value]) => [
      Number(`0x${id}`),
      Number(`0x${value}`),
    ]);
    expect(pairs).toEqual([
      [2, 0],
      [4, 70_000],
      [5, 20_000],
      [6, 262_144],
    ]);
    expect(update!.payload.readUInt32BE()).toBe(100_000 - 65_535);
  });

  it('must not be overrun', async () => {
    const { wire, calls } = await answering(1, { streamWindow: 65_535 });
    wire.connection.pause(calls[0]!);
    wire.says(...body(1, 65_535));
    expect(calls[0]!.over).toBe(false);
    wire.says(data(1, 'x'));
    expect(calls[0]!.failure?.message).toMatch(/more than the window of a stream allows/);
    expect(await wire.said()).toEqual(['GOAWAY 3']);
    expect(wire.stream.destroyed).toBe(true);
  });

  it('of the connection must not be overrun', async () => {
    const { wire, calls } = await answering(2, { connectionWindow: 65_535, streamWindow: 1_000_000 });
    // its window opens at half of it, so only one frame can be too long
    wire.says(...body(1, 32_766));
    expect(await wire.said()).toEqual([]);
    const loose = await answering(1, { connectionWindow: 65_535, streamWindow: 1_000_000, frameSize: 100_000 });
    loose.wire.says(data(1, Buffer.alloc(65_536)));
    expect(calls[0]!.over).toBe(false);
    expect(loose.calls[0]!.failure?.message).toMatch(/more than the window of the connection allows/);
    expect(await loose.wire.said()).toEqual(['GOAWAY 3']);
  });
});

describe('a reader that has enough', () => {
  it('gets no more window, and others go on', async () => {
    const { wire, calls } = await answering(2);
    const [slow, quick] = calls;
    wire.connection.pause(slow!);
    wire.says(...body(1, WINDOW), ...body(3, HALF));
    expect(slow!.text).toBe('');
    expect(quick!.text).toHaveLength(HALF);
    expect(updates(await wire.said())).toEqual([`WINDOW_UPDATE 3 ${HALF}`]);
    wire.connection.resume(slow!);
    expect(updates(await wire.said())).toEqual([`WINDOW_UPDATE 1 ${HALF}`, `WINDOW_UPDATE 1 ${HALF}`]);
    expect(slow!.text).toHaveLength(WINDOW);
  });

  it('hears in order what was held, and what comes before it was told', async () => {
    const { wire, calls } = await answering(2);
    const [slow, other] = calls;
    wire.connection.pause(slow!);
    wire.says(data(1, 'one '));
    wire.says(data(1, 'two '));
    other!.meanwhile = () => wire.connection.resume(slow!);
    wire.says(data(3, 'x'), data(1, 'three '), data(1, 'four', { end: true }));
    await wire.sent();
    expect(slow!.text).toBe('one two three four');
    expect(slow!.log.at(-1)).toBe('end');
  });

  it('may say so in the middle of what was held, again and again', async () => {
    const { wire, calls } = await answering(1);
    const [slow] = calls;
    wire.connection.pause(slow!);
    wire.says(...body(1, 3 * FRAME), data(1, 'end', { end: true }));
    slow!.meanwhile = (what) => {
      if (what.startsWith('data')) wire.connection.pause(slow!);
    };
    const lengths: number[] = [];
    for (let i = 0; i < 4; i++) {
      wire.connection.resume(slow!);
      wire.connection.resume(slow!);
      await wire.sent();
      lengths.push(slow!.text.length);
    }
    expect(lengths).toEqual([FRAME, 2 * FRAME, 3 * FRAME, 3 * FRAME + 3]);
    expect(slow!.over).toBe(false);
    wire.connection.resume(slow!);
    await wire.sent();
    expect(slow!.log.at(-1)).toBe('end');
  });

  it('hears trailers behind what was held', async () => {
    const { wire, calls } = await answering(1);
    wire.connection.pause(calls[0]!);
    wire.says(data(1, 'body'), headers(1, answer(0).subarray(0, 0), { end: true }));
    expect(calls[0]!.log).toEqual(['sent', 'head 200']);
    wire.connection.resume(calls[0]!);
    await wire.sent();
    expect(calls[0]!.log).toEqual(['sent', 'head 200', 'data 4', 'end']);
  });

  it('costs no more memory than its window, in however small frames it comes', async () => {
    const { wire, calls } = await answering(1, { streamWindow: 262_144 });
    wire.connection.pause(calls[0]!);
    const small = Buffer.concat(Array.from({ length: 4_096 }, () => octets(data(1, 'x'))));
    const before = process.memoryUsage();
    for (let i = 0; i < 64; i++) wire.stream.handler.bytes(small, small.length);
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.external - before.heapUsed - before.external;
    expect(grown).toBeLessThan(8_000_000);
    wire.connection.resume(calls[0]!);
    await wire.sent();
    expect(calls[0]!.text).toHaveLength(262_144);
  });

  it('does not lose an answer that was complete', async () => {
    for (const last of ['reset', 'closed', 'farewell', 'broken', 'dead'] as const) {
      const { wire, calls } = await answering(1);
      const [slow] = calls;
      wire.connection.pause(slow!);
      wire.says(data(1, 'all of it', { end: true }));
      if (last === 'reset') wire.says(rst(1, 0));
      else if (last === 'closed') wire.stream.hangsUp();
      else if (last === 'farewell') wire.says({ type: 7, flags: 0, stream: 0, payload: Buffer.alloc(8) });
      else if (last === 'broken') wire.says(data(0, 'x'));
      else wire.connection.dead();
      expect(slow!.over, last).toBe(false);
      wire.connection.resume(slow!);
      await wire.sent();
      expect(slow!.text, last).toBe('all of it');
      expect(slow!.log.at(-1), last).toBe('end');
    }
  });

  it('is not waited for when the connections are cleared or the request is given up', async () => {
    const { wire, calls } = await answering(2);
    for (const call of calls) wire.connection.pause(call);
    wire.says(data(1, 'x', { end: true }), data(3, 'x', { end: true }));
    wire.connection.cancel(calls[0]!);
    wire.connection.abandon(failure('canceled', 'queue', 'cleared'));
    await wire.sent();
    expect(calls.map(({ log }) => log.at(-1))).toEqual(['head 200', 'fail']);
  });
});

describe('streams that were given up', () => {
  it('may bring what was on its way, to nobody, and the connection gets its window back', async () => {
    const { wire, calls } = await answering(2, { streamWindow: 1_000_000, connectionWindow: 65_536 });
    wire.connection.cancel(calls[0]!);
    expect(await wire.said()).toEqual(['RST_STREAM 1 8']);
    wire.says(...body(1, HALF));
    expect(updates(await wire.said())).toEqual([`WINDOW_UPDATE 0 ${HALF}`]);
    expect(calls[0]!.log).toEqual(['sent', 'head 200']);
    wire.says(data(3, 'ok', { end: true }));
    expect(calls[1]!.log.at(-1)).toBe('end');
  });

  it('are no flood, however small their frames are', async () => {
    const { wire, calls } = await answering(2);
    wire.connection.cancel(calls[0]!);
    for (let i = 0; i < 1_500; i++) wire.says(data(1, 'small'));
    wire.says(data(3, 'ok', { end: true }));
    expect(calls[1]!.log.at(-1)).toBe('end');
    expect(calls[1]!.text).toBe('ok');
  });

  it('must not bring more than their windows had left', async () => {
    const { wire, calls } = await answering(2);
    wire.says(...body(1, 1_000));
    wire.connection.cancel(calls[0]!);
    await wire.sent();
    wire.says(...body(1, WINDOW - 1_000));
    expect(calls[1]!.over).toBe(false);
    wire.says(data(1, 'x'));
    expect(calls[1]!.failure?.message).toMatch(/more than the window of a stream allows/);
  });

  it('are remembered to a limit; of those before, what comes late is not welcome, but nobody is to blame', async () => {
    const wire = await new Wire().greeted();
    for (let i = 0; i < 1_001; i++) wire.connection.cancel(wire.request());
    const last = wire.request();
    wire.says(data(3, Buffer.alloc(FRAME)), data(1, 'x'), headers(1, answer(200)));
    wire.says(...body(5, WINDOW));
    expect(last.over).toBe(false);
    wire.says(data(5, 'x'));
    expect(last.failure?.message).toMatch(/more than the window of a stream allows/);
  });

  it('are no flood because many were given up at once', async () => {
    const wire = await new Wire().greeted();
    for (let i = 0; i < 900; i++) wire.connection.cancel(wire.request());
    const last = wire.request();
    for (let i = 0; i < 900; i++)
      wire.says(windowUpdate(2 * i + 1, 1), headers(2 * i + 1, answer(200)), data(2 * i + 1, '', { end: true }));
    expect(last.over).toBe(false);
  });
});

describe('floods', () => {
  it('of frames that bring nobody anything end the connection', async () => {
    const { wire, calls } = await answering(1);
    for (let i = 0; i < 1_000; i++) wire.says(windowUpdate(0, 1));
    expect(calls[0]!.over).toBe(false);
    wire.says(windowUpdate(0, 1));
    expect(calls[0]!.failure?.message).toMatch(/a flood of frames without use/);
    expect((await wire.said()).at(-1)).toBe('GOAWAY 11');
  });

  it('are no answers with pings between them, nor pings of an hour', async () => {
    const { wire, calls } = await answering(1);
    for (let i = 0; i < 3_000; i++) {
      wire.says(ping());
      if (i % 900 === 0) wire.says(data(1, 'x'));
    }
    expect(calls[0]!.over).toBe(false);
    // an answer that says nothing for five hours, while both ask each other whether they are there
    const other = await answering(1);
    for (let i = 0; i < 2_000; i++) {
      other.wire.clock.advance(10_000);
      other.wire.says(ping());
      for (const words of await other.wire.said()) if (words === 'PING') other.wire.says(pingAck(Buffer.alloc(8)));
    }
    expect(other.calls[0]!.over).toBe(false);
  });

  it('of answers that the peer does not read end it; what it was sent of a body is no answer', async () => {
    const { wire, calls } = await answering(1);
    Object.defineProperty(wire.stream, 'pending', { value: 100_000_000 });
    wire.says(ping());
    expect(calls[0]!.over).toBe(false);
    const pings = Buffer.concat([...Array.from({ length: 500 }, () => octets(ping())), octets(data(1, 'x'))]);
    // 17 octets each
    for (let i = 0; i < 493; i++) wire.stream.handler.bytes(pings, pings.length);
    expect(calls[0]!.over).toBe(false);
    wire.stream.handler.bytes(pings, pings.length);
    expect(calls[0]!.failure?.message).toMatch(/a flood of frames without use/);
  });
});
