import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createFetch } from '../../../src/fetch.ts';
import { QNetworkAccessManager, QNetworkMemoryCache } from '../../../src/index.ts';
import { managers } from '../../support/managers.ts';
import { type SeenRequest, serve } from '../../support/server.ts';

const manager = managers();

describe('redirect', () => {
  const leads = (status: number, to = '/there') => ({ status, headers: { Location: to }, body: 'moved' });

  test.each([
    [301, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'again'],
    [308, 'PATCH', 'PATCH', 'again'],
  ])('%i of a %s is followed with %s', async (status, method, then, body) => {
    await using origin = await serve({ routes: { '/there': { body: 'here' }, '*': leads(status) } });
    const reply = await createFetch(manager())(origin.url('/'), { method, body: 'again' });
    expect([reply.redirected, reply.url, await reply.text()]).toEqual([true, origin.url('/there'), 'here']);
    expect([origin.requests[1]?.method, origin.requests[1]?.body.toString()]).toEqual([then, body]);
  });

  test('is followed twenty times, from https to http as well, and not once more', async () => {
    const counted = ({ target }: SeenRequest) => leads(302, `/${Number(target.slice(1)) - 1}`);
    await using origin = await serve({ routes: { '/0': { body: 'end' }, '*': counted } });
    const fetch = createFetch(manager());
    expect(await (await fetch(origin.url('/20'))).text()).toBe('end');
    await expect(fetch(origin.url('/21'))).rejects.toMatchObject({ cause: { kind: 'too-many-redirects' } });
  });

  test('without a Location, and 305, are answers', async () => {
    await using origin = await serve({ routes: { '/a': { status: 302, body: 'nowhere' }, '/b': leads(305) } });
    const fetch = createFetch(manager());
    expect((await fetch(origin.url('/a'))).status).toBe(302);
    expect((await fetch(origin.url('/b'))).status).toBe(305);
  });

  test('a stream cannot be sent again', async () => {
    await using origin = await serve({ routes: { '/there': {}, '*': leads(307) } });
    const body = new Blob(['once']).stream();
    const promise = createFetch(manager())(origin.url('/'), { method: 'POST', body, duplex: 'half' });
    await expect(promise).rejects.toMatchObject({ cause: { kind: 'resend' } });
  });

  test("'error' rejects", async () => {
    await using origin = await serve({ routes: { '*': leads(302) } });
    const promise = createFetch(manager())(origin.url('/'), { redirect: 'error' });
    await expect(promise).rejects.toMatchObject({ cause: { kind: 'insecure-redirect' } });
  });

  test("'manual' is opaque, as the standard has it, or visible where that was asked; the connection is kept", async () => {
    await using origin = await serve({ routes: { '*': leads(302) } });
    const shared = manager();
    const opaque = await createFetch(shared)(origin.url('/'), { redirect: 'manual' });
    expect([opaque.type, opaque.status, opaque.headers.get('location'), opaque.body]).toEqual(['opaqueredirect', 0, null, null]);
    const seen = await createFetch(shared, { visibleRedirects: true })(origin.url('/'), { redirect: 'manual' });
    expect([seen.status, seen.headers.get('location'), await seen.text()]).toEqual([302, '/there', 'moved']);
    expect(origin.connections.length).toBe(1);
  });

  test('secrets stay with the origin they were given for', async () => {
    await using other = await serve({ routes: { '*': { body: 'x' } } });
    await using origin = await serve({ routes: { '*': leads(302, other.url('/')) } });
    await createFetch(manager())(origin.url('/'), { headers: { Authorization: 'Bearer x', 'X-Plain': 'y' } });
    expect([other.requests[0]?.header('Authorization'), other.requests[0]?.header('X-Plain')]).toEqual([undefined, 'y']);
  });
});

describe('cache', () => {
  const fresh = { headers: { 'Cache-Control': 'max-age=60', ETag: '"1"' }, body: 'kept' };
  const stale = { headers: { 'Cache-Control': 'max-age=0', ETag: '"1"' }, body: 'kept' };

  /** Requests at the origin after a first one that filled the cache. */
  async function second(cache: string, first: typeof fresh, mode = 'cors'): Promise<readonly SeenRequest[]> {
    await using origin = await serve({ routes: { '*': first } });
    const owner = manager();
    owner.setCache(new QNetworkMemoryCache());
    const fetch = createFetch(owner);
    await (await fetch(origin.url('/'))).text();
    expect(await (await fetch(origin.url('/'), { cache, mode } as never)).text()).toBe('kept');
    return origin.requests.slice(1);
  }

  test('default takes what is fresh', async () => expect(await second('default', fresh)).toEqual([]));
  test('default asks about what is stale', async () =>
    expect((await second('default', stale))[0]?.header('If-None-Match')).toBe('"1"'));
  test('force-cache takes what is stale', async () => expect(await second('force-cache', stale)).toEqual([]));
  test('only-if-cached takes what is stale', async () =>
    expect(await second('only-if-cached', stale, 'same-origin')).toEqual([]));
  test('no-cache asks about what is fresh', async () => {
    const [request] = await second('no-cache', fresh);
    expect([request?.header('If-None-Match'), request?.header('Cache-Control')]).toEqual(['"1"', 'max-age=0']);
  });
  test.each(['reload', 'no-store'])('%s gets it anew', async (cache) => {
    const [request] = await second(cache, fresh);
    expect([request?.header('If-None-Match'), request?.header('Pragma')]).toEqual([undefined, 'no-cache']);
  });

  test('force-cache goes out for what is not there, and only-if-cached does not', async () => {
    await using origin = await serve({ routes: { '*': fresh } });
    const owner = manager();
    owner.setCache(new QNetworkMemoryCache());
    const fetch = createFetch(owner);
    const init = { cache: 'only-if-cached', mode: 'same-origin' } as const;
    await expect(fetch(origin.url('/'), init)).rejects.toMatchObject({ cause: { kind: 'not-stored' } });
    expect(origin.requests.length).toBe(0);
    expect(await (await fetch(origin.url('/'), { cache: 'force-cache' })).text()).toBe('kept');
  });

  test('no-store stores nothing', async () => {
    await using origin = await serve({ routes: { '*': fresh } });
    const owner = manager();
    owner.setCache(new QNetworkMemoryCache());
    const fetch = createFetch(owner);
    await (await fetch(origin.url('/'), { cache: 'no-store' })).text();
    await (await fetch(origin.url('/'))).text();
    expect(origin.requests.length).toBe(2);
  });
});

describe('credentials', () => {
  const gives = { headers: { 'Set-Cookie': 'a=1' }, body: 'x' };

  test.each([
    ['include', false, 'a=1'],
    ['same-origin', false, undefined],
    ['same-origin', true, 'a=1'],
    ['omit', true, undefined],
  ] as const)('%s, with a page of the origin: %s', async (credentials, home, cookie) => {
    await using origin = await serve({ routes: { '*': gives } });
    const fetch = createFetch(manager(), home ? { base: origin.url('/page') } : {});
    for (let i = 0; i < 2; i++) await (await fetch(origin.url('/'), { credentials })).text();
    expect(origin.requests[1]?.header('Cookie')).toBe(cookie);
  });

  test('what the manager knows is sent, but with omit', async () => {
    const wants = { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } };
    const route = (request: SeenRequest) => (request.header('Authorization') === 'Bearer t' ? { body: 'in' } : wants);
    await using origin = await serve({ routes: { '*': route } });
    await using owner = new QNetworkAccessManager({ tokenSource: () => 't' });
    const fetch = createFetch(owner);
    const statuses: number[] = [];
    for (const credentials of ['same-origin', 'omit', 'include'] as const)
      statuses.push((await fetch(origin.url('/'), { credentials })).status);
    expect(statuses).toEqual([200, 401, 200]);
  });

  test('same-origin gives the cookies of the page to nobody else, also behind a redirect', async () => {
    await using other = await serve({ routes: { '*': gives } });
    await using origin = await serve({ routes: { '/away': { status: 302, headers: { Location: other.url('/') } }, '*': gives } });
    const fetch = createFetch(manager(), { base: origin.url('/page') });
    await (await fetch('/')).text();
    await (await fetch('/away')).text();
    expect(origin.requests[1]?.header('Cookie')).toBe('a=1');
    expect(other.requests[0]?.header('Cookie')).toBeUndefined();
    expect([other.requests[0]?.header('Referer'), other.requests[0]?.header('Origin')]).toEqual([
      origin.url('/'),
      new URL(origin.url()).origin,
    ]);
  });
});

describe('integrity', () => {
  const digest = (name: string, text: string): string => `${name}-${createHash(name).update(text).digest('base64')}`;

  test.each([
    ['one that fits', digest('sha256', 'body'), true],
    ['one of several', `${digest('sha384', 'other')} ${digest('sha384', 'body')}`, true],
    ['the strongest counts', `${digest('sha256', 'body')} ${digest('sha512', 'other')}`, false],
    ['none that fits', digest('sha512', 'other'), false],
    ['none that is known', 'md5-xyz', true],
  ])('%s', async (_name, integrity, fits) => {
    await using origin = await serve({ routes: { '*': { body: 'body' } } });
    const promise = createFetch(manager())(origin.url('/'), { integrity });
    if (fits) expect(await (await promise).text()).toBe('body');
    else await expect(promise).rejects.toMatchObject({ message: 'fetch failed', cause: { kind: 'protocol' } });
  });

  test.each([
    ['data:', () => 'data:,body'],
    ['blob:', () => URL.createObjectURL(new Blob(['body']))],
  ])('counts for %s as well', async (_name, make) => {
    const fetch = createFetch(manager());
    expect(await (await fetch(make(), { integrity: digest('sha256', 'body') })).text()).toBe('body');
    await expect(fetch(make(), { integrity: digest('sha256', 'other') })).rejects.toMatchObject({ cause: { kind: 'protocol' } });
  });

  test('an answer without a body has no digest, not even that of nothing', async () => {
    await using origin = await serve({ routes: { '*': { body: 'body' } } });
    const promise = createFetch(manager())(origin.url('/'), { method: 'HEAD', integrity: digest('sha256', '') });
    await expect(promise).rejects.toMatchObject({ cause: { kind: 'protocol' } });
  });
});
