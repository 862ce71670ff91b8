import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseHar } from '../../../src/har.ts';
import { QNetworkRequest } from '../../../src/index.ts';
import { managers } from '../../support/managers.ts';
import { mint } from '../../support/mint.ts';
import { serve } from '../../support/server.ts';
import { inspected, Visitor } from './visitor.ts';

const fresh = managers();

describe('where a request went', () => {
  it('is told with its certificates, also when they were refused', async () => {
    const leaf = mint({ name: 'Nobody', for: ['DNS:other.test'] });
    await using server = await serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    await manager.get(server.url('/')).whenFinished();
    const { failure, tls } = await visitor.details(0);
    expect(failure).toMatchObject({ kind: 'tls', hint: expect.stringMatching(/./) });
    expect(tls!.facts[0]).toEqual({ name: 'Protocol', value: 'none: the connection was refused' });
    expect(tls!.facts.at(-1)).toEqual({ name: 'Certificate', value: 'not verified' });
    expect(tls!.doubts.length).toBeGreaterThanOrEqual(2);
    expect(tls!.chain[0]).toMatchObject({
      title: 'Nobody',
      facts: [{ name: 'Issued by', value: 'Nobody' }, { name: 'Valid' }, {}, {}],
    });
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    for (let i = 0; i < 2; i++) await manager.get(server.url('/')).text();
    const [accepted, same] = [await visitor.details(1), await visitor.details(2)];
    // not every version of Node.js tells of every exchange of keys
    const known = accepted.tls!.facts.map(({ name }) => name).filter((name) => name !== 'Key exchange');
    expect(known).toEqual(['Protocol', 'Cipher', 'ALPN', 'Session', 'Certificate']);
    expect(accepted.tls).toEqual(same.tls);
    const plain = await serve({ routes: { '*': { body: 'ok' } } });
    onTestFinished(() => plain.close());
    await manager.get(plain.url('/')).text();
    expect((await visitor.details(3)).tls).toBe(null);
  });

  it('is told to curl also when it is a socket of this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-inspected-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'a.sock');
    await using server = await serve({ socket: path, routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    await manager.get(server.url('/x?token=t0psecret')).text();
    const request = new QNetworkRequest('unix+http://service/y');
    request.setAttribute(QNetworkRequest.Attribute.FullLocalServerNameAttribute, path);
    await manager.get(request).text();
    const [named, wished] = [await visitor.details(0), await visitor.details(1)];
    expect(named.curl).toContain(`--unix-socket ${path} `);
    expect(named.curl).toMatch(/'http:\/\/localhost\/x\?token=\*\*\*'$/);
    expect(wished.curl).toContain(`--unix-socket ${path} `);
    expect(wished.curl).toMatch(/ http:\/\/service\/y$/);
  });

  it('is told also when a server makes its body as hard to read as it can', async () => {
    const parts = Array.from({ length: 20_000 }, (_, i) => `--b${i}\r\nContent-Type: multipart/mixed\r\n\r\n`);
    const bodies = { '/parts': parts.join(''), '/deep': '['.repeat(500_000) };
    await using server = await serve({
      routes: {
        '/parts': { body: bodies['/parts'], headers: { 'Content-Type': 'multipart/mixed; boundary=b0' } },
        '/deep': { body: bodies['/deep'], headers: { 'Content-Type': 'application/json' } },
      },
    });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    for (const path of Object.keys(bodies)) await manager.get(server.url(path)).whenFinished();
    expect((await visitor.get('/rows/0')).status).toBe(200);
    expect((await visitor.details(1)).body!.text).toBe(bodies['/deep']);
    expect(parseHar((await visitor.get('/session.har')).text).log.entries.length).toBe(2);
  });
});
