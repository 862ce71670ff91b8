import { expect, test } from 'vitest';
import type { ProxyPeer } from '../../src/contract/proxy.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { type AskOptions, ask, run } from '../engine/rig.ts';
import { proxyPeer } from '../support/proxy-peer.ts';
import { type Asked, type Fault, httpProxy, socksProxy } from '../support/proxy-server.ts';
import { serve } from '../support/server.ts';
import { begin, ended, knows, Person } from './people.ts';

const coded = 'Basic cHU6cHA=';
const refusal: Fault = {
  write: 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="P"\r\nContent-Length: 4\r\n\r\nneed',
};

function over(scheme: ProxyPeer['scheme'], proxy: { readonly port: number }, more: Partial<ProxyPeer> = {}): AskOptions {
  const peer = proxyPeer(scheme, proxy, more);
  return { proxy: { choose: () => [peer] } };
}

const wants = ({ authorization }: Asked): Fault | undefined => (authorization === coded ? undefined : refusal);

test('CONNECT: asked once for all who wait, then sent unasked', async () => {
  await using server = await serve({ routes: { '*': { body: 'page' } } });
  await using proxy = await httpProxy({ answer: wants });
  const engine = new Engine();
  const people = Array.from({ length: 20 }, (_, i) =>
    begin(engine, ask(server.url(`/${i}`), over('http', proxy)), new Person(['pu', 'no'], ['pu', 'pp'])),
  );
  await Promise.all(people.map(ended));
  expect(people.map(({ text }) => text)).toEqual(Array(20).fill('page'));
  expect(people.flatMap(({ questions }) => questions)).toMatchObject([
    { realm: 'P', scheme: 'basic', user: '' },
    { realm: 'P', scheme: 'basic', user: '' },
  ]);
  engine.clearConnections();
  const before = proxy.requests.length;
  expect((await run(engine, ask(server.url('/again'), over('http', proxy)))).text).toBe('page');
  expect(proxy.requests.slice(before).map(({ authorization }) => authorization)).toEqual([coded]);
  engine.clearConnections();
});

test('SOCKS: what it is known by, then the user, and then what was accepted', async () => {
  await using server = await serve({ routes: { '*': { body: 'page' } } });
  await using proxy = await socksProxy({ users: { pu: 'pp' } });
  const engine = new Engine();
  const set = await knows(engine, ask(server.url('/'), over('socks5', proxy, { user: 'pu', password: 'pp' })));
  expect([set.text, set.questions.length]).toEqual(['page', 0]);
  engine.clearConnections();
  engine.authentication.clear();
  const asked = await knows(engine, ask(server.url('/'), over('socks5', proxy)), ['pu', 'no'], ['pu', 'pp']);
  expect(asked.text).toBe('page');
  expect(asked.questions.length).toBeGreaterThan(0);
  engine.clearConnections();
  const known = await knows(engine, ask(server.url('/'), over('socks5', proxy)));
  expect([known.text, known.questions.length]).toEqual(['page', 0]);
  engine.clearConnections();
});

test('a tunnel that is lost in the middle leaves nobody waiting', async () => {
  await using server = await serve({ routes: { '*': { body: 'page' } } });
  let lost = 0;
  await using proxy = await httpProxy({
    answer: (asked) => (asked.authorization === coded && ++lost <= 2 ? { end: 'reset' } : wants(asked)),
  });
  const engine = new Engine();
  const people = Array.from({ length: 12 }, () =>
    begin(engine, ask(server.url('/'), over('http', proxy)), new Person(['pu', 'pp'])),
  );
  await Promise.all(people.map(ended));
  expect(people.filter(({ text }) => text === 'page').length).toBeGreaterThan(5);
  engine.clearConnections();
});
