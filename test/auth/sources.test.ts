import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { ask, run } from '../engine/rig.ts';
import type { Answer } from '../support/answer.ts';
import { basicRoute, DigestServer } from '../support/auth-server.ts';
import type { SeenRequest } from '../support/incoming.ts';
import { serve } from '../support/server.ts';
import { knows, type Pair } from './people.ts';

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const NOTHING = undefined;

interface Row {
  readonly name: string;
  /** Before the host of the URL. */
  readonly url?: string;
  readonly headers?: readonly string[];
  readonly answers?: readonly Pair[];
  readonly users?: Readonly<Record<string, string>>;
  /** What the server has heard, in order. */
  readonly heard: readonly (string | undefined)[];
  /** Who was prefilled in each question. */
  readonly asked: readonly string[];
  readonly status?: number;
}

const ROWS: readonly Row[] = [
  { name: 'asked once, right at once', answers: [['u', 'p']], heard: [NOTHING, basic('u', 'p')], asked: [''] },
  { name: 'nobody knows', heard: [NOTHING], asked: [''], status: 401 },
  { name: 'nothing filled in', answers: [['', '']], heard: [NOTHING], asked: [''], status: 401 },
  {
    name: 'the same wrong password twice',
    answers: [
      ['u', 'no'],
      ['u', 'no'],
      ['u', 'p'],
    ],
    heard: [NOTHING, basic('u', 'no')],
    asked: ['', 'u'],
    status: 401,
  },
  {
    name: 'wrong twice, then given up',
    answers: [
      ['u', 'no'],
      ['u', 'nope'],
    ],
    heard: [NOTHING, basic('u', 'no'), basic('u', 'nope')],
    asked: ['', 'u', 'u'],
    status: 401,
  },
  { name: 'an empty user name', users: { '': 'p' }, answers: [['', 'p']], heard: [NOTHING, 'Basic OnA='], asked: [''] },
  { name: 'of the URL', url: 'u:p@', heard: [NOTHING, basic('u', 'p')], asked: [] },
  {
    name: 'escaped in the URL',
    url: 'a%40b:p%3Aw%2Fd%25@',
    users: { 'a@b': 'p:w/d%' },
    heard: [NOTHING, 'Basic YUBiOnA6dy9kJQ=='],
    asked: [],
  },
  {
    name: 'wrong in the URL, then asked',
    url: 'u:bad@',
    answers: [['u', 'p']],
    heard: [NOTHING, basic('u', 'bad'), basic('u', 'p')],
    asked: ['u'],
  },
  {
    name: 'a user without a password in the URL',
    url: 'u@',
    answers: [['u', 'p']],
    heard: [NOTHING, 'Basic dTo=', basic('u', 'p')],
    asked: ['u'],
  },
  {
    name: 'of the URL, and left as they are',
    url: 'u@',
    answers: [['u', '']],
    heard: [NOTHING, 'Basic dTo='],
    asked: ['u'],
    status: 401,
  },
  { name: 'the caller’s own header', headers: ['Authorization', basic('u', 'p')], heard: [basic('u', 'p')], asked: [] },
  {
    name: 'the caller’s own header, refused',
    headers: ['Authorization', 'Basic bad'],
    answers: [['u', 'p']],
    heard: ['Basic bad', basic('u', 'p')],
    asked: [''],
  },
  {
    name: 'UTF-8',
    users: { u: 'pässwörd' },
    answers: [['u', 'pässwörd']],
    heard: [NOTHING, basic('u', 'pässwörd')],
    asked: [''],
  },
  {
    name: 'a name that Basic cannot say',
    answers: [
      ['a:b', 'p'],
      ['u', 'p'],
    ],
    heard: [NOTHING, basic('u', 'p')],
    asked: ['', 'a:b'],
  },
];

test.each(ROWS)('$name', async ({ url = '', headers = [], answers = [], users = { u: 'p' }, heard, asked, status = 200 }) => {
  await using server = await serve({ routes: { '*': basicRoute(users) } });
  const engine = new Engine();
  const person = await knows(engine, ask(server.url('/s').replace('//', `//${url}`), { headers }), ...answers);
  expect(server.requests.map((request) => request.header('authorization'))).toEqual(heard);
  expect(person.questions.map(({ user }) => user)).toEqual(asked);
  expect(person.answer?.status).toBe(status);
  expect(person.text).toBe(status === 200 ? 'in 0' : 'who are you');
  expect(person.log.filter((moment) => moment === 'head' || moment === 'hop')).toEqual(['head']);
  expect(person.log.filter((moment) => moment === 'sent')).toHaveLength(heard.length);
  engine.clearConnections();
});

test('those of a URL serve a later request without them, and those who name somebody else do not get them', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p', v: 'q' }) } });
  const engine = new Engine();
  await run(engine, ask(server.url('/').replace('//', '//u:p@')));
  await run(engine, ask(server.url('/')));
  await run(engine, ask(server.url('/').replace('//', '//v:q@')));
  const heard = server.requests.map((request) => request.header('authorization'));
  expect(heard).toEqual([NOTHING, basic('u', 'p'), basic('u', 'p'), NOTHING, basic('v', 'q')]);
  engine.clearConnections();
});

test('netrc is looked at before the user is asked', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const hosts: string[] = [];
  const netrc = (host: string): { user: string; password: string; domain: string } => {
    hosts.push(host);
    return { user: 'u', password: 'old', domain: '' };
  };
  const engine = new Engine({ authentication: { netrc } });
  const person = await knows(engine, ask(server.url('/')), ['u', 'p']);
  expect(person.text).toBe('in 0');
  expect(hosts).toEqual(['127.0.0.1']);
  expect(person.questions.map(({ user }) => user)).toEqual(['u']);
  engine.clearConnections();
});

test('another host and another port ask for themselves', async () => {
  await using one = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  await using two = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  await knows(engine, ask(one.url('/')), ['u', 'p']);
  const elsewhere = [two.url('/'), one.url('/').replace('127.0.0.1', 'localhost')];
  for (const url of elsewhere) {
    const person = await knows(engine, ask(url), ['u', 'p']);
    expect(person.questions).toHaveLength(1);
  }
  engine.clearConnections();
});

test('a path above the first one: asked by the server and answered without a question', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  await knows(engine, ask(server.url('/d/e/s')), ['u', 'p']);
  for (const path of ['/other', '/d/x', '/d/e/y']) expect((await run(engine, ask(server.url(path)))).text).toBe('in 0');
  const heard = server.requests.map((request) => request.header('authorization'));
  expect(heard).toEqual([NOTHING, basic('u', 'p'), NOTHING, basic('u', 'p'), basic('u', 'p'), basic('u', 'p')]);
  engine.clearConnections();
});

test('nothing of it crosses to another origin, and no Location brings a name along', async () => {
  const away = basicRoute({ x: 'y' }, 'R');
  await using other = await serve({ routes: { '*': away } });
  await using server = await serve({
    routes: {
      '/in': basicRoute({ u: 'p' }),
      '*': { status: 302, headers: { Location: other.url('/in').replace('//', '//x:y@') } },
    },
  });
  const engine = new Engine();
  await knows(engine, ask(server.url('/in')), ['u', 'p']);
  const person = await knows(engine, ask(server.url('/to').replace('//', '//u:p@')));
  expect(person.answer?.status).toBe(401);
  expect(person.questions).toHaveLength(1);
  expect(other.requests.map((request) => request.header('authorization'))).toEqual([NOTHING]);
  expect(server.requests.at(-1)!.header('authorization')).toBe(basic('u', 'p'));
  engine.clearConnections();
});

test('Manual: nothing known is sent, and nothing is kept, but what is answered counts', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p', v: 'q' }) } });
  const engine = new Engine();
  await knows(engine, ask(server.url('/')), ['u', 'p']);
  const manual = await knows(engine, ask(server.url('/'), { reuseCredentials: false }), ['v', 'q']);
  expect(manual.text).toBe('in 0');
  await run(engine, ask(server.url('/')));
  const heard = server.requests.map((request) => request.header('authorization'));
  expect(heard).toEqual([NOTHING, basic('u', 'p'), NOTHING, basic('v', 'q'), basic('u', 'p')]);
  engine.clearConnections();
});

test('partitions know nothing of each other; what was cleared is known no more', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  const questions = async (partition: string): Promise<number> =>
    (await knows(engine, ask(server.url('/'), { partition }), ['u', 'p'])).questions.length;
  expect([await questions(''), await questions('a'), await questions('a'), await questions('')]).toEqual([1, 1, 0, 0]);
  engine.authentication.clear();
  expect([await questions('a'), await questions('')]).toEqual([1, 1]);
  engine.clearConnections();
});

test('the strongest scheme is taken, whatever its place; a weaker one alone is refused afterwards', async () => {
  const digest = new DigestServer({ users: { u: 'p' }, realm: 'R', algorithm: 'SHA-256' });
  let weak = false;
  await using server = await serve({
    routes: {
      '*': (request, nth) => {
        const answer = (digest.route as (request: SeenRequest, nth: number) => Answer)(request, nth);
        if (answer.status !== 401) return answer;
        const strong = (answer.headers as Record<string, string>)['WWW-Authenticate']!;
        const all = weak ? ['Basic realm="R"'] : ['Basic realm="R"', strong, strong.replace('SHA-256', 'MD5')];
        return { status: 401, headers: all.map((text): [string, string] => ['WWW-Authenticate', text]), body: 'no' };
      },
    },
  });
  const notes: unknown[] = [];
  const engine = new Engine();
  engine.listen(({ what, detail }) => what === 'auth' && notes.push(detail));
  const first = await knows(engine, ask(server.url('/')), ['u', 'p']);
  expect(first.questions).toMatchObject([{ scheme: 'digest' }]);
  expect(server.requests[1]!.header('authorization')).toContain('algorithm=SHA-256');
  weak = true;
  digest.counts.clear();
  const second = await knows(engine, ask(server.url('/')), ['u', 'p']);
  expect(second.answer?.status).toBe(401);
  expect(second.questions).toEqual([]);
  expect(server.requests.some((request) => /^Basic/.test(request.header('authorization') ?? ''))).toBe(false);
  expect(notes.at(-1)).toMatchObject({ refused: 'basic is weaker than what was accepted before' });
  const careless = new Engine({ authentication: { allowWeaker: true } });
  weak = false;
  await knows(careless, ask(server.url('/')), ['u', 'p']);
  weak = true;
  digest.counts.clear();
  await knows(careless, ask(server.url('/')), ['u', 'p']);
  expect(server.requests.some((request) => /^Basic/.test(request.header('authorization') ?? ''))).toBe(true);
  engine.clearConnections();
  careless.clearConnections();
});

test('who listens hears no secret', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'hush' }) } });
  const engine = new Engine();
  const heard: string[] = [];
  engine.listen((event) => heard.push(JSON.stringify(event)));
  await knows(engine, ask(server.url('/').replace('//', '//u:hush@')));
  expect(heard.join('\n')).toContain('Authorization: Basic ***');
  expect(heard.join('\n')).not.toContain(Buffer.from('u:hush').toString('base64'));
  expect(heard.join('\n')).not.toContain('hush');
  engine.clearConnections();
});
