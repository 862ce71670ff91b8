import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import type { Nginx } from './nginx.ts';
import { needing, program } from './programs.ts';
import { Site } from './site.ts';

/** Answers at once, or holds the answers back until it is told to go on. */
class Gate {
  readonly arrived: string[] = [];
  private held: ServerResponse[] = [];
  private closed = false;

  constructor(site: Site) {
    site.upstream.handlers.set('gate', (request, response) => {
      this.arrived.push(request.url!.split('?')[1]!);
      if (this.closed) this.held.push(response);
      else this.answer(response);
    });
  }

  get holding(): number {
    return this.held.length;
  }

  shut(): void {
    this.closed = true;
  }

  open(): void {
    this.closed = false;
    for (const response of this.held.splice(0)) this.answer(response);
  }

  private answer(response: ServerResponse): void {
    response.end(`${response.req.method} ${response.req.url!.split('?')[1]}\n`);
  }
}

const COUNT = 500;

/** What may happen to nginx while requests are under way; each resolves when it has happened. */
const EVENTS: Readonly<Record<string, (nginx: Nginx) => Promise<void>>> = {
  async 'new configuration'(nginx) {
    const since = nginx.said;
    process.kill(nginx.master, 'SIGHUP');
    await nginx.whenSays(/gracefully shutting down/, since);
  },
  async 'worker told to finish'(nginx) {
    const since = nginx.said;
    process.kill(nginx.worker, 'SIGQUIT');
    await nginx.whenSays(/gracefully shutting down/, since);
  },
  async 'worker killed'(nginx) {
    const since = nginx.said;
    process.kill(nginx.worker, 'SIGKILL');
    await nginx.whenSays(/start worker process \d+/, since);
  },
};

describe.skipIf(program('nginx') === null)(needing('nginx that restarts under load', 'nginx'), () => {
  for (const [what, happen] of Object.entries(EVENTS)) {
    const kind = what === 'worker killed' ? 'a crash' : 'in order';

    it(`${what}: none of ${COUNT} GETs is lost`, async () => {
      await using site = await new Site().start();
      await using manager = new QNetworkAccessManager();
      const gate = new Gate(site);
      let [done, again] = [0, 0];
      manager.finished.connect(() => {
        if (++done === 150) gate.shut();
      });
      manager.netlog((event) => {
        if (event.what === 'again') again++;
      });
      const texts = Promise.all(Array.from({ length: COUNT }, (_, n) => manager.get(site.nginx.url(`/kept/gate?${n}`)).text()));
      await until(() => gate.holding === 6, 'six requests at the gate');
      await happen(site.nginx);
      gate.open();
      expect(await within(texts, 'the last answer', 10_000)).toEqual(Array.from({ length: COUNT }, (_, n) => `GET ${n}\n`));
      // in order: nginx closes without having read what came too late. A crash takes the six along that were at the gate
      expect(gate.arrived.length).toBe(kind === 'a crash' ? COUNT + 6 : COUNT);
      if (kind === 'a crash') expect(again).toBe(6);
      else expect(again).toBeLessThanOrEqual(6);
    });

    it(`${what}: no POST is sent twice, and those without an answer say so`, async () => {
      await using site = await new Site().start();
      await using manager = new QNetworkAccessManager();
      const gate = new Gate(site);
      let done = 0;
      manager.finished.connect(() => {
        if (++done === 50) gate.shut();
      });
      const replies = Array.from({ length: 200 }, (_, n) => manager.post(site.nginx.url(`/kept/gate?${n}`), 'x'));
      await until(() => gate.holding === 6, 'six requests at the gate');
      await happen(site.nginx);
      gate.open();
      const ends = replies.map((reply) => reply.whenFinished());
      await within(Promise.all(ends), 'the last answer', 10_000);
      const lost = replies.filter((reply) => !reply.ok());
      for (const reply of lost) expect(reply.failure()).toMatchObject({ kind: 'closed', maybeProcessed: true });
      if (kind === 'a crash') expect(lost.length).toBe(6);
      else expect(lost.length).toBeLessThanOrEqual(6);
      expect(new Set(gate.arrived).size).toBe(gate.arrived.length);
      const answered = replies.flatMap((reply, n) => (reply.ok() ? [reply.readAll().toString() === `POST ${n}\n`] : []));
      expect(answered.every(Boolean)).toBe(true);
    });
  }
});
