import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { MemoryCacheStore } from '../../src/stores/cache/memory-store.ts';
import { ask, run } from '../engine/rig.ts';
import { basicRoute } from '../support/auth-server.ts';
import { NtlmServer } from '../support/ntlm-server.ts';
import { serve } from '../support/server.ts';
import { identity } from '../support/tls.ts';
import { begin, ended, knows, Person } from './people.ts';

const users = { alice: 'secret' };

test('over HTTP/2 nobody proves himself on the connection: the next strongest scheme is taken', async () => {
  const heard: (string | undefined)[] = [];
  const server = http2.createSecureServer(identity(), (request, response) => {
    const said = request.headers.authorization;
    heard.push(said);
    const fits = said === 'Basic dTpw';
    if (!fits) response.writeHead(401, { 'www-authenticate': ['Negotiate', 'NTLM', 'Basic realm="R"'] });
    response.end(fits ? 'in' : 'who');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const engine = new Engine({
    authentication: { negotiate: { start: () => ({ step: () => 'YQ==' }) }, ticketHosts: ['127.0.0.1'] },
  });
  const person = new Person(['u', 'p']);
  person.ignores = true;
  await ended(begin(engine, ask(url), person));
  expect([person.text, person.answer?.version]).toEqual(['in', '2']);
  expect(person.questions).toMatchObject([{ scheme: 'basic' }]);
  expect(heard).toEqual([undefined, 'Basic dTpw']);
  engine.clearConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a connection in the middle of a conversation is nobody else’s, and comes back when its request goes', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '/open': { body: 'open' }, '*': ntlm.route } });
  const engine = new Engine();
  const limit = { connectionsPerHost: 1 };
  const person = new Person(['alice', 'secret']);
  const others: Person[] = [];
  // each waits for the only connection while it carries the second message
  person.on = (moment) => {
    if (moment === 'sent') others.push(begin(engine, ask(server.url('/open'), limit)));
  };
  await ended(begin(engine, ask(server.url('/in'), limit), person));
  expect(person.text).toBe('alice 0');
  await Promise.all(others.map(ended));
  expect(others.map(({ text }) => text)).toEqual(['open', 'open', 'open']);
  const order = server.requests.map(({ connection, target }) => `${connection} ${target}`);
  // behind the second message comes the third one, whoever waits
  const second = server.requests.findIndex((request) => /^NTLM TlRMTVNTUAAB/.test(request.header('authorization') ?? ''));
  expect(order[second + 1]).toBe(order[second]);
  engine.clearConnections();
});

test('an abort between the messages lets the connection go', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '/open': { body: 'open' }, '*': ntlm.route } });
  const engine = new Engine();
  const limit = { connectionsPerHost: 1 };
  const person = new Person(['alice', 'secret']);
  engine.listen(({ what, detail }) => {
    // the second challenge was answered, and the third message is on its way
    const again = what === 'again' && (detail as { why: string }).why === 'authentication 401';
    if (again && ntlm.seen.length === 2) process.nextTick(() => person.transfer.cancel());
  });
  begin(engine, ask(server.url('/in'), limit), person);
  await server.whenRequests(2);
  const next = await knows(engine, ask(server.url('/open'), limit));
  expect(next.text).toBe('open');
  expect(server.connections).toHaveLength(1);
  expect(ntlm.seen).toHaveLength(2);
  engine.clearConnections();
});

test('a conversation that is cut off on its way begins anew', async () => {
  const ntlm = new NtlmServer({ users });
  let cut = 0;
  await using server = await serve({
    routes: {
      '*': (request, nth) => {
        const third = /^NTLM TlRMTVNTUAAD/.test(request.header('authorization') ?? '');
        if (third && cut++ === 0) return { fault: 'close before head' };
        return (ntlm.route as (r: typeof request, n: number) => object)(request, nth);
      },
    },
  });
  const engine = new Engine();
  const person = await knows(engine, ask(server.url('/in')), ['alice', 'secret']);
  expect([person.text, cut]).toEqual(['alice 0', 2]);
  expect(person.questions).toHaveLength(1);
  engine.clearConnections();
});

test('answers that are stored are for who asked with the same words', async () => {
  const fresh = { 'Cache-Control': 'max-age=600' };
  const route = basicRoute({ u: 'p', v: 'q' });
  await using server = await serve({
    routes: {
      '*': (request, nth) => {
        const answer = (route as (r: typeof request, n: number) => { status?: number })(request, nth);
        return answer.status === 401
          ? answer
          : { ...answer, headers: { ...fresh, Vary: 'Authorization' }, body: request.header('authorization')! };
      },
    },
  });
  const store = new MemoryCacheStore();
  const engine = new Engine({ cache: { store } });
  const first = await knows(engine, ask(server.url('/c')), ['u', 'p']);
  const stored = await run(engine, ask(server.url('/c'), { cacheLoad: 'only' }));
  expect([first.text, stored.text, server.requests.length]).toEqual(['Basic dTpw', 'Basic dTpw', 2]);
  const other = await run(engine, ask(server.url('/c').replace('//', '//v:q@')));
  expect(other.text).toBe('Basic djpx');
  engine.clearConnections();
});
