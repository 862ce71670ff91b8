import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type {
  QIODevice,
  QNetworkAccessManager,
  QNetworkProxy,
  QNetworkProxyFactory,
  QNetworkProxyQuery,
  QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { down, type FakeLinks, link, playMachine } from '../support/links.ts';
import { until } from '../support/once.ts';
import { heard, KEYED, MOVED, over, type Package, type Scene, scene, secureManager, secureScene } from './support.ts';
import type { MemberTests } from './types.ts';

type Operation = QNetworkAccessManager.Operation;

/** What arrives when `send` asks for something. */
const arrives = (q: Package, send: (set: Scene) => QNetworkReply, method: string, body: string): Promise<void> =>
  scene(q, async (set) => {
    const reply = send(set);
    await over(reply);
    expect(reply.error()).toBe(0);
    expect(set.origin.requests.map((one) => `${one.method} ${one.target} ${one.body}`)).toEqual([`${method} /x ${body}`]);
  });

/** A manager that knows a host. */
function knowing(q: Package): QNetworkAccessManager {
  const manager = new q.QNetworkAccessManager();
  manager.addStrictTransportSecurityHosts([new q.QHstsPolicy(new Date(Date.now() + 60_000), 0, 'known.test')]);
  return manager;
}

/** A factory that knows no proxy. */
function directly(q: Package, asked?: (query?: QNetworkProxyQuery) => void): QNetworkProxyFactory {
  class Directly extends q.QNetworkProxyFactory {
    override queryProxy(query?: QNetworkProxyQuery): QNetworkProxy[] {
      asked?.(query);
      return [new q.QNetworkProxy(q.QNetworkProxy.NoProxy)];
    }
  }
  return new Directly();
}

/** A manager with a session, on a machine with one link. */
async function onLink(q: Package, act: (manager: QNetworkAccessManager, links: FakeLinks) => Promise<void>): Promise<void> {
  const { links } = playMachine(link('a'));
  await using manager = new q.QNetworkAccessManager();
  manager.setConfiguration(new q.QNetworkConfigurationManager().defaultConfiguration());
  await act(manager, links);
}

/** How it would go to that host. */
function schemeOf(manager: QNetworkAccessManager): string {
  const reply = manager.get('http://known.test/');
  reply.abort();
  return reply.url().scheme();
}

export const qnetworkaccessmanager: MemberTests = {
  'QNetworkAccessManager.constructor': (q) => {
    const parent = new q.QObject();
    expect(new q.QNetworkAccessManager(parent).parent()).toBe(parent);
  },

  // ---- verbs

  'QNetworkAccessManager.head': (q) => arrives(q, ({ manager, origin }) => manager.head(origin.url('/x')), 'HEAD', ''),
  'QNetworkAccessManager.get': (q) => arrives(q, ({ manager, origin }) => manager.get(origin.url('/x')), 'GET', ''),
  'QNetworkAccessManager.post': (q) => arrives(q, ({ manager, origin }) => manager.post(origin.url('/x'), 'p'), 'POST', 'p'),
  'QNetworkAccessManager.put': (q) => arrives(q, ({ manager, origin }) => manager.put(origin.url('/x'), 'p'), 'PUT', 'p'),
  'QNetworkAccessManager.deleteResource': (q) =>
    arrives(q, ({ manager, origin }) => manager.deleteResource(origin.url('/x')), 'DELETE', ''),
  'QNetworkAccessManager.sendCustomRequest': (q) =>
    arrives(q, ({ manager, origin }) => manager.sendCustomRequest(origin.url('/x'), 'PATCH', 'c'), 'PATCH', 'c'),
  'QNetworkAccessManager.createRequest': async (q) => {
    class Own extends q.QNetworkAccessManager {
      protected override createRequest(op: Operation, request: QNetworkRequest, data: QIODevice | null = null): QNetworkReply {
        request.setRawHeader('X-Own', String(op));
        return super.createRequest(op, request, data);
      }
    }
    const own = new Own();
    const send = async ({ manager, origin }: Scene) => {
      await over(manager.post(origin.url(), 'abc'));
      const [request] = origin.requests;
      expect([request?.header('X-Own'), request?.body.toString()]).toEqual([manager === own ? '4' : undefined, 'abc']);
    };
    await scene(q, send);
    await scene(q, send, undefined, own);
  },

  // ---- signals

  'QNetworkAccessManager.networkAccessibleChanged': (q) => {
    const manager = new q.QNetworkAccessManager();
    const told = heard(manager.networkAccessibleChanged);
    manager.setNetworkAccessible(q.QNetworkAccessManager.NotAccessible);
    expect(told).toEqual([[0]]);
  },
  'QNetworkAccessManager.networkSessionConnected': (q) =>
    onLink(q, async (manager) => {
      const told = heard(manager.networkSessionConnected);
      await over(manager.get('http://198.51.100.1/'));
      expect(told).toEqual([[]]);
    }),
  'QNetworkAccessManager.finished': (q) =>
    scene(q, async ({ manager, origin }) => {
      const told = heard(manager.finished);
      const reply = manager.get(origin.url());
      await over(reply);
      expect(told).toEqual([[reply]]);
    }),
  'QNetworkAccessManager.sslErrors': (q) =>
    secureScene(q, 'selfsigned', async (manager, request) => {
      const all = heard(manager.sslErrors);
      const reply = manager.get(request);
      await over(reply);
      expect(all).toEqual([[reply, [expect.any(q.QSslError)]]]);
    }),
  'QNetworkAccessManager.preSharedKeyAuthenticationRequired': (q) =>
    secureScene(
      q,
      'good',
      async (manager, request) => {
        manager.preSharedKeyAuthenticationRequired.connect((of, asked) => {
          expect([of, asked.identityHint().toString()]).toEqual([reply, 'hint']);
          asked.setIdentity('me');
          asked.setPreSharedKey('key');
        });
        const reply = manager.get(request);
        await over(reply);
        expect(reply.error()).toBe(0);
      },
      KEYED,
    ),
  'QNetworkAccessManager.authenticationRequired': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.authenticationRequired.connect((of, asked) => {
          expect([of, asked.realm()]).toEqual([reply, 'R']);
          asked.setUser('ada');
        });
        const reply = manager.get(origin.url());
        await over(reply);
        expect(origin.requests.map((one) => one.header('Authorization') !== undefined)).toEqual([false, true]);
      },
      [{ status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' } }, { body: 'hello' }],
    ),
  'QNetworkAccessManager.proxyAuthenticationRequired': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.setProxy(new q.QNetworkProxy(q.QNetworkProxy.HttpProxy, '127.0.0.1', origin.port));
        manager.proxyAuthenticationRequired.connect((proxy, asked) => {
          expect([proxy.port(), asked.realm()]).toEqual([origin.port, 'R']);
          asked.setUser('ada');
        });
        await over(manager.get('http://a.test/'));
        expect(origin.requests.map((one) => one.header('Proxy-Authorization') !== undefined)).toEqual([false, true]);
      },
      [{ status: 407, headers: { 'Proxy-Authenticate': 'Basic realm="R"' } }, { body: 'hello' }],
    ),
  'QNetworkAccessManager.encrypted': async (q) => {
    await using manager = secureManager(q);
    const told = heard(manager.encrypted);
    const reply = manager.get('https://127.0.0.1/');
    const before: unknown[] = [];
    reply.requestSent.connect(() => void before.push([...told]));
    await until(() => before.length > 0, 'the request');
    expect(before).toEqual([[[reply]]]);
  },

  // ---- settings

  'QNetworkAccessManager.supportedSchemes': (q) => {
    class Own extends q.QNetworkAccessManager {
      override supportedSchemes(): string[] {
        return [...super.supportedSchemes(), 'own'];
      }
    }
    const schemes = new q.QNetworkAccessManager().supportedSchemes();
    expect(schemes).toEqual(expect.arrayContaining(['http', 'https', 'file', 'data']));
    expect(new Own().supportedSchemes()).toEqual([...schemes, 'own']);
  },
  'QNetworkAccessManager.supportedSchemesImplementation': (q) => {
    class Own extends q.QNetworkAccessManager {
      protected override supportedSchemesImplementation(): string[] {
        return [...super.supportedSchemesImplementation(), 'own'];
      }
    }
    expect(new Own().supportedSchemes()).toEqual(expect.arrayContaining(['https', 'own']));
  },
  'QNetworkAccessManager.redirectPolicy': (q) => {
    expect(new q.QNetworkAccessManager().redirectPolicy()).toBe(q.QNetworkRequest.NoLessSafeRedirectPolicy);
  },
  'QNetworkAccessManager.setRedirectPolicy': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.setRedirectPolicy(q.QNetworkRequest.ManualRedirectPolicy);
        expect(manager.redirectPolicy()).toBe(0);
        const reply = manager.get(origin.url('/from'));
        await over(reply);
        expect([reply.status(), origin.requests.length]).toEqual([302, 1]);
      },
      MOVED,
    ),
  'QNetworkAccessManager.autoDeleteReplies': (q) => {
    expect(new q.QNetworkAccessManager().autoDeleteReplies()).toBe(false);
  },
  'QNetworkAccessManager.setAutoDeleteReplies': (q) =>
    scene(q, async ({ manager, origin }) => {
      manager.setAutoDeleteReplies(true);
      expect(manager.autoDeleteReplies()).toBe(true);
      const gone = heard(manager.get(origin.url()).destroyed);
      await until(() => gone.length > 0, 'the end of the reply');
    }),
  'QNetworkAccessManager.transferTimeout': (q) => {
    expect(new q.QNetworkAccessManager().transferTimeout()).toBe(0);
  },
  'QNetworkAccessManager.setTransferTimeout': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.setTransferTimeout();
        expect(manager.transferTimeout()).toBe(30_000);
        manager.setTransferTimeout(20);
        const reply = manager.get(origin.url());
        await over(reply);
        expect(reply.failure()?.kind).toBe('timeout');
      },
      { fault: 'stall before head' },
    ),
  'QNetworkAccessManager.transferTimeoutAsDuration': (q) => {
    const manager = new q.QNetworkAccessManager();
    manager.setTransferTimeout(17);
    expect(manager.transferTimeoutAsDuration()).toBe(17);
  },

  // ---- strict transport security

  'QNetworkAccessManager.setStrictTransportSecurityEnabled': (q) => {
    const manager = knowing(q);
    expect(schemeOf(manager)).toBe('http');
    manager.setStrictTransportSecurityEnabled(true);
    expect(schemeOf(manager)).toBe('https');
  },
  'QNetworkAccessManager.isStrictTransportSecurityEnabled': (q) => {
    expect(new q.QNetworkAccessManager().isStrictTransportSecurityEnabled()).toBe(false);
  },
  'QNetworkAccessManager.addStrictTransportSecurityHosts': (q) => {
    expect(knowing(q).strictTransportSecurityHosts()).toHaveLength(1);
  },
  'QNetworkAccessManager.strictTransportSecurityHosts': (q) => {
    expect(knowing(q).strictTransportSecurityHosts()[0]?.host()).toBe('known.test');
  },
  'QNetworkAccessManager.enableStrictTransportSecurityStore': async (q) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsts-'));
    try {
      const manager = knowing(q);
      manager.enableStrictTransportSecurityStore(true, folder);
      await manager.close();
      const next = new q.QNetworkAccessManager();
      next.enableStrictTransportSecurityStore(true, folder);
      expect(next.strictTransportSecurityHosts()[0]?.host()).toBe('known.test');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  'QNetworkAccessManager.isStrictTransportSecurityStoreEnabled': (q) => {
    expect(new q.QNetworkAccessManager().isStrictTransportSecurityStoreEnabled()).toBe(false);
  },

  // ---- cookies

  'QNetworkAccessManager.cookieJar': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        await over(manager.get(origin.url()));
        expect(manager.cookieJar()!.cookieHeaderForUrl(origin.url()).toString()).toBe('a=1');
      },
      { headers: { 'Set-Cookie': 'a=1' } },
    ),
  'QNetworkAccessManager.setCookieJar': (q) =>
    scene(q, async ({ manager, origin }) => {
      const jar = new q.QNetworkCookieJar();
      jar.setCookiesFromHeader('a=1', origin.url());
      manager.setCookieJar(jar);
      await over(manager.get(origin.url()));
      expect(origin.requests[0]!.header('cookie')).toBe('a=1');
    }),

  // ---- cache

  'QNetworkAccessManager.cache': (q) => {
    const manager = new q.QNetworkAccessManager();
    const cache = new q.QNetworkMemoryCache();
    manager.setCache(cache);
    expect([manager.cache() === cache, new q.QNetworkAccessManager().cache()]).toEqual([true, null]);
  },
  'QNetworkAccessManager.setCache': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.setCache(new q.QNetworkMemoryCache());
        await over(manager.get(origin.url()));
        await over(manager.get(origin.url()));
        expect(origin.requests.length).toBe(1);
      },
      { headers: { 'Cache-Control': 'max-age=60' } },
    ),

  // ---- proxies

  'QNetworkAccessManager.proxy': (q) => {
    const manager = new q.QNetworkAccessManager();
    expect(manager.proxy().type()).toBe(0);
    manager.setProxy(new q.QNetworkProxy(q.QNetworkProxy.NoProxy));
    expect(manager.proxy().type()).toBe(2);
  },
  'QNetworkAccessManager.setProxy': (q) =>
    scene(q, async ({ manager, origin }) => {
      manager.setProxy(new q.QNetworkProxy(q.QNetworkProxy.HttpProxy, '127.0.0.1', origin.port));
      await over(manager.get('http://a.test/x'));
      expect(origin.requests[0]?.target).toBe('http://a.test/x');
    }),
  'QNetworkAccessManager.proxyFactory': (q) => {
    const manager = new q.QNetworkAccessManager();
    const factory = directly(q);
    manager.setProxyFactory(factory);
    expect(manager.proxyFactory()).toBe(factory);
  },
  'QNetworkAccessManager.setProxyFactory': (q) =>
    scene(q, async ({ manager, origin }) => {
      const asked: (string | undefined)[] = [];
      manager.setProxyFactory(directly(q, (query) => void asked.push(query?.url().path())));
      await over(manager.get(origin.url('/x')));
      expect(asked).toEqual(['/x']);
    }),

  // ---- connections

  'QNetworkAccessManager.connectToHostEncrypted': (q) =>
    secureScene(q, 'good', async (manager, request, origin) => {
      manager.connectToHostEncrypted('127.0.0.1', origin.port, request.sslConfiguration(), 'good.test');
      await until(() => manager.connectionCount() === 1, 'the connection');
      request.setPeerVerifyName('good.test');
      await over(manager.get(request));
      expect(origin.accepted).toBe(1);
    }),
  'QNetworkAccessManager.connectToHost': (q) =>
    scene(q, async ({ manager, origin }) => {
      manager.connectToHost('127.0.0.1', origin.port);
      await until(() => manager.connectionCount() === 1, 'the connection');
      await over(manager.get(origin.url()));
      expect([origin.accepted, origin.requests.length]).toEqual([1, 1]);
    }),
  'QNetworkAccessManager.clearAccessCache': (q) =>
    scene(q, async ({ manager, origin }) => {
      await over(manager.get(origin.url()));
      expect(manager.connectionCount()).toBe(1);
      manager.clearAccessCache();
      expect(manager.connectionCount()).toBe(0);
    }),
  'QNetworkAccessManager.clearConnectionCache': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const reply = manager.get(origin.url());
        await until(() => origin.requests.length === 1, 'the request');
        manager.clearConnectionCache();
        expect(manager.connectionCount()).toBe(0);
        await over(reply);
        expect(reply.error()).toBe(5);
      },
      { fault: 'stall before head' },
    ),

  'QNetworkAccessManager.Operation': (q) => {
    const { Operation } = q.QNetworkAccessManager;
    expect([Operation.DeleteOperation, Operation[5]]).toEqual([5, 'DeleteOperation']);
  },
  'QNetworkAccessManager.NetworkAccessibility': (q) => {
    const { NetworkAccessibility } = q.QNetworkAccessManager;
    expect([NetworkAccessibility.Accessible, NetworkAccessibility[1]]).toEqual([1, 'Accessible']);
  },

  // ---- the network session

  'QNetworkAccessManager.configuration': (q) => expect(new q.QNetworkAccessManager().configuration().name()).toBe('Any network'),
  'QNetworkAccessManager.setConfiguration': (q) =>
    onLink(q, async (manager, links) => {
      links.set(down('a'));
      manager.setConfiguration(new q.QNetworkConfigurationManager().configurationFromIdentifier('a'));
      expect(manager.configuration().name()).toBe('a');
      const reply = manager.get('http://198.51.100.1/');
      await over(reply);
      expect(reply.error()).toBe(8);
    }),
  'QNetworkAccessManager.activeConfiguration': (q) =>
    onLink(q, async (manager) => expect(manager.activeConfiguration().name()).toBe('a')),
  'QNetworkAccessManager.networkAccessible': (q) =>
    onLink(q, async (manager, links) => {
      const before = manager.networkAccessible();
      links.set(down('a'));
      expect([before, manager.networkAccessible(), new q.QNetworkAccessManager().networkAccessible()]).toEqual([1, 0, -1]);
    }),
  'QNetworkAccessManager.setNetworkAccessible': (q) =>
    scene(q, async ({ manager, origin }) => {
      manager.setNetworkAccessible(q.QNetworkAccessManager.NotAccessible);
      const reply = manager.get(origin.url());
      await over(reply);
      expect(reply.error()).toBe(99);
    }),
};
