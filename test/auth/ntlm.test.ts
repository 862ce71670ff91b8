import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { ask, run } from '../engine/rig.ts';
import { NtlmServer } from '../support/ntlm-server.ts';
import { serve } from '../support/server.ts';
import { identity } from '../support/tls.ts';
import { begin, ended, knows, Person } from './people.ts';

const users = { alice: 'secret', bob: 'other' };
const big = 'x'.repeat(10_000_000);

test('three messages on one connection, the body with the last one only', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const body = big;
  const first = await knows(engine, ask(server.url('/'), { method: 'POST', body }), ['DOMAIN\\alice', 'secret']);
  expect(first.text).toBe('alice 10000000');
  expect(first.questions).toMatchObject([{ scheme: 'ntlm', realm: '', user: '' }]);
  // the upload that was refused half way may have cost its connection
  expect(ntlm.seen.map((text) => text.replace(/^\d+ /, ''))).toEqual(['nobody 10000000', 'first 0', 'alice 10000000']);
  expect(ntlm.seen[1]![0]).toBe(ntlm.seen[2]![0]);
  // the connection knows him
  expect((await run(engine, ask(server.url('/more')))).text).toBe('alice 0');
  expect(ntlm.seen).toHaveLength(4);
  engine.clearConnections();
});

test('a wrong password is asked for once more; nobody knows: the 401 is the answer', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const right = await knows(engine, ask(server.url('/')), ['alice', 'no'], ['alice', 'secret']);
  expect(right.text).toBe('alice 0');
  expect(right.questions.map(({ user }) => user)).toEqual(['', 'alice']);
  engine.clearConnections();
  engine.authentication.clear();
  const wrong = await knows(engine, ask(server.url('/')), ['alice', 'no']);
  expect(wrong.answer?.status).toBe(401);
  expect(wrong.text).toBe('who are you');
  expect(ntlm.seen.filter((text) => text.includes('another connection'))).toEqual([]);
  engine.clearConnections();
});

test('a new connection is proved with what is known, without a question', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  await knows(engine, ask(server.url('/')), ['alice', 'secret']);
  engine.clearConnections();
  const again = await run(engine, ask(server.url('/')));
  expect(again.text).toBe('alice 0');
  expect(again.questions).toEqual([]);
  engine.clearConnections();
});

test('who goes as somebody else, or as nobody, gets another connection', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  await knows(engine, ask(server.url('/')), ['alice', 'secret']);
  const bob = await run(engine, ask(server.url('/').replace('//', '//bob:other@')));
  expect(bob.text).toBe('bob 0');
  const manual = await knows(engine, ask(server.url('/'), { reuseCredentials: false }));
  expect(manual.answer?.status).toBe(401);
  expect(manual.questions).toHaveLength(1);
  const alone = await knows(engine, ask(server.url('/'), { reuseCredentials: false }), ['bob', 'other']);
  expect(alone.text).toBe('bob 0');
  const own = await run(engine, ask(server.url('/'), { headers: ['Authorization', 'Bearer x'] }));
  expect(own.text).toMatch(/^(alice|bob) 0$/);
  engine.clearConnections();
});

test('over TLS the proof is bound to the certificate of the server', async () => {
  const certificate = new X509Certificate(identity().cert).raw;
  const ntlm = new NtlmServer({ users, certificate });
  await using server = await serve({ routes: { '*': ntlm.route }, tls: identity() });
  const engine = new Engine();
  const person = new Person(['alice', 'secret']);
  person.ignores = true;
  begin(engine, ask(server.url('/')), person);
  expect((await ended(person)).text).toBe('alice 0');
  engine.clearConnections();
});

test('fifty at once: one question, and every connection proves itself', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const people = Array.from({ length: 50 }, () => begin(engine, ask(server.url('/')), new Person(['alice', 'secret'])));
  await Promise.all(people.map(ended));
  expect(people.map(({ text }) => text)).toEqual(Array(50).fill('alice 0'));
  expect(people.flatMap(({ questions }) => questions)).toHaveLength(1);
  expect(ntlm.seen.filter((text) => text.includes('another connection'))).toEqual([]);
  engine.clearConnections();
});

test('a server that closes in the middle is begun with anew, and not for ever', async () => {
  const ntlm = new NtlmServer({ users, more: { end: 'close' } });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const person = await knows(engine, ask(server.url('/')), ['alice', 'secret']);
  expect(person.answer?.status ?? person.failure?.kind).toBeDefined();
  expect(server.requests.length).toBeLessThan(25);
  expect(person.endings).toBe(1);
  engine.clearConnections();
});

test('a connection that breaks before the last message does not leave its request behind', async () => {
  const ntlm = new NtlmServer({ users, more: { truncate: 2, end: 'close', endDelay: 20 } });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  const person = await knows(engine, ask(server.url('/')), ['alice', 'secret']);
  expect([person.answer?.status, person.failure?.kind]).toEqual([401, 'closed']);
  expect(person.questions).toHaveLength(1);
  expect(server.requests.length).toBeLessThan(25);
  engine.clearConnections();
});

test('whoever proved himself for one request only, did so for nobody else', async () => {
  const ntlm = new NtlmServer({ users });
  await using server = await serve({ routes: { '*': ntlm.route } });
  const engine = new Engine();
  expect((await knows(engine, ask(server.url('/'), { reuseCredentials: false }), ['bob', 'other'])).text).toBe('bob 0');
  const next = await knows(engine, ask(server.url('/')));
  expect([next.answer?.status, next.questions.length]).toEqual([401, 1]);
  engine.clearConnections();
});
