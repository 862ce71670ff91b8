import { describe, expect, it, vi } from 'vitest';
import type { ProxyPeer } from '../../../src/contract/proxy.ts';
import type { TlsWish } from '../../../src/contract/security.ts';
import { Engine } from '../../../src/engine/assembly.ts';
import { Issuers } from '../../../src/wire/dial/issuers.ts';
import { nodeNetwork } from '../../../src/wire/dial/node-network.ts';
import { Resolver } from '../../../src/wire/dial/resolver.ts';
import { type AskOptions, ask, type Recorder, run } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { proxyPeer } from '../../support/proxy-peer.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { caPem, identity, peer, peerPem } from '../../support/tls.ts';
import { PLAIN_WISH, SECURED, SimulatedNetwork } from './simulated-network.ts';
import { TunnelCall } from './tunnel-call.ts';

const TRUSTING: TlsWish = { ...PLAIN_WISH, key: 'test authority', authorities: [caPem()] };

/** An engine that notes the names it looks up. */
class House {
  readonly names: string[] = [];
  readonly engine = new Engine({
    network: {
      ...nodeNetwork,
      lookup: (host, done) => {
        this.names.push(host);
        setImmediate(() => done(null, [{ address: '127.0.0.1', family: 4 }]));
      },
    },
  });

  async get(url: string, proxy: ProxyPeer, options: AskOptions = {}): Promise<Recorder> {
    return await run(this.engine, ask(url, { tls: TRUSTING, proxy: { choose: () => [proxy] }, ...options }));
  }
}

const PAGE = { routes: { '/': { body: 'page' } } };

describe('a way through one proxy', () => {
  it('http in a tunnel by CONNECT', async () => {
    await using server = await serve(PAGE);
    await using proxy = await httpProxy();
    const house = new House();
    const options = { headers: ['User-Agent', 'ua', 'X-Own', 'secret'] };
    const { text } = await house.get(`http://site.good.test:${server.port}/`, proxyPeer('http', proxy), options);
    expect(text).toBe('page');
    const target = `site.good.test:${server.port}`;
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target }]);
    expect(proxy.requests[0]!.headers).toEqual([
      ['Proxy-Connection', 'keep-alive'],
      ['Host', target],
      ['User-Agent', 'ua'],
    ]);
    expect(house.names).toEqual([]);
  });

  it('https in a tunnel by CONNECT', async () => {
    await using server = await serve({ ...PAGE, tls: identity() });
    await using proxy = await httpProxy();
    const house = new House();
    const got = await house.get(`https://site.good.test:${server.port}/`, proxyPeer('http', proxy));
    expect(got.failure).toBeNull();
    expect(got.text).toBe('page');
    expect(got.log.slice(0, 3)).toEqual(['dialing', 'secured', 'sent']);
    expect(house.names).toEqual([]);
  });

  it.each(['socks4', 'socks4a', 'socks5', 'socks5h'] as const)('http and https over %s', async (scheme) => {
    await using plain = await serve(PAGE);
    await using secure = await serve({ ...PAGE, tls: identity() });
    await using proxy = await socksProxy();
    const house = new House();
    const name = 'site.good.test';
    expect((await house.get(`http://${name}:${plain.port}/`, proxyPeer(scheme, proxy))).text).toBe('page');
    expect((await house.get(`https://${name}:${secure.port}/`, proxyPeer(scheme, proxy))).text).toBe('page');
    const here = scheme === 'socks4' || scheme === 'socks5';
    expect(house.names).toEqual(here ? [name] : []);
    const host = here ? '127.0.0.1' : name;
    expect(proxy.requests).toMatchObject([
      { host, port: plain.port },
      { host, port: secure.port },
    ]);
  });
});

describe('a proxy behind TLS', () => {
  it.each(['http', 'https'] as const)('opens a way to %s', async (scheme) => {
    await using server = await serve(scheme === 'http' ? PAGE : { ...PAGE, tls: identity() });
    await using proxy = await httpProxy({ tls: identity() });
    const house = new House();
    const peer = proxyPeer('https', proxy);
    const got = await house.get(`${scheme}://site.good.test:${server.port}/`, peer);
    expect(got.failure).toBeNull();
    expect(got.text).toBe('page');
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT' }]);
    // what was agreed on with the proxy is nobody's business
    expect(got.transfer.hop.secure === null).toBe(scheme === 'http');
    expect(got.log.includes('secured')).toBe(scheme === 'https');
  });

  it('speaks HTTP/2 with a target that it is asked for', async () => {
    await using server = await serveH2({ tls: identity() });
    await using proxy = await httpProxy({ tls: identity() });
    const got = await new House().get(`https://site.good.test:${server.port}/`, proxyPeer('https', proxy), {
      tls: { ...TRUSTING, key: 'both', alpn: [] },
    });
    expect(got.failure).toBeNull();
    expect(got.transfer.hop.secure).toMatchObject({ alpn: 'h2' });
    expect(got.text).toBe('ok');
  });

  it('is spoken to in HTTP/1.1 whatever it masters, and its sessions go on', async () => {
    await using plain = await serve(PAGE);
    await using secure = await serve({ ...PAGE, tls: identity() });
    await using proxy = await httpProxy({ tls: { ...identity(), ALPNProtocols: ['h2', 'http/1.1'] } });
    const house = new House();
    const way = proxyPeer('https', proxy);
    expect((await house.get(`http://a.good.test:${plain.port}/`, way)).text).toBe('page');
    expect((await house.get(`https://b.good.test:${secure.port}/`, way)).text).toBe('page');
    expect(proxy.secured).toEqual([
      { alpn: 'http/1.1', resumed: false },
      { alpn: 'http/1.1', resumed: true },
    ]);
  });

  it('moves long bodies both ways in TLS over TLS, and slowly', async () => {
    const long = 'x'.repeat(3_000_000);
    await using server = await serve({ routes: { '/': { body: long } }, tls: identity() });
    await using proxy = await httpProxy({ tls: identity() });
    const house = new House();
    const got = await house.get(`https://site.good.test:${server.port}/`, proxyPeer('https', proxy), {
      method: 'POST',
      body: long,
    });
    expect(got.failure).toBeNull();
    expect(got.text.length).toBe(long.length);
    expect(server.requests[0]!.body.length).toBe(long.length);
  });

  it.each([
    ['for another name', 'wronghost', /for another host/],
    ['of nobody', 'selfsigned', /self-signed/i],
  ] as const)('is not trusted with a certificate %s, and told nothing', async (_what, name, why) => {
    await using proxy = await httpProxy({ tls: identity(name) });
    const house = new House();
    const got = await house.get('http://site.good.test/', proxyPeer('https', proxy), { http2: 'off' });
    expect(got.failure).toMatchObject({ kind: 'tls', message: expect.stringMatching(why) });
    expect(got.failure!.message).toContain(`https://127.0.0.1:${proxy.port}`);
    expect(got.log).not.toContain('distrusted');
    expect(proxy.requests).toEqual([]);
  });

  it('is used all the same when certificates do not count', async () => {
    await using server = await serve(PAGE);
    await using proxy = await httpProxy({ tls: identity('selfsigned') });
    const tls: TlsWish = { ...TRUSTING, key: 'ignorant', verify: 'ignore' };
    expect((await new House().get(`http://site.good.test:${server.port}/`, proxyPeer('https', proxy), { tls })).text).toBe(
      'page',
    );
  });

  it('is not shown the certificate that is meant for the target', async () => {
    await using server = await serve({ ...PAGE, tls: { ...peer('good'), requestCert: true, rejectUnauthorized: false } });
    await using proxy = await httpProxy({
      tls: { ...peer('good'), requestCert: true, rejectUnauthorized: true, ca: peerPem('ca') },
    });
    const { key, cert } = peer('client');
    const tls: TlsWish = { ...TRUSTING, key: 'client', authorities: [peerPem('ca')], identity: { certificates: cert, key } };
    const got = await new House().get(`https://localhost:${server.port}/`, proxyPeer('https', proxy, { host: 'localhost' }), {
      tls,
    });
    // with TLS 1.3 it says so after the handshake
    expect(got.failure).toMatchObject({ kind: expect.stringMatching(/^(proxy-closed|tls)$/) });
    expect(proxy.requests).toEqual([]);
  });
});

describe('proxies behind proxies', () => {
  it('http, then SOCKS', async () => {
    await using server = await serve({ ...PAGE, tls: identity() });
    await using inner = await socksProxy();
    await using outer = await httpProxy();
    const way = proxyPeer('socks5h', inner, { through: proxyPeer('http', outer) });
    const house = new House();
    expect((await house.get(`https://site.good.test:${server.port}/`, way)).text).toBe('page');
    expect(outer.requests).toMatchObject([{ target: `127.0.0.1:${inner.port}` }]);
    expect(inner.requests).toMatchObject([{ host: 'site.good.test', port: server.port }]);
    expect(house.names).toEqual([]);
  });

  it.each(['http', 'https'] as const)('https, then http, to %s', async (scheme) => {
    await using server = await serve(scheme === 'http' ? PAGE : { ...PAGE, tls: identity() });
    await using inner = await httpProxy();
    await using outer = await httpProxy({ tls: identity() });
    const way = proxyPeer('http', inner, { host: 'inner.good.test', through: proxyPeer('https', outer) });
    const house = new House();
    expect((await house.get(`${scheme}://site.good.test:${server.port}/`, way)).text).toBe('page');
    expect(outer.requests).toMatchObject([{ target: `inner.good.test:${inner.port}` }]);
    expect(inner.requests).toMatchObject([{ target: `site.good.test:${server.port}` }]);
    expect(house.names).toEqual([]);
  });

  it.each(['http', 'https'] as const)('%s, then https, to http', async (scheme) => {
    await using server = await serve(PAGE);
    await using inner = await httpProxy({ tls: identity() });
    await using outer = await httpProxy(scheme === 'http' ? {} : { tls: identity() });
    const way = proxyPeer('https', inner, { through: proxyPeer(scheme, outer) });
    expect((await new House().get(`http://site.good.test:${server.port}/`, way)).text).toBe('page');
    expect(outer.requests).toMatchObject([{ target: `127.0.0.1:${inner.port}` }]);
  });

  it('TLS in TLS in TLS', async () => {
    await using server = await serve({ ...PAGE, tls: identity() });
    await using inner = await httpProxy({ tls: identity() });
    await using outer = await httpProxy({ tls: identity() });
    const way = proxyPeer('https', inner, { host: 'inner.good.test', through: proxyPeer('https', outer) });
    expect((await new House().get(`https://site.good.test:${server.port}/`, way)).text).toBe('page');
  });

  it('the last takes a request in absolute form', async () => {
    await using inner = await httpProxy();
    await using outer = await socksProxy();
    const way = proxyPeer('http', inner, { caches: true, through: proxyPeer('socks5h', outer) });
    const got = await new House().get('http://site.good.test/x', way);
    expect(got.text).toBe("the proxy's GET http://site.good.test/x");
    expect(outer.requests).toMatchObject([{ host: '127.0.0.1', port: inner.port }]);
  });
});

describe('a proxy that answers itself', () => {
  it.each(['http', 'https'] as const)('%s', async (scheme) => {
    await using proxy = await httpProxy(scheme === 'http' ? {} : { tls: identity() });
    const house = new House();
    const way = proxyPeer(scheme, proxy, { caches: true });
    const got = await house.get('http://user:password@site.good.test:8080/x?y#fragment', way, { headers: ['A', 'b'] });
    expect(got.text).toBe("the proxy's GET http://site.good.test:8080/x?y");
    expect(got.transfer.hop.secure).toBeNull();
    expect(got.log).not.toContain('secured');
    expect(proxy.requests[0]!.headers).toEqual([
      ['Host', 'site.good.test:8080'],
      ['A', 'b'],
      ['Connection', 'Keep-Alive'],
      ['Accept-Encoding', expect.anything()],
    ]);
    expect(house.names).toEqual([]);
  });

  it('and opens no tunnels is told to keep the connection in its own word', async () => {
    await using proxy = await httpProxy();
    const way = proxyPeer('http', proxy, { caches: true, tunnels: false });
    await new House().get('http://site.good.test/', way, { method: 'POST', body: 'form' });
    expect(proxy.requests[0]!.headers).toEqual([
      ['Host', 'site.good.test'],
      ['Content-Length', '4'],
      ['Proxy-Connection', 'Keep-Alive'],
      ['Accept-Encoding', expect.anything()],
    ]);
    await new House().get('http://site.good.test/', way, { headers: ['Connection', 'close'] });
    expect(proxy.requests[1]!.headers.slice(0, 2)).toEqual([
      ['Host', 'site.good.test'],
      ['Connection', 'close'],
    ]);
    expect(proxy.requests[1]!.headers.map(([name]) => name)).not.toContain('Proxy-Connection');
  });

  it('keeps its connections, one for each target', async () => {
    await using proxy = await httpProxy();
    const house = new House();
    const way = proxyPeer('http', proxy, { caches: true });
    for (const url of ['http://a.test/1', 'http://a.test/2', 'http://b.test/3']) await house.get(url, way);
    expect(proxy.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
    expect(house.engine.connections).toBe(2);
  });

  it('is asked for a tunnel for HTTP/2 without TLS', async () => {
    await using server = await serveH2();
    await using proxy = await httpProxy();
    const way = proxyPeer('http', proxy, { caches: true });
    const got = await new House().get(`http://site.good.test:${server.port}/`, way, { http2: 'direct' });
    expect(got.text).toBe('ok');
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT' }]);
  });
});

describe('past the proxy', () => {
  it('nothing goes: what a server has forgotten to show is not fetched', () => {
    const network = new SimulatedNetwork();
    const clock = new ManualClock();
    const issuers = new Issuers({ network, clock, resolver: new Resolver(network, clock) });
    const fetched = vi.spyOn(issuers, 'fetch');
    const tls = { ...PLAIN_WISH, fetchIntermediates: true };
    const way = proxyPeer('http', { port: 8080 });
    const call = new TunnelCall(way, 443, { network, clock, issuers, route: { tls, secure: true, peerName: 'target.test' } });
    network.connects[0]!.succeeds().says('HTTP/1.1 200 OK\r\n\r\n');
    network.secures[0]!.succeeds({ ...SECURED, doubts: [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', at: 0 }] });
    expect(call.problem).toMatchObject({ kind: 'tls' });
    expect(fetched).not.toHaveBeenCalled();
    expect(network.lookups).toEqual([]);
    expect(network.connects).toHaveLength(1);
    expect(network.open).toBe(0);
  });

  it('no name is looked up but that of the first proxy', () => {
    const network = new SimulatedNetwork();
    const outer = proxyPeer('http', { port: 1 }, { host: 'outer.test' });
    new TunnelCall(proxyPeer('socks5h', { port: 2 }, { host: 'inner.test', through: outer }), 443, { network });
    network.lookups[0]!.finds('192.0.2.1');
    const stream = network.connects[0]!.succeeds();
    stream.says('HTTP/1.1 200 OK\r\n\r\n');
    stream.says('\x05\x00');
    expect(stream.written).toContain('target.test');
    expect(network.lookups.map(({ host }) => host)).toEqual(['outer.test']);
  });

  it('the record names the proxy as what is connected to', async () => {
    await using server = await serve(PAGE);
    await using proxy = await httpProxy();
    const house = new House();
    const places: unknown[] = [];
    house.engine.listen(({ what, detail }) => {
      if (what === 'resolve' || what === 'attempt') places.push(detail);
    });
    await house.get(`http://site.good.test:${server.port}/`, proxyPeer('http', proxy, { host: 'proxy.test' }));
    expect(places).toMatchObject([{ host: 'proxy.test' }, { address: '127.0.0.1', port: proxy.port, outcome: 'connected' }]);
  });
});

describe('what comes behind the word of a proxy', () => {
  const early = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly';
  // the target never says anything: all of the answer is glued to the proxy's
  const mute = { connect: 'hang' as const };

  it('CONNECT', async () => {
    await using server = await serve(mute);
    await using proxy = await httpProxy({ glue: early });
    expect((await new House().get(`http://a.test:${server.port}/`, proxyPeer('http', proxy))).text).toBe('early');
  });

  it.each(['socks4a', 'socks5h'] as const)('%s', async (scheme) => {
    await using server = await serve(mute);
    await using proxy = await socksProxy({ glue: early });
    expect((await new House().get(`http://a.test:${server.port}/`, proxyPeer(scheme, proxy))).text).toBe('early');
  });

  it('CONNECT behind TLS', async () => {
    await using server = await serve(mute);
    await using proxy = await httpProxy({ tls: identity(), glue: early });
    expect((await new House().get(`http://a.test:${server.port}/`, proxyPeer('https', proxy))).text).toBe('early');
  });

  it('goes into the handshake, where it is none', async () => {
    await using server = await serve({ ...PAGE, tls: identity() });
    await using proxy = await httpProxy({ glue: early });
    const got = await new House().get(`https://site.good.test:${server.port}/`, proxyPeer('http', proxy));
    expect(got.failure).toMatchObject({ kind: 'tls', message: expect.stringContaining('does not speak TLS') });
  });
});
