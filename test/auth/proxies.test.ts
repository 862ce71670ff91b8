import { describe, expect, test } from 'vitest';
import type { ProxyPeer } from '../../src/contract/proxy.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { type AskOptions, ask, run } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { NtlmServer } from '../support/ntlm-server.ts';
import { proxyPeer } from '../support/proxy-peer.ts';
import { type Route, type Served, serve } from '../support/server.ts';
import { begin, ended, knows, Person } from './people.ts';

const page: Answer = { body: 'page' };
const coded = 'Basic cHU6cHA=';

/** A proxy that answers requests in absolute form itself. */
function proxyRoute(more: Partial<Answer> = {}, inner: (request: SeenRequest) => Answer = () => page): Route {
  return (request) =>
    request.header('proxy-authorization') === coded
      ? inner(request)
      : { status: 407, headers: { 'Proxy-Authenticate': 'Basic realm="P"' }, body: 'need auth', ...more };
}

function over(proxy: Served, more: Partial<ProxyPeer> = {}): AskOptions {
  const peer = proxyPeer('http', proxy, { caches: true, ...more });
  return { proxy: { choose: () => [peer] } };
}

const heard = (proxy: Served): (string | undefined)[] => proxy.requests.map((request) => request.header('proxy-authorization'));

describe('407 of a request in absolute form', () => {
  test('asked once, then sent unasked to any host', async () => {
    await using proxy = await serve({ routes: { '*': proxyRoute() } });
    const engine = new Engine();
    const first = await knows(engine, ask('http://site.test/x', over(proxy)), ['pu', 'pp']);
    expect(first.text).toBe('page');
    expect(first.questions).toMatchObject([{ proxy: { port: proxy.port }, realm: 'P', scheme: 'basic', user: '' }]);
    expect((await run(engine, ask('http://site.test/y', over(proxy)))).text).toBe('page');
    expect((await run(engine, ask('http://other.test/z', over(proxy)))).text).toBe('page');
    expect(heard(proxy)).toEqual([undefined, coded, coded, coded]);
    expect(proxy.requests.every((request) => request.header('authorization') === undefined)).toBe(true);
    engine.clearConnections();
  });

  test('nobody knows: the 407 is the answer', async () => {
    await using proxy = await serve({ routes: { '*': proxyRoute() } });
    const engine = new Engine();
    const person = await knows(engine, ask('http://site.test/x', over(proxy)));
    expect([person.answer?.status, person.text]).toEqual([407, 'need auth']);
    engine.clearConnections();
  });

  test('those of the proxy are tried after the 407, and before the user is asked', async () => {
    await using proxy = await serve({ routes: { '*': proxyRoute() } });
    const engine = new Engine();
    const person = await knows(engine, ask('http://site.test/x', over(proxy, { user: 'pu', password: 'pp' })));
    expect(person.text).toBe('page');
    expect(heard(proxy)).toEqual([undefined, coded]);
    engine.authentication.clear();
    const wrong = await knows(engine, ask('http://site.test/x', over(proxy, { user: 'pu', password: 'no' })), ['pu', 'pp']);
    expect(wrong.questions.map(({ user }) => user)).toEqual(['pu']);
    expect(wrong.text).toBe('page');
    engine.clearConnections();
  });

  test('a proxy that closes behind its 407', async () => {
    await using proxy = await serve({
      routes: { '*': proxyRoute({ headers: { 'Proxy-Authenticate': 'Basic realm="P"', Connection: 'close' } }) },
    });
    const engine = new Engine();
    const person = await knows(engine, ask('http://site.test/x', over(proxy)), ['pu', 'pp']);
    expect(person.text).toBe('page');
    expect(proxy.connections).toHaveLength(2);
    engine.clearConnections();
  });

  test('proxy and origin, each with its own', async () => {
    const inner = (request: SeenRequest): Answer =>
      request.header('authorization') === 'Basic dTpw'
        ? page
        : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' }, body: 'who' };
    await using proxy = await serve({ routes: { '*': proxyRoute({}, inner) } });
    const engine = new Engine();
    const person = await knows(engine, ask('http://site.test/x', over(proxy)), ['pu', 'pp'], ['u', 'p']);
    expect(person.text).toBe('page');
    expect(person.questions.map((question) => [question.proxy === null, question.realm])).toEqual([
      [false, 'P'],
      [true, 'R'],
    ]);
    expect((await run(engine, ask('http://site.test/x', over(proxy)))).text).toBe('page');
    expect(proxy.requests).toHaveLength(4);
    engine.clearConnections();
  });

  test('an origin has nothing to say about proxies', async () => {
    await using server = await serve({ routes: { '*': proxyRoute() } });
    const engine = new Engine();
    const person = await knows(engine, ask(server.url('/')), ['pu', 'pp']);
    expect([person.answer?.status, person.questions.length, server.requests.length]).toEqual([407, 0, 1]);
    engine.clearConnections();
  });

  test('NTLM on one connection to the proxy, a hundred at once', async () => {
    const ntlm = new NtlmServer({ users: { alice: 'secret' }, proxy: true });
    await using proxy = await serve({ routes: { '*': ntlm.route } });
    const engine = new Engine();
    const people = Array.from({ length: 100 }, (_, i) =>
      begin(
        engine,
        ask(`http://site.test/${i}`, { ...over(proxy), method: 'POST', body: 'hello' }),
        new Person(['alice', 'secret']),
      ),
    );
    await Promise.all(people.map(ended));
    expect(people.map(({ text }) => text)).toEqual(Array(100).fill('alice 5'));
    expect(people.flatMap(({ questions }) => questions)).toHaveLength(1);
    expect(ntlm.seen.filter((text) => text.includes('another connection'))).toEqual([]);
    engine.clearConnections();
  });
});
