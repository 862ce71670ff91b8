import { describe, expect, it, onTestFinished } from 'vitest';
import { parseHar } from '../../../src/har.ts';
import { QNetworkAccessManager, QNetworkMemoryCache, QNetworkRequest } from '../../../src/index.ts';
import { startInspector } from '../../../src/inspector.ts';
import { STATES, STORED } from '../../../src/tools/inspector/page/protocol.ts';
import { ManualClock } from '../../support/clock.ts';
import { serve } from '../../support/server.ts';
import { ASSETS, ask, inspected, lastRows, Visitor } from './visitor.ts';

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

describe('the door', () => {
  it('opens once by the address, and then by the cookie', async () => {
    const inspector = await inspected(fresh());
    const { url } = inspector;
    const { origin } = new URL(url);
    expect((await ask(`${origin}/`)).status).toBe(401);
    const entered = await ask(url);
    expect(entered.status).toBe(200);
    expect(entered.headers['set-cookie']![0]).toMatch(/^qnetwork-inspector-\d+=\w{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await ask(url)).status).toBe(403);
    const cookie = entered.headers['set-cookie']![0]!.split(';')[0]!;
    expect((await ask(`${origin}/`, { headers: { Cookie: cookie } })).text).toContain('<script type="module" src="/page.js">');
    expect(inspector.url).not.toBe(url);
  });

  it('is shut to other names, other sites, and changes by GET', async () => {
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    expect((await visitor.get('/', { Host: 'evil.example' })).status).toBe(403);
    expect((await visitor.get('/feed', { Origin: 'http://evil.example' })).status).toBe(403);
    expect((await visitor.get('/clear')).status).toBe(404);
    const { origin, cookie } = visitor;
    const post = (headers: Record<string, string>) =>
      ask(`${origin}/clear`, { method: 'POST', headers: { Cookie: cookie, ...headers } });
    expect((await post({})).status).toBe(403);
    expect((await post({ Origin: 'http://evil.example' })).status).toBe(403);
    expect((await post({ Origin: origin })).status).toBe(200);
  });

  it('sends what keeps the page to itself with everything, refusals too', async () => {
    const inspector = await inspected(fresh());
    const visitor = await Visitor.enter(inspector);
    for (const answer of [
      await visitor.get('/'),
      await visitor.get('/page.js'),
      await visitor.get('/nothing'),
      await ask(`${visitor.origin}/`),
    ]) {
      expect(answer.headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
      );
      expect(answer.headers['content-security-policy']).not.toContain('unsafe');
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await visitor.get('/page.js')).text).toBe(ASSETS.script);
    expect((await visitor.get('/page.css')).text).toBe(ASSETS.style);
  });

  it('stands on this machine alone, and is gone when it is closed', async () => {
    const manager = fresh();
    const inspector = await inspected(manager);
    const { url } = inspector;
    expect(new URL(url).hostname).toBe('127.0.0.1');
    await inspector.close();
    await inspector.close();
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says what is wrong with how it is called', async () => {
    const manager = fresh();
    await expect(startInspector({} as never)).rejects.toThrow(/expects a manager/);
    await expect(startInspector(manager, { port: 70_000 })).rejects.toThrow(/port is a whole number up to 65535; got 70000/);
    await expect(startInspector(manager, { mostRows: 0 })).rejects.toThrow(/mostRows is a whole number from 1; got 0/);
    await expect(startInspector(manager, { bodyLimit: 1.5 })).rejects.toThrow(/bodyLimit is a whole number from 0/);
  });
});

describe('the feed', () => {
  it('tells of what was before and what comes, row by row', async () => {
    await using server = await serve({ routes: { '/a': { body: 'hello' }, '/b': { status: 404 }, '/c': { delay: 1000 } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager, { title: 'a test' }));
    await manager.get(server.url('/a')).text();
    let asked = false;
    const messages = await visitor.feed((heard) => {
      const rows = lastRows(heard);
      if (rows.size === 1 && !asked) {
        asked = true;
        manager.get(server.url('/b'));
        manager.get(server.url('/c'));
        manager.get('http://127.0.0.1:1/');
      }
      return rows.size === 4 && rows.get(2)?.[2] === STATES.indexOf('sent');
    });
    expect(messages[0]).toMatchObject({ reset: { title: 'a test' }, rows: [] });
    const rows = [...lastRows(messages).values()].map(([, , state, , method, url, status, , received, , , , , , problem]) => [
      ...[STATES[state], method, new URL(url).pathname, status, received, problem],
    ]);
    expect(rows.sort((a, b) => String(a[2]).localeCompare(String(b[2])))).toEqual([
      ['failed', 'GET', '/', 0, 0, 'refused'],
      ['done', 'GET', '/a', 200, 5, ''],
      ['done', 'GET', '/b', 404, 0, ''],
      ['sent', 'GET', '/c', 0, 0, ''],
    ]);
  });

  it('shows who waits in line, and the connections', async () => {
    await using server = await serve({ routes: { '*': { delay: 2000 } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    for (let i = 0; i < 9; i++) manager.get(server.url(`/${i}`));
    const messages = await visitor.feed(
      (heard) => lastRows(heard).size === 9 && heard.some(({ pools }) => pools?.[0]?.[5].length === 6),
    );
    const [place, via, limit, , waiting, connections] = messages.findLast(({ pools }) => pools !== undefined)!.pools![0]!;
    expect([place, via, limit, waiting]).toEqual([server.url('').replace(/\/$/, ''), '', 6, 3]);
    expect(connections.map(([, multiplexed, address, tls, depth]) => [multiplexed, address, tls, depth])).toEqual(
      Array.from({ length: 6 }, () => [false, '127.0.0.1', '', 1]),
    );
    const states = [...lastRows(messages).values()].map((row) => STATES[row[2]]);
    expect(states.filter((state) => state === 'waiting').length).toBe(3);
  });

  it('keeps as many rows as it was told, and says how many have gone', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager, { mostRows: 5 }));
    for (let i = 0; i < 8; i++) await manager.get(server.url(`/${i}`)).text();
    const messages = await visitor.feed((heard) => lastRows(heard).size === 5);
    expect([...lastRows(messages).keys()]).toEqual([3, 4, 5, 6, 7]);
    expect(messages.at(-1)).toMatchObject({ first: 3, dropped: 3 });
    expect((await visitor.get('/rows/2')).status).toBe(404);
    expect((await visitor.get('/rows/3')).status).toBe(200);
  });

  it('brings a page up to date that comes late, in pieces, and misses nothing', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    const many = 2300;
    for (let i = 0; i < many; i += 100)
      await Promise.all(Array.from({ length: 100 }, (_, k) => manager.get(server.url(`/${i + k}`)).text()));
    let more = 0;
    const messages = await visitor.feed((heard) => {
      if (more++ === 0) for (let i = 0; i < 50; i++) void manager.get(server.url(`/late/${i}`)).text();
      const rows = lastRows(heard);
      return rows.size === many + 50 && [...rows.values()].every((row) => STATES[row[2]] === 'done');
    });
    expect(messages.filter(({ rows }) => rows.length >= 300).length).toBeGreaterThanOrEqual(2);
    expect(messages.every(({ rows }) => rows.length <= 2100)).toBe(true);
  });
});

it('tells a page that catches up of changes to what it was told already', async () => {
  await using server = await serve({
    routes: { '/slow': { body: 'slow', headers: { 'Content-Length': '4' }, truncate: 2 }, '*': { body: 'x' } },
  });
  const manager = fresh();
  const clock = new ManualClock();
  const visitor = await Visitor.enter(await inspected(manager, {}, clock));
  const slow = manager.get(server.url('/slow'));
  await new Promise<void>((resolve) => slow.readyRead.connect(() => resolve()));
  for (let i = 0; i < 2100; i += 100) await Promise.all(Array.from({ length: 100 }, () => manager.get(server.url('/')).text()));
  let ticks = 0;
  const messages = await visitor.feed((heard) => {
    if (heard.length === 2 && ticks === 1) slow.abort();
    if (heard.length > ticks && ticks < 2) {
      ticks++;
      clock.advance(500);
    }
    return lastRows(heard).size === 2101;
  });
  expect(messages.map(({ rows }) => rows.length)).toEqual([0, 2000, 102]);
  expect(messages[2]!.rows[0]!.slice(0, 3)).toEqual([0, 0, STATES.indexOf('failed')]);
});

describe('one row', () => {
  it('is told of without secrets: heads, bodies, cookies, curl', async () => {
    await using server = await serve({
      routes: {
        '*': {
          body: '{"name":"Ada","access_token":"t0psecret"}',
          headers: {
            'Content-Type': 'application/json',
            'Set-Cookie': 'sid=s3cret; Path=/; HttpOnly',
            'Cache-Control': 'max-age=60',
          },
        },
      },
    });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager, { secretNames: ['Voucher'] }));
    const request = new QNetworkRequest(server.url('/p?token=t0psecret&voucher=t0psecret&page=2'));
    request.setRawHeader('Authorization', 'Bearer t0psecret');
    request.setRawHeader('Content-Type', 'application/json');
    await manager.post(request, '{"password":"t0psecret","count":2}').text();
    const answer = await visitor.get('/rows/0');
    expect(answer.text).not.toMatch(/t0psecret|s3cret/);
    const details = await visitor.details(0);
    expect(details).toMatchObject({
      ...{ method: 'POST', status: 200, reason: 'OK', version: 'HTTP/1.1', trips: [0], noReplay: '', failure: null },
      requestBody: { text: '{"password":"***","count":2}', size: 34 },
      body: { text: '{"name":"Ada","access_token":"***"}', mime: 'application/json' },
      setCookies: [{ name: 'sid', value: '***', about: 'path / · until the session ends · HttpOnly' }],
      cache: ['Answered by the server.', 'Answers to POST are not used again.'],
    });
    expect(details.url).toContain('/p?token=***&voucher=***&page=2');
    expect(details.curl).toMatch(/^curl \\\n.*--header 'Authorization: Bearer \*\*\*'/s);
    expect(details.curl).not.toMatch(/Content-Length|Host:/);
    const feed = await visitor.feed((heard) => lastRows(heard).size === 1);
    expect(JSON.stringify(feed)).not.toMatch(/t0psecret|s3cret/);
  });

  it('knows the trips of its request, and what the cache had to do with it', async () => {
    await using server = await serve({
      routes: {
        '/old': { status: 302, headers: { Location: '/kept' } },
        '/kept': { body: 'kept', headers: { ETag: '"1"', 'Cache-Control': 'max-age=7200' } },
      },
    });
    const manager = fresh();
    manager.setCache(new QNetworkMemoryCache());
    const visitor = await Visitor.enter(await inspected(manager));
    for (let i = 0; i < 2; i++) await manager.get(server.url('/old')).text();
    expect(await visitor.details(0)).toMatchObject({ status: 302, trips: [0, 1] });
    expect(await visitor.details(1)).toMatchObject({
      trips: [0, 1],
      cache: [
        'Answered by the server.',
        'It stays fresh for 2 hours.',
        'The server can be asked whether it still holds (ETag "1").',
      ],
    });
    const last = await visitor.details(3);
    expect(last).toMatchObject({ trips: [2, 3], body: { text: 'kept' } });
    expect(last.cache[0]).toBe('Answered out of the store: nothing was sent.');
    const rows = lastRows(await visitor.feed((heard) => lastRows(heard).size === 4));
    expect(rows.get(3)![13] & STORED).toBe(STORED);
  });

  it('has no body that is too long, and gives up the oldest ones for new ones', async () => {
    await using server = await serve({ routes: { '/long': { body: 'x'.repeat(2000) }, '*': { body: 'y'.repeat(900) } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager, { bodyLimit: 1000, bodyMemory: 2000 }));
    await manager.get(server.url('/long')).text();
    for (let i = 0; i < 4; i++) await manager.get(server.url(`/${i}`)).text();
    const bodies = await Promise.all([0, 1, 2, 3, 4].map(async (id) => (await visitor.details(id)).body));
    expect(bodies.map((body) => [body!.size, body!.text?.length])).toEqual([
      [2000, undefined],
      ...[900, 900].map((size) => [size, undefined]),
      ...[900, 900].map((size) => [size, size]),
    ]);
    expect(bodies[0]!.remark).toMatch(/bodyLimit.*bodyMemory/);
  });

  it('is an image that comes as it was', async () => {
    const image = Buffer.from([137, 80, 78, 71, 0, 255, 254]);
    await using server = await serve({ routes: { '*': { body: image, headers: { 'Content-Type': 'image/png' } } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    await manager.get(server.url('/')).bytes();
    const { body } = await visitor.details(0);
    expect(body).toMatchObject({ base64: true, mime: 'image/png' });
    expect(Buffer.from(body!.text!, 'base64')).toEqual(image);
  });
});

describe('what is done from the page', () => {
  it('sends a request again as it was, secrets and body included', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    const request = new QNetworkRequest(server.url('/again'));
    request.setRawHeader('X-Api-Key', 'key');
    await manager.post(request, 'a body').text();
    expect((await visitor.post('/rows/0/replay')).status).toBe(202);
    await server.whenRequests(2);
    const [first, second] = server.requests;
    expect([second!.method, second!.target, second!.header('X-Api-Key'), second!.body.toString()]).toEqual([
      'POST',
      first!.target,
      'key',
      'a body',
    ]);
    const messages = await visitor.feed((heard) => lastRows(heard).get(1)?.[2] === STATES.indexOf('done'));
    expect(lastRows(messages).get(1)!.slice(4, 7)).toEqual(['POST', server.url('/again'), 200]);
  });

  it('does not send again what is not kept, and says why', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager, { bodyLimit: 10 }));
    await manager.post(new QNetworkRequest(server.url('/')), 'more than ten bytes').text();
    const answer = await visitor.post('/rows/0/replay');
    expect([answer.status, answer.text]).toEqual([409, 'Its body was longer than is kept.\n']);
    expect((await visitor.details(0)).noReplay).toBe('Its body was longer than is kept.');
    expect((await visitor.post('/rows/7/replay')).status).toBe(409);
    expect(server.requests.length).toBe(1);
  });

  it('forgets all rows, for every page that is open', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    await manager.get(server.url('/')).text();
    let cleared = false;
    const messages = await visitor.feed((heard) => {
      if (lastRows(heard).size === 1 && !cleared) {
        cleared = true;
        void visitor.post('/clear');
      }
      return heard.filter(({ reset }) => reset !== undefined).length === 2;
    });
    expect(messages.at(-1)).toMatchObject({ first: 1, rows: [], dropped: 0 });
    expect((await visitor.get('/rows/0')).status).toBe(404);
  });

  it('gives all rows as a HAR without secrets', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const visitor = await Visitor.enter(await inspected(manager));
    for (let i = 0; i < 150; i++) await manager.get(server.url(`/${i}?token=t0psecret`)).text();
    const answer = await visitor.get('/session.har');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="inspector.har"');
    const { entries } = parseHar(answer.text).log;
    expect(entries.map(({ request }) => request.url)).toEqual(
      Array.from({ length: 150 }, (_, i) => server.url(`/${i}?token=***`)),
    );
    expect(entries[0]!.response.content.text).toBe('ok');
  });
});

it('leaves the engine as it was when it is closed', async () => {
  await using server = await serve({ routes: { '*': { body: 'ok' } } });
  const manager = fresh();
  const inspector = await inspected(manager);
  const visitor = await Visitor.enter(inspector);
  await manager.get(server.url('/')).text();
  expect((await visitor.get('/rows/0')).status).toBe(200);
  await inspector.close();
  expect(await manager.get(server.url('/')).text()).toBe('ok');
  const other = await Visitor.enter(await inspected(manager));
  expect((await other.get('/rows/0')).status).toBe(404);
});
