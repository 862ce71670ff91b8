import { afterEach, describe, expect, it } from 'vitest';
import { QNetworkReply, QPacProxyFactory } from '../../src/index.ts';
import { managers } from '../support/managers.ts';
import { until } from '../support/once.ts';
import { httpProxy } from '../support/proxy-server.ts';
import { serve } from '../support/server.ts';

// The thread of the scripts is a built file: dist/pac-worker.js.

const newManager = managers();
const open: QPacProxyFactory[] = [];

function factory(code: string): QPacProxyFactory {
  const made = QPacProxyFactory.fromText(`function FindProxyForURL(url, host) { ${code} }`);
  open.push(made);
  return made;
}

afterEach(() => {
  for (const made of open.splice(0)) made.close();
});

describe('requests whose proxy a script knows', () => {
  it('take the first that lives, each URL its own', async () => {
    await using origin = await serve({ routes: { '*': { body: 'hello' } } });
    await using proxy = await httpProxy();
    await using gone = await httpProxy();
    const dead = gone.port;
    await gone[Symbol.asyncDispose]();
    const manager = newManager();
    manager.setProxyFactory(
      factory(`return host === "localhost" ? "DIRECT" : "PROXY 127.0.0.1:${dead}; PROXY 127.0.0.1:${proxy.port}"`),
    );
    const through = manager.get(origin.url('/through'));
    const direct = manager.get(origin.url('/direct').replace('127.0.0.1', 'localhost'));
    await until(() => through.isFinished() && direct.isFinished(), 'the end of both');
    expect([through, direct].map((reply) => [reply.error(), reply.readAll().toString()])).toEqual([
      [QNetworkReply.NoError, `the proxy's GET ${origin.url('/through')}`],
      [QNetworkReply.NoError, 'hello'],
    ]);
    expect(proxy.requests.map(({ target }) => target)).toEqual([origin.url('/through')]);
  });

  it('fail when the script does, and reach nobody', async () => {
    await using origin = await serve({ routes: { '*': { body: 'hello' } } });
    const manager = newManager();
    manager.setProxyFactory(factory('for (;;);'));
    const reply = manager.get(origin.url('/'));
    await until(() => reply.isFinished(), 'the end');
    expect([reply.error(), reply.errorString()]).toEqual([
      QNetworkReply.ProxyNotFoundError,
      expect.stringContaining('the proxy script failed: it takes too long'),
    ]);
    expect(origin.accepted).toBe(0);
  });
});
