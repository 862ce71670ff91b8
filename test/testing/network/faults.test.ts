import { describe, expect, it } from 'vitest';
import { QNetworkReply } from '../../../src/index.ts';
import type { TestLink, TestLinkFault } from '../../../src/testing/network/link.ts';
import { createTestNetwork } from '../../../src/testing/network/network.ts';
import type { TestService } from '../../../src/testing/network/services.ts';

const { NetworkError } = QNetworkReply;
const BODY = 'x'.repeat(40_000);
const UPLOAD = 'y'.repeat(200_000);
const PAGE: TestService = { routes: { '*': { body: BODY } } };
const LIMIT = 30_000;

/** What the front door shows: the failure's kind and phase, Qt's error, and when by the network's clock. */
type Shown = [kind: string, phase: string, error: keyof typeof NetworkError, at: number];

const CLOSED = 'RemoteHostClosedError';
const TIMEOUT = 'TimeoutError';

type Row = [url: string, upload: boolean, link: TestLink, shown: Shown];

const receiving = (fault: TestLinkFault): TestLink => ({ receiving: { fault } });
const sending = (fault: TestLinkFault): TestLink => ({ sending: { fault } });
const HTTP = 'http://site.test/';
const HTTPS = 'https://site.test/';
const H2 = 'https://two.test/';

const rows: Record<string, Row> = {
  'connect refused': [HTTP, false, { connect: 'refused' }, ['refused', 'connect', 'ConnectionRefusedError', 0]],
  'connect unreachable': [HTTP, false, { connect: 'unreachable' }, ['network', 'connect', 'UnknownNetworkError', 0]],
  'connect without an answer': [HTTP, false, { connect: 'timeout' }, ['timeout', 'connect', TIMEOUT, LIMIT]],
  'TLS refused': [HTTPS, false, { tls: 'refused' }, ['tls', 'tls', 'SslHandshakeFailedError', 0]],
  'TLS reset': [HTTPS, false, { tls: 'reset' }, ['closed', 'tls', CLOSED, 0]],
  'TLS closed': [HTTPS, false, { tls: 'close' }, ['closed', 'tls', CLOSED, 0]],
  'TLS stalled': [HTTPS, false, { tls: 'stall' }, ['timeout', 'tls', TIMEOUT, LIMIT]],
};

/** Bytes that the answer has got to: none, inside its head, inside its body. */
const ANSWER: [where: string, bytes: number, phase: string][] = [
  ['before the head', 0, 'wait'],
  ['in the head', 10, 'wait'],
  ['in the body', 20_000, 'receive'],
];
for (const [where, bytes, phase] of ANSWER) {
  for (const url of [HTTP, HTTPS]) {
    const scheme = url.slice(0, url.indexOf(':'));
    rows[`${scheme} reset ${where}`] = [url, false, receiving({ reset: bytes }), ['closed', phase, CLOSED, 0]];
    rows[`${scheme} closed ${where}`] = [url, false, receiving({ close: bytes }), ['closed', phase, CLOSED, 0]];
    rows[`${scheme} stalled ${where}`] = [url, false, receiving({ stall: bytes }), ['timeout', phase, TIMEOUT, LIMIT]];
    rows[`${scheme} gone silently ${where}`] = [url, false, receiving({ vanish: bytes }), ['timeout', phase, TIMEOUT, LIMIT]];
    rows[`${scheme} forgotten ${where}`] = [url, false, receiving({ forget: bytes }), ['timeout', phase, TIMEOUT, LIMIT]];
  }
}

/** The same of an upload. */
for (const [where, bytes] of [
  ['before the request', 0],
  ['in the head of the request', 10],
  ['in the upload', 50_000],
] as const) {
  rows[`reset ${where}`] = [HTTP, true, sending({ reset: bytes }), ['closed', 'wait', CLOSED, 0]];
  rows[`closed ${where}`] = [HTTP, true, sending({ close: bytes }), ['closed', 'wait', CLOSED, 0]];
  rows[`forgotten ${where}`] = [HTTP, true, sending({ forget: bytes }), ['closed', 'wait', CLOSED, 0]];
  rows[`stalled ${where}`] = [HTTP, true, sending({ stall: bytes }), ['timeout', 'send', TIMEOUT, LIMIT]];
  rows[`gone silently ${where}`] = [HTTP, true, sending({ vanish: bytes }), ['timeout', 'send', TIMEOUT, LIMIT]];
}

/** HTTP/2, where the first 100 bytes of the answer are settings and its head. */
rows['HTTP/2 reset'] = [H2, false, receiving({ reset: 5_000 }), ['closed', 'receive', CLOSED, 0]];
rows['HTTP/2 closed'] = [H2, false, receiving({ close: 5_000 }), ['closed', 'receive', CLOSED, 0]];
rows['HTTP/2 stalled'] = [H2, false, receiving({ stall: 5_000 }), ['timeout', 'receive', TIMEOUT, LIMIT]];
rows['HTTP/2 stalled in the upload'] = [H2, true, sending({ stall: 50_000 }), ['timeout', 'send', TIMEOUT, LIMIT]];

describe('a fault shows at the front door', () => {
  for (const [name, [url, upload, link, [kind, phase, error, at]]] of Object.entries(rows)) {
    it(name, async () => {
      const network = createTestNetwork({
        origins: { 'http://site.test': PAGE, 'https://site.test': PAGE, 'https://two.test': { ...PAGE, http2: true } },
        links: { '*': link },
      });
      const manager = network.manager();
      const reply = upload ? manager.post(url, UPLOAD, { timeout: LIMIT }) : manager.get(url, { timeout: LIMIT });
      await expect(network.clock.runUntil(reply.bytes())).rejects.toThrow();
      const failure = reply.failure();
      expect({ kind: failure?.kind, phase: failure?.phase, error: NetworkError[reply.error()], at: network.clock.now() }).toEqual(
        {
          ...{ kind, phase, error, at },
        },
      );
      await network.close();
      await network.clock.runUntilIdle();
      expect({ open: network.open, timers: network.clock.running, idle: network.idle }).toEqual({
        open: 0,
        timers: 0,
        idle: true,
      });
    });
  }
});

describe('a link', () => {
  it('that says nothing for long is given up by the system', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      links: { 'site.test': { connect: 'timeout' } },
    });
    const reply = network.manager().get(HTTP);
    await expect(reply.text()).rejects.toThrow('the system gave up');
    expect(network.clock.now()).toBe(130_000);
  });

  it('takes its time: two ways to connect, two to answer', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': { routes: { '*': { body: 'late' } } } },
      links: { 'site.test': { latency: 100 } },
    });
    const reply = network.manager().get(HTTP);
    expect(await reply.text()).toBe('late');
    expect(network.clock.now()).toBe(400);
    const { connectStart, connected, headReceived } = reply.timings()!;
    expect([connected - connectStart, headReceived - connected]).toEqual([200, 200]);
  });

  it('has a bandwidth, in both directions', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      links: { '*': { receiving: { bandwidth: 10_000 }, sending: { bandwidth: 20_000, window: 1000 } } },
    });
    const manager = network.manager();
    expect((await manager.get(HTTP).text()).length).toBe(BODY.length);
    expect(network.clock.now()).toBeGreaterThan(4_000);
    expect(network.clock.now()).toBeLessThan(4_100);
    const before = network.clock.now();
    await manager.post(HTTP, UPLOAD).text();
    expect(network.clock.now() - before).toBeGreaterThan(14_000);
    expect(network.clock.now() - before).toBeLessThan(14_200);
  });

  it('holds an upload back when the peer reads slowly', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      links: { '*': { sending: { bandwidth: 10_000, window: 4096 } } },
    });
    const reply = network.manager().post(HTTP, UPLOAD);
    const seen: [at: number, bytes: number][] = [];
    reply.uploadProgress.connect((bytes) => void seen.push([network.clock.now(), bytes]));
    await reply.text();
    // never further ahead of what was read than the window and one piece of the body
    for (const [at, bytes] of seen) expect(bytes).toBeLessThanOrEqual(at * 10 + 4096 + 65_536);
    expect(seen.length).toBeGreaterThan(2);
  });

  it('loses segments, which come later and in order', async () => {
    const text = Array.from({ length: 5_000 }, (_, i) => String(i)).join(' ');
    await using network = createTestNetwork({
      origins: { 'http://site.test': { routes: { '*': { body: text } } } },
      links: { '*': { receiving: { loss: 0.3, segment: 1000 } } },
    });
    expect(await network.manager().get(HTTP).text()).toBe(text);
    expect(network.clock.now()).toBeGreaterThanOrEqual(200);
    expect(network.clock.now() % 200).toBe(0);
  });

  it('holds up what comes behind a lost segment', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      links: { '*': { receiving: { loss: 0.5, segment: 1000 } } },
    });
    await network.manager().get(HTTP).text();
    const arrivals = network.events.filter(({ what }) => what === 'to client').map(({ at }) => at);
    // half of 41 are lost, so those before the first of them are few
    expect(arrivals.length).toBe(41);
    expect(arrivals.filter((at) => at === 0).length).toBeLessThan(8);
  });

  it('that stalls one way still carries the other one, and one that is gone does not', async () => {
    for (const [fault, arrived] of [
      [{ stall: 41 }, 2],
      [{ vanish: 41 }, 1],
    ] as const) {
      await using network = createTestNetwork({
        origins: { 'http://site.test': { routes: { '*': { body: '123' } } } },
        links: { '*': receiving(fault) },
      });
      const manager = network.manager();
      expect(await manager.get(HTTP).text()).toBe('123');
      await expect(manager.post(HTTP, 'body', { timeout: 1_000 }).text()).rejects.toThrow('1000 ms');
      expect(network.origin(HTTP).requests).toHaveLength(arrived);
    }
  });

  it('splits and gathers', async () => {
    const sizes = async (link: TestLink): Promise<number[]> => {
      await using network = createTestNetwork({
        origins: {
          'http://site.test': { routes: { '*': { raw: ['HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n', 'abc', 'def'] } } },
        },
        links: { '*': { receiving: link } },
      });
      expect(await network.manager().get(HTTP).text()).toBe('abcdef');
      return network.events.filter(({ what }) => what === 'to client').map(({ bytes }) => bytes);
    };
    expect(await sizes({})).toEqual([38, 3, 3]);
    expect(await sizes({ segment: 20 })).toEqual([20, 18, 3, 3]);
    expect(await sizes({ gather: 5 })).toEqual([44]);
    expect((await sizes({ segment: 1 })).length).toBe(44);
    expect((await sizes({ segment: 'random' })).reduce((a, b) => a + b)).toBe(44);
  });

  it('is chosen by the attempt', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      links: { 'site.test:80': (nth) => (nth === 1 ? { receiving: { fault: { reset: 10 } } } : {}) },
    });
    const manager = network.manager();
    await expect(manager.get(HTTP).text()).rejects.toThrow('inside the head');
    expect((await manager.get(HTTP).text()).length).toBe(BODY.length);
  });

  it('forgets a connection that idles: a GET goes over another one, a POST is not sent twice', async () => {
    for (const verb of ['get', 'post'] as const) {
      await using network = createTestNetwork({
        origins: { 'http://site.test': { routes: { '*': { body: '123' } } } },
        // the whole first answer, and not a byte more
        links: { '*': (nth) => (nth === 1 ? { receiving: { fault: { forget: 41 } } } : {}) },
      });
      const manager = network.manager();
      expect(await manager.get(HTTP).text()).toBe('123');
      const second = verb === 'get' ? manager.get(HTTP) : manager.post(HTTP, 'body');
      if (verb === 'get') expect(await second.text()).toBe('123');
      else await expect(second.text()).rejects.toThrow();
      expect(second.failure()?.maybeProcessed ?? false).toBe(verb === 'post');
      expect(network.attempts).toBe(verb === 'get' ? 2 : 1);
      expect(network.events.filter(({ what }) => what === 'fault').map(({ detail }) => detail)).toEqual(['forget']);
    }
  });

  it('is told what it cannot be', () => {
    const wrong: [object, string][] = [
      [{ latency: -1 }, 'latency'],
      [{ loss: 1 }, 'loss below 1'],
      [{ segment: 0 }, 'segment'],
      [{ bandwidth: 0 }, 'bandwidth'],
      [{ window: Number.NaN }, 'window'],
      [{ sending: { fault: { reset: -1 } } }, 'fault'],
    ];
    for (const [link, text] of wrong) expect(() => createTestNetwork({ links: { '*': link } }), text).toThrow(new RegExp(text));
  });
});

describe('strike', () => {
  it('breaks what is open at that moment', async () => {
    await using network = createTestNetwork({ origins: { 'http://site.test': { routes: { '*': { delay: 1_000 } } } } });
    const reply = network.manager().post(HTTP, 'order');
    network.clock.after(500, () => network.strike('reset'));
    await expect(reply.text()).rejects.toThrow('without an answer');
    expect(reply.failure()?.kind).toBe('closed');
  });
});
