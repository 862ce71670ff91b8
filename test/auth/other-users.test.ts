import { expect, test } from 'vitest';
import type { ProxyPeer } from '../../src/contract/proxy.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { type AskOptions, ask } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { NtlmServer } from '../support/ntlm-server.ts';
import { proxyPeer } from '../support/proxy-peer.ts';
import { serve } from '../support/server.ts';
import { begin, ended, knows, Person } from './people.ts';

const users = { alice: 'secret', bob: 'other' };
const bob = '//bob:other@';
const caching: Partial<ProxyPeer> = { caches: true, user: 'pu', password: 'pp' };

function over(proxy: { readonly port: number }): AskOptions {
  const peer = proxyPeer('http', proxy, caching);
  return { proxy: { choose: () => [peer] } };
}

function answerOf(ntlm: NtlmServer, request: SeenRequest): Answer {
  return (ntlm.route as (request: SeenRequest) => Answer)(request);
}

test.each([
  ['lets everybody in', false],
  ['wants a password as well', true],
])('a proxy that %s lends nobody a connection on which somebody has proved himself to the origin', async (_, wants) => {
  const ntlm = new NtlmServer({ users });
  await using proxy = await serve({
    routes: {
      '*': (request) =>
        wants && request.header('proxy-authorization') !== 'Basic cHU6cHA='
          ? { status: 407, headers: { 'Proxy-Authenticate': 'Basic realm="P"' } }
          : answerOf(ntlm, request),
    },
  });
  const engine = new Engine();
  const url = 'http://origin.example/';
  const alice = await knows(engine, ask(url, over(proxy)), ['alice', 'secret']);
  const again = await knows(engine, ask(url, over(proxy)));
  const other = await knows(engine, ask(url.replace('//', bob), over(proxy)));
  const alone = await knows(engine, ask(url, { ...over(proxy), reuseCredentials: false }));
  expect([alice.text, again.text, other.text, alone.answer?.status]).toEqual(['alice 0', 'alice 0', 'bob 0', 401]);
  // of all that went over the connection of the first one nothing was for somebody else
  expect(new Set(ntlm.seen.filter((line) => line.startsWith('1 ')))).toEqual(new Set(['1 nobody 0', '1 first 0', '1 alice 0']));
  engine.clearConnections();
});

test('whoever the URL names is meant behind a redirect too, although its Location names nobody', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({
    routes: {
      '/moved': (request) => {
        const answer = answerOf(ntlm, request);
        return answer.status === 401 ? answer : { status: 302, headers: { Location: server.url('/in') } };
      },
      '*': ntlm.route,
    },
  });
  const engine = new Engine();
  const alice = await knows(engine, ask(server.url('/in')), ['alice', 'secret']);
  const other = await knows(engine, ask(server.url('/moved').replace('//', bob), { redirects: 'no-less-safe' }));
  expect([alice.text, other.text]).toEqual(['alice 0', 'bob 0']);
  engine.clearConnections();
});

test('who has proved himself before all is forgotten lends his connection to nobody, although it was in use then', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const alice = new Person(['alice', 'secret']);
  alice.on = (moment) => {
    if (moment === 'head') engine.clearCaches();
  };
  await ended(begin(engine, ask(server.url('/')), alice));
  const next = await knows(engine, ask(server.url('/')));
  expect([alice.text, next.answer?.status]).toEqual(['alice 0', 401]);
  engine.clearConnections();
});
