import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { ManualClock } from '../support/clock.ts';
import { SimulatedNetwork } from '../wire/dial/simulated-network.ts';
import { type AskOptions, ask, type Moment, type Recorder, settle, start } from './rig.ts';

interface World {
  readonly clock: ManualClock;
  readonly network: SimulatedNetwork;
  readonly engine: Engine;
}

function world(): World {
  const clock = new ManualClock();
  const network = new SimulatedNetwork();
  return { clock, network, engine: new Engine({ clock, network }) };
}

/** Drives a whole https POST through the world, as far as it goes. */
async function drive({ network }: World): Promise<void> {
  const [lookup] = network.lookups;
  if (lookup?.over === false) lookup.finds('192.0.2.1');
  await settle();
  const [connect] = network.connects;
  if (connect?.over === false) connect.succeeds();
  await settle();
  if (network.secures[0]?.running !== true) return;
  const stream = network.secures[0].succeeds();
  await settle();
  if (stream.destroyed || stream.written === '') return;
  stream.says('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
  await settle();
  if (!stream.destroyed) stream.says('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
  await settle();
  if (!stream.destroyed) stream.says('ab');
  await settle();
  if (!stream.destroyed) stream.says('cd');
  await settle();
}

const OPTIONS: AskOptions = { method: 'POST', body: 'hello', timeouts: { total: 60_000, idle: 60_000 } };
const URL = 'https://host.test/';

describe('a transfer that is canceled', () => {
  it('tells the whole story when it is not', async () => {
    const all = world();
    const one = start(all.engine, ask(URL, OPTIONS));
    await drive(all);
    expect(one.log).toEqual(['dialing', 'secured', 'sent', 'uploaded', 'interim', 'head', 'data', 'data', 'end']);
    expect(all.clock.holding).toBe(0);
  });

  const moments: Moment[] = ['dialing', 'secured', 'sent', 'uploaded', 'interim', 'head', 'data', 'end'];
  for (const moment of moments) {
    it(`inside "${moment}" is silent from then on and leaves nothing behind`, async () => {
      const all = world();
      const one = start(all.engine, ask(URL, OPTIONS), (now, r) => {
        if (now === moment) r.transfer.cancel();
      });
      await drive(all);
      expect(one.log.at(-1)).toBe(moment);
      expect(one.log.filter((m) => m === moment)).toHaveLength(1);
      expect(all.clock.holding).toBe(0);
      // only what was never used or used up well may be kept
      const kept = moment === 'secured' || moment === 'end' ? 1 : 0;
      expect(all.engine.connections).toBe(kept);
      expect(all.network.secures.filter((s) => s.stream?.destroyed === false && s.stream.referenced)).toEqual([]);
      all.engine.clearConnections();
      expect(all.network.open).toBe(0);
    });
  }

  const before: [when: string, act: (w: World) => void][] = [
    ['while the name is looked up', () => {}],
    ['while it connects', (w) => w.network.lookups[0]!.finds('192.0.2.1', '192.0.2.2')],
    [
      'while two addresses race',
      (w) => {
        w.network.lookups[0]!.finds('192.0.2.1', '2001:db8::1');
        w.clock.advance(250);
      },
    ],
    [
      'while TLS shakes hands',
      (w) => {
        w.network.lookups[0]!.finds('192.0.2.1');
        w.network.connects[0]!.succeeds();
      },
    ],
  ];
  for (const [when, act] of before) {
    it(`${when} leaves nothing open`, async () => {
      const all = world();
      const one = start(all.engine, ask(URL, OPTIONS));
      act(all);
      const told = one.log.length;
      one.transfer.cancel();
      one.transfer.cancel();
      expect(all.clock.running).toBe(0);
      expect(all.network.open).toBe(0);
      await drive(all);
      expect(one.log).toHaveLength(told);
      expect(all.network.open).toBe(0);
    });
  }

  it('before it starts never starts', async () => {
    const all = world();
    const one = start(all.engine, ask('http://192.0.2.9/'));
    one.transfer.cancel();
    const two = all.engine.create(ask('http://192.0.2.1/'), one);
    all.engine.schedule(two);
    two.cancel();
    await settle();
    expect(all.network.connects).toHaveLength(1);
    expect(one.log).toEqual(['dialing']);
  });

  it('inside the line leaves it', async () => {
    const all = world();
    const options = { connectionsPerHost: 1 };
    const [a, b, c] = ['a', 'b', 'c'].map((path) => start(all.engine, ask(`http://192.0.2.1/${path}`, options)));
    b!.transfer.cancel();
    const stream = all.network.connects[0]!.succeeds();
    stream.answers();
    stream.answers();
    expect(stream.requests).toEqual(['GET /a', 'GET /c']);
    expect([a, b, c].map((r) => r!.log.at(-1))).toEqual(['end', undefined, 'end']);
  });

  // An address literal needs no look-up, so the transport speaks before `start` returns.
  for (const moment of ['dialing', 'sent', 'uploaded'] as const) {
    it(`inside "${moment}", told while it is being started, does not go on`, async () => {
      const all = world();
      const warm = start(all.engine, ask('http://192.0.2.1/warm'));
      const first = all.network.connects[0]!.succeeds();
      first.answers();
      await warm.done;
      const url = moment === 'dialing' ? 'http://192.0.2.2/' : 'http://192.0.2.1/next';
      const one = start(all.engine, ask(url, { method: 'PUT', body: 'x' }), (now, r) => {
        if (now === moment) r.transfer.cancel();
      });
      await settle();
      expect(one.log.at(-1)).toBe(moment);
      for (const step of all.network.connects) if (step.running) step.succeeds();
      await settle();
      for (const stream of all.network.streams)
        if (!stream.destroyed) stream.says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
      await settle();
      expect(one.log.at(-1)).toBe(moment);
      expect(all.network.streams.filter((s) => s.written.includes('PUT / '))).toEqual([]);
      expect(all.network.streams.filter((s) => !s.destroyed && s.referenced)).toEqual([]);
    });
  }

  it('inside the head of a coded answer frees the decoder and stays silent', async () => {
    const all = world();
    const one = start(all.engine, ask('http://192.0.2.1/'), (now, r) => {
      if (now === 'data') r.transfer.cancel();
    });
    const stream = all.network.connects[0]!.succeeds();
    const body = gzipSync(Buffer.alloc(100_000, 'x')).toString('latin1');
    stream.answers(body, 'Content-Encoding: gzip\r\n');
    await settle();
    expect(one.log.at(-1)).toBe('data');
  });
});

describe('a transfer that fails', () => {
  const rows: [what: string, act: (one: Recorder, w: World) => void, kind: string, phase: string][] = [
    ['the name', (_, w) => w.network.lookups[0]!.fails(), 'not-found', 'resolve'],
    [
      'the connection',
      (_, w) => {
        w.network.lookups[0]!.finds('192.0.2.1');
        w.network.connects[0]!.fails();
      },
      'refused',
      'connect',
    ],
  ];
  for (const [what, act, kind, phase] of rows) {
    it(`at ${what} says so once`, async () => {
      const all = world();
      const one = start(all.engine, ask(URL));
      act(one, all);
      await one.done;
      expect(one.failure).toMatchObject({ kind, phase, maybeProcessed: false });
      expect(one.endings).toBe(1);
      expect(all.network.open).toBe(0);
    });
  }

  it('may be canceled inside, to no effect', async () => {
    const all = world();
    const one = start(all.engine, ask('http://192.0.2.1/'), (now, r) => {
      if (now === 'fail') r.transfer.cancel();
    });
    all.network.connects[0]!.fails();
    await one.done;
    expect(one.log).toEqual(['dialing', 'fail']);
  });
});
