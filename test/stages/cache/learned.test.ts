import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  NetworkError,
  type QNetworkAccessManager,
  QNetworkCacheMetaData,
  QNetworkMemoryCache,
  QNetworkRequest,
} from '../../../src/index.ts';
import { turns } from '../../api/bridge/support.ts';
import { managers } from '../../support/managers.ts';
import { until } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { isStored, Scene, whole } from './scene.ts';

const { Attribute, AlwaysCache } = QNetworkRequest;
const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };

const plain = managers();
/** A manager with a cache, whose time is real. */
function cached(): QNetworkAccessManager {
  const manager = plain();
  manager.setCache(new QNetworkMemoryCache());
  return manager;
}

beforeAll(trustTestAuthority);

describe('cookies', () => {
  const names = (scene: Scene): string[] =>
    scene.manager
      .cookieJar()!
      .cookiesForUrl(scene.at())
      .map((cookie) => `${cookie.name()}=${cookie.value()}`);
  const eat = (scene: Scene): void => {
    const jar = scene.manager.cookieJar()!;
    for (const cookie of jar.cookiesForUrl(scene.at())) jar.deleteCookie(cookie);
  };

  it('of a stored answer are set once, those of a 304 as well', async () => {
    await using scene = await Scene.open();
    scene.script = [{ headers: { ...FRESH, 'Set-Cookie': 'a=1' }, body: 'one' }];
    await scene.text();
    expect(names(scene)).toEqual(['a=1']);
    eat(scene);
    const hit = await whole(scene.get());
    expect([isStored(hit), hit.rawHeader('Set-Cookie').toString(), names(scene)]).toEqual([true, 'a=1', []]);
    scene.clock.advance(61_000);
    scene.script = [{ status: 304, headers: { 'Set-Cookie': 'b=2' } }];
    expect(await scene.text()).toBe('one');
    expect(names(scene)).toEqual(['b=2']);
  });

  it('of an answer whose rest is fetched are set once, those of the rest as well', async () => {
    await using scene = await Scene.open();
    const broken: Answer = { headers: { ...FRESH, 'Set-Cookie': 'a=1' }, body: '012345', truncate: 3, end: 'close' };
    scene.script = [broken];
    await whole(scene.get());
    eat(scene);
    const rest = { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 3-5/6' }, body: '345' };
    scene.script = [{ ...rest, truncate: 0, end: 'close' }];
    await whole(scene.get());
    expect(names(scene)).toEqual([]);
    scene.script = [{ ...rest, headers: { ...rest.headers, 'Set-Cookie': 'b=2' } }];
    expect(await scene.text()).toBe('012345');
    expect(names(scene)).toEqual(['b=2']);
  });

  it('that are sent count where the answer varies by them', async () => {
    await using scene = await Scene.open();
    const vary = { ...FRESH, Vary: 'Cookie' };
    scene.script = [
      { headers: { ...vary, 'Set-Cookie': 'a=1' }, body: 'stranger' },
      { headers: vary, body: 'friend' },
    ];
    expect([await scene.text(), await scene.text(), await scene.text()]).toEqual(['stranger', 'friend', 'friend']);
  });
});

describe('strict transport security', () => {
  it('is not learned from what is stored', async () => {
    const route = (max: number) => ({ headers: { ...FRESH, 'Strict-Transport-Security': `max-age=${max}` }, body: 'ok' });
    await using server = await serve({ tls: identity('good'), routes: { '/on': route(60), '/off': route(0) } });
    const manager = cached();
    manager.setStrictTransportSecurityEnabled(true);
    const at = (path: string): string => `https://localhost:${server.port}${path}`;
    const known = (): number => manager.strictTransportSecurityHosts().length;
    await manager.get(at('/on')).text();
    expect(known()).toBe(1);
    await manager.get(at('/off')).text();
    expect(known()).toBe(0);
    const hit = await whole(manager.get(at('/on')));
    expect([isStored(hit), known(), server.requests.length]).toEqual([true, 0, 2]);
  });
});

describe('a connection whose errors were ignored', () => {
  const doubtful = async () => {
    const route = { headers: FRESH, body: 'forged' };
    return serve({ tls: identity('selfsigned'), routes: { '/': route } });
  };
  const at = (server: { port: number }): string => `https://localhost:${server.port}/`;

  it('leaves nothing behind', async () => {
    await using server = await doubtful();
    const manager = cached();
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    for (let i = 0; i < 2; i++) {
      const reply = await whole(manager.get(at(server)));
      expect([reply.readAll().toString(), isStored(reply)]).toEqual(['forged', false]);
    }
    expect([server.requests.length, manager.cache()?.cacheSize()]).toEqual([2, 0]);
  });

  it('does not change what is there', async () => {
    await using server = await doubtful();
    const manager = cached();
    const cache = manager.cache()!;
    const meta = new QNetworkCacheMetaData();
    meta.setUrl(at(server));
    meta.setRawHeaders([['ETag', '"1"']]);
    const device = cache.prepare(meta)!;
    device.write('good');
    cache.insert(device);
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    expect(await manager.get(at(server)).text()).toBe('forged');
    expect(cache.data(at(server))?.readAll().toString()).toBe('good');
  });
});

describe('what a stored answer tells of itself', () => {
  it('its attributes', async () => {
    await using scene = await Scene.open();
    scene.script = [{ status: 203, reason: 'Well', headers: FRESH, body: 'one' }];
    const miss = await whole(scene.get());
    const hit = await whole(scene.get());
    scene.clock.advance(61_000);
    scene.script = [{ status: 304 }];
    const validated = await whole(scene.get());
    const told = [miss, hit, validated].map((reply) =>
      [
        Attribute.HttpStatusCodeAttribute,
        Attribute.HttpReasonPhraseAttribute,
        Attribute.SourceIsFromCacheAttribute,
        Attribute.HttpPipeliningWasUsedAttribute,
        Attribute.Http2WasUsedAttribute,
      ].map((code) => reply.attribute(code)),
    );
    expect(told).toEqual([
      [203, 'Well', null, false, false],
      [203, 'Well', true, null, null],
      [203, 'Well', true, false, false],
    ]);
    expect(hit.timings()).toMatchObject({ sent: -1, connectStart: -1, reused: false });
    expect(hit.timings()!.ended).toBeGreaterThanOrEqual(0);
  });

  it('a coded body is undone on every hit, by whoever wants that', async () => {
    await using scene = await Scene.open();
    const body = 'unpacked '.repeat(100);
    const coded = gzipSync(body);
    scene.script = [{ headers: { ...FRESH, 'Content-Encoding': 'gzip' }, body: coded }];
    for (let i = 0; i < 3; i++) {
      const reply = await whole(scene.get());
      expect(reply.readAll().toString()).toBe(body);
      expect(reply.attribute(Attribute.OriginalContentLengthAttribute)).toBe(coded.length);
      expect(reply.hasRawHeader('Content-Length')).toBe(false);
    }
    const raw = await whole(scene.get('/', { 'Accept-Encoding': 'gzip' }));
    expect(raw.readAll()).toEqual(coded);
    expect(scene.server.requests).toHaveLength(1);
  });

  it('a long coded one as well, although it is undone beside the event loop', async () => {
    await using scene = await Scene.open();
    const body = Buffer.alloc(3_000_000, 'long ');
    scene.script = [{ headers: { ...FRESH, 'Content-Encoding': 'gzip' }, body: gzipSync(body) }];
    for (let i = 0; i < 2; i++) expect((await whole(scene.get())).readAll().equals(body)).toBe(true);
    expect(scene.server.requests).toHaveLength(1);
  });
});

describe('whose answer it is', () => {
  const user = (scene: Scene, name: string): string => scene.at().replace('//', `//${name}@`);

  it('that of a user is not that of others; his password does not count', async () => {
    await using scene = await Scene.open();
    scene.script = ['none', 'ann', 'bob'].map((body) => ({ headers: FRESH, body }));
    const texts: string[] = [];
    for (const url of [
      scene.at(),
      user(scene, 'ann:1'),
      user(scene, 'bob:1'),
      user(scene, 'ann:2'),
      user(scene, 'bob'),
      scene.at(),
    ])
      texts.push(await scene.manager.get(url).text());
    expect(texts).toEqual(['none', 'ann', 'bob', 'ann', 'bob', 'none']);
  });

  it('no password is told when nothing is stored', async () => {
    await using scene = await Scene.open();
    const reply = scene.manager.get(user(scene, 'ann:secret'), { attributes: { CacheLoadControlAttribute: AlwaysCache } });
    await whole(reply);
    expect(reply.error()).toBe(NetworkError.ContentNotFoundError);
    expect(reply.errorString()).not.toContain('secret');
  });
});

describe('without a cache', () => {
  it('AlwaysCache finds nothing, and asks nobody', async () => {
    await using scene = await Scene.open();
    scene.manager.setCache(null);
    const reply = await whole(scene.manager.get(scene.at(), { attributes: { CacheLoadControlAttribute: AlwaysCache } }));
    expect([reply.error(), scene.server.requests.length]).toEqual([NetworkError.ContentNotFoundError, 0]);
    scene.script = [{ body: 'one' }];
    expect(await scene.text()).toBe('one');
  });
});

describe('a redirect out of what is stored', () => {
  it.each(['memory', 'late'] as const)('waits to be allowed, as any other (%s)', async (kind) => {
    await using scene = await Scene.open(kind);
    scene.script = [
      { status: 301, headers: { ...FRESH, Location: '/b' } },
      { headers: FRESH, body: 'here' },
    ];
    expect(await scene.text('/a')).toBe('here');
    for (const allowed of [true, false]) {
      const reply = scene.manager.get(scene.at('/a'), { redirect: 'user-verified' });
      const to: string[] = [];
      reply.redirected.connect((url) => to.push(url.path()));
      await until(() => to.length > 0, 'redirected');
      await turns(3);
      expect([to, reply.isRunning()]).toEqual([['/b'], true]);
      if (allowed) reply.redirectAllowed.emit();
      else reply.abort();
      await whole(reply);
      expect(reply.error()).toBe(allowed ? 0 : NetworkError.OperationCanceledError);
      if (allowed) expect(reply.readAll().toString()).toBe('here');
    }
    expect(scene.server.requests).toHaveLength(2);
  });

  it('is refused by the policy, as any other', async () => {
    await using scene = await Scene.open();
    scene.script = [{ status: 301, headers: { ...FRESH, Location: 'http://example.invalid/' } }];
    scene.manager.get(scene.at(), { redirect: 'manual' });
    await until(() => scene.server.requests.length === 1, 'the request');
    const reply = await whole(scene.manager.get(scene.at(), { redirect: 'same-origin' }));
    expect(reply.error()).toBe(NetworkError.InsecureRedirectError);
  });
});
