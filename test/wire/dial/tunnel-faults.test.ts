import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Hop } from '../../../src/contract/hop.ts';
import type { NetLogEvent } from '../../../src/contract/netlog.ts';
import type { ProxyPeer, ProxyScheme } from '../../../src/contract/proxy.ts';
import { Engine } from '../../../src/engine/assembly.ts';
import type { Network } from '../../../src/wire/dial/network.ts';
import { nodeNetwork } from '../../../src/wire/dial/node-network.ts';
import { type AskOptions, ask, run, start } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';
import { FakeAuthority } from '../../support/fake-authority.ts';
import { proxyPeer } from '../../support/proxy-peer.ts';
import { type Fault, httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { addressOf, SimulatedNetwork } from './simulated-network.ts';
import { type CallOptions, TunnelCall } from './tunnel-call.ts';

// Proxies that do not open a way, and how that is told.

const through = (proxy: ProxyPeer, options: AskOptions = {}): AskOptions => ({ proxy: { choose: () => [proxy] }, ...options });

const answered = (status: string, more = ''): Fault => ({ write: `HTTP/1.1 ${status}\r\n${more}Content-Length: 4\r\n\r\npage` });

describe('an HTTP proxy that opens no way', () => {
  const table: readonly [what: string, fault: Fault, kind: string, text: string, status: number][] = [
    ['403', answered('403 No'), 'network', 'Proxy denied connection', 403],
    ['405', answered('405 No'), 'network', 'Proxy denied connection', 405],
    ['404', answered('404 No'), 'network', 'Error communicating with HTTP proxy', 404],
    ['500', answered('500 No'), 'network', 'Error communicating with HTTP proxy', 500],
    ['502', answered('502 No'), 'network', 'Error communicating with HTTP proxy', 502],
    ['503', answered('503 No'), 'refused', 'Connection refused', 503],
    [
      '302, which is not followed',
      answered('302 No', 'Location: http://elsewhere.test/\r\n'),
      'network',
      'Error communicating',
      302,
    ],
    ['403 to the end', { write: 'HTTP/1.1 403 No\r\n\r\npage', end: 'close' }, 'network', 'Proxy denied connection', 403],
    [
      '403 that breaks off',
      { write: 'HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\npage', end: 'close' },
      'network',
      'Proxy denied',
      403,
    ],
    ['garbage', { write: 'SSH-2.0-OpenSSH' }, 'network', 'Did not receive HTTP response from proxy', 0],
    ['garbage in pieces', { write: 'HTTX' }, 'network', 'Did not receive HTTP response from proxy', 0],
    ['101', { write: 'HTTP/1.1 101 Now\r\nUpgrade: x\r\n\r\n' }, 'network', 'Did not receive HTTP response from proxy', 0],
    ['empty lines', { endless: '\r\n'.repeat(99) }, 'network', 'Did not receive HTTP response from proxy', 0],
    ['a head without end', { write: 'HTTP/1.1 200 OK\r\n', endless: 'A: b\r\n'.repeat(999) }, 'network', 'Did not receive', 0],
    ['interim answers without end', { endless: 'HTTP/1.1 100 Go\r\n\r\n'.repeat(99) }, 'network', 'Did not receive', 0],
    ['an end without a word', { end: 'close' }, 'proxy-closed', 'Proxy connection closed prematurely', 0],
    ['a reset', { end: 'reset' }, 'proxy-closed', 'Proxy connection closed prematurely', 0],
    ['an end inside the head', { write: 'HTTP/1.1 200 OK\r\nA', end: 'close' }, 'proxy-closed', 'Proxy connection closed', 0],
    [
      'an end behind an interim answer',
      { write: 'HTTP/1.1 100 Go\r\n\r\n', end: 'close' },
      'proxy-closed',
      'Proxy connection',
      0,
    ],
  ];
  it.each(table)('%s', async (_what, fault, kind, text, status) => {
    await using proxy = await httpProxy({ answer: () => fault });
    const engine = new Engine();
    const got = await run(engine, ask('http://target.test:81/', through(proxyPeer('http', proxy))));
    expect(got.log).toEqual(['dialing', 'fail']);
    expect(got.failure).toMatchObject({ kind, phase: 'proxy', message: expect.stringContaining(text) });
    expect(got.failure!.message).toContain(`http://127.0.0.1:${proxy.port} `);
    expect(got.failure!.message).toContain('target.test:81');
    if (status === 0) expect(got.failure!.proxyAnswer).toBeUndefined();
    else {
      expect(got.failure!.proxyAnswer).toMatchObject({ status, reason: 'No' });
      expect(Buffer.from(got.failure!.proxyAnswer!.body).toString()).toBe('page');
    }
    // whatever it is, it is not tried again
    expect(proxy.requests).toHaveLength(1);
    expect(proxy.accepted).toBe(1);
    await proxy.whenIdle();
    expect(engine.connections).toBe(0);
  });

  it.each([
    ['a refusal', 'HTTP/1.1 403 No\r\n\r\n', 'network'],
    ['a challenge', 'HTTP/1.1 407 Who?\r\nContent-Length: 999999999\r\n\r\n', 'proxy-auth'],
  ])('keeps 64 KiB of the page of %s that does not end', async (_what, write, kind) => {
    await using proxy = await httpProxy({ answer: () => ({ write, endless: 'x'.repeat(50_000) }) });
    const got = await run(new Engine(), ask('http://target.test/', through(proxyPeer('http', proxy))));
    expect(got.failure).toMatchObject({ kind });
    expect(got.failure!.proxyAnswer!.body).toHaveLength(65_536);
    await proxy.whenIdle();
  });
});

describe('a SOCKS proxy that opens no way', () => {
  const reply5 = (code: number): Fault => ({ write: Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]) });
  const reply4 = (code: number): Fault => ({ write: Buffer.from([0, code, 0, 0, 0, 0, 0, 0]) });
  const table: readonly [
    what: string,
    scheme: 'socks4a' | 'socks5h',
    at: 'method' | 'reply',
    fault: Fault,
    kind: string,
    text: string,
  ][] = [
    ['reply 1', 'socks5h', 'reply', reply5(1), 'not-found', 'Host target.test not found'],
    ['reply 2', 'socks5h', 'reply', reply5(2), 'not-found', 'Host target.test not found'],
    ['reply 3', 'socks5h', 'reply', reply5(3), 'network', 'Network unreachable'],
    ['reply 4', 'socks5h', 'reply', reply5(4), 'not-found', 'Host target.test not found'],
    ['reply 5', 'socks5h', 'reply', reply5(5), 'refused', 'Connection refused'],
    ['reply 6', 'socks5h', 'reply', reply5(6), 'network', 'TTL expired'],
    ['reply 7', 'socks5h', 'reply', reply5(7), 'network', 'command not supported'],
    ['an unknown reply', 'socks5h', 'reply', reply5(99), 'network', '0x63'],
    ['another version', 'socks5h', 'method', { write: Buffer.from([4, 0]) }, 'network', 'does not speak SOCKS 5'],
    ['HTTP', 'socks5h', 'method', { write: 'HTTP/1.1 400 Bad\r\n\r\n' }, 'network', 'does not speak SOCKS 5'],
    ['a method that was not offered', 'socks5h', 'method', { write: Buffer.from([5, 1]) }, 'network', 'not offered'],
    ['no method', 'socks5h', 'method', { write: Buffer.from([5, 255]) }, 'proxy-auth', 'method refused'],
    ['an end before the method', 'socks5h', 'method', { end: 'close' }, 'proxy-closed', 'closed prematurely'],
    ['an end inside the reply', 'socks5h', 'reply', { write: Buffer.from([5, 0, 0]), end: 'close' }, 'proxy-closed', 'closed'],
    ['a reset', 'socks5h', 'reply', { end: 'reset' }, 'proxy-closed', 'closed prematurely'],
    ['SOCKS 4: rejected', 'socks4a', 'reply', reply4(91), 'network', 'rejected'],
    ['SOCKS 4: another user', 'socks4a', 'reply', reply4(93), 'proxy-auth', 'another user'],
    ['SOCKS 4: HTTP', 'socks4a', 'reply', { write: 'HTTP/1.1 400 Bad\r\n\r\n' }, 'network', 'does not speak SOCKS 4'],
    ['SOCKS 4: an end', 'socks4a', 'reply', { write: Buffer.from([0]), end: 'close' }, 'proxy-closed', 'closed'],
  ];
  it.each(table)('%s', async (_what, scheme, at, fault, kind, text) => {
    await using proxy = await socksProxy({ [at]: () => fault });
    const engine = new Engine();
    const got = await run(engine, ask('http://target.test:81/', through(proxyPeer(scheme, proxy))));
    expect(got.log.filter((moment) => moment !== 'credentials')).toEqual(['dialing', 'fail']);
    expect(got.failure).toMatchObject({ kind, phase: 'proxy', message: expect.stringContaining(text) });
    expect(got.failure!.message).toContain(`${scheme}://127.0.0.1:${proxy.port} `);
    expect(got.failure!.message).toContain('target.test:81');
    expect(proxy.accepted).toBe(1);
    await proxy.whenIdle();
  });

  it('is asked for the next address of the target', async () => {
    await using server = await serve({ routes: { '/': { body: 'page' } } });
    const refusing = ({ addressType }: { addressType: number }): Fault | undefined => (addressType === 4 ? reply5(3) : undefined);
    await using proxy = await socksProxy({ reply: refusing });
    const addresses = ['::1', '127.0.0.1'].map(addressOf);
    const network: Network = { ...nodeNetwork, lookup: (_host, done) => void setImmediate(() => done(null, addresses)) };
    const got = await run(new Engine({ network }), ask(`http://a.test:${server.port}/`, through(proxyPeer('socks5', proxy))));
    expect(got.text).toBe('page');
    expect(proxy.requests.map(({ addressType }) => addressType)).toEqual([4, 1]);
  });

  it('takes no address of IPv6 in SOCKS 4', async () => {
    await using proxy = await socksProxy();
    const got = await run(new Engine(), ask('http://[::1]/', through(proxyPeer('socks4', proxy))));
    expect(got.failure).toMatchObject({ kind: 'input', message: expect.stringContaining('IPv6') });
    await proxy.whenIdle();
  });

  it('is not asked when the target is not found here', async () => {
    await using proxy = await socksProxy();
    const got = await run(new Engine(), ask('http://nowhere.invalid/', through(proxyPeer('socks5', proxy))));
    expect(got.failure).toMatchObject({ kind: 'not-found', message: expect.stringContaining('nowhere.invalid') });
  });
});

describe('a proxy that cannot be reached', () => {
  const nobody = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    const { port } = server.address() as { port: number };
    await new Promise((go) => server.close(go));
    return port;
  };

  it.each(['http', 'https', 'socks5h'] as const)('nobody listens: %s', async (scheme) => {
    const port = await nobody();
    const got = await run(new Engine(), ask('http://target.test/', through(proxyPeer(scheme, { port }))));
    expect(got.failure).toMatchObject({ kind: 'proxy-refused', attempts: [{ address: '127.0.0.1', port }] });
    expect(got.failure!.message).toContain(`${scheme}://127.0.0.1:${port}`);
  });

  it('in absolute form', async () => {
    const port = await nobody();
    const got = await run(new Engine(), ask('http://target.test/', through(proxyPeer('http', { port }, { caches: true }))));
    expect(got.failure).toMatchObject({ kind: 'proxy-refused' });
  });

  it('its name is not known', async () => {
    const way = proxyPeer('http', { port: 1 }, { host: 'proxy.invalid' });
    const got = await run(new Engine(), ask('http://target.test/', through(way)));
    expect(got.failure).toMatchObject({ kind: 'proxy-not-found', message: expect.stringContaining('proxy.invalid') });
  });

  it('speaks no TLS where it should', async () => {
    await using proxy = await serve({ refuse: { write: 'HTTP/1.1 400 Bad\r\n\r\n', end: 'close' } });
    const got = await run(new Engine(), ask('http://target.test/', through(proxyPeer('https', proxy))));
    expect(got.failure).toMatchObject({ kind: 'tls', message: expect.stringContaining('does not speak TLS') });
  });
});

describe('a proxy that takes its time', () => {
  /** A dial whose proxy is the test. */
  function called(scheme: ProxyScheme = 'http', options: CallOptions = {}) {
    const clock = new ManualClock();
    const network = new SimulatedNetwork();
    const call = new TunnelCall(proxyPeer(scheme, { port: 8080 }), 443, { clock, network, ...options });
    const stream = network.connects[0]!.succeeds();
    return { clock, network, call, stream };
  }

  it.each([
    ['says nothing', ''],
    ['says nothing behind an interim answer', 'HTTP/1.1 100 Go\r\n\r\n'],
    ['does not end its head', 'HTTP/1.1 200 OK\r\n'],
    ['does not end its challenge', 'HTTP/1.1 407 Who?\r\nContent-Length: 9\r\n\r\n'],
  ])('%s for 30 s', (_what, text) => {
    const { clock, network, call, stream } = called();
    clock.advance(10_000);
    if (text !== '') stream.says(text);
    const left = text === '' ? 20_000 : 30_000;
    clock.advance(left - 1);
    expect(call.problem).toBeNull();
    clock.advance(1);
    const kind = text.includes('407') ? 'proxy-auth' : 'proxy-timeout';
    expect(call.problem).toMatchObject({ kind, phase: 'proxy', message: expect.stringContaining('target.test:443') });
    expect({ running: clock.running, open: network.open }).toEqual({ running: 0, open: 0 });
  });

  it('has said no, but does not end its page', () => {
    const { clock, call, stream } = called();
    stream.says('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\npage');
    clock.advance(30_000);
    expect(call.problem).toMatchObject({ kind: 'network', proxyAnswer: { status: 403, body: Buffer.from('page') } });
  });

  it.each(['http', 'socks5h', 'socks4a'] as const)('trickles for 60 s: %s', (scheme) => {
    const { clock, network, call, stream } = called(scheme);
    const text = scheme === 'http' ? 'HTTP/1.1 200 OK\r\n' : scheme === 'socks5h' ? '\x05\x00\x05\x00' : '\x00\x5a\x00\x00';
    for (const octet of text.slice(0, 4)) {
      clock.advance(14_000);
      stream.says(octet);
    }
    expect(call.problem).toBeNull();
    clock.advance(4_000);
    expect(call.problem).toMatchObject({ kind: 'proxy-timeout', phase: 'proxy' });
    expect({ running: clock.running, open: network.open }).toEqual({ running: 0, open: 0 });
  });

  it('is given 60 s for all that it asks', () => {
    const authority = new FakeAuthority({ answer: () => ({ value: 'x', bound: false, preliminary: false }) });
    const { clock, call, stream } = called('http', { authority });
    for (let round = 0; round < 2; round++) {
      clock.advance(25_000);
      stream.says('HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n');
    }
    clock.advance(9_999);
    expect(call.problem).toBeNull();
    clock.advance(1);
    expect(call.problem).toMatchObject({ kind: 'proxy-timeout' });
  });

  it('is let be by who has set a limit for connecting', () => {
    const hop = {
      ask: ask('http://target.test/', { timeouts: { connect: 100_000 } }),
      headers: new HeaderList(),
      defaults: new HeaderList(),
    };
    let asker: Hop | null = hop as unknown as Hop;
    const { clock, call, stream } = called('http', { asker: () => asker });
    clock.advance(95_000);
    expect(call.problem).toBeNull();
    // who has gone does not count
    asker = null;
    clock.advance(30_000);
    expect(call.problem).toMatchObject({ kind: 'proxy-timeout' });
    expect(stream.destroyed).toBe(true);
  });

  it('ends by the limit for connecting', async () => {
    const clock = new ManualClock();
    const network = new SimulatedNetwork();
    const engine = new Engine({ clock, network });
    const got = start(
      engine,
      ask('http://target.test/', through(proxyPeer('http', { port: 1 }), { timeouts: { connect: 5_000 } })),
    );
    network.connects[0]!.succeeds();
    clock.advance(5_000);
    await got.done;
    expect(got.failure).toMatchObject({ kind: 'timeout', limit: { name: 'connect' } });
    expect(network.open).toBe(0);
  });

  it('is not hurried while somebody thinks about what it asks', () => {
    const authority = new FakeAuthority({ answer: () => 'never' });
    const { clock, call, stream } = called('http', { authority });
    stream.says('HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n');
    clock.advance(1_000_000);
    expect(call.problem).toBeNull();
    expect(authority.refusals).toHaveLength(1);
    call.dial.cancel();
    expect(clock.running).toBe(0);
  });

  it.each([true, false])('may be gone while the target is looked up, found: %s', (found) => {
    const { call, network, stream } = called('socks5');
    stream.breaks();
    expect(call.problem).toMatchObject({ kind: 'proxy-closed' });
    if (found) network.lookups[0]!.finds('192.0.2.1');
    else network.lookups[0]!.fails();
    expect(call.events.filter((event) => event === 'failed')).toHaveLength(1);
    expect(stream.written).toBe('');
  });

  it('is not watched any more when the way is open', () => {
    const { clock, call, stream } = called();
    stream.says('HTTP/1.1 200 OK\r\n\r\n');
    expect(call.stream).toBe(stream);
    expect(clock.running).toBe(0);
  });

  it.each([0, 1, 2])('is left without a trace when the dial is given up, step %i', (step) => {
    const { clock, network, call, stream } = called('socks5h');
    if (step > 0) stream.says('\x05\x00');
    if (step > 1) stream.says('\x05\x00\x00');
    call.dial.cancel();
    stream.says('\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00');
    expect({ running: clock.running, open: network.open }).toEqual({ running: 0, open: 0 });
    expect(call.events).not.toContain('done');
  });
});

describe('secrets', () => {
  it('are in no error and no record', async () => {
    const secret = /hush|aHVzaA/;
    await using proxy = await httpProxy({ answer: () => answered('407 Who?', 'Proxy-Authenticate: Basic realm="P"\r\n') });
    await using socks = await socksProxy({ users: { ann: 'other' } });
    const engine = new Engine();
    const events: NetLogEvent[] = [];
    engine.listen((event) => events.push(event));
    const headers = new HeaderList(['X-Own', 'hush']);
    for (const way of [
      proxyPeer('http', proxy, { user: 'hush', password: 'hush', headers, key: 'a' }),
      proxyPeer('socks5h', socks, { user: 'hush', password: 'hush', key: 'b' }),
      proxyPeer('socks5h', { port: 1 }, { user: 'hush', password: 'hush', key: 'c' }),
    ]) {
      const { failure } = await run(engine, ask('http://hush:hush@target.test/', through(way)));
      expect(failure).not.toBeNull();
      expect(`${failure!.message} ${JSON.stringify({ ...failure, cause: String(failure!.cause) })}`).not.toMatch(secret);
    }
    expect(events.length).toBeGreaterThan(6);
    expect(JSON.stringify(events)).not.toMatch(secret);
  });
});

describe('a connection ahead', () => {
  it('opens the tunnel, and the request takes it', async () => {
    await using server = await serve({ routes: { '/': { body: 'page' } } });
    await using proxy = await httpProxy();
    const engine = new Engine();
    const way = through(proxyPeer('http', proxy));
    const url = `http://target.test:${server.port}/`;
    await run(engine, ask(url, { ...way, preconnect: true }));
    expect(proxy.requests).toHaveLength(1);
    const got = await run(engine, ask(url, way));
    expect(got.text).toBe('page');
    expect(got.log[0]).toBe('sent');
    expect(proxy.requests).toHaveLength(1);
    engine.clearConnections();
  });
});
