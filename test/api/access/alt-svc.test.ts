import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type NetLogEvent, QNetworkAccessManager, QUrl } from '../../../src/index.ts';
import { type Route, type Served, serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';

beforeAll(trustTestAuthority);

const says = (value: string): Route => ({ headers: { 'Alt-Svc': value }, body: 'ok' });
const secureServer = (routes: Record<string, Route>): Promise<Served> => serve({ tls: identity('good'), routes });

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

const shown = (manager: QNetworkAccessManager, url: string, partition?: string): string[] =>
  manager.alternativeServices(url, partition).map(({ protocol, host, port }) => `${protocol} ${host} ${port}`);

describe('alternative services', () => {
  it('are told by the origin, and reported in its order', async () => {
    await using server = await secureServer({ '*': says('h3=":443"; ma=60; persist=1, h2="alt.test:8443"') });
    const manager = fresh();
    expect(manager.alternativeServices(server.url())).toEqual([]);
    const before = Date.now();
    await manager.get(server.url('/x')).text();
    const found = manager.alternativeServices(new QUrl(server.url('/another')));
    expect(found).toEqual([
      { protocol: 'h3', host: '127.0.0.1', port: 443, expires: expect.any(Date), persist: true },
      { protocol: 'h2', host: 'alt.test', port: 8443, expires: expect.any(Date), persist: false },
    ]);
    // the second of Date, and a slow machine
    expect(Math.abs(found[0]!.expires.getTime() - before - 60_000)).toBeLessThan(5_000);
    expect(manager.alternativeServices('https://127.0.0.1/')).toEqual([]);
    expect(manager.alternativeServices(server.url().replace('https', 'http'))).toEqual([]);
  });

  it('are never used', async () => {
    await using other = await secureServer({ '*': { body: 'other' } });
    await using server = await secureServer({ '*': says(`http%2F1.1=":${other.port}"`) });
    const manager = fresh();
    for (let i = 0; i < 3; i++) expect(await manager.get(server.url()).text()).toBe('ok');
    manager.clearConnectionCache();
    expect(await manager.get(server.url()).text()).toBe('ok');
    expect([other.accepted, server.requests.map(({ headers }) => headers.some(([name]) => /alt-used/i.test(name)))]).toEqual([
      0,
      [false, false, false, false],
    ]);
  });

  it('are told by redirects and errors as well, also in the clear to nobody', async () => {
    await using server = await secureServer({
      '/302': { status: 302, headers: { Location: '/404', 'Alt-Svc': 'h3=":1"' } },
      '/404': { status: 404, headers: {} },
    });
    await using plain = await serve({ routes: { '*': says('h3=":1"') } });
    const manager = fresh();
    await manager.get(server.url('/302')).whenFinished();
    await manager.get(plain.url()).text();
    expect([shown(manager, server.url()), shown(manager, plain.url())]).toEqual([['h3 127.0.0.1 1'], []]);
  });

  it('are not heard of where certificate errors are ignored', async () => {
    await using server = await serve({ tls: identity('selfsigned'), routes: { '*': says('h3=":443"') } });
    const manager = fresh();
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    expect(await manager.get(server.url()).text()).toBe('ok');
    expect(shown(manager, server.url())).toEqual([]);
  });

  it('are known within a partition', async () => {
    await using server = await secureServer({ '*': says('h3=":443"') });
    const manager = fresh();
    await manager.get(server.url(), { partition: 'a' }).text();
    expect([shown(manager, server.url()), shown(manager, server.url(), 'a')]).toEqual([[], ['h3 127.0.0.1 443']]);
  });

  it('are forgotten when the origin or the program says so', async () => {
    await using server = await secureServer({ '*': says('h3=":443"'), '/clear': says('clear') });
    const manager = fresh();
    const known = async (path: string): Promise<string[]> => {
      await manager.get(server.url(path)).text();
      return shown(manager, server.url());
    };
    expect(await known('/')).toHaveLength(1);
    expect(await known('/clear')).toEqual([]);
    expect(await known('/')).toHaveLength(1);
    manager.clearConnectionCache();
    expect(shown(manager, server.url())).toHaveLength(1);
    manager.clearAccessCache();
    expect(shown(manager, server.url())).toEqual([]);
  });

  it('a misdirected request is an answer like others, and says nothing about alternatives (RFC 7838 6)', async () => {
    await using server = await secureServer({
      '*': says('h3=":443"'),
      '/421': { status: 421, headers: { 'Alt-Svc': 'clear' } },
    });
    const manager = fresh();
    await manager.get(server.url()).text();
    const reply = manager.get(server.url('/421'));
    await reply.whenFinished();
    expect([reply.status(), reply.error(), server.requests.length, shown(manager, server.url()).length]).toEqual([
      421, 299, 2, 1,
    ]);
  });

  it('the netlog tells', async () => {
    await using server = await secureServer({ '*': says('h3=":443"; ma=5') });
    const manager = fresh();
    const seen: NetLogEvent[] = [];
    manager.netlog((event) => event.what === 'alt-svc' && seen.push(event));
    await manager.get(server.url()).text();
    expect(seen.map(({ detail }) => detail)).toEqual([
      { alternatives: [{ protocol: 'h3', host: '127.0.0.1', port: 443, expires: expect.any(Number), persist: false }] },
    ]);
  });

  const frames: readonly [what: string, origin: (own: string) => string | null, heard: readonly string[]][] = [
    ['with the stream of a request', () => null, ['h3 localhost 443']],
    ['with the connection, for its origin', (own) => own, ['h3 localhost 443']],
    ['with the connection, for another origin', () => 'https://example.org', []],
  ];
  it.each(frames)('come in frames of HTTP/2, too: %s', async (_what, origin, heard) => {
    const server = createSecureServer(identity('good'));
    server.on('stream', (stream) => {
      (stream.session as ServerHttp2Session).altsvc('h3=":443"', origin(own) ?? stream.id!);
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const own = `https://localhost:${(server.address() as AddressInfo).port}`;
    const manager = fresh();
    expect(await manager.get(own).text()).toBe('ok');
    expect([shown(manager, own), shown(manager, 'https://example.org')]).toEqual([heard, []]);
    await manager.close();
  });

  it('what is no URL is refused', () => {
    // @ts-expect-error a URL is missing
    expect(() => fresh().alternativeServices()).toThrow(TypeError);
  });
});
