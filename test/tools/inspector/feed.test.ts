import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { DOOR } from '../../../src/contract/door.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import { Feed } from '../../../src/tools/inspector/feed.ts';
import type { Message } from '../../../src/tools/inspector/page/protocol.ts';
import { Watch } from '../../../src/tools/inspector/watch.ts';
import { ManualClock } from '../../support/clock.ts';
import { type Served, serve } from '../../support/server.ts';

const MiB = 1_048_576;

/** What a page has been sent; how much of it waits is told by hand. */
class PlayedPage extends EventEmitter {
  writableLength = 0;
  readonly heard: Message[] = [];
  writeHead(): void {}
  write(text: string): void {
    this.heard.push(JSON.parse(text.replace(/^data: /, '')) as Message);
  }
  end(): void {
    this.emit('close');
  }

  get rows(): number[] {
    const since = this.heard.findLastIndex(({ reset }) => reset !== undefined);
    return [...new Set(this.heard.slice(since).flatMap(({ rows }) => rows.map(([id]) => id)))];
  }
}

interface Scene {
  readonly feed: Feed;
  readonly watch: Watch;
  open(from?: number | null): PlayedPage;
  fetch(count: number): Promise<void>;
  tick(times: number): void;
}

function scene(server: Served): Scene {
  const manager = new QNetworkAccessManager();
  const clock = new ManualClock();
  const watch = new Watch({ mostRows: 1000, bodyLimit: 0, bodyMemory: 0 });
  const beginning = { title: '', began: 1, version: '' };
  const feed = new Feed({ watch, clock, beginning, began: 0, secretNames: [], pools: () => [] });
  const leave = manager[DOOR]().record(watch);
  onTestFinished(async () => {
    feed.close();
    leave();
    await manager.close();
  });
  return {
    ...{ feed, watch },
    open(from = null) {
      const page = new PlayedPage();
      feed.add(page as unknown as ServerResponse, from);
      return page;
    },
    async fetch(count) {
      for (let i = 0; i < count; i++) await manager.get(server.url('/')).whenFinished();
    },
    tick(times) {
      for (let i = 0; i < times; i++) clock.advance(500);
    },
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('tells a page that sleeps nothing more, and all of it when it is awake; others do not notice', async () => {
  await using server = await serve({ routes: { '*': { body: 'x' } } });
  const { open, fetch, tick } = scene(server);
  const [sleeper, other] = [open(), open()];
  await fetch(5);
  tick(1);
  expect([sleeper.rows, other.rows]).toEqual([range(0, 5), range(0, 5)]);
  sleeper.writableLength = 5 * MiB;
  const heard = sleeper.heard.length;
  for (let i = 0; i < 20; i++) {
    await fetch(1);
    tick(1);
  }
  // an hour
  tick(7200);
  expect(sleeper.heard.length).toBe(heard);
  expect(other.rows).toEqual(range(0, 25));
  // it has to take what it was told: else it would be told all of it again and again
  sleeper.writableLength = 1;
  tick(100);
  expect(sleeper.heard.length).toBe(heard);
  sleeper.writableLength = 0;
  tick(2);
  expect(sleeper.heard[heard]).toMatchObject({ reset: { began: 1 }, rows: [] });
  expect(sleeper.rows).toEqual(range(0, 25));
});

it('goes on where a page was, with those that were not over', async () => {
  await using server = await serve({ routes: { '*': { body: 'x' } } });
  const { open, fetch, tick } = scene(server);
  await fetch(8);
  const page = open(5);
  tick(1);
  expect(page.heard.map(({ reset }) => reset)).toEqual([undefined, undefined]);
  expect(page.rows).toEqual([5, 6, 7]);
  await fetch(1);
  tick(1);
  expect(page.heard.at(-1)!.rows.map(([id]) => id)).toEqual([8]);
  // a number that never was is no way to get lost
  const odd = open(1e12);
  await fetch(1);
  tick(2);
  expect(odd.rows).toEqual([9]);
});

it('does nothing while there is no page, and breaks silence once in a while when there is', async () => {
  await using server = await serve({ routes: { '*': { body: 'x' } } });
  const { watch, open, fetch, tick } = scene(server);
  await fetch(3);
  expect([watch.looked, watch.takeChanges()]).toEqual([false, []]);
  const page = open();
  tick(2);
  const heard = page.heard.length;
  tick(400);
  expect(page.heard.length - heard).toBe(8);
  page.end();
  await fetch(1);
  expect([watch.looked, watch.takeChanges()]).toEqual([false, []]);
});

it('has room for so many pages, and for another one when one has gone', async () => {
  await using server = await serve({ routes: { '*': { body: 'x' } } });
  const { feed, open } = scene(server);
  const pages = range(0, 32).map(() => open());
  const one = (): boolean => feed.add(new PlayedPage() as unknown as ServerResponse, null);
  expect(one()).toBe(false);
  pages[7]!.end();
  expect([one(), one()]).toEqual([true, false]);
});
