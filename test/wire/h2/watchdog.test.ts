import { describe, expect, it } from 'vitest';
import { data, ping, pingAck, Setting, windowUpdate } from '../../support/h2-frames.ts';
import { bytesBody, type Call, Wire } from './wire.ts';

const PONG = pingAck(Buffer.alloc(8));
const DEAD = /does not answer any more/;

async function waiting(): Promise<{ wire: Wire; call: Call }> {
  const wire = await new Wire().greeted();
  const call = wire.request();
  await wire.sent();
  return { wire, call };
}

describe('a connection that says nothing', () => {
  it('is asked after 15 seconds, and given up after 10 more', async () => {
    const { wire, call } = await waiting();
    wire.clock.advance(14_999);
    expect(await wire.said()).toEqual([]);
    wire.clock.advance(1);
    expect(await wire.said()).toEqual(['PING']);
    wire.clock.advance(9_999);
    expect(call.over).toBe(false);
    wire.clock.advance(1);
    expect(call.failure).toMatchObject({ kind: 'closed', phase: 'wait', message: expect.stringMatching(DEAD) });
    await wire.sent();
    expect(wire.stream.destroyed).toBe(true);
    expect(wire.owner.log).toContain('gone');
    expect(wire.clock.running).toBe(0);
  });

  it.each([
    ['its answer to the PING', [PONG]],
    ['a part of an answer', [data(1, 'x')]],
  ])('lives on with %s', async (_what, frames) => {
    const { wire, call } = await waiting();
    wire.answers(1);
    wire.clock.advance(30_000);
    await wire.sent();
    for (let i = 0; i < 20; i++) {
      wire.says(...frames);
      wire.clock.advance(15_000);
      for (const words of await wire.said()) if (words === 'PING') wire.says(...frames);
    }
    expect(call.over).toBe(false);
  });

  it.each([
    ['pings', ping()],
    ['windows', windowUpdate(0, 1)],
    ['frames that nobody knows', { type: 0xfa, flags: 0, stream: 0, payload: Buffer.alloc(3) }],
    ['bodies of nothing', data(1)],
  ])('dies although it sends %s', async (_what, noise) => {
    const { wire, call } = await waiting();
    wire.answers(1);
    for (let i = 0; i < 45; i++) {
      wire.clock.advance(1_000);
      wire.says(noise);
    }
    expect(call.failure?.message).toMatch(DEAD);
  });

  it('has longer for a body that a slow line may still hold', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request(bytesBody(40_000));
    await wire.said();
    wire.clock.advance(15_000);
    // that it went out counts as a sign
    expect(await wire.said()).toEqual([]);
    wire.clock.advance(15_000);
    expect(await wire.said()).toEqual(['PING']);
    wire.clock.advance(10_000 + 4_900);
    expect(call.over).toBe(false);
    wire.clock.advance(200);
    expect(call.failure?.message).toMatch(DEAD);
  });

  it('is left alone while nothing is under way', async () => {
    const { wire, call } = await waiting();
    wire.answers(1, true);
    expect(call.log.at(-1)).toBe('end');
    wire.clock.advance(1_000_000);
    expect(await wire.said()).toEqual([]);
    expect(wire.connection.alive).toBe(true);
    expect(wire.clock.running).toBe(0);
  });

  it('is asked at once when it was idle for so long', async () => {
    const { wire } = await waiting();
    wire.answers(1, true);
    wire.connection.idleSince = wire.clock.now() + 1;
    wire.clock.advance(15_002);
    const call = wire.request();
    expect(await wire.said()).toEqual(['PING', 'HEADERS 3 end']);
    wire.clock.advance(10_000);
    expect(call.failure?.message).toMatch(DEAD);
  });

  it('is not asked at once when it was used just now', async () => {
    const { wire } = await waiting();
    wire.answers(1, true);
    wire.connection.idleSince = wire.clock.now() + 1;
    wire.clock.advance(14_000);
    const call = wire.request();
    expect(await wire.said()).toEqual(['HEADERS 3 end']);
    // what runs since the first request is no judgement of this one
    wire.clock.advance(1_000);
    expect(await wire.said()).toEqual([]);
    wire.clock.advance(15_000);
    expect(await wire.said()).toEqual(['PING']);
    expect(call.over).toBe(false);
  });

  it('lives as long as a body goes out', async () => {
    const wire = await new Wire().greeted([Setting.INITIAL_WINDOW_SIZE, 10]);
    const call = wire.request(bytesBody(100));
    for (let i = 0; i < 8; i++) {
      wire.clock.advance(14_000);
      wire.says(windowUpdate(1, 1));
      await wire.sent();
    }
    expect(call.over).toBe(false);
    wire.clock.advance(40_000);
    expect(call.failure?.message).toMatch(DEAD);
  });

  it('takes all its requests with it, and says of each how far it came', async () => {
    const { wire, call } = await waiting();
    const other = wire.request();
    wire.answers(1);
    wire.clock.advance(40_000);
    expect([call.failure?.phase, other.failure?.phase]).toEqual(['receive', 'wait']);
    expect([call.facts?.bytesRead, other.facts?.bytesRead]).toEqual([1, 0]);
  });
});
