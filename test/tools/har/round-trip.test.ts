import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Har, type HarEntry, parseHar, recordHar, replayHar } from '../../../src/har.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import { trustTestAuthority } from '../../support/tls.ts';
import { EXCHANGES, run, type Seen, startServers } from './exchanges.ts';
import { schemaProblems } from './schema.ts';

let har: Har;
let live: Seen[];
let bases: { h1: string; h2: string };

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

beforeAll(async () => {
  trustTestAuthority();
  const servers = await startServers();
  const manager = new QNetworkAccessManager();
  bases = { h1: servers.h1.url('').replace(/\/$/, ''), h2: servers.h2 };
  const recording = recordHar(manager, { secrets: true });
  live = [];
  for (const exchange of EXCHANGES) live.push(await run(manager, exchange, bases));
  har = recording.stop();
  await manager.close();
  await servers.close();
}, 60_000);

const entriesOf = (path: string): HarEntry[] => har.log.entries.filter(({ request }) => request.url.endsWith(path));

describe('record and replay', () => {
  it('covers more than 200 exchanges', () => {
    expect(EXCHANGES.length).toBeGreaterThanOrEqual(200);
    expect(live.filter(({ version }) => version === true).length).toBeGreaterThanOrEqual(25);
  });

  it('gives the same bytes and fields again, with no server anywhere', async () => {
    const manager = fresh();
    const read = parseHar(JSON.stringify(har));
    const replay = replayHar(manager, read);
    const replayed: Seen[] = [];
    for (const exchange of EXCHANGES) replayed.push(await run(manager, exchange, bases));
    for (const [i, seen] of replayed.entries()) expect(seen, seen.title).toEqual(live[i]);
    expect(replay.unused()).toEqual([]);
    expect(manager.connectionCount()).toBe(0);
  }, 30_000);

  it('is what the schema of HAR 1.2 says', () => {
    expect(schemaProblems(har)).toEqual([]);
    const broken = structuredClone(har);
    (broken.log.entries[0]!.request as { method: unknown }).method = 7;
    expect(schemaProblems(broken)).not.toEqual([]);
  });

  it('has a trip of its own for each redirect', () => {
    const at = har.log.entries.findIndex(({ response }) => response.status === 301);
    const [from, to] = har.log.entries.slice(at, at + 2);
    expect(from!.response.redirectURL).toMatch(/^\/to-301/);
    expect(to!.request.url).toBe(`${bases.h1}${from!.response.redirectURL}`);
  });

  it('measures', () => {
    for (const { timings, time, request, response } of har.log.entries) {
      expect(time, request.url).toBeGreaterThan(0);
      expect(timings.wait, request.url).toBeGreaterThan(0);
      const { blocked = 0, dns = 0, connect = 0, send, wait, receive } = timings;
      const sum = [blocked, dns, connect, send, wait, receive].reduce((all, each) => all + Math.max(0, each), 0);
      expect(Math.abs(sum - time)).toBeLessThan(0.01);
      expect(response.status).toBeGreaterThan(0);
    }
    const dialed = har.log.entries.filter(({ timings }) => timings.connect! > 0);
    expect(dialed.length).toBeGreaterThanOrEqual(2);
    expect(dialed.some(({ timings }) => timings.ssl! > 0 && timings.ssl! <= timings.connect!)).toBe(true);
    expect(new Set(har.log.entries.map(({ connection }) => connection)).size).toBeGreaterThanOrEqual(dialed.length);
    expect(har.log.entries.every(({ serverIPAddress }) => serverIPAddress === '127.0.0.1')).toBe(true);
  });

  it('knows sizes, kinds of text, and what codings have saved', () => {
    const packed = live.findIndex(({ title }) => title === 'gzip long');
    const [entry] = entriesOf(EXCHANGES[packed]!.path);
    expect(entry!.response.content).toMatchObject({ size: 70_001, mimeType: 'text/plain' });
    expect(entry!.response.content.compression).toBe(70_001 - entry!.response.bodySize);
    const binary = live.findIndex(({ title }) => title === 'GET binary length');
    expect(entriesOf(EXCHANGES[binary]!.path)[0]!.response.content).toMatchObject({ size: 256, encoding: 'base64' });
    const form = live.findIndex(({ title }) => title === 'a form');
    expect(entriesOf(EXCHANGES[form]!.path)[0]!.request).toMatchObject({ bodySize: 9, postData: { text: 'a=1&b=%20' } });
    const cookies = live.findIndex(({ title }) => title === 'cookies');
    expect(entriesOf(EXCHANGES[cookies]!.path)[0]!.response.cookies.slice(0, 2)).toEqual([
      { name: 'a', value: '1', path: '/', httpOnly: true },
      { name: 'b', value: '2', expires: '2099-10-21T07:28:00.000Z' },
    ]);
  });
});
