import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/assembly.ts';
import { type AskOptions, ask, type Recorder, settle, start } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';
import { SimulatedNetwork, type SimulatedStream } from '../dial/simulated-network.ts';

const KEEP_IDLE = 120_000;

class House {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });

  get(path: string, options?: AskOptions): Recorder {
    return start(this.engine, ask(`http://192.0.2.1${path}`, options));
  }

  /** A request that is answered on a connection of its own, which then idles. */
  async warm(options?: AskOptions, headers = ''): Promise<SimulatedStream> {
    const before = this.network.connects.length;
    const one = this.get('/warm', options);
    const stream = this.network.connects[before]!.succeeds();
    await settle();
    stream.answers('ok', headers);
    await one.done;
    return stream;
  }
}

describe('the pool', () => {
  it('dials in the name of each request, so that each hears of its own connection', async () => {
    const { network, ...house } = new House();
    const { engine } = house;
    const all = [1, 2, 3, 4, 5, 6, 7].map((n) => start(engine, ask(`http://192.0.2.1/${n}`)));
    expect(network.connects).toHaveLength(6);
    expect(all.map((r) => r.log.join())).toEqual([...Array(6).fill('dialing'), '']);
  });

  it('fails each request with its own dial: n requests, n attempts', async () => {
    const house = new House();
    const all = Array.from({ length: 10 }, (_, i) => house.get(`/${i}`));
    for (let i = 0; i < house.network.connects.length; i++) house.network.connects[i]!.fails();
    for (const one of all) {
      expect(one.failure).toMatchObject({ kind: 'refused', attempts: [{ address: '192.0.2.1', port: 80 }] });
      expect(one.failure!.attempts).toHaveLength(1);
    }
    expect(house.network.connects).toHaveLength(10);
  });

  it('gives each request the news of the connection it gets, whoever had it dialled', async () => {
    const house = new House();
    const [a, b] = ['/a', '/b'].map((path) => start(house.engine, ask(`https://192.0.2.1${path}`, { http2: 'off' })));
    house.network.connects[0]!.succeeds();
    house.network.connects[1]!.succeeds();
    const second = house.network.secures[1]!.succeeds();
    expect(second.requests).toEqual(['GET /a']);
    expect(a!.log).toEqual(['dialing', 'secured', 'sent']);
    expect(b!.log).toEqual(['dialing']);
    const first = house.network.secures[0]!.succeeds();
    expect(first.requests).toEqual(['GET /b']);
    expect(b!.log).toEqual(['dialing', 'secured', 'sent']);
  });

  it('sends nothing when the request is canceled as the connection stands; the connection is kept', () => {
    const house = new House();
    const one = start(house.engine, ask('https://192.0.2.1/'), (moment, r) => {
      if (moment === 'secured') r.transfer.cancel();
    });
    house.network.connects[0]!.succeeds();
    const stream = house.network.secures[0]!.succeeds();
    expect(one.log).toEqual(['dialing', 'secured']);
    expect(stream).toMatchObject({ written: '', destroyed: false, referenced: false });
    expect(house.engine.connections).toBe(1);
  });

  describe('pipelining', () => {
    const piped: AskOptions = { pipelining: true, connectionsPerHost: 1 };
    const last: AskOptions = { ...piped, headers: ['Connection', 'close'] };

    it('puts nothing behind an answer that says it is the last, before its body is complete', async () => {
      const house = new House();
      const stream = await house.warm(piped);
      house.get('/a', piped);
      stream.says('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
      house.get('/b', piped);
      expect(stream.requests).toEqual(['GET /warm', 'GET /a']);
      stream.says('cd');
      expect(house.network.connects[1]!.succeeds().requests).toEqual(['GET /b']);
    });

    const lines: [what: string, wishes: AskOptions[], written: string[]][] = [
      ['the request under way', [last, piped], ['GET /0']],
      ['a request that is itself behind another', [piped, last, piped], ['GET /0', 'GET /1']],
    ];
    for (const [what, wishes, written] of lines) {
      it(`puts nothing behind ${what} if that says it is the last`, async () => {
        const house = new House();
        const stream = await house.warm(piped);
        for (const [i, wish] of wishes.entries()) house.get(`/${i}`, wish);
        expect(stream.requests).toEqual(['GET /warm', ...written]);
        for (const _ of written) stream.answers();
        expect(house.network.connects[1]!.succeeds().requests).toEqual([`GET /${written.length}`]);
      });
    }
  });

  describe('idle connections', () => {
    it('are lent again and do not keep the process', async () => {
      const house = new House();
      const stream = await house.warm();
      expect(stream.referenced).toBe(false);
      house.get('/again');
      expect(stream.requests).toEqual(['GET /warm', 'GET /again']);
      expect(stream.referenced).toBe(true);
      expect(house.network.connects).toHaveLength(1);
    });

    it('are closed after two minutes', async () => {
      const house = new House();
      const stream = await house.warm();
      house.clock.advance(KEEP_IDLE - 1_000);
      expect(stream.destroyed).toBe(false);
      house.clock.advance(1_000);
      expect(stream.destroyed).toBe(true);
      expect(house.engine.connections).toBe(0);
      expect(house.clock.running).toBe(0);
    });

    it('start their two minutes anew with each use', async () => {
      const house = new House();
      const stream = await house.warm();
      house.clock.advance(100_000);
      const again = house.get('/again');
      stream.answers();
      await again.done;
      house.clock.advance(100_000);
      expect(stream.destroyed).toBe(false);
      house.clock.advance(20_000);
      expect(stream.destroyed).toBe(true);
    });

    const expiry: [what: string, options: AskOptions, headers: string, after: number][] = [
      ['an expiry of one second', { keepIdle: 1_000 }, '', 1_000],
      ["the server's timeout, half a second early", {}, 'Keep-Alive: timeout=5, max=100\r\n', 4_500],
      ['half a second at least', {}, 'Keep-Alive: timeout=1\r\n', 500],
      ['the shorter of the two', { keepIdle: 3_000 }, 'Keep-Alive: timeout=60\r\n', 3_000],
    ];
    for (const [what, options, headers, after] of expiry) {
      it(`live as long as said: ${what}`, async () => {
        const house = new House();
        const stream = await house.warm(options, headers);
        house.clock.advance(after - 1);
        expect(stream.destroyed).toBe(false);
        house.clock.advance(1);
        expect(stream.destroyed).toBe(true);
      });

      it(`live no longer for others that live longer: ${what}`, async () => {
        const house = new House();
        const other = start(house.engine, ask('http://192.0.2.2/'));
        house.network.connects[0]!.succeeds().answers();
        await other.done;
        const stream = await house.warm(options, headers);
        house.clock.advance(after);
        expect(stream.destroyed).toBe(true);
        expect(house.engine.connections).toBe(1);
      });
    }

    it('are not kept at all with an expiry of 0', async () => {
      const house = new House();
      const stream = await house.warm({ keepIdle: 0 });
      expect(stream.destroyed).toBe(true);
      expect(house.engine.connections).toBe(0);
    });

    const unsolicited: [what: string, act: (stream: SimulatedStream) => void][] = [
      ['bytes nobody asked for', (s) => s.says('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')],
      ['a FIN', (s) => s.hangsUp()],
      ['a reset', (s) => s.breaks()],
    ];
    for (const [what, act] of unsolicited) {
      it(`are closed at ${what}`, async () => {
        const house = new House();
        const stream = await house.warm();
        act(stream);
        expect(stream.destroyed || house.engine.connections === 0).toBe(true);
        house.get('/next');
        expect(house.network.connects).toHaveLength(2);
      });
    }
  });

  describe('what makes connections different', () => {
    const rows: [what: string, options: AskOptions, connections: number][] = [
      ['nothing', {}, 1],
      ['the partition', { partition: 'other' }, 2],
      ['the keep-alive probes', { probes: { idle: 1, interval: 1, count: 1 } }, 2],
      ['the priority is no difference', { priority: 0 }, 1],
      ['the expiry is no difference', { keepIdle: 5_000 }, 1],
    ];
    for (const [what, options, connections] of rows) {
      it(what, async () => {
        const house = new House();
        await house.warm();
        house.get('/next', options);
        expect(house.network.connects).toHaveLength(connections);
      });
    }

    it('scheme, port and host', async () => {
      const house = new House();
      await house.warm();
      for (const url of ['http://192.0.2.1:81/', 'http://192.0.2.2/', 'https://192.0.2.1/', 'http://192.0.2.1:80/'])
        start(house.engine, ask(url));
      expect(house.network.connects).toHaveLength(4);
      house.get('/', { partition: 'x' });
      expect(house.network.connects).toHaveLength(5);
    });
  });

  describe('a request that must not be sent twice, on a kept connection', () => {
    it('goes out after waiting I/O was seen', async () => {
      const house = new House();
      const stream = await house.warm();
      const one = house.get('/post', { method: 'POST', body: 'x' });
      expect(stream.requests).toHaveLength(1);
      await settle();
      expect(stream.requests).toEqual(['GET /warm', 'POST /post']);
      expect(stream.referenced).toBe(true);
      stream.answers();
      await one.done;
    });

    it('keeps the process alive from then on, also when it was waiting for the connection', async () => {
      const house = new House();
      const options = { method: 'POST', body: 'x', connectionsPerHost: 1 };
      const [one, two] = [house.get('/1', options), house.get('/2', options)];
      const stream = house.network.connects[0]!.succeeds();
      await settle();
      stream.answers();
      await one.done;
      await settle();
      expect(stream.requests).toEqual(['POST /1', 'POST /2']);
      expect(stream.referenced).toBe(true);
      stream.answers();
      await two.done;
      await settle();
      expect(stream.referenced).toBe(false);
    });

    it('gets its connection although that would not be kept idle', async () => {
      const house = new House();
      const options = { method: 'POST', body: 'x', connectionsPerHost: 1, keepIdle: 0 };
      const [, two] = [house.get('/1', options), house.get('/2', options)];
      const stream = house.network.connects[0]!.succeeds();
      await settle();
      stream.answers();
      await settle();
      expect(stream.requests).toEqual(['POST /1', 'POST /2']);
      stream.answers();
      await two.done;
      expect(stream.destroyed).toBe(true);
    });

    it('goes elsewhere when the connection ends before', async () => {
      const house = new House();
      const stream = await house.warm();
      const one = house.get('/post', { method: 'POST', body: 'x' });
      stream.hangsUp();
      await settle();
      expect(stream.requests).toEqual(['GET /warm']);
      const other = house.network.connects[1]!.succeeds();
      await settle();
      expect(other.requests).toEqual(['POST /post']);
      other.answers();
      await one.done;
      expect(one.log).toEqual(['dialing', 'sent', 'uploaded', 'head', 'data', 'end']);
    });

    it('leaves the connection to others when it is canceled before', async () => {
      const house = new House();
      const stream = await house.warm();
      const one = house.get('/post', { method: 'POST', body: 'x' });
      one.transfer.cancel();
      await settle();
      expect(stream).toMatchObject({ destroyed: false, referenced: false });
      house.get('/next');
      expect(stream.requests).toEqual(['GET /warm', 'GET /next']);
    });

    it('is ended by clearing the connections', async () => {
      const house = new House();
      await house.warm();
      const one = house.get('/post', { method: 'POST', body: 'x' });
      house.engine.clearConnections();
      await settle();
      expect(one.failure).toMatchObject({ kind: 'canceled' });
      expect(house.network.connects).toHaveLength(1);
      expect(house.network.open).toBe(0);
    });
  });

  describe('clearing', () => {
    it('ends what runs, what waits and what is dialled, and keeps nothing', async () => {
      const house = new House();
      const all = Array.from({ length: 8 }, (_, i) => house.get(`/${i}`, { connectionsPerHost: 2 }));
      house.network.connects[0]!.succeeds();
      house.engine.clearConnections();
      expect(all.map((one) => one.failure?.kind)).toEqual(Array(8).fill('canceled'));
      expect(new Set(all.map((one) => one.failure)).size).toBe(8);
      expect(house.network.open).toBe(0);
      expect(house.engine.connections).toBe(0);
    });

    it('lets requests that are made inside go on', async () => {
      const house = new House();
      let next: Recorder | null = null;
      const one = start(house.engine, ask('http://192.0.2.1/1'), (moment) => {
        if (moment === 'fail') next = house.get('/2');
      });
      house.network.connects[0]!.succeeds();
      house.engine.clearConnections();
      expect(one.failure!.kind).toBe('canceled');
      house.network.connects[1]!.succeeds().answers();
      await next!.done;
      expect(next!.log.at(-1)).toBe('end');
    });

    it('bears an abort inside', () => {
      const house = new House();
      const all: Recorder[] = [];
      for (let i = 0; i < 4; i++) {
        all.push(
          start(house.engine, ask('http://192.0.2.1/', { connectionsPerHost: 1 }), (moment) => {
            if (moment === 'fail') for (const other of all) other.transfer.cancel();
          }),
        );
      }
      house.engine.clearConnections();
      expect(all.map((one) => one.endings)).toEqual([1, 0, 0, 0]);
      expect(house.network.open).toBe(0);
    });

    it('of idle ones leaves the others', async () => {
      const house = new House();
      const one = house.get('/1');
      const two = house.get('/2');
      const [a, b] = [house.network.connects[0]!.succeeds(), house.network.connects[1]!.succeeds()];
      a.answers();
      await one.done;
      house.engine.clearCaches();
      expect([a.destroyed, b.destroyed]).toEqual([true, false]);
      b.answers();
      await two.done;
      expect(two.log.at(-1)).toBe('end');
    });

    it('inside the news of a preconnection leaves no dead connection to be lent', async () => {
      const house = new House();
      start(house.engine, ask('http://192.0.2.1/', { preconnect: true }), (moment) => {
        if (moment === 'end') house.engine.clearConnections();
      });
      house.network.connects[0]!.succeeds();
      const one = house.get('/next');
      expect(house.network.connects).toHaveLength(2);
      house.network.connects[1]!.succeeds().answers();
      await one.done;
      expect(one.log.at(-1)).toBe('end');
    });
  });

  describe('a connection opened ahead', () => {
    it('is used by the next request', async () => {
      const house = new House();
      const ahead = start(house.engine, ask('http://192.0.2.1/', { preconnect: true }));
      const stream = house.network.connects[0]!.succeeds();
      expect(ahead.log).toEqual(['dialing', 'end']);
      expect(stream).toMatchObject({ written: '', referenced: false });
      const next = house.get('/next', { method: 'POST', body: 'x' });
      expect(stream.requests).toEqual(['POST /next']);
      expect(next.log).toEqual(['sent']);
    });

    it('is waited for by a request made at once', () => {
      const house = new House();
      start(house.engine, ask('http://192.0.2.1/', { preconnect: true }));
      const next = house.get('/next');
      expect(house.network.connects).toHaveLength(1);
      const stream = house.network.connects[0]!.succeeds();
      expect(stream.requests).toEqual(['GET /next']);
      expect(next.log).toEqual(['sent']);
    });

    it('expires like others', () => {
      const house = new House();
      start(house.engine, ask('http://192.0.2.1/', { preconnect: true }));
      const stream = house.network.connects[0]!.succeeds();
      house.clock.advance(KEEP_IDLE);
      expect(stream.destroyed).toBe(true);
    });
  });

  describe('dials nobody needs any more', () => {
    it('are given up when their request is canceled', () => {
      const house = new House();
      const [a, b] = [house.get('/a'), house.get('/b')];
      a.transfer.cancel();
      expect(house.network.connects.map((c) => c.canceled)).toEqual([true, false]);
      b.transfer.cancel();
      expect(house.network.open).toBe(0);
      expect(house.clock.running).toBe(0);
    });

    it('are given up although their own request was served otherwise', () => {
      const house = new House();
      const [a, b] = [house.get('/a'), house.get('/b')];
      house.network.connects[1]!.succeeds();
      expect(a.log.at(-1)).toBe('sent');
      b.transfer.cancel();
      expect(house.network.connects[0]!.canceled).toBe(true);
    });

    it('go on for others who wait', () => {
      const house = new House();
      const options = { connectionsPerHost: 1 };
      const [a, b] = [house.get('/a', options), house.get('/b', options)];
      a.transfer.cancel();
      expect(house.network.connects.map((c) => c.canceled)).toEqual([false]);
      const stream = house.network.connects[0]!.succeeds();
      expect(stream.requests).toEqual(['GET /b']);
      expect(b.log).toEqual(['sent']);
    });
  });
});
