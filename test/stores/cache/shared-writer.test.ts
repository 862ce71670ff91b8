import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../support/clock.ts';
import { bodyOf, headOf, KEY, replyError, ScriptedServer, settled, storeOver } from './shared-parts.ts';

const PIECE = 128 * 1024;
const MIB = 1024 * 1024;

/** A server that keeps its answers to SET back until it is told to give them. */
class SlowServer extends ScriptedServer {
  readonly waiting: ((outcome: unknown) => void)[] = [];

  constructor() {
    super();
    this.answer = (command, args) => {
      if (command === 'set') return new Promise((resolve) => this.waiting.push(resolve));
      // the script that renews pieces says how many there were
      if (command === 'eval' && args[0]!.includes('found')) return Number(args[1]);
      return '';
    };
  }

  give(count = this.waiting.length): void {
    for (const answer of this.waiting.splice(0, count)) answer('OK');
  }

  /** How often each command was sent. */
  count(command: string): number {
    return this.asked.filter(([name]) => name === command).length;
  }
}

describe('a writer', () => {
  test('asks to wait when more than 1 MiB is on its way, and says when there is room', async () => {
    const server = new SlowServer();
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), -1)!;
    let drained = 0;
    writer.drained = () => drained++;
    for (let i = 0; i < 8; i++) expect(writer.write(bodyOf(PIECE, i))).toBe(true);
    expect(writer.write(bodyOf(PIECE, 8))).toBe(false);
    // what is written all the same is kept
    expect(writer.write(bodyOf(PIECE, 9))).toBe(false);
    server.give(5);
    await settled();
    expect(drained).toBe(0);
    server.give(1);
    await settled();
    expect(drained).toBe(1);
    server.give();
    const done = writer.commit();
    await done;
    expect(drained).toBe(1);
    expect(server.count('set')).toBe(10);
  });

  test('uses the memory of what has arrived again, and of nothing else', async () => {
    const server = new SlowServer();
    const sent: Buffer[] = [];
    const send = server.send.bind(server);
    server.send = (command, args) => {
      if (command === 'set') sent.push(args[1] as Buffer);
      return send(command, args);
    };
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), 4 * PIECE)!;
    const first = bodyOf(PIECE, 1);
    writer.write(first);
    writer.write(bodyOf(PIECE, 2));
    expect(sent[0]!.equals(first)).toBe(true);
    server.give(1);
    await settled();
    writer.write(bodyOf(PIECE, 3));
    writer.write(bodyOf(PIECE, 4));
    expect(sent.map(({ buffer }) => sent.findIndex((each) => each.buffer === buffer))).toEqual([0, 1, 0, 3]);
    server.give();
    await writer.commit();
  });

  test('names the pieces only when all have arrived', async () => {
    const server = new SlowServer();
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), PIECE + 1)!;
    writer.write(bodyOf(PIECE + 1));
    const done = writer.commit();
    await settled();
    expect(server.count('eval')).toBe(0);
    server.give(1);
    await settled();
    expect(server.count('eval')).toBe(0);
    server.give();
    await done;
    expect(server.count('eval')).toBe(2);
  });

  test('sends nothing before the end of a small body, and that in one piece', async () => {
    const server = new SlowServer();
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), -1)!;
    const bytes = Buffer.from('abc');
    writer.write(bytes);
    // the memory was ours during the call only
    bytes.fill(0);
    expect(server.asked).toEqual([]);
    await writer.commit();
    expect(server.asked.length).toBe(1);
    expect(server.asked[0]!.slice(-2)[0]).toBe('abc');
  });

  test('asks nothing any more after trouble, takes what comes, and cleans up', async () => {
    const server = new SlowServer();
    const { cache, troubles } = storeOver(server);
    const writer = cache.put(KEY, headOf(), -1)!;
    let drained = 0;
    writer.drained = () => drained++;
    expect(writer.write(bodyOf(2 * MIB))).toBe(false);
    server.waiting[0]!(Promise.reject(replyError('OOM command not allowed')));
    await settled();
    expect(drained).toBe(1);
    const sent = server.count('set');
    expect(writer.write(bodyOf(2 * MIB))).toBe(true);
    await writer.commit();
    expect(server.count('set')).toBe(sent);
    expect(server.asked.at(-1)!.length).toBe(1 + sent);
    expect(server.asked.at(-1)![0]).toBe('unlink');
    expect(server.count('eval')).toBe(0);
    expect(troubles).toEqual(['SharedCache: example.org:6379 cannot be used (OOM)']);
  });

  test('a server that stands still holds it for five seconds at most', async () => {
    const clock = new ManualClock();
    const server = new SlowServer();
    const { cache } = storeOver(server, {}, clock);
    const writer = cache.put(KEY, headOf(), PIECE + 1)!;
    writer.write(bodyOf(PIECE + 1));
    const done = writer.commit();
    clock.advance(4_999);
    await settled();
    expect(clock.holding).toBe(2);
    clock.advance(1);
    await done;
    expect(server.count('eval')).toBe(0);
  });

  test.each([
    ['fewer bytes than announced', 10, 9],
    ['more bytes than announced', 10, 11],
    ['more than it may have', -1, 1001],
  ])('keeps nothing of %s', async (_, announced, written) => {
    const server = new SlowServer();
    const { cache } = storeOver(server, { maximumEntrySize: 1000 });
    const writer = cache.put(KEY, headOf(), announced)!;
    expect(writer.write(bodyOf(written))).toBe(true);
    await writer.commit();
    expect(server.asked).toEqual([]);
  });

  test('that is slow keeps what it has sent alive', async () => {
    const clock = new ManualClock();
    const server = new SlowServer();
    const { cache } = storeOver(server, {}, clock);
    const writer = cache.put(KEY, headOf(), -1)!;
    writer.write(bodyOf(PIECE));
    expect(server.asked[0]!.slice(-2)).toEqual(['PX', '600000']);
    server.give();
    await settled();
    clock.advance(299_999);
    writer.write(bodyOf(1));
    expect(server.count('eval')).toBe(0);
    clock.advance(1);
    writer.write(bodyOf(1));
    expect(server.asked.at(-1)!.slice(-1)).toEqual(['600000']);
    expect(server.count('eval')).toBe(1);
    writer.write(bodyOf(1));
    expect(server.count('eval')).toBe(1);
    writer.abort();
  });

  test('whose pieces have gone meanwhile gives up', async () => {
    const server = new SlowServer();
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), PIECE)!;
    writer.write(bodyOf(PIECE));
    server.give();
    const { answer } = server;
    server.answer = (command, args) => (command === 'eval' ? 0 : answer(command, args));
    await writer.commit();
    expect(server.count('eval')).toBe(1);
    expect(server.asked.at(-1)![0]).toBe('unlink');
  });

  test('closing waits for what is committed', async () => {
    const server = new SlowServer();
    const { cache } = storeOver(server);
    const writer = cache.put(KEY, headOf(), PIECE)!;
    writer.write(bodyOf(PIECE));
    const done = writer.commit();
    let closed = false;
    const closing = cache.close().then(() => {
      closed = true;
    });
    await settled();
    expect(closed).toBe(false);
    expect(server.hungUp).toBe(0);
    server.give();
    await done;
    await closing;
    expect(server.count('eval')).toBe(2);
    expect(server.hungUp).toBe(1);
  });
});
