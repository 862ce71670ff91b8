import { describe, expect, it } from 'vitest';
import { inNamespaces, type LinkName, type Loss, noNamespaces, SERVER, SERVER6, WAYS } from './namespaces.ts';
import { scene } from './roaming/scene.ts';

const named = (name: string) => (one: { readonly [detail: string]: unknown }) => one['name'] === name;

describe.skipIf(noNamespaces() !== null)(inNamespaces('two links in namespaces'), () => {
  it('a connection leaves by the link of its address, and by the better one without', async () => {
    const { client: probe, port } = await scene('probe');
    const rows = [
      { name: 'a', from: WAYS.a.client, seen: WAYS.a.client },
      { name: 'b', from: WAYS.b.client, seen: WAYS.b.client },
      { name: 'any', from: '', seen: WAYS.a.client },
      { name: 'a6', from: WAYS.a.client6, to: SERVER6, seen: WAYS.a.client6 },
      { name: 'b6', from: WAYS.b.client6, to: SERVER6, seen: WAYS.b.client6 },
    ];
    for (const row of rows) probe.tell('connect', { to: SERVER, ...row, port, path: '/whoami' });
    for (const { name, seen } of rows)
      expect(await probe.hear('closed', named(name))).toMatchObject({ text: expect.stringContaining(seen) });
  });

  it.each<[LinkName, LinkName, Loss]>([
    ['a', 'b', 'pulled'],
    ['a', 'b', 'switched off'],
    ['b', 'a', 'pulled'],
  ])('link %s goes, %s stays (%s): what runs on it stands still, the other reaches the server', async (lost, other, loss) => {
    const { links, server, client: probe, port } = await scene('probe');
    const connect = (name: string, link: LinkName, path: string): void =>
      probe.tell('connect', { name, from: WAYS[link].client, to: SERVER, port, path });
    connect('running', lost, '/file?id=x&size=20000&hold=10000');
    await probe.hear('data', (one) => (one['bytes'] as number) > 10_000);
    links.linkDown(lost, loss);
    server.tell('go');
    const before = probe.said.length;
    connect('dead', lost, '/whoami');
    connect('other', other, '/whoami');
    expect(await probe.hear('closed', named('other'))).toMatchObject({ text: expect.stringContaining(WAYS[other].client) });
    const spoke = new Set(probe.said.slice(before).map((one) => one['name']));
    expect([...spoke]).toEqual(['other']);
    links.linkUp(lost);
    expect(await probe.hear('closed', named('running'))).toMatchObject({ bytes: 20_000 });
    await probe.hear('closed', named('dead'));
  });
});
