import { describe, expect, it } from 'vitest';
import { failure } from '../../../src/contract/failure.ts';
import {
  continuation,
  data,
  frame,
  goaway,
  headers,
  ping,
  pushPromise,
  rst,
  Setting,
  settings,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { answer, literal } from '../../support/h2-hpack.ts';
import { bytesBody, Call, Wire } from './wire.ts';

const LAST = 0x7fff_ffff;

describe('a connection', () => {
  it('begins with its preface, whatever comes first', async () => {
    const wire = new Wire();
    wire.stream.hangsUp();
    await wire.sent();
    expect(wire.stream.written.startsWith('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toBe(true);
    expect(wire.owner.log).toEqual(['downgrade: silent', 'gone']);
  });

  it('has room for as many as the server allows, at most 100 before it has said so', async () => {
    const wire = new Wire();
    for (let i = 0; i < 100; i++) {
      expect(wire.connection.roomy).toBe(true);
      wire.request();
    }
    expect(wire.connection.roomy).toBe(false);
    wire.says(settings([Setting.MAX_CONCURRENT_STREAMS, 102]));
    expect(wire.connection.roomy).toBe(true);
    wire.says(settings([Setting.MAX_CONCURRENT_STREAMS, 3]));
    expect(wire.connection.roomy).toBe(false);
    // what is not said again stays as it was
    wire.says(settings([Setting.MAX_FRAME_SIZE, 20_000]));
    expect(wire.connection.roomy).toBe(false);
    for (let id = 1; id < 2 * 97; id += 2) wire.answers(id, true);
    expect(wire.connection.depth).toBe(3);
    expect(wire.connection.roomy).toBe(false);
    wire.answers(199, true);
    expect(wire.connection.roomy).toBe(true);
  });

  it('has room for no more than the request’s configuration allows', async () => {
    const wire = await new Wire({ streams: 2 }).greeted([Setting.MAX_CONCURRENT_STREAMS, 50]);
    wire.request();
    expect(wire.connection.roomy).toBe(true);
    wire.request();
    expect(wire.connection.roomy).toBe(false);
  });

  it('that refuses below its limit gets less, and more again when answers come', async () => {
    const wire = await new Wire().greeted();
    const calls = [0, 1, 2, 3].map(() => wire.request());
    wire.says(rst(7, 7));
    expect(calls[3]!.facts).toMatchObject({ unprocessed: true });
    expect(wire.connection.roomy).toBe(false);
    wire.answers(1, true);
    expect(wire.connection.depth).toBe(2);
    wire.request();
    expect(wire.connection.roomy).toBe(true);
    wire.request();
    expect(wire.connection.roomy).toBe(false);
  });

  it('retires when it has no more numbers for streams', async () => {
    const wire = await new Wire().greeted();
    Object.assign(wire.connection, { nextId: LAST - 2 });
    const before = wire.request();
    expect(wire.connection.roomy).toBe(true);
    const last = wire.request();
    expect(wire.owner.log).toContain('retired');
    expect(wire.connection.roomy).toBe(false);
    expect(await wire.said()).toEqual([`HEADERS ${LAST - 2} end`, `HEADERS ${LAST} end`]);
    wire.answers(LAST, true);
    expect(wire.connection.alive).toBe(true);
    wire.answers(LAST - 2, true);
    expect([before, last].map(({ log }) => log.at(-1))).toEqual(['end', 'end']);
    expect(wire.connection.alive).toBe(false);
    expect(await wire.said()).toEqual(['GOAWAY 0']);
  });

  it('reads heads and trailers in as many pieces as they come in', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    const block = answer(200, ['a', 'b'], ['c', 'd']);
    wire.says(
      headers(1, block.subarray(0, 3), { more: true }),
      continuation(1, block.subarray(3, 3), { more: true }),
      continuation(1, block.subarray(3)),
    );
    expect(call.headers?.flat).toEqual(['a', 'b', 'c', 'd']);
    wire.says(headers(1, literal('x', 'y'), { more: true, end: true }));
    expect(call.over).toBe(false);
    wire.says(continuation(1, literal('z', '')));
    expect(call.trailers?.flat).toEqual(['x', 'y', 'z', '']);
  });

  it.each([
    ['103', '-1', 'fail'],
    ['103', '5', 'end'],
    ['200', '5', 'fail'],
    ['200', '1', 'end'],
    ['204', '7', 'fail'],
  ])('an answer of one octet behind %s with content-length %s', async (status, length, last) => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.says(headers(1, answer(status, ['content-length', length])));
    if (status === '103') wire.answers(1);
    wire.says(data(1, 'x', { end: true }));
    expect(call.log.at(-1)).toBe(last);
  });

  it('takes no length from trailers, as in HTTP/1.1', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.answers(1);
    wire.says(data(1, 'x'), headers(1, literal('content-length', '1'), { end: true }));
    expect(call.failure?.message).toMatch(/a content-length in its trailers/);
    expect(await wire.said()).toEqual(['HEADERS 1 end', 'RST_STREAM 1 1']);
  });

  it('reads the head of a push, in pieces as well, although it wants none', async () => {
    const wire = await new Wire({ push: true }).greeted();
    const call = wire.request();
    const promise = pushPromise(1, 2, literal('x-kept', 'in the table', true));
    wire.says({ ...promise, flags: 0 }, continuation(1, literal('y', 'z')));
    expect(call.over).toBe(false);
    expect(await wire.said()).toEqual(['HEADERS 1 end', 'RST_STREAM 2 7']);
    // what is on its way of the push is dropped; its head went through the table
    wire.says(headers(2, answer(200)), data(2, 'pushed', { end: true }));
    wire.says(headers(1, Buffer.concat([answer(200), Buffer.of(0x80 | 62)]), { end: true }));
    expect(call.headers?.flat).toEqual(['x-kept', 'in the table']);
    expect(call.log.at(-1)).toBe('end');
  });

  it('keeps its table in order through heads that are not wanted or not good', async () => {
    const wire = await new Wire().greeted();
    const [bad, gone, good] = [wire.request(), wire.request(), wire.request()];
    wire.connection.cancel(gone!);
    // a bad name, but the fields around it go into the table all the same
    const fields = [literal('a', '1', true), literal('Bad', 'x'), literal('b', '2', true)];
    wire.says(headers(1, Buffer.concat([answer(200), ...fields])));
    wire.says(headers(3, Buffer.concat([answer(200), literal('c', '3', true)])));
    expect(bad!.failure).toMatchObject({ kind: 'protocol' });
    wire.says(headers(5, Buffer.concat([answer(200), Buffer.of(0x80 | 62, 0x80 | 63, 0x80 | 64)]), { end: true }));
    expect(good!.headers?.flat).toEqual(['c', '3', 'b', '2', 'a', '1']);
    expect(gone!.log).toEqual(['sent']);
  });
});

describe('what ends', () => {
  it.each([
    ['a body', data(1, 'x')],
    ['an empty one', data(1)],
    ['an empty one that ends it', data(1, '', { end: true })],
    ['one of padding', data(1, '', { pad: 3 })],
  ])('a stream by %s without a head, others go on', async (_what, body) => {
    const wire = await new Wire().greeted();
    const [call, other] = [wire.request(), wire.request()];
    await wire.sent();
    wire.says(body);
    expect(call!.failure?.message).toMatch(/a body without a head/);
    expect(await wire.said()).toEqual(['RST_STREAM 1 1']);
    wire.answers(3, true);
    expect(other!.log.at(-1)).toBe('end');
  });

  it('a stream by GOAWAY beyond the last that counts, others go on', async () => {
    const wire = await new Wire().greeted();
    const calls = [0, 1, 2].map(() => wire.request());
    wire.says(goaway(LAST, 0));
    expect(wire.owner.log).toContain('retired');
    expect(calls.some(({ over }) => over)).toBe(false);
    wire.says(goaway(3, 0));
    expect(calls[2]!.facts).toMatchObject({ unprocessed: true });
    // one that grows again brings nothing back
    wire.says(goaway(5, 0));
    wire.answers(1, true);
    wire.answers(3, true);
    expect(calls.map(({ log }) => log.at(-1))).toEqual(['end', 'end', 'fail']);
    expect(wire.connection.alive).toBe(false);
  });

  it('at once, when nothing is under way', async () => {
    const wire = await new Wire().greeted();
    wire.says(goaway(0, 0));
    expect(wire.owner.log).toEqual(['free', 'retired', 'gone']);
    expect(wire.connection.alive).toBe(false);
  });

  it('is told once, and of an answer that had begun never that it was not looked at', async () => {
    const wire = await new Wire().greeted();
    const [begun, other] = [wire.request(), wire.request()];
    wire.answers(3);
    wire.says(goaway(1, 0));
    expect(begun!.over).toBe(false);
    expect(other!.failure).not.toBeNull();
    expect(other!.facts?.unprocessed ?? false).toBe(false);
  });

  it.each([
    ['HTTP_1_1_REQUIRED', 13],
    ['REFUSED_STREAM', 7],
  ])('%s in the middle of an answer does not say that it was not looked at', async (_name, code) => {
    const wire = await new Wire().greeted();
    wire.owner.downgrades = true;
    const call = wire.request();
    wire.answers(1);
    wire.says(rst(1, code));
    expect(call.failure?.phase).toBe('receive');
    expect(call.facts?.unprocessed ?? false).toBe(false);
  });

  it('on both sides: what comes behind is the end of the connection', async () => {
    for (const late of [data(1, 'x'), headers(1, answer(200))]) {
      const wire = await new Wire().greeted();
      wire.request();
      const other = wire.request();
      wire.answers(1, true);
      wire.says(windowUpdate(1, 1), rst(1, 0), { type: 2, flags: 0, stream: 1, payload: Buffer.alloc(5) });
      expect(other.over).toBe(false);
      wire.says(late);
      expect(other.failure?.message).toMatch(/on stream 1, which is closed/);
      expect((await wire.said()).at(-1)).toBe('GOAWAY 5');
    }
  });

  it.each([
    ['a body', data(9, 'x')],
    ['a head', headers(9, answer(200))],
    ['a reset', rst(9, 0)],
    ['a window', windowUpdate(9, 1)],
    ['a head of a push that was not promised', headers(2, answer(200))],
  ])('the connection by %s of a stream that nobody opened', async (_what, late) => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.says(late);
    expect(call.failure?.message).toMatch(/which nobody opened/);
    expect(call.facts).toMatchObject({ garbage: true });
    expect((await wire.said()).at(-1)).toBe('GOAWAY 1');
  });

  it('by the peer’s own words, with what it said of it', async () => {
    const wire = await new Wire().greeted();
    const call = wire.request();
    wire.says(goaway(1, 11, 'too much'));
    expect(call.over).toBe(false);
    wire.stream.hangsUp();
    expect(call.failure).toMatchObject({ kind: 'peer-overload' });
    expect(call.facts).toMatchObject({ connectionLost: true });
  });
});

describe('whoever is told may do anything', () => {
  const ends: readonly [string, (wire: Wire) => void][] = [
    ['it is closed', (wire) => wire.stream.hangsUp()],
    ['the server breaks the rules', (wire) => wire.says(data(0, 'x'))],
    ['the server says good-bye', (wire) => wire.says(goaway(0, 0))],
    ['it is dead', (wire) => wire.connection.dead()],
    ['the connections are cleared', (wire) => wire.connection.abandon(failure('canceled', 'queue', 'cleared'))],
  ];
  it.each(ends)('when %s: cancel all, pause, ask again, close it', async (_what, end) => {
    const wire = await new Wire().greeted();
    const calls = [0, 1, 2, 3].map(() => wire.request(bytesBody(100_000)));
    wire.answers(3);
    const touch = (): void => {
      for (const call of calls) {
        wire.connection.pause(call);
        wire.connection.resume(call);
        wire.connection.cancel(call);
      }
      wire.connection.destroy();
    };
    for (const call of calls) call.meanwhile = (what) => what === 'fail' && touch();
    wire.owner.meanwhile = (what) => what === 'gone' && touch();
    end(wire);
    await wire.sent();
    expect(wire.connection.alive).toBe(false);
    expect(wire.connection.depth).toBe(0);
    expect(wire.owner.log.filter((what) => what === 'gone')).toHaveLength(1);
    expect(calls.every(({ log }) => log.filter((what) => what === 'fail' || what === 'end').length <= 1)).toBe(true);
    expect(wire.stream.destroyed).toBe(true);
    expect(wire.clock.running).toBe(0);
  });

  const moments = ['sent', 'uploaded', 'interim', 'head', 'data', 'end', 'fail'] as const;
  const acts: Readonly<Record<string, (wire: Wire, call: Call) => void>> = {
    cancel: (wire, call) => wire.connection.cancel(call),
    destroy: (wire) => wire.connection.destroy(),
    'pause and resume': (wire, call) => {
      wire.connection.pause(call);
      wire.connection.resume(call);
    },
    'ask again': (wire) => {
      if (wire.connection.roomy) wire.request();
    },
  };
  for (const [act, does] of Object.entries(acts))
    it.each(moments)(`${act} when %s`, async (moment) => {
      const wire = await new Wire().greeted();
      let done = false;
      const other = wire.request();
      const call = new Call();
      call.method = 'POST';
      call.body = bytesBody(30_000);
      call.meanwhile = (what) => {
        if (done || !what.startsWith(moment)) return;
        done = true;
        does(wire, call);
      };
      wire.connection.send(call);
      await wire.sent();
      wire.says(
        windowUpdate(0, 100_000),
        headers(3, answer(103)),
        headers(3, answer(200)),
        data(3, 'one'),
        data(3, 'two'),
        data(3, '', { pad: 3, end: moment !== 'fail' }),
        ping(),
      );
      if (moment === 'fail') wire.says(rst(3, 2));
      await wire.sent();
      expect(done).toBe(true);
      if (act === 'destroy') {
        expect(wire.connection.alive).toBe(false);
        expect(other.log.at(-1)).toBe('fail');
        expect(wire.clock.running).toBe(0);
        return;
      }
      expect(wire.connection.alive).toBe(true);
      const last = moment === 'fail' ? 'fail' : act === 'cancel' ? moment : 'end';
      expect(call.log.at(-1)!.startsWith(last)).toBe(true);
      if (last === 'end') expect(call.text).toBe('onetwo');
      wire.answers(1, true);
      expect(other.log.at(-1)).toBe('end');
    });

  it('a connection that is closed in the middle of what was read hears nothing of the rest', async () => {
    const wire = await new Wire().greeted();
    const [one, two] = [wire.request(), wire.request()];
    one!.meanwhile = (what) => what.startsWith('data') && wire.connection.destroy();
    wire.answers(1);
    wire.says(data(1, 'x'), headers(3, answer(200), { end: true }), frame(0, 0, 0));
    expect(two!.log).toEqual(['sent', 'fail']);
    expect((await wire.said()).filter((words) => words.startsWith('GOAWAY'))).toEqual(['GOAWAY 0']);
  });
});
