import { expect, it, onTestFinished } from 'vitest';
import { DOOR } from '../../../src/contract/door.ts';
import { failure } from '../../../src/contract/failure.ts';
import { NO_FACTS } from '../../../src/contract/hop.ts';
import { QBuffer, QIODevice, QNetworkAccessManager, QNetworkRequest } from '../../../src/index.ts';
import type { Shelf } from '../../../src/tools/har/shelf.ts';
import { Watch } from '../../../src/tools/inspector/watch.ts';
import { serve } from '../../support/server.ts';
import { inspected } from './visitor.ts';

const MiB = 1_048_576;

function watched(limits: Partial<ConstructorParameters<typeof Watch>[0]> = {}): { manager: QNetworkAccessManager; watch: Watch } {
  const manager = new QNetworkAccessManager();
  const watch = new Watch({ mostRows: 1000, bodyLimit: MiB, bodyMemory: 16 * MiB, ...limits });
  const leave = manager[DOOR]().record(watch);
  onTestFinished(async () => {
    leave();
    await manager.close();
  });
  return { manager, watch };
}

it('has nothing in the way of a request before it is started and after it is closed', async () => {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  const seen: boolean[] = [];
  const leave = manager[DOOR]().carryBy(['http'], {
    carry(hop) {
      seen.push(hop.tap !== null, hop.noting);
      hop.fail(failure('refused', 'connect', 'no'), NO_FACTS);
      return { cancel() {}, discard() {}, pause() {}, resume() {} };
    },
  });
  onTestFinished(leave);
  const ask = (): Promise<unknown> => manager.get('http://h.test/').whenFinished();
  await ask();
  const inspector = await inspected(manager);
  await ask();
  await inspector.close();
  await ask();
  // whether there is somebody to be told, and whether notes are taken
  expect(seen).toEqual([false, false, true, false, false, false]);
});

it('does not keep what cannot be sent: bodies of requests that failed make room, too', async () => {
  const { manager, watch } = watched({ bodyMemory: 2 * MiB });
  for (let i = 0; i < 10; i++)
    await manager.post(new QNetworkRequest('http://127.0.0.1:1/'), Buffer.alloc(MiB / 2, i)).whenFinished();
  const kept = watch.rows().map(({ ask }) => ask?.body?.bytes?.length ?? 0);
  expect(kept).toEqual([...new Array(6).fill(0), ...new Array(4).fill(MiB / 2)]);
});

it('keeps fewer rows when servers make their heads long', async () => {
  const long = 'x'.repeat(60_000);
  await using server = await serve({ routes: { '*': { headers: { 'X-Long': long } } } });
  const { manager, watch } = watched();
  for (let i = 0; i < 700; i += 50)
    await Promise.all(Array.from({ length: 50 }, () => manager.get(server.url('/')).whenFinished()));
  const rows = watch.rows();
  expect(rows.length).toBeGreaterThan(500);
  expect(rows.length).toBeLessThan(600);
  expect([rows[0]!.id, watch.first, watch.dropped]).toEqual([700 - rows.length, 700 - rows.length, 700 - rows.length]);
  expect(rows.every(({ fields }) => fields.includes(long))).toBe(true);
  watch.clear();
  await manager.get(server.url('/')).whenFinished();
  expect(watch.rows().map(({ id }) => id)).toEqual([700]);
});

it('hears nothing more of what was under way when all was forgotten, also where that fails', async () => {
  await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
  const { manager, watch } = watched();
  const reply = manager.get(server.url('/'));
  await server.whenRequests(1);
  expect(watch.rows().length).toBe(1);
  watch.clear();
  reply.abort();
  await reply.whenFinished();
  expect(watch.rows()).toEqual([]);
});

it('does not hold on to sources that cannot be sent again, and counts the memory of those that can', async () => {
  await using server = await serve({ routes: { '*': { body: 'ok' } } });
  const { manager, watch } = watched({ bodyLimit: 1000, bodyMemory: 4000 });
  const send = async (size: number): Promise<void> => {
    const device = new QBuffer(Buffer.alloc(size, 'x'));
    device.open(QIODevice.ReadOnly);
    await manager.post(new QNetworkRequest(server.url('/')), device).whenFinished();
  };
  await send(1001);
  expect(watch.rows().map(({ ask }) => ask)).toEqual([null]);
  for (let i = 0; i < 4; i++) await send(900);
  // what is sent is kept a second time
  expect(watch.rows().map(({ ask }) => ask === null)).toEqual([true, true, true, false, false]);
  async function* pieces() {
    yield Buffer.alloc(600, 'y');
    yield Buffer.alloc(600, 'y');
  }
  await manager.post(new QNetworkRequest(server.url('/')), pieces()).whenFinished();
  expect(watch.rows().at(-1)).toMatchObject({ ask: null, sent: { size: 1200, bytes: null } });
});

it('gives the memory of heads back, also where answers have no fields', async () => {
  await using server = await serve({ routes: { '*': { raw: 'HTTP/1.1 200 OK\r\n\r\n', end: 'close' } } });
  const { manager, watch } = watched({ mostRows: 1 });
  const path = `/${'x'.repeat(3000)}`;
  for (let i = 0; i < 60; i++) await manager.get(server.url(path)).whenFinished();
  expect(watch.rows()).toMatchObject([{ status: 200, fields: [] }]);
  // that of the last row and what is being filled, of three times as much
  expect((Reflect.get(watch, 'heads') as Shelf).held).toBeLessThan(2 * 65_536);
});

it('counts also what it takes to know of many small pieces', async () => {
  const body = 'x'.repeat(1000);
  await using server = await serve({ routes: { '*': { body, framing: 'chunked', chunks: new Array(1000).fill(1) } } });
  const { manager, watch } = watched({ bodyMemory: 40_000 });
  for (let i = 0; i < 4; i++) await manager.get(server.url('/')).whenFinished();
  expect(watch.rows().map(({ received }) => received!.bytes?.length)).toEqual([undefined, undefined, 1000, 1000]);
});
