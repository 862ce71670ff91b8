import { expect, test } from 'vitest';
import type { ProxyPeer } from '../../src/contract/proxy.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { type AskOptions, ask } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { NtlmServer } from '../support/ntlm-server.ts';
import { within } from '../support/once.ts';
import { proxyPeer } from '../support/proxy-peer.ts';
import { type Asked, type Fault, httpProxy, socksProxy } from '../support/proxy-server.ts';
import { serve } from '../support/server.ts';
import { begin, ended, knows, Person } from './people.ts';

const url = 'http://origin.example/';
const coded = 'Basic cHU6cHA=';
const refusal: Fault = { write: 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="P"\r\nContent-Length: 0\r\n\r\n' };

function over(scheme: ProxyPeer['scheme'], proxy: { readonly port: number }, more: AskOptions = {}): AskOptions {
  const peer = proxyPeer(scheme, proxy);
  return { proxy: { choose: () => [peer] }, ...more };
}

const onceIn =
  (fault: Fault | undefined) =>
  ({ authorization }: Asked): Fault | undefined =>
    authorization === coded ? fault : refusal;

test('a proxy that knows who asks and opens no way: what was said is known, and nobody is kept waiting', async () => {
  await using proxy = await httpProxy({ answer: onceIn({ write: 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n' }) });
  const engine = new Engine();
  const first = await knows(engine, ask(url, over('http', proxy)), ['pu', 'pp']);
  const next = await knows(engine, ask(url, over('http', proxy)));
  expect([first, next].map(({ failure, questions }) => [failure?.kind, questions.length])).toEqual([
    ['network', 1],
    ['network', 0],
  ]);
  engine.clearConnections();
});

test('a proxy that hears the password and closes: the next one is asked', async () => {
  await using proxy = await httpProxy({ answer: onceIn({ end: 'close' }) });
  const engine = new Engine();
  for (let i = 0; i < 2; i++) {
    const person = await knows(engine, ask(url, over('http', proxy)), ['pu', 'pp']);
    expect([person.failure?.kind, person.questions.length]).toEqual(['proxy-closed', 1]);
  }
  engine.clearConnections();
});

test('a proxy that closes on the last message of a conversation: it begins anew, and ends', async () => {
  const ntlm = new NtlmServer({ users: { pu: 'pp' }, proxy: true });
  await using proxy = await httpProxy({
    answer: ({ authorization, connection }) => {
      if (authorization.startsWith('NTLM TlRMTVNTUAAD')) return { end: 'close' };
      const request = { connection, body: Buffer.alloc(0), header: () => authorization } as unknown as SeenRequest;
      const { headers } = (ntlm.route as (request: SeenRequest) => Answer)(request);
      const fields = (headers as [string, string][]).map(([name, value]) => `${name}: ${value}\r\n`);
      return { write: `HTTP/1.1 407 No\r\n${fields.join('')}Content-Length: 0\r\n\r\n` };
    },
  });
  const engine = new Engine();
  const person = await knows(engine, ask(url, over('http', proxy)), ['pu', 'pp'], ['pu', 'pp']);
  expect([person.failure?.kind, person.questions.length]).toEqual(['proxy-auth', 3]);
  engine.clearConnections();
});

test.each(['http', 'socks5'] as const)('%s: who is asked leaves, and somebody else needs the connection', async (scheme) => {
  await using server = await serve({ routes: { '*': { body: 'page' } } });
  await using proxy =
    scheme === 'http' ? await httpProxy({ answer: onceIn(undefined) }) : await socksProxy({ users: { pu: 'pp' } });
  const engine = new Engine();
  const first = new Person();
  const asked = new Promise<void>((resolve) => {
    first.asked = () => resolve();
  });
  // there is one dial, for both
  const limit = { connectionsPerHost: 1 };
  begin(engine, ask(server.url('/a'), over(scheme, proxy, limit)), first);
  const next = begin(engine, ask(server.url('/b'), over(scheme, proxy, limit)), new Person(['pu', 'pp']));
  await within(asked, 'the question');
  first.transfer.cancel();
  await ended(next);
  expect([next.text, next.questions.length]).toEqual(['page', 1]);
  engine.clearConnections();
});

test('a connection that is made for nobody any more says nothing of what is known: nobody knows in whose partition', async () => {
  await using server = await serve({ routes: { '*': { body: 'page' } } });
  await using proxy = await httpProxy({ answer: onceIn(undefined) });
  const engine = new Engine();
  const person = await knows(engine, ask(server.url('/'), over('http', proxy)), ['pu', 'pp']);
  const connect = { method: 'CONNECT', target: 'origin.example:80', body: null, certificate: null };
  const peer = proxyPeer('http', proxy);
  const said = [person.transfer.hop, null].map((hop) => {
    return engine.authentication.converse(peer, () => hop).opening(connect)?.value;
  });
  expect(said).toEqual([coded, undefined]);
  engine.clearConnections();
});
