import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkReplyError, QNetworkRequest, type RequestOptions } from '../../src/index.ts';
import { managers } from '../support/managers.ts';
import { within } from '../support/once.ts';
import { type Answer, type Served, serve } from '../support/server.ts';

const manager = managers();

const STALL: Answer = { fault: 'stall before head' };
const DRIP: Answer = { body: 'abcdefgh', chunks: [1, 1, 1, 1, 1, 1, 1], pause: 25 };
const STOPS: Answer = { body: 'abcdefgh', fault: { stall: 42 } };

/** Runs a request that must end by a limit; what its promise rejected with. */
async function limited(server: Served, path: string, options: RequestOptions): Promise<QNetworkReplyError> {
  const error: unknown = await within(
    manager()
      .get(server.url(path), options)
      .bytes()
      .then(
        () => null,
        (e: unknown) => e,
      ),
    'the limit',
  );
  expect(error).toBeInstanceOf(QNetworkReplyError);
  return error as QNetworkReplyError;
}

describe('a limit, on real sockets', () => {
  const rows: [what: string, answer: Answer, options: RequestOptions, name: string, phase: string][] = [
    ['first byte', STALL, { timeout: { firstByte: 40 } }, 'firstByte', 'wait'],
    ['idle', STOPS, { timeout: { idle: 40 } }, 'idle', 'receive'],
    ['total, of an answer that drips', DRIP, { timeout: { total: 60 } }, 'total', 'receive'],
    ["Qt's transfer timeout, before an answer", STALL, { timeout: 40 }, 'transfer', 'wait'],
    ["Qt's transfer timeout, within an answer", STOPS, { timeout: 40 }, 'transfer', 'receive'],
  ];
  for (const [what, answer, options, name, phase] of rows) {
    it(`${what}: the error is a TimeoutError that names limit and phase`, async () => {
      await using server = await serve({ routes: { '*': answer } });
      const error = await limited(server, '/', options);
      expect(error).toMatchObject({ code: 'TimeoutError', networkError: NetworkError.TimeoutError, kind: 'timeout', phase });
      expect(error.limit).toMatchObject({ name });
      expect(error.message).toContain(`"${name}"`);
      await server.whenIdle();
    });
  }

  it('queue: strikes who waits, not who runs', async () => {
    await using server = await serve({ routes: { '*': { body: 'slow', delay: 120 } } });
    const m = manager();
    const running = Array.from({ length: 6 }, () => m.get(server.url('/')).text());
    const waiting = m.get(server.url('/'), { timeout: { queue: 30 } });
    await within(waiting.whenFinished(), 'the limit');
    expect(waiting.failure()).toMatchObject({ kind: 'timeout', phase: 'queue', limit: { name: 'queue', milliseconds: 30 } });
    expect(await Promise.all(running)).toEqual(Array(6).fill('slow'));
    expect(server.requests).toHaveLength(6);
  });

  it('does not strike an answer that keeps moving', async () => {
    // longer than the limit as a whole, and far below it in each piece, also on a machine that is busy
    await using server = await serve({ routes: { '*': { ...DRIP, pause: 150 } } });
    const all = [{ timeout: 1000 }, { timeout: { idle: 1000 } }].map((options) => manager().get(server.url('/'), options).text());
    expect(await within(Promise.all(all), 'the answers')).toEqual(['abcdefgh', 'abcdefgh']);
  });

  it('does not strike a reader who takes his time', async () => {
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(3_000_000, 'x') } } });
    const reply = manager().get(server.url('/'), { timeout: { transfer: 60, idle: 60 } });
    reply.setReadBufferSize(10_000);
    await within(reply.whenHeaders(), 'the head');
    await new Promise((next) => setTimeout(next, 250));
    expect(reply.isFinished()).toBe(false);
    let size = 0;
    for await (const piece of reply) size += piece.length;
    expect(size).toBe(3_000_000);
  });

  it("of the request goes before the manager's", async () => {
    await using server = await serve({ routes: { '*': { body: 'late', delay: 80 } } });
    const m = manager();
    m.setTransferTimeout(30);
    const plain = m.get(server.url('/'));
    const patient = new QNetworkRequest(server.url('/'));
    patient.setTransferTimeout(5_000);
    expect(await m.get(patient).text()).toBe('late');
    expect(plain.error()).toBe(NetworkError.TimeoutError);
    expect(plain.failure()!.limit).toEqual({ name: 'transfer', milliseconds: 30 });
  });

  it('leaves a POST in doubt that was sent and not answered', async () => {
    await using server = await serve({ routes: { '*': STALL } });
    const reply = manager().post(server.url('/'), 'x', { timeout: { firstByte: 40 } });
    await within(reply.whenFinished(), 'the limit');
    expect(reply.failure()!.maybeProcessed).toBe(true);
  });
});
