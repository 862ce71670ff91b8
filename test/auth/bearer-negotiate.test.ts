import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { NegotiateSource, TokenQuestion } from '../../src/contract/auth-sources.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { QNetworkAccessManager } from '../../src/index.ts';
import { createTestNetwork } from '../../src/testing/index.ts';
import { ask, run } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { type Route, serve } from '../support/server.ts';
import { identity } from '../support/tls.ts';
import { begin, ended, knows, Person } from './people.ts';

/** Knows one token at a time. */
function bearer(good: { token: string }, others: readonly string[] = []): Route {
  return (request) => {
    const said = request.header('authorization');
    if (said === `Bearer ${good.token}`) return { body: 'in' };
    const error = said === undefined ? '' : ', error="invalid_token"';
    const challenges = [`Bearer realm="api", scope="read write"${error}`, ...others];
    return {
      status: 401,
      headers: challenges.map((text): [string, string] => ['WWW-Authenticate', text]),
      body: 'no token',
    };
  };
}

describe('Bearer', () => {
  test('500 refused at once make one call, and later ones none', async () => {
    await using server = await serve({ routes: { '*': bearer({ token: 't1' }) } });
    const asked: TokenQuestion[] = [];
    const tokens = async (question: TokenQuestion): Promise<string> => {
      asked.push(question);
      await server.whenRequests(6);
      return 't1';
    };
    const engine = new Engine({ authentication: { tokens } });
    const people = Array.from({ length: 500 }, () => begin(engine, ask(server.url('/x'))));
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in')).toHaveLength(500);
    expect(asked).toMatchObject([{ realm: 'api', scope: ['read', 'write'], expired: '', error: '' }]);
    const before = server.requests.length;
    expect((await run(engine, ask(server.url('/y')))).text).toBe('in');
    expect(server.requests).toHaveLength(before + 1);
    engine.clearConnections();
  });

  test('a token that has expired is told as such, once for all', async () => {
    const good = { token: 'old' };
    await using server = await serve({ routes: { '*': bearer(good) } });
    const asked: TokenQuestion[] = [];
    const tokens = (question: TokenQuestion): string => {
      asked.push(question);
      return good.token;
    };
    const engine = new Engine({ authentication: { tokens } });
    await run(engine, ask(server.url('/x')));
    good.token = 'new';
    const people = Array.from({ length: 100 }, () => begin(engine, ask(server.url('/x'))));
    await Promise.all(people.map(ended));
    expect(people.filter(({ text }) => text === 'in')).toHaveLength(100);
    expect(asked.slice(1)).toMatchObject([{ expired: 'old', error: 'invalid_token' }]);
    engine.clearConnections();
  });

  test.each([
    ['the same token again', () => 'bad'],
    ['none', () => null],
    ['one that cannot be said', () => 'a b'],
  ])('the source gives %s: the 401 stands', async (_what, tokens) => {
    await using server = await serve({ routes: { '*': bearer({ token: 'good' }) } });
    const engine = new Engine({ authentication: { tokens } });
    const person = await knows(engine, ask(server.url('/x')));
    expect(person.answer?.status).toBe(401);
    expect(person.text).toBe('no token');
    expect(server.requests.length).toBeLessThanOrEqual(2);
    expect(person.questions).toEqual([]);
    engine.clearConnections();
  });

  test('a token that has expired is not sent again when there is no other', async () => {
    const good = { token: 'old' };
    await using server = await serve({ routes: { '*': bearer(good) } });
    let left: string | null = 'old';
    const engine = new Engine({ authentication: { tokens: () => left } });
    await run(engine, ask(server.url('/x')));
    good.token = 'new';
    left = null;
    for (let i = 0; i < 2; i++) expect((await run(engine, ask(server.url('/x')))).answer?.status).toBe(401);
    const heard = server.requests.map((request) => request.header('authorization'));
    expect(heard).toEqual([undefined, 'Bearer old', 'Bearer old', undefined]);
    engine.clearConnections();
  });

  test('what no token opens, a password may', async () => {
    await using server = await serve({
      routes: {
        '*': (request) =>
          /^Basic dTpw$/.test(request.header('authorization') ?? '')
            ? { body: 'in' }
            : {
                status: 401,
                headers: [
                  ['WWW-Authenticate', 'Bearer realm="api"'],
                  ['WWW-Authenticate', 'Basic realm="api"'],
                ],
              },
      },
    });
    const engine = new Engine({ authentication: { tokens: () => 'bad' } });
    const person = await knows(engine, ask(server.url('/x')), ['u', 'p']);
    expect(person.text).toBe('in');
    expect(person.questions).toMatchObject([{ scheme: 'basic' }]);
    engine.clearConnections();
  });

  test('without a source it is an answer like any other', async () => {
    await using server = await serve({ routes: { '*': bearer({ token: 't' }) } });
    const engine = new Engine();
    const person = await knows(engine, ask(server.url('/x')), ['u', 'p']);
    expect([person.answer?.status, person.questions.length]).toEqual([401, 0]);
    engine.clearConnections();
  });

  test.each([
    ['http://api.test', 401, 0],
    ['http://localhost', 200, 1],
    ['https://api.test', 200, 1],
  ])('a token goes over https, and to this machine: %s', async (origin, status, asked) => {
    await using network = createTestNetwork({ origins: { [origin]: { routes: { '*': bearer({ token: 't' }) } } } });
    const urls: string[] = [];
    const tokenSource = ({ url }: { url: { toString(): string } }) => {
      urls.push(String(url));
      return 't';
    };
    const reply = await network.manager(new QNetworkAccessManager({ tokenSource })).get(`${origin}/x`).whenFinished();
    expect([reply.status(), urls.length]).toEqual([status, asked]);
  });
});

/** Wants `rounds` tokens on one connection, each made of the one before; the last one opens. */
function negotiate(rounds: number): { route: Route; heard: string[] } {
  const heard: string[] = [];
  const at = new Map<number, number>();
  const route = (request: SeenRequest): Answer => {
    const [, token] = /^Negotiate (\S+)$/.exec(request.header('authorization') ?? '') ?? [];
    if (token === undefined) return { status: 401, headers: { 'WWW-Authenticate': 'Negotiate' }, body: 'who' };
    heard.push(`${request.connection} ${Buffer.from(token, 'base64')}`);
    const round = (at.get(request.connection) ?? 0) + 1;
    at.set(request.connection, round);
    if (round >= rounds) return { body: `in ${request.body.length}` };
    const next = Buffer.from(`s${round}`).toString('base64');
    return { status: 401, headers: { 'WWW-Authenticate': `Negotiate ${next}` }, body: 'more' };
  };
  return { route, heard };
}

describe('Negotiate', () => {
  const services: string[] = [];
  const bindings: (Uint8Array | null)[] = [];
  const source = (later: boolean): NegotiateSource => ({
    start(service, binding) {
      services.push(service);
      bindings.push(binding);
      return {
        step(challenge) {
          const token = Buffer.from(`c(${Buffer.from(challenge, 'base64')})`).toString('base64');
          return later ? Promise.resolve(token) : token;
        },
      };
    },
  });
  const trusting = (): Person => {
    const person = new Person();
    person.ignores = true;
    return person;
  };

  test.each([
    { rounds: 1, later: false },
    { rounds: 1, later: true },
    { rounds: 3, later: true },
  ])('$rounds rounds, later: $later', async ({ rounds, later }) => {
    const { route, heard } = negotiate(rounds);
    await using server = await serve({ routes: { '*': route }, tls: identity() });
    const engine = new Engine({ authentication: { negotiate: source(later), ticketHosts: ['127.0.0.1'] } });
    const people = Array.from({ length: 3 }, () =>
      begin(engine, ask(server.url('/'), { method: 'POST', body: 'hello' }), trusting()),
    );
    await Promise.all(people.map(ended));
    expect(people.map(({ text }) => text)).toEqual(['in 5', 'in 5', 'in 5']);
    expect(people.flatMap(({ questions }) => questions)).toEqual([]);
    const tokens = ['c()', 'c(s1)', 'c(s2)'].slice(0, rounds);
    for (const connection of new Set(heard.map((text) => text[0])))
      expect(
        heard
          .filter((text) => text[0] === connection)
          .map((text) => text.slice(2))
          .slice(0, rounds),
      ).toEqual(tokens);
    expect(services[0]).toBe('HTTP@127.0.0.1');
    const digest = createHash('sha256').update(new X509Certificate(identity().cert).raw).digest();
    expect(Buffer.from(bindings[0]!)).toEqual(Buffer.concat([Buffer.from('tls-server-end-point:'), digest]));
    engine.clearConnections();
  });

  test.each([
    { name: 'a host that is not listed', hosts: ['example.org', '.0.0.1'.repeat(2)] },
    { name: 'plain http', hosts: ['127.0.0.1'], plain: true },
    { name: 'after a redirect to another origin', hosts: ['127.0.0.1'], sent: true },
    { name: 'nobody has tickets', hosts: ['127.0.0.1'], none: true },
  ])('no ticket: $name', async ({ hosts, plain = false, sent = false, none = false }) => {
    const { route, heard } = negotiate(1);
    await using server = await serve({ routes: { '*': route }, ...(plain ? {} : { tls: identity() }) });
    await using before = await serve({ routes: { '*': { status: 302, headers: { Location: server.url('/') } } } });
    const engine = new Engine({ authentication: { negotiate: none ? null : source(false), ticketHosts: hosts } });
    const person = await ended(begin(engine, ask(sent ? before.url('/') : server.url('/')), trusting()));
    expect(person.answer?.status).toBe(401);
    expect(heard).toEqual([]);
    engine.clearConnections();
  });

  test('a source that fails in the middle is the end', async () => {
    const { route } = negotiate(5);
    await using server = await serve({ routes: { '*': route }, tls: identity() });
    let steps = 0;
    const failing: NegotiateSource = {
      start: () => ({ step: () => (++steps < 3 ? Promise.resolve('YQ==') : Promise.reject(new Error('expired'))) }),
    };
    const engine = new Engine({ authentication: { negotiate: failing, ticketHosts: ['127.0.0.1'] } });
    const person = await ended(begin(engine, ask(server.url('/')), trusting()));
    expect(person.failure).toMatchObject({ kind: 'auth', cause: new Error('expired') });
    expect(server.open).toBeLessThanOrEqual(1);
    engine.clearConnections();
  });
});
