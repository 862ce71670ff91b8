import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import type { Nginx } from './nginx.ts';
import { needing, program } from './programs.ts';
import { Site } from './site.ts';

/** The server behind: answers at once, or stops on the way until it is told to go on. */
class Gate {
  readonly arrived: string[] = [];
  private held: ServerResponse[] = [];
  private stop: 'before the head' | 'in the body' | null = null;

  constructor(site: Site) {
    site.upstream.handlers.set('gate', (request, response) => {
      this.arrived.push(request.url!.split('?')[1]!);
      response.setHeader('Content-Type', 'text/plain');
      if (this.stop === null) return this.answer(response);
      if (this.stop === 'in the body') response.write(request.method);
      this.held.push(response);
    });
  }

  get holding(): number {
    return this.held.length;
  }

  shut(where: 'before the head' | 'in the body'): void {
    this.stop = where;
  }

  open(): void {
    this.stop = null;
    for (const response of this.held.splice(0)) this.answer(response);
  }

  private answer(response: ServerResponse): void {
    const { method, url } = response.req;
    response.end(`${response.headersSent ? '' : method} ${url!.split('?')[1]}\n`);
  }
}

const COUNT = 500;

interface Event {
  readonly what: string;
  /**
   * Where the answers stand meanwhile. In order nginx finishes what it has begun, and then closes connections it had promised to keep;
   * before a head it would announce that. A crash takes along what is under way.
   */
  readonly stop: 'before the head' | 'in the body';
  /** Requests that are under way in a crash. */
  readonly torn: number;
  /** Resolves when it has happened. */
  happen(nginx: Nginx): Promise<void>;
}

async function signal(nginx: Nginx, process_: number, name: NodeJS.Signals, done: RegExp): Promise<void> {
  const since = nginx.said;
  process.kill(process_, name);
  await nginx.whenSays(done, since);
}

const EVENTS: readonly Event[] = [
  {
    what: 'a new configuration',
    stop: 'in the body',
    torn: 0,
    happen: (nginx) => signal(nginx, nginx.master, 'SIGHUP', /gracefully shutting down/),
  },
  {
    what: 'a worker told to finish',
    stop: 'in the body',
    torn: 0,
    happen: (nginx) => signal(nginx, nginx.worker, 'SIGQUIT', /gracefully shutting down/),
  },
  {
    what: 'a worker killed',
    stop: 'before the head',
    torn: 6,
    happen: (nginx) => signal(nginx, nginx.worker, 'SIGKILL', /start worker process \d+/),
  },
];

const NAMED = EVENTS.map((event) => [event.what, event] as const);

/** Queues requests, lets the event happen when `after` of them are done and six under way, and waits for the end of all. */
async function underLoad(site: Site, event: Event, verb: string, count: number, after: number) {
  await using manager = new QNetworkAccessManager();
  const gate = new Gate(site);
  let [done, heads, again] = [0, 0, 0];
  manager.finished.connect(() => {
    if (++done === after) gate.shut(event.stop);
  });
  manager.netlog(({ what }) => {
    if (what === 'head') heads++;
    if (what === 'again') again++;
  });
  const replies = Array.from({ length: count }, (_, n) => manager.sendCustomRequest(site.nginx.url(`/straight/gate?${n}`), verb));
  await until(() => gate.holding === 6 && heads === (event.stop === 'in the body' ? done + 6 : done), 'six requests at the gate');
  await event.happen(site.nginx);
  gate.open();
  await within(Promise.all(replies.map((reply) => reply.whenFinished())), 'the last answer', 10_000);
  return { arrived: gate.arrived, again, replies };
}

describe.skipIf(program('nginx') === null)(needing('nginx that restarts under load', 'nginx'), () => {
  it.each(NAMED)(`%s: none of ${COUNT} GETs is lost`, async (_, event) => {
    await using site = await new Site().start();
    const { arrived, again, replies } = await underLoad(site, event, 'GET', COUNT, 150);
    const texts = replies.map((reply) => (reply.ok() ? reply.readAll().toString() : reply.errorString()));
    expect(texts).toEqual(Array.from({ length: COUNT }, (_, n) => `GET ${n}\n`));
    // what nginx closed in order it had not passed on
    expect(arrived.length).toBe(COUNT + event.torn);
    // with 0 the event would have hit nobody
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(6);
  });

  it.each(NAMED)('%s: no POST is sent twice, and those without an answer say so', async (_, event) => {
    await using site = await new Site().start();
    const { arrived, replies } = await underLoad(site, event, 'POST', 200, 50);
    expect(new Set(arrived).size).toBe(arrived.length);
    const lost = replies.filter((reply) => !reply.ok());
    for (const reply of lost) expect(reply.failure()).toMatchObject({ kind: 'closed', maybeProcessed: true });
    if (event.torn > 0) expect(lost.length).toBe(event.torn);
    else expect(lost.length).toBeLessThanOrEqual(6);
    replies.forEach((reply, n) => {
      if (reply.ok()) expect(reply.readAll().toString()).toBe(`POST ${n}\n`);
    });
  });
});
