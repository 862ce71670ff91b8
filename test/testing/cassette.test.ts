import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createFetch } from '../../src/fetch.ts';
import { HarError, parseHar } from '../../src/har.ts';
import { QNetworkAccessManager, type QNetworkReply } from '../../src/index.ts';
import { type Cassette, type CassetteOptions, cassette } from '../../src/testing/index.ts';
import { ManualClock } from '../support/clock.ts';
import { type Route, serve } from '../support/server.ts';

const root = mkdtempSync(join(tmpdir(), 'cassette-'));
afterAll(() => rmSync(root, { recursive: true }));
let files = 0;
const fresh = (): string => join(root, `${files++}`, 'tapes', 'test.har');

const ROUTES: Readonly<Record<string, Route>> = {
  '/hello': { headers: { 'Content-Type': 'text/plain', 'Set-Cookie': 'sid=planted-cookie' }, body: 'hello' },
  '/login': {
    headers: { 'Content-Type': 'application/json' },
    body: '{"access_token":"planted-answer","user":"ada"}',
  },
  '/count': [{ body: 'one' }, { body: 'two' }],
  '/echo': (request) => ({ body: `got ${request.body.toString()}` }),
  '/cut': { body: 'half of it', truncate: 4, end: 'close' },
};

function tape(file: string, options?: CassetteOptions): { manager: QNetworkAccessManager; tape: Cassette } {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return { manager, tape: cassette(manager, file, options) };
}

/** Records what `visit` does against a server, which is gone then; gives the file and the origin. */
async function recorded(
  visit: (manager: QNetworkAccessManager, url: string) => Promise<unknown>,
  options?: CassetteOptions,
): Promise<{ file: string; url: string }> {
  const server = await serve({ routes: ROUTES });
  const file = fresh();
  const first = tape(file, options);
  expect(first.tape.mode).toBe('record');
  await visit(first.manager, server.url(''));
  await first.tape.stop();
  await first.manager.close();
  await server.close();
  return { file, url: server.url('') };
}

async function failed(reply: QNetworkReply): Promise<string> {
  await reply.whenFinished();
  expect(reply.failure()?.kind).toBe('not-stored');
  return reply.errorString();
}

describe('the first run records, the next one replays', () => {
  it('by itself, and nothing leaves the machine then', async () => {
    const visit = async (manager: QNetworkAccessManager, url: string): Promise<unknown[]> => [
      await manager.get(`${url}/hello`).text(),
      await manager.get(`${url}/count`).text(),
      await manager.get(`${url}/count`).text(),
      await manager.post(`${url}/echo`, 'words').text(),
      (await manager.get(`${url}/nothing`).whenFinished()).status(),
    ];
    let before: unknown[] = [];
    const { file, url } = await recorded(async (manager, origin) => {
      before = await visit(manager, origin);
    });
    expect(before).toEqual(['hello', 'one', 'two', 'got words', 404]);
    const text = readFileSync(file, 'utf8');
    const again = tape(file);
    expect(again.tape.mode).toBe('replay');
    expect(again.tape.unused()).toHaveLength(5);
    expect(await visit(again.manager, url)).toEqual(before);
    expect([again.tape.unused(), again.tape.missing]).toEqual([[], []]);
    await again.tape.stop();
    // a replay writes nothing
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('also under a fetch on the manager', async () => {
    const { file, url } = await recorded(async (manager, origin) => createFetch(manager)(`${origin}/hello`));
    const again = tape(file);
    expect(await (await createFetch(again.manager)(`${url}/hello`)).text()).toBe('hello');
  });

  it('with failures as they were', async () => {
    const kindOf = async (manager: QNetworkAccessManager, url: string): Promise<unknown> => {
      const reply = await manager.get(`${url}/cut`).whenFinished();
      return [reply.failure()?.kind, reply.failure()?.phase];
    };
    let before: unknown;
    const { file, url } = await recorded(async (manager, origin) => {
      before = await kindOf(manager, origin);
    });
    expect(before).toEqual(['closed', 'receive']);
    expect(await kindOf(tape(file).manager, url)).toEqual(before);
  });

  it('in a file that is whole, for its owner alone, in a folder that is made', async () => {
    const { file } = await recorded((manager, url) => manager.get(`${url}/hello`).text());
    expect(readdirSync(join(file, '..'))).toEqual(['test.har']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseHar(readFileSync(file)).log.entries).toHaveLength(1);
  });

  it('by a file: URL, and with `await using`', async () => {
    const server = await serve({ routes: ROUTES });
    const file = pathToFileURL(fresh());
    const manager = new QNetworkAccessManager();
    onTestFinished(() => manager.close());
    {
      await using one = cassette(manager, file);
      expect(one.file).toMatch(/^\/.*test\.har$/);
      await manager.get(server.url('/hello')).text();
    }
    await server.close();
    await using again = cassette(manager, file);
    expect(again.mode).toBe('replay');
    expect(await manager.get(server.url('/hello')).text()).toBe('hello');
  });
});

describe('secrets', () => {
  const visit = (manager: QNetworkAccessManager, url: string): Promise<string> =>
    manager
      .get(`${url}/login?token=planted-token&Seat=planted-seat`, { headers: { Authorization: 'Bearer planted-bearer' } })
      .text();
  const routes: Readonly<Record<string, Route>> = { '*': ROUTES['/login']! };

  it('are not in the file, and the request is found all the same', async () => {
    const server = await serve({ routes });
    const file = fresh();
    const options = { secretNames: ['Seat'] };
    const one = tape(file, options);
    await visit(one.manager, server.url(''));
    await one.tape.stop();
    await one.manager.close();
    await server.close();
    expect(readFileSync(file, 'utf8')).not.toContain('planted');
    const { manager } = tape(file, options);
    expect(JSON.parse(await visit(manager, server.url('')))).toEqual({ access_token: '***', user: 'ada' });
  });

  it('are not in what it says either', async () => {
    const { file, url } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
    const again = tape(file, { secretNames: ['Seat'] });
    const text = await failed(again.manager.get(`${url}/login?token=planted-token&Seat=planted-seat`));
    expect(text).toContain('GET ');
    expect(text + again.tape.missing.join()).not.toContain('planted');
  });

  it('stay in it when that is wished', async () => {
    const server = await serve({ routes });
    const file = fresh();
    const one = tape(file, { secrets: true });
    await visit(one.manager, server.url(''));
    await one.tape.stop();
    expect(readFileSync(file, 'utf8')).toContain('planted-bearer');
  });
});

describe('what is not in it', () => {
  it('fails, and names the request, the file and the way out', async () => {
    const { file, url } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
    const again = tape(file);
    const text = await failed(again.manager.post(`${url}/hello`, 'x'));
    for (const words of [`POST ${url}/hello`, file, "mode: 'record'"]) expect(text).toContain(words);
    expect(again.tape.missing).toEqual([`POST ${url}/hello`]);
  });

  it('so does one request more than there were, unless they may repeat', async () => {
    const { file, url } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
    const strict = tape(file);
    await strict.manager.get(`${url}/hello`).text();
    expect(await failed(strict.manager.get(`${url}/hello`))).toContain('all 1 were used');
    const lenient = tape(file, { repeat: true });
    await lenient.manager.get(`${url}/hello`).text();
    expect(await lenient.manager.get(`${url}/hello`).text()).toBe('hello');
  });

  it('may be found less strictly', async () => {
    const { file, url } = await recorded((manager, origin) => manager.post(`${origin}/echo`, 'at 10:30').text());
    expect(await failed(tape(file).manager.post(`${url}/echo`, 'at 10:31'))).toContain('the body is another one');
    expect(await tape(file, { match: 'fuzzy' }).manager.post(`${url}/echo`, 'at 10:31').text()).toBe('got at 10:30');
  });
});

describe('modes', () => {
  it('record takes the place of what was there', async () => {
    const { file } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
    const server = await serve({ routes: ROUTES });
    const anew = tape(file, { mode: 'record' });
    expect(anew.tape.mode).toBe('record');
    await anew.manager.get(server.url('/count')).text();
    await anew.tape.stop();
    expect(parseHar(readFileSync(file)).log.entries.map(({ request }) => request.url)).toEqual([server.url('/count')]);
  });

  it('replay wants a file, and says what to do', () => {
    const file = fresh();
    expect(() => tape(file, { mode: 'replay' })).toThrow(`there is no ${file} to replay. Record it`);
  });

  it('off is the network, and no file', async () => {
    const server = await serve({ routes: ROUTES });
    const file = fresh();
    const off = tape(file, { mode: 'off' });
    expect(await off.manager.get(server.url('/hello')).text()).toBe('hello');
    expect([off.tape.mode, off.tape.missing, off.tape.unused()]).toEqual(['off', [], []]);
    await off.tape.stop();
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('what is no HAR is named', () => {
    const file = join(root, 'broken.har');
    writeFileSync(file, '{"log": {}}');
    expect(() => tape(file)).toThrow(HarError);
    expect(() => tape(file)).toThrow(`${file}: not a HAR: log.entries`);
  });

  it.each([
    ['a manager that is none', () => cassette({} as never, 'a'), /expects a QNetworkAccessManager/],
    ['no path', () => tape(''), /expects the path of a file/],
    ['another URL', () => tape(new URL('http://h.test/') as never), /expects the path of a file/],
    ['a mode that is none', () => tape('a', { mode: 'once' as never }), /mode is 'auto', 'record', 'replay' or 'off'; got once/],
    ['a delay that is none', () => tape('a', { delay: 5 as never }), /delay is 'none' or 'recorded'; got 5/],
    ['a limit that is none', () => tape(fresh(), { bodyLimit: -1 }), /bodyLimit is a whole number/],
  ])('%s is an error at once', (_what, make, text) => {
    expect(make).toThrow(text);
  });
});

describe('the end', () => {
  it('brings the network back, and counts once', async () => {
    const { file, url } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
    const server = await serve({ routes: { '/hello': { body: 'the real one' } } });
    const again = tape(file);
    expect(await again.manager.get(`${url}/hello`).text()).toBe('hello');
    await again.tape.stop();
    await again.tape.stop();
    expect(await again.manager.get(server.url('/hello')).text()).toBe('the real one');
  });

  it('discard writes nothing, and neither does a stop after it', async () => {
    const server = await serve({ routes: ROUTES });
    const file = fresh();
    const one = tape(file);
    await one.manager.get(server.url('/hello')).text();
    one.tape.discard();
    await one.tape.stop();
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('says when the file cannot be written', async () => {
    const blocked = join(root, 'blocked');
    writeFileSync(blocked, '');
    const one = tape(join(blocked, 'test.har'));
    await expect(one.tape.stop()).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

it('takes as long as it took when it is told so', async () => {
  const { file, url } = await recorded((manager, origin) => manager.get(`${origin}/hello`).text());
  const har = parseHar(readFileSync(file));
  Object.assign(har.log.entries[0]!.timings, { send: 0, wait: 5000, receive: 0 });
  writeFileSync(file, JSON.stringify(har));
  const clock = new ManualClock();
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  cassette(manager, file, { delay: 'recorded' }, clock);
  const reply = manager.get(`${url}/hello`);
  await new Promise((next) => setImmediate(next));
  clock.advance(4999);
  await new Promise((next) => setImmediate(next));
  expect(reply.isFinished()).toBe(false);
  clock.advance(1);
  expect(await reply.text()).toBe('hello');
});
