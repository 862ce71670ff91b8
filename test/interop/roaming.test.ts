import { describe, expect, it } from 'vitest';
import { inNamespaces, type LinkName, type Loss, noNamespaces, WAYS } from './namespaces.ts';
import { content, hash, text } from './roaming/content.mjs';
import { counted, endsByItself, type Scene, scene } from './roaming/scene.ts';
import type { Said, Talk } from './roaming/talk.ts';

// numbers of QNetworkReply.NetworkError
const NO_ERROR = 0;
const TEMPORARY_NETWORK_FAILURE = 7;
const NETWORK_SESSION_FAILED = 8;
const CONTENT_RESEND_ERROR = 205;
// of QNetworkSession.SessionError
const SESSION_ABORTED = 1;
// of QNetworkAccessManager.NetworkAccessibility
const UNKNOWN = -1;
const NOT_ACCESSIBLE = 0;
const ACCESSIBLE = 1;
// of QNetworkConfiguration.StateFlag
const ACTIVE = 14;

const HOLD = 100_000;

interface Kind {
  readonly name: string;
  readonly count: number;
  readonly method?: 'PUT' | 'POST';
  readonly path: string;
  readonly size: number;
  /** The body can be had only once. */
  readonly once?: true;
  /** The hash of what arrives in the end, here or at the server; or the error that the request ends with. */
  readonly arrives: ((id: string, size: number) => string) | number;
}

const bytes = (id: string, size: number): string => hash(content(id, size));
const plainText = (id: string, size: number): string => hash(text(id, size).plain);
/** More than systems take in advance. */
const LARGE = 3_000_000;
const SIZE = 400_000;
const file = `/file?size=${SIZE}&hold=${HOLD}`;
const take = `/take?hold=${HOLD}`;

/** Fifty that are in the middle of it when the link goes. */
const KINDS: readonly Kind[] = [
  { name: 'download', count: 16, path: `${file}&tag=strong`, size: SIZE, arrives: bytes },
  { name: 'gzip', count: 8, path: `${file}&tag=strong&coding=gzip`, size: SIZE, arrives: plainText },
  { name: 'no-ranges', count: 4, path: `${file}&tag=strong&refuse=range`, size: SIZE, arrives: bytes },
  { name: 'weak', count: 3, path: `${file}&tag=weak`, size: SIZE, arrives: TEMPORARY_NETWORK_FAILURE },
  { name: 'unmarked', count: 3, path: file, size: SIZE, arrives: TEMPORARY_NETWORK_FAILURE },
  { name: 'put', count: 6, method: 'PUT', path: take, size: LARGE, arrives: bytes },
  { name: 'put-once', count: 2, method: 'PUT', path: take, size: LARGE, once: true, arrives: CONTENT_RESEND_ERROR },
  { name: 'post', count: 4, method: 'POST', path: take, size: LARGE, arrives: TEMPORARY_NETWORK_FAILURE },
  { name: 'unanswered', count: 4, method: 'POST', path: '/take?silent=1', size: SIZE, arrives: TEMPORARY_NETWORK_FAILURE },
];
const RUNNING = KINDS.flatMap((kind) => Array.from({ length: kind.count }, (_, i) => ({ ...kind, id: `${kind.name}-${i}` })));
const QUEUED = Array.from({ length: 100 }, (_, i) => `queued-${i}`);

/** All of them are begun: bytes of every download have come, and of every upload the server has read. */
async function running({ client, server }: Scene, over: object): Promise<void> {
  for (const { id, method, size, path, once } of RUNNING)
    client.tell('start', { id, method, size, once, path: `${path}&id=${id}`, ...over });
  await client.hearAll('begun', RUNNING.filter(({ method }) => method === undefined).length);
  await server.hearAll('reading', 12);
  await server.hearAll('took', 4);
}

/** What can go on has gone on over link b, what cannot has failed, and nothing was done twice. */
async function survived({ client, server }: Scene): Promise<void> {
  for (const { id, method, size, arrives } of RUNNING) {
    const { error, hash: came, answer } = await endOf(client, id);
    expect({ id, error }).toEqual({ id, error: typeof arrives === 'number' ? arrives : NO_ERROR });
    if (typeof arrives === 'number') continue;
    const arrived = method === undefined ? came : (JSON.parse(answer as string) as { hash: unknown }).hash;
    expect({ id, arrived }).toEqual({ id, arrived: arrives(id, size) });
  }
  const seen = await counted(server);
  for (const { id, name, method, arrives } of RUNNING) {
    const { peers, ranges, statuses } = seen[id]!;
    const goesOn = typeof arrives !== 'number';
    expect({ id, peers }).toEqual({ id, peers: goesOn ? [WAYS.a.client, WAYS.b.client] : [WAYS.a.client] });
    // what had come is not asked for again
    if (!goesOn || method !== undefined) continue;
    expect({ id, asked: ranges[1] }).toMatchObject({ id, asked: expect.stringMatching(`^bytes=${HOLD}-`) });
    expect({ id, statuses }).toEqual({ id, statuses: name === 'no-ranges' ? [200, 200] : [200, 206] });
  }
}

/** The moment at which the link went, in milliseconds of the epoch. */
function cut({ links }: Scene, link: LinkName, loss?: Loss): number {
  const now = performance.timeOrigin + performance.now();
  links.linkDown(link, loss);
  return now;
}

/** What came of a request. */
const endOf = (client: Talk, id: string): Promise<Said> => client.hear('finished', (one) => one['id'] === id, 0, 20_000);

async function whoami(client: Talk, id: string, over: object = {}): Promise<Said> {
  client.tell('start', { id, path: `/whoami?id=${id}`, ...over });
  return endOf(client, id);
}

describe.skipIf(noNamespaces() !== null)(inNamespaces('network sessions on real interfaces'), () => {
  it('a link is lost under 50 downloads and uploads: what can go on does so on the other, nothing is done twice', async () => {
    const all = await scene('client');
    const { client, server } = all;
    client.tell('use', { configuration: 'any' });
    client.tell('session', { configuration: 'any' });
    await client.hear('opened');
    const over = { parallel: RUNNING.length };
    await running(all, over);
    for (const id of QUEUED) client.tell('start', { id, path: `/whoami?id=${id}`, ...over });
    expect(await client.ask('look')).toMatchObject({ connections: RUNNING.length, sockets: RUNNING.length, active: 'link-a' });

    client.tell('mark');
    await client.ask('look');
    const at = cut(all, 'a');
    const noticed = await client.hear('state');
    await client.hear('went on');
    expect(noticed.at - at).toBeLessThan(2_000);
    await survived(all);

    for (const id of QUEUED) expect(await endOf(client, id)).toMatchObject({ id, error: NO_ERROR, answer: WAYS.b.client });
    const seen = await counted(server);
    for (const id of QUEUED) expect(seen[id]).toMatchObject({ seen: 1 });
    expect(client.all('finished')).toHaveLength(RUNNING.length + QUEUED.length);
    for (const one of client.all('finished')) expect(one).toMatchObject({ nth: 1, managerFinished: 1 });
    expect(client.all('state').map(({ state }) => state)).toEqual(['Roaming', 'Connected']);
    expect(client.all('accessible').map(({ accessible }) => accessible)).toEqual([ACCESSIBLE]);
    const { connections, sockets, active } = await client.ask('look');
    expect({ sockets, active }).toEqual({ sockets: connections, active: 'link-b' });
    await endsByItself(all);
  });

  it('so it is over HTTP/2, where one connection carries them all', async () => {
    const all = await scene('client');
    const { client } = all;
    client.tell('use', { configuration: 'any' });
    await running(all, { secure: true });
    expect(await client.ask('look')).toMatchObject({ connections: 1, sockets: 1 });
    cut(all, 'a');
    await survived(all);
    expect(await client.ask('look')).toMatchObject({ connections: 1, sockets: 1, active: 'link-b' });
    await endsByItself(all);
  });

  it('a session on a link has its address at the server; without one the system chooses', async () => {
    const all = await scene('client');
    const { client } = all;
    expect(await whoami(client, 'without')).toMatchObject({ answer: WAYS.a.client });
    client.tell('use', { configuration: 'link-b' });
    expect(await whoami(client, 'on-b')).toMatchObject({ error: NO_ERROR, answer: WAYS.b.client });
    expect(await client.ask('look')).toMatchObject({ active: 'link-b', configuration: 'link-b', accessible: ACCESSIBLE });
    expect(await whoami(client, 'on-b6', { v6: true })).toMatchObject({ error: NO_ERROR, answer: WAYS.b.client6 });
    client.tell('use', { configuration: 'link-a' });
    expect(await whoami(client, 'on-a')).toMatchObject({ error: NO_ERROR, answer: WAYS.a.client });
    client.tell('use', { configuration: '' });
    expect(await whoami(client, 'without-again')).toMatchObject({ error: NO_ERROR, answer: WAYS.a.client });
    expect(await client.ask('look')).toMatchObject({ accessible: UNKNOWN });
    await endsByItself(all);
  });

  it.each<Loss>(['pulled', 'switched off'])('a lost link is noticed without a request being made (%s)', async (loss) => {
    const all = await scene('client');
    const { client, links } = all;
    client.tell('session', { configuration: 'any' });
    await client.hear('opened');
    for (const link of ['a', 'b'] as const) {
      const from = client.said.length;
      const at = cut(all, link, loss);
      await client.hear('state', (one) => one['state'] === 'Roaming', from);
      const connected = await client.hear('state', (one) => one['state'] === 'Connected', from);
      expect(connected.at - at).toBeLessThan(2_000);
      links.linkUp(link);
      await client.hear('changed', (one) => one['name'] === WAYS[link].interface && one['state'] === ACTIVE, from);
    }
    await endsByItself(all);
  });

  it('an address that comes to a link disturbs nothing, and one that goes is left for another of the same link', async () => {
    const all = await scene('client');
    const { client, links, server } = all;
    const { interface: link, client: old, table } = WAYS.b;
    client.tell('use', { configuration: link });
    const path = `${file}&tag=strong&id=moves`;
    client.tell('start', { id: 'moves', path });
    await client.hear('begun');
    const from = client.said.length;
    const fresh = '10.77.2.77';
    links.configure('client', `rule add from ${fresh} table ${table}\naddress add ${fresh}/32 dev ${link}\n`);
    // what is down tells that all before it was heard
    links.linkDown('a', 'switched off');
    await client.hear('changed', (one) => one['name'] === WAYS.a.interface, from);
    expect(await whoami(client, 'before')).toMatchObject({ error: NO_ERROR, answer: old });
    expect((await counted(server))['moves']!.seen).toBe(1);
    links.configure('client', `address delete ${old}/24 dev ${link}\n`);
    expect(await endOf(client, 'moves')).toMatchObject({ error: NO_ERROR, nth: 1, hash: bytes('moves', SIZE) });
    expect((await counted(server))['moves']!.peers).toEqual([old, fresh]);
    await endsByItself(all);
  });

  it('a session stays with its link: it waits for it, fails, and runs again when it is back', async () => {
    const all = await scene('client');
    const { client, links } = all;
    client.tell('use', { configuration: 'link-a' });
    client.tell('session', { configuration: 'link-a' });
    await client.hear('opened');
    expect(await whoami(client, 'before')).toMatchObject({ error: NO_ERROR, answer: WAYS.a.client });
    const at = cut(all, 'a', 'switched off');
    await client.hear('state');
    const waited = await whoami(client, 'waiting');
    expect(waited).toMatchObject({ error: NETWORK_SESSION_FAILED, nth: 1 });
    expect(waited.at - at).toBeGreaterThan(9_500);
    expect(waited.at - at).toBeLessThan(13_000);
    expect(await whoami(client, 'afterwards')).toMatchObject({ error: NETWORK_SESSION_FAILED });
    expect(await client.ask('look')).toMatchObject({ accessible: NOT_ACCESSIBLE, connections: 0, sockets: 0 });
    links.linkUp('a');
    await client.hear('accessible', (one) => one['accessible'] === ACCESSIBLE, client.said.indexOf(waited));
    expect(await whoami(client, 'back')).toMatchObject({ error: NO_ERROR, answer: WAYS.a.client });
    const told = (event: string, what: string): unknown[] => client.all(event).map((one) => one[what]);
    expect(told('state', 'state')).toEqual(['Roaming', 'Disconnected', 'Connected']);
    expect(told('accessible', 'accessible')).toEqual([ACCESSIBLE, NOT_ACCESSIBLE, ACCESSIBLE]);
    expect(told('session error', 'error')).toEqual([SESSION_ABORTED]);
    expect(told('closed', 'session')).toEqual(['link-a']);
    await endsByItself(all);
  });
});
