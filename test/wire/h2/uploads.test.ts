import { describe, expect, it } from 'vitest';
import { data, dataOf, type Frame, headers, rst, Setting, settings, Type, windowUpdate } from '../../support/h2-frames.ts';
import { answer } from '../../support/h2-hpack.ts';
import { bytesBody, Call, pulledBody, Wire } from './wire.ts';

const FIRST = 65_535;
const WIDE = 10_000_000;

/** Octets of bodies that went out, by stream. */
function sizes(frames: readonly Frame[]): Record<number, number> {
  const by: Record<number, number> = {};
  for (const frame of frames) if (frame.type === Type.DATA) by[frame.stream] = (by[frame.stream] ?? 0) + dataOf(frame).length;
  return by;
}

describe('the body of a request', () => {
  it('goes in frames that the peer takes, and the last one ends the stream', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request(bytesBody(40_000));
    expect(await wire.said()).toEqual(['HEADERS 1', 'DATA 1 +16384', 'DATA 1 +16384', 'DATA 1 +7232 end']);
    expect(call.log).toEqual(['sent', 'uploaded 40000', 'all sent']);
  });

  it('goes in longer ones where the peer says so', async () => {
    const wire = await new Wire().greeted([Setting.MAX_FRAME_SIZE, 20_000]);
    wire.request(bytesBody(40_001));
    expect(await wire.said()).toEqual(['HEADERS 1', 'DATA 1 +20000', 'DATA 1 +20000', 'DATA 1 +1 end']);
  });

  it('of a length that nobody knows ends with an empty frame', async () => {
    const wire = await new Wire().greeted();
    wire.request(pulledBody([Buffer.from('one'), Buffer.from('two')]));
    expect(await wire.said()).toEqual(['HEADERS 1', 'DATA 1 +3', 'DATA 1 +3', 'DATA 1 +0 end']);
    wire.request(pulledBody([]));
    expect(await wire.said()).toEqual(['HEADERS 3', 'DATA 3 +0 end']);
  });

  it('that is empty is none', async () => {
    const wire = await new Wire().greeted();
    wire.request(bytesBody(0));
    expect(await wire.said()).toEqual(['HEADERS 1 end']);
  });

  it('stops at the window of the stream, and goes on when it opens', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 1_000]);
    wire.says(windowUpdate(0, WIDE));
    const call = wire.request(bytesBody(2_500));
    expect(await wire.said()).toEqual(['HEADERS 1', 'DATA 1 +1000']);
    wire.says(windowUpdate(1, 1));
    expect(await wire.said()).toEqual(['DATA 1 +1']);
    expect(call.log).toEqual(['sent']);
    wire.says(windowUpdate(1, 5_000));
    expect(await wire.said()).toEqual(['DATA 1 +1499 end']);
    expect(call.log).toEqual(['sent', 'uploaded 2500', 'all sent']);
  });

  it('stops at the window of the connection, and goes on when it opens', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, WIDE]);
    wire.request(bytesBody(FIRST + 10));
    expect(sizes(await wire.sent())).toEqual({ 1: FIRST });
    wire.says(windowUpdate(1, 100));
    expect(await wire.said()).toEqual([]);
    wire.says(windowUpdate(0, 10));
    const rest = await wire.sent();
    expect(sizes(rest)).toEqual({ 1: 10 });
    expect(rest.at(-1)!.flags).toBe(1);
  });

  it('stops at the smaller of both', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 70_000]);
    wire.request(bytesBody(100_000));
    expect(sizes(await wire.sent())).toEqual({ 1: FIRST });
    wire.says(windowUpdate(0, 10_000));
    expect(sizes(await wire.sent())).toEqual({ 1: 70_000 - FIRST });
    wire.says(windowUpdate(1, WIDE));
    expect(sizes(await wire.sent())).toEqual({ 1: 10_000 - (70_000 - FIRST) });
  });

  it('heeds a first window that changes while it is sent, and goes on when what was taken back is given', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 1_000]);
    wire.request(bytesBody(5_000));
    expect(sizes(await wire.sent())).toEqual({ 1: 1_000 });
    // 1,000 were sent, so 500 too many
    wire.says(settings([Setting.INITIAL_WINDOW_SIZE, 500]));
    wire.says(windowUpdate(1, 500));
    expect(await wire.said()).toEqual(['SETTINGS ack']);
    wire.says(windowUpdate(1, 1));
    expect(sizes(await wire.sent())).toEqual({ 1: 1 });
    wire.says(settings([Setting.INITIAL_WINDOW_SIZE, 700]));
    expect(sizes(await wire.sent())).toEqual({ 1: 200 });
    // and holds for those that begin later
    wire.request(bytesBody(5_000));
    expect(sizes(await wire.sent())).toEqual({ 3: 700 });
  });

  it('is shared in turns where the window of the connection is scarce', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, WIDE]);
    const calls = [1, 2, 3].map(() => wire.request(bytesBody(200_000)));
    expect(sizes(await wire.sent())).toEqual({ 1: FIRST });
    const got: Record<number, number> = { 1: 0, 3: 0, 5: 0 };
    for (let i = 0; i < 12; i++) {
      wire.says(windowUpdate(0, 1_000));
      for (const [id, size] of Object.entries(sizes(await wire.sent()))) got[Number(id)]! += size;
    }
    // a turn more or less
    for (const size of Object.values(got)) expect(Math.abs(size - 4_000)).toBeLessThanOrEqual(1_000);
    expect(calls.some(({ over }) => over)).toBe(false);
  });

  it('lets no other wait whose window is open', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 100]);
    wire.request(bytesBody(1_000));
    wire.request(bytesBody(1_000));
    await wire.sent();
    wire.says(windowUpdate(3, 50));
    expect(await wire.said()).toEqual(['DATA 3 +50']);
  });

  it('is left when the server refuses it, and the rest of the stream, too', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 10]);
    const call = wire.request(bytesBody(100));
    await wire.sent();
    wire.says(headers(1, answer(413), { end: true }));
    expect(call.log).toEqual(['sent', 'head 413', 'end']);
    // nobody holds on to what will never be sent
    expect(Reflect.get(wire.connection, 'waiting')).toHaveProperty('size', 0);
    wire.says(windowUpdate(1, 100));
    expect(await wire.said()).toEqual(['RST_STREAM 1 8']);
  });

  it('goes no further when the answer says no, or comes before it was asked for', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, WIDE]);
    const refused = wire.request(bytesBody(200_000));
    const early = new Call();
    early.method = 'PUT';
    early.body = bytesBody(3);
    wire.connection.send(early, 1_000);
    await wire.sent();
    wire.says(headers(1, answer(413)), headers(3, answer(200)), windowUpdate(0, WIDE));
    wire.clock.advance(2_000);
    // what is left of the piece that was given out
    expect(sizes(await wire.sent())).toEqual({ 1: 1 });
    wire.says(data(1, 'no', { end: true }), data(3, 'yes', { end: true }));
    expect([refused, early].map(({ text, log }) => [text, log.at(-1)])).toEqual([
      ['no', 'end'],
      ['yes', 'end'],
    ]);
    expect(await wire.said()).toEqual(['RST_STREAM 1 8', 'RST_STREAM 3 8']);
  });

  it('is left when the server has answered and resets the rest', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 10]);
    const call = wire.request(bytesBody(100));
    wire.connection.pause(call);
    wire.says(headers(1, answer(200), { end: true }), rst(1, 0), windowUpdate(1, 100));
    expect(await wire.said()).toEqual(['HEADERS 1', 'DATA 1 +10']);
    wire.connection.resume(call);
    expect(await wire.said()).toEqual([]);
    expect(call.log.at(-1)).toBe('end');
  });

  it('waits for 100 (Continue), or goes when its patience is at its end', async () => {
    const wire = await new Wire().greeted();
    const calls = [1, 3, 5].map(() => {
      const call = new Call();
      call.method = 'PUT';
      call.body = bytesBody(3);
      wire.connection.send(call, 1_000);
      return call;
    });
    await wire.sent();
    wire.says(headers(1, answer(100)));
    expect(await wire.said()).toEqual(['DATA 1 +3 end']);
    wire.says(headers(5, answer(200), { end: true }));
    expect(await wire.said()).toEqual(['RST_STREAM 5 8']);
    wire.clock.advance(1_000);
    expect(await wire.said()).toEqual(['DATA 3 +3 end']);
    expect(calls[2]!.log).toEqual(['sent', 'head 200', 'end']);
  });
});

describe('windows of the peer beyond their limit', () => {
  it.each([
    ['of the connection', [windowUpdate(0, 0x7fff_ffff)]],
    ['of a stream', [windowUpdate(1, 0x7fff_ffff)]],
    ['by settings', [windowUpdate(1, 0x7fff_ffff - FIRST), settings([Setting.INITIAL_WINDOW_SIZE, FIRST + 1])]],
    ['in the settings', [settings([Setting.INITIAL_WINDOW_SIZE, 0x8000_0000])]],
  ])('%s', async (_what, frames) => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.says(...frames);
    expect(call.failure?.message).toMatch(/beyond its limit/);
    expect((await wire.said()).at(-1)).toBe('GOAWAY 3');
  });

  it('and just up to it', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.says(windowUpdate(1, 0x7fff_ffff - FIRST), windowUpdate(0, 0x7fff_ffff - FIRST));
    expect(call.over).toBe(false);
  });
});

describe('the head of a request', () => {
  it('that is longer than the peer’s frames goes in several', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request(bytesBody(3), (one) => {
      one.extra = [['x-long', '\x01'.repeat(20_000)]];
    });
    const frames = await wire.sent();
    expect(frames.map(({ type, payload }) => [type, payload.length > 16_384])).toEqual([
      [Type.HEADERS, false],
      [Type.CONTINUATION, false],
      [Type.DATA, false],
    ]);
    expect(frames[0]!.flags).toBe(0);
    expect(frames[0]!.payload.length).toBe(16_384);
    expect(frames[1]!.flags).toBe(4);
    expect(call.log).toContain('all sent');
    // and without a body it ends the stream with its first frame
    wire.request(null, (one) => {
      one.extra = [['x-long', '\x02'.repeat(40_000)]];
    });
    const heads = await wire.sent();
    expect(heads.map(({ type, flags }) => [type, flags])).toEqual([
      [Type.HEADERS, 1],
      [Type.CONTINUATION, 0],
      [Type.CONTINUATION, 4],
    ]);
  });
});
