import { expect, it } from 'vitest';
import { ByteQueue } from '../../../src/base/byte-queue.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { Exchange } from '../../../src/wire/exchange.ts';
import { H1Connection } from '../../../src/wire/h1/connection.ts';
import { H1_LIMITS } from '../../../src/wire/h1/limits.ts';
import { turns } from '../../api/bridge/support.ts';
import { SimulatedStream } from '../dial/simulated-network.ts';

/** Reads into the memory it is told to, and still delivers what was on its way when it is paused. */
class Reading extends SimulatedStream {
  private into: Buffer = Buffer.alloc(16_384);

  override readInto(memory: Buffer | null = null): void {
    this.into = memory ?? Buffer.alloc(16_384);
  }

  deliver(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; ) {
      const { into } = this;
      const size = bytes.copy(into, 0, at);
      at += size;
      this.handler.bytes(into, size);
    }
  }
}

it('bytes that arrive after pausing stay whole and in order', async () => {
  const stream = new Reading('192.0.2.1', 80);
  const connection = new H1Connection(
    stream,
    1,
    { free() {}, gone() {}, retired() {}, mastered() {}, downgrade: () => false },
    systemClock,
    H1_LIMITS,
  );
  const body = new ByteQueue();
  let left = 60_000;
  let pieces = 0;
  const exchange: Exchange = {
    method: 'GET',
    headText: 'GET / HTTP/1.1\r\n\r\n',
    body: null,
    closeAfter: false,
    sent() {},
    uploaded() {},
    allSent() {},
    interim() {},
    head() {},
    data(bytes, start, end) {
      left -= end - start;
      body.copyIn(bytes, start, end, left);
      if (++pieces === 1) connection.pause(exchange);
    },
    room: (more) => body.roomFor(more),
    end() {},
    fail() {},
  };
  connection.send(exchange);
  stream.deliver(`HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'a'.repeat(1000)}`);
  stream.deliver('b'.repeat(1000));
  connection.resume(exchange);
  await turns(3);
  stream.deliver('c'.repeat(58_000));
  expect(body.size).toBe(60_000);
  expect(body.take(60_000).toString('latin1')).toBe('a'.repeat(1000) + 'b'.repeat(1000) + 'c'.repeat(58_000));
});
