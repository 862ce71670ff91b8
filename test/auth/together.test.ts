import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/contract/auth.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { ask } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import { basicRoute, DigestServer } from '../support/auth-server.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { serve } from '../support/server.ts';
import { begin, credentials, ended, knows, type Pair, Person } from './people.ts';

type Reply = (credentials: Credentials | null) => void;

/** So many people at once; each question goes to `asked` with the number of whom it was put to. */
function crowd(engine: Engine, url: string, count: number, asked: (who: number, answer: Reply) => void): Person[] {
  return Array.from({ length: count }, (_, who) => {
    const person = new Person();
    person.asked = (_question, answer) => asked(who, answer);
    return begin(engine, ask(url), person);
  });
}

describe('500 at once', () => {
  test.each(['sync', 'later'])('one question, answered %s', async (when) => {
    await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
    const engine = new Engine();
    let questions = 0;
    const people = crowd(engine, server.url('/s'), 500, (_who, answer) => {
      questions++;
      if (when === 'sync') answer(credentials(['u', 'p']));
      else void server.whenRequests(500).then(() => answer(credentials(['u', 'p'])));
    });
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in 0')).toHaveLength(500);
    expect(questions).toBe(1);
    expect(server.requests.length).toBeLessThanOrEqual(1_000);
    engine.clearConnections();
  });

  test('wrong passwords are tried one after the other, each once', async () => {
    await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
    const engine = new Engine();
    const pairs: Pair[] = [
      ['u', 'a'],
      ['u', 'b'],
      ['u', 'p'],
    ];
    const people = crowd(engine, server.url('/s'), 500, (_who, answer) => answer(credentials(pairs.shift()!)));
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in 0')).toHaveLength(500);
    expect(pairs).toEqual([]);
    const heard = server.requests.map((request) => request.header('authorization')).filter((text) => text !== undefined);
    expect(heard.filter((text) => text !== 'Basic dTpw')).toHaveLength(2);
    engine.clearConnections();
  });

  test('nobody knows: all keep their 401 with its page', async () => {
    await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
    const engine = new Engine();
    let questions = 0;
    const people = crowd(engine, server.url('/s'), 500, (_who, answer) => {
      questions++;
      void server.whenRequests(500).then(() => answer(null));
    });
    await Promise.all(people.map(ended));
    expect(people.filter(({ answer, text }) => answer?.status === 401 && text === 'who are you')).toHaveLength(500);
    // who is refused after all was said, asks anew
    expect(questions).toBeLessThan(10);
    expect(server.requests).toHaveLength(500);
    engine.clearConnections();
  });

  test('what was known and is not any more, is found out once', async () => {
    const users = { u: 'old' };
    await using server = await serve({
      routes: { '*': (request, nth) => (basicRoute(users) as (request: SeenRequest, nth: number) => Answer)(request, nth) },
    });
    const engine = new Engine();
    await knows(engine, ask(server.url('/s')), ['u', 'old']);
    users.u = 'new';
    let questions = 0;
    const people = crowd(engine, server.url('/s'), 500, (_who, answer) => {
      questions++;
      answer(credentials(['u', 'new']));
    });
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in 0')).toHaveLength(500);
    expect(questions).toBe(1);
    engine.clearConnections();
  });
});

test('who is asked and goes, leaves the question to the next', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  const put: number[] = [];
  const people = crowd(engine, server.url('/s'), 5, (who, answer) => {
    put.push(who);
    if (put.length < 3) setImmediate(() => people[who]!.transfer.cancel());
    else answer(credentials(['u', 'p']));
  });
  await server.whenRequests(6);
  await Promise.all(people.filter((_, who) => !put.slice(0, 2).includes(who)).map(ended));
  expect(put).toHaveLength(3);
  expect(new Set(put).size).toBe(3);
  expect(people.every(({ transfer }) => transfer.over)).toBe(true);
  expect(people.filter(({ text }) => text === 'in 0')).toHaveLength(3);
  engine.clearConnections();
});

test('an abort inside of the question', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  const person = new Person();
  let aborted!: () => void;
  const done = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  person.asked = (_question, answer) => {
    person.transfer.cancel();
    answer(credentials(['u', 'p']));
    aborted();
  };
  begin(engine, ask(server.url('/s')), person);
  await done;
  // the question is free again
  const next = await knows(engine, ask(server.url('/s')), ['u', 'p']);
  expect(next.text).toBe('in 0');
  expect(person.endings).toBe(0);
  expect(person.log).toEqual(['dialing', 'sent']);
  expect(server.requests).toHaveLength(3);
  engine.clearConnections();
});

test('while somebody thinks, the page of the 401 is read, so that its connection serves others', async () => {
  const page = 'n'.repeat(200_000);
  await using server = await serve({
    routes: { '/s': basicRoute({ u: 'p' }, 'R', { body: page }), '/open': { body: 'open' } },
  });
  const engine = new Engine();
  const person = new Person();
  let say!: Reply;
  const asked = new Promise<void>((resolve) => {
    person.asked = (_question, answer) => {
      say = answer;
      resolve();
    };
  });
  begin(engine, ask(server.url('/s'), { connectionsPerHost: 1 }), person);
  await asked;
  expect((await knows(engine, ask(server.url('/open'), { connectionsPerHost: 1 }))).text).toBe('open');
  say(null);
  await ended(person);
  expect(person.text).toBe(page);
  expect(person.log.slice(0, 3)).toEqual(['dialing', 'sent', 'head']);
  expect(server.connections).toHaveLength(1);
  engine.clearConnections();
});

test('a server that challenges for ever, and a user who has always another answer', async () => {
  await using server = await serve({ routes: { '*': basicRoute({}) } });
  const engine = new Engine();
  const pairs = Array.from({ length: 100 }, (_, i): Pair => ['u', `${i}`]);
  const person = await knows(engine, ask(server.url('/')), ...pairs);
  expect(person.questions).toHaveLength(10);
  expect(person.answer?.status).toBe(401);
  expect(server.requests).toHaveLength(11);
  engine.clearConnections();
});

describe('Digest', () => {
  const users = { u: 'p' };

  test('a nonce that is too old is renewed without a question', async () => {
    const digest = new DigestServer({ users, uses: 2 });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    await knows(engine, ask(server.url('/')), ['u', 'p']);
    for (let i = 0; i < 3; i++) expect((await knows(engine, ask(server.url('/')))).text).toBe('in 0');
    expect(digest.verdicts).toEqual(['absent', 'valid', 'valid', 'stale', 'valid', 'valid']);
    engine.clearConnections();
  });

  test('a server that says stale for ever ends with its 401', async () => {
    const digest = new DigestServer({ users, uses: 0 });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    const person = await knows(engine, ask(server.url('/')), ['u', 'p']);
    expect(person.answer?.status).toBe(401);
    expect(person.questions).toHaveLength(1);
    expect(server.requests).toHaveLength(21);
    engine.clearConnections();
  });

  test('a server that forgot its nonces and does not say stale: what is known is tried once more', async () => {
    const digest = new DigestServer({ users });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    await knows(engine, ask(server.url('/')), ['u', 'p']);
    digest.counts.clear();
    const person = await knows(engine, ask(server.url('/')));
    expect(person.text).toBe('in 0');
    expect(digest.verdicts).toEqual(['absent', 'valid', 'nonce', 'valid']);
    engine.clearConnections();
  });

  test('the next nonce of the server is taken', async () => {
    const digest = new DigestServer({ users, next: true, uses: 1 });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    for (let i = 0; i < 4; i++) await knows(engine, ask(server.url('/')), ['u', 'p']);
    expect(digest.verdicts).toEqual(['absent', 'valid', 'valid', 'valid', 'valid']);
    engine.clearConnections();
  });

  test('all requests of a space count on one nonce, each once', async () => {
    const digest = new DigestServer({ users });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    const people = Array.from({ length: 100 }, () => begin(engine, ask(server.url('/')), new Person(['u', 'p'])));
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in 0')).toHaveLength(100);
    const counts = [...digest.counts.values()].filter((list) => list.length > 0);
    expect(counts).toHaveLength(1);
    expect(counts[0]!.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    engine.clearConnections();
  });

  test('ten megabytes', async () => {
    const digest = new DigestServer({ users, qop: 'auth-int', algorithm: 'SHA-256' });
    await using server = await serve({ routes: { '*': digest.route } });
    const engine = new Engine();
    const body = 'x'.repeat(10_000_000);
    const person = await knows(engine, ask(server.url('/'), { method: 'POST', body }), ['u', 'p']);
    expect(person.text).toBe('in 10000000');
    engine.clearConnections();
  });
});

test('a body that cannot be had again is said to be so', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  let opened = false;
  const body = {
    length: 5,
    get replayable() {
      return !opened;
    },
    bytes: null,
    open: () => {
      opened = true;
      let left: Buffer | null = Buffer.from('hello');
      return {
        pull: () => {
          const piece = left;
          left = null;
          return piece;
        },
        failure: null,
        close() {},
      };
    },
  };
  const person = await knows(engine, ask(server.url('/'), { method: 'POST', body }), ['u', 'p']);
  expect(person.failure).toMatchObject({ kind: 'resend', phase: 'receive' });
  opened = false;
  const unknown = await knows(engine, ask(server.url('/x'), { method: 'POST', body, reuseCredentials: false }));
  expect(unknown.answer?.status).toBe(401);
  engine.clearConnections();
});
