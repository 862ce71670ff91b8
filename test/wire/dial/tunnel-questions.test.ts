import { describe, expect, it } from 'vitest';
import type { AuthAnswer, Credentials } from '../../../src/contract/auth.ts';
import { ManualClock } from '../../support/clock.ts';
import { FakeAuthority } from '../../support/fake-authority.ts';
import { until } from '../../support/once.ts';
import { proxyPeer } from '../../support/proxy-peer.ts';
import { type Asked, type Fault, httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { caPem, identity } from '../../support/tls.ts';
import { PLAIN_WISH, SimulatedNetwork } from './simulated-network.ts';
import { TunnelCall } from './tunnel-call.ts';

// What proxies ask before they open a way, and what is said to them.

const SECRET = 'Basic c2VjcmV0';
const answer = (value = SECRET, more: Partial<AuthAnswer> = {}): AuthAnswer => ({
  value,
  bound: false,
  preliminary: false,
  ...more,
});
const CHALLENGE = 'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm="P"\r\nproxy-authenticate: Digest x\r\n';
const KEEPS = `${CHALLENGE}Content-Length: 4\r\n\r\npage`;

/** Refuses until the secret comes. */
const wants =
  (fault: Fault, secret = SECRET) =>
  ({ authorization }: Asked): Fault | undefined =>
    authorization === secret ? undefined : fault;

describe('a challenge to CONNECT', () => {
  const variants: readonly [what: string, fault: Fault, connections: number][] = [
    ['with a page of known length', { write: KEEPS }, 1],
    ['with a page in chunks', { write: `${CHALLENGE}Transfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n` }, 1],
    ['without a page', { write: `${CHALLENGE}Content-Length: 0\r\n\r\n` }, 1],
    ['behind interim answers', { write: `HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 100 Go\r\n\r\n${KEEPS}` }, 1],
    ['that says it is the last', { write: KEEPS.replace('Content', 'Connection: close\r\nContent') }, 2],
    ['that says so in the word of proxies', { write: KEEPS.replace('Content', 'Proxy-Connection: close\r\nContent') }, 2],
    ['that says so and closes', { write: KEEPS.replace('Content', 'Connection: close\r\nContent'), end: 'close' }, 2],
    ['of HTTP/1.0', { write: KEEPS.replace('1.1', '1.0') }, 2],
    ['with a page that ends with the connection', { write: `${CHALLENGE}\r\npage`, end: 'close' }, 2],
    ['with a page that would end with the connection', { write: `${CHALLENGE}\r\npage` }, 2],
    ['with octets behind it', { write: `${KEEPS}more` }, 2],
    ['with a page that breaks off', { write: `${CHALLENGE}Content-Length: 400\r\n\r\npage`, end: 'close' }, 2],
    ['with a page that breaks HTTP', { write: `${CHALLENGE}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n` }, 2],
    ['with a page that is too long', { write: `${CHALLENGE}Content-Length: 99999999\r\n\r\n`, endless: 'x'.repeat(9_999) }, 2],
    ['with a page without end', { write: `${CHALLENGE}\r\n`, endless: 'x'.repeat(9_999) }, 2],
  ];
  it.each(variants)('%s', async (_what, fault, connections) => {
    await using server = await serve();
    await using proxy = await httpProxy({ answer: wants(fault) });
    const authority = new FakeAuthority({ answer: () => answer() });
    using call = await new TunnelCall(proxyPeer('http', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(authority.refusals).toMatchObject([{ fields: ['Basic realm="P"', 'Digest x'], keeps: connections === 1 }]);
    const target = `target.test:${server.port}`;
    expect(authority.refusals[0]!.request).toEqual({ method: 'CONNECT', target, body: new Uint8Array(0), certificate: null });
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(['', SECRET]);
    expect(proxy.accepted).toBe(connections);
    expect(authority.accepted).toEqual([[]]);
    // told of once
    expect(call.events.filter((event) => event !== 'attempt')).toEqual(['resolving', 'connecting', 'done']);
  });

  it('is thought about for as long as it takes, and the connection may go meanwhile', async () => {
    await using server = await serve();
    await using proxy = await httpProxy({ answer: wants({ write: KEEPS, end: 'close' }) });
    const gone = until(() => proxy.requests.length === 1 && proxy.open === 0, 'the end of the connection');
    const authority = new FakeAuthority({ answer: () => gone.then(() => answer()) });
    using call = await new TunnelCall(proxyPeer('http', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(authority.conversations).toBe(1);
  });

  it('begins anew when what was said counts on a connection that is gone', async () => {
    await using server = await serve();
    await using proxy = await httpProxy({ answer: wants({ write: KEEPS, end: 'close' }, 'second') });
    const gone = until(() => proxy.requests.length === 1 && proxy.open === 0, 'the end of the connection');
    const authority = new FakeAuthority({
      answer: (_refusal, nth) => (nth === 1 ? gone.then(() => answer('first', { bound: true })) : answer('second')),
    });
    using call = await new TunnelCall(proxyPeer('http', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(['', '', 'second']);
    expect(authority.conversations).toBe(2);
    expect(authority.accepted).toHaveLength(1);
  });

  it('is answered elsewhere when the proxy closes behind it without a word', async () => {
    await using server = await serve();
    await using proxy = await httpProxy({ answer: wants({ write: KEEPS, end: 'close' }) });
    const authority = new FakeAuthority({ answer: () => answer() });
    using call = await new TunnelCall(proxyPeer('http', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(authority.refusals).toHaveLength(1);
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(['', SECRET]);
  });

  it('is answered unasked by who knows', async () => {
    await using server = await serve();
    await using proxy = await httpProxy({ answer: wants({ write: KEEPS }) });
    const authority = new FakeAuthority({ opening: answer() });
    using call = await new TunnelCall(proxyPeer('http', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(proxy.requests).toHaveLength(1);
  });

  it('stands when nobody knows an answer, with the page', async () => {
    await using proxy = await httpProxy({ answer: () => ({ write: KEEPS }) });
    using call = await new TunnelCall(proxyPeer('http', proxy), 443).end();
    expect(call.problem).toMatchObject({ kind: 'proxy-auth', phase: 'proxy', proxyAnswer: { status: 407, reason: 'Who?' } });
    expect(Buffer.from(call.problem!.proxyAnswer!.body).toString()).toBe('page');
    expect(call.problem!.message).toBe(
      `Proxy requires authentication (the proxy http://127.0.0.1:${proxy.port} answered 407 and opened no way to target.test:443)`,
    );
    await proxy.whenIdle();
  });

  it.each([
    ['over one connection', KEEPS, 1],
    ['over one each', KEEPS.replace('Content', 'Connection: close\r\nContent'), 21],
  ])('again and again: it ends, %s', async (_what, write, connections) => {
    await using proxy = await httpProxy({ answer: () => ({ write }) });
    const authority = new FakeAuthority({ answer: () => answer() });
    using call = await new TunnelCall(proxyPeer('http', proxy), 443, { authority }).end();
    expect(call.problem).toMatchObject({ kind: 'proxy-auth' });
    expect(proxy.requests).toHaveLength(21);
    expect(proxy.accepted).toBe(connections);
  });

  it('tells what the proxy says about itself when it lets us through', async () => {
    await using proxy = await httpProxy({
      answer: () => ({ write: 'HTTP/1.1 200 OK\r\nProxy-Authentication-Info: a\r\nContent-Length: 99\r\n\r\n' }),
    });
    const authority = new FakeAuthority();
    using call = await new TunnelCall(proxyPeer('http', proxy), 443, { authority }).end();
    expect(call.problem).toBeNull();
    expect(authority.accepted).toEqual([['a']]);
  });

  it('knows the certificate of a proxy behind TLS', async () => {
    await using server = await serve();
    await using proxy = await httpProxy({ tls: identity(), answer: wants({ write: KEEPS }) });
    const authority = new FakeAuthority({ answer: () => answer() });
    const route = { proxyTls: { ...PLAIN_WISH, authorities: [caPem()] } };
    using call = await new TunnelCall(proxyPeer('https', proxy), server.port, { authority, route }).end();
    expect(call.problem).toBeNull();
    const { certificate } = authority.refusals[0]!.request;
    const pem = identity().cert.replace(/-----[^-]*-----|\s/g, '');
    expect(Buffer.from(certificate!).toString('base64')).toBe(pem);
  });

  it('of the second proxy goes over both again', async () => {
    await using server = await serve();
    await using outer = await httpProxy({ answer: wants({ write: KEEPS }) });
    await using inner = await httpProxy({ answer: wants({ write: `${CHALLENGE}\r\n`, end: 'close' }) });
    const authority = new FakeAuthority({ answer: () => answer() });
    const way = proxyPeer('http', inner, { through: proxyPeer('http', outer) });
    using call = await new TunnelCall(way, server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(outer.requests.map(({ authorization }) => authorization)).toEqual(['', SECRET, '', SECRET]);
    expect(inner.requests.map(({ authorization }) => authorization)).toEqual(['', SECRET]);
  });

  it('is left by who is asked', async () => {
    await using proxy = await httpProxy({ answer: () => ({ write: KEEPS }) });
    const clock = new ManualClock();
    const late = Promise.resolve(answer());
    const authority = new FakeAuthority({
      answer: () => {
        call.dial.cancel();
        return late;
      },
    });
    using call = new TunnelCall(proxyPeer('http', proxy), 443, { authority, clock });
    await until(() => authority.canceled === 1, 'the end');
    await late;
    await proxy.whenIdle();
    expect({ running: clock.running, asked: proxy.requests.length, events: call.events.includes('failed') }).toEqual({
      running: 0,
      asked: 1,
      events: false,
    });
  });

  it('is not thought about any more when the dial is given up', async () => {
    await using proxy = await httpProxy({ answer: () => ({ write: KEEPS }) });
    const authority = new FakeAuthority({ answer: () => 'never' });
    using call = new TunnelCall(proxyPeer('http', proxy), 443, { authority });
    await until(() => authority.refusals.length === 1, 'the question');
    call.dial.cancel();
    expect(authority.canceled).toBe(1);
    await proxy.whenIdle();
    expect(call.events).not.toContain('failed');
  });
});

describe('a SOCKS proxy that asks', () => {
  const users = { ann: 'pass' };
  const ann: Credentials = { user: 'ann', password: 'pass', domain: '' };

  it('is told at once what is known', async () => {
    await using server = await serve();
    await using proxy = await socksProxy({ users });
    const authority = new FakeAuthority({ known: ann });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(proxy.requests).toMatchObject([{ methods: [2], user: 'ann', password: 'pass' }]);
    expect(authority.learnt).toEqual([ann]);
    expect(authority.rejected).toEqual([]);
  });

  it('when nothing is known', async () => {
    await using server = await serve();
    await using proxy = await socksProxy({ users });
    const authority = new FakeAuthority({ credentials: () => ann });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(proxy.requests).toMatchObject([{ methods: [0] }, { methods: [2], user: 'ann' }]);
    expect(authority.rejected).toEqual([null]);
    expect(authority.learnt).toEqual([ann]);
  });

  it('when what is known does not count, until it does', async () => {
    await using server = await serve();
    await using proxy = await socksProxy({ users });
    const wrong: Credentials = { ...ann, password: 'wrong' };
    const authority = new FakeAuthority({ known: wrong, credentials: (_rejected, nth) => (nth === 1 ? wrong : ann) });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), server.port, { authority }).end();
    expect(call.problem).toBeNull();
    expect(authority.rejected).toEqual([wrong, wrong]);
    expect(authority.learnt).toEqual([ann]);
    expect(call.events.filter((event) => event === 'connecting')).toHaveLength(1);
  });

  it('and nobody knows', async () => {
    await using proxy = await socksProxy({ users });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), 80, {
      authority: new FakeAuthority({ known: { ...ann, password: 'top-secret' } }),
    }).end();
    expect(call.problem).toMatchObject({ kind: 'proxy-auth', phase: 'proxy' });
    expect(JSON.stringify(call.problem)).not.toMatch(/top-secret|ann/);
  });

  it('again and again', async () => {
    await using proxy = await socksProxy({ users });
    const authority = new FakeAuthority({ credentials: () => ({ ...ann, password: 'wrong' }) });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), 80, { authority }).end();
    expect(call.problem).toMatchObject({ kind: 'proxy-auth' });
    expect(proxy.requests).toHaveLength(21);
  });

  it('with credentials that SOCKS has no room for', async () => {
    await using proxy = await socksProxy({ users });
    const authority = new FakeAuthority({ known: { ...ann, password: 'p'.repeat(256) } });
    using call = await new TunnelCall(proxyPeer('socks5h', proxy), 80, { authority }).end();
    expect(call.problem).toMatchObject({ kind: 'input' });
    await proxy.whenIdle();
  });

  it('is not answered any more when the dial is given up', async () => {
    await using proxy = await socksProxy({ users });
    const authority = new FakeAuthority({ credentials: () => 'never' });
    using call = new TunnelCall(proxyPeer('socks5h', proxy), 80, { authority });
    await until(() => authority.rejected.length === 1, 'the question');
    call.dial.cancel();
    expect(authority.canceled).toBe(1);
    await proxy.whenIdle();
  });

  it('is left by who is asked', () => {
    const clock = new ManualClock();
    const network = new SimulatedNetwork();
    const answers: ((credentials: Credentials | null) => void)[] = [];
    let canceled = 0;
    const authority = new FakeAuthority();
    authority.askFor = (_proxy, _rejected, _asker, answer) => {
      answers.push(answer);
      call.dial.cancel();
      return () => canceled++;
    };
    const call = new TunnelCall(proxyPeer('socks5h', { port: 1080 }), 80, { authority, clock, network });
    network.connects[0]!.succeeds().says('\x05\xff');
    for (const answer of answers) answer(ann);
    expect({ canceled, running: clock.running, connects: network.connects.length, open: network.open }).toEqual({
      canceled: 1,
      running: 0,
      connects: 1,
      open: 0,
    });
  });

  it('SOCKS 4 is told the user alone', async () => {
    await using server = await serve();
    await using proxy = await socksProxy();
    using call = await new TunnelCall(proxyPeer('socks4a', proxy, { user: 'ann' }), server.port).end();
    expect(call.problem).toBeNull();
    expect(proxy.requests).toMatchObject([{ version: 4, user: 'ann', host: 'target.test' }]);
  });
});
