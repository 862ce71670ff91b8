import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/assembly.ts';
import { ask, run } from '../../engine/rig.ts';
import { proxyPeer } from '../../support/proxy-peer.ts';
import { type Asked, type Fault, httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';

// Proxies that want to know who asks, and an engine that knows it by the proxy's own settings.

const BASIC = `Basic ${Buffer.from('ann:pass').toString('base64')}`;
const known = { user: 'ann', password: 'pass' };
const wants =
  (more = '') =>
  ({ authorization }: Asked): Fault | undefined =>
    authorization === BASIC
      ? undefined
      : { write: `HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm="P"\r\n${more}Content-Length: 0\r\n\r\n` };

describe('the credentials of a proxy', () => {
  it.each([
    ['over one connection', '', [1, 1, 2]],
    ['over two', 'Connection: close\r\n', [1, 2, 3]],
  ] as const)('go along with CONNECT behind the challenge, %s, and are known from then on', async (_what, more, connections) => {
    await using server = await serve({ routes: { '/': { body: 'page' } } });
    await using proxy = await httpProxy({ answer: wants(more) });
    const engine = new Engine();
    const options = { proxy: { choose: () => [proxyPeer('http', proxy, known)] } };
    expect((await run(engine, ask(`http://a.test:${server.port}/`, options))).text).toBe('page');
    expect((await run(engine, ask(`http://b.test:${server.port}/`, options))).text).toBe('page');
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(['', BASIC, BASIC]);
    expect(proxy.requests.map(({ connection }) => connection)).toEqual(connections);
    // nothing of it is for the target
    for (const { headers } of server.requests) expect(JSON.stringify(headers)).not.toContain(BASIC);
  });

  it('go along with a request in absolute form', async () => {
    await using proxy = await httpProxy({ answer: wants() });
    const options = { proxy: { choose: () => [proxyPeer('http', proxy, { ...known, caches: true })] } };
    expect((await run(new Engine(), ask('http://a.test/', options))).text).toBe("the proxy's GET http://a.test/");
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(['', BASIC]);
  });

  it('go to a SOCKS proxy at once', async () => {
    await using server = await serve({ routes: { '/': { body: 'page' } } });
    await using proxy = await socksProxy({ users: { ann: 'pass' } });
    const options = { proxy: { choose: () => [proxyPeer('socks5h', proxy, known)] } };
    expect((await run(new Engine(), ask(`http://a.test:${server.port}/`, options))).text).toBe('page');
    expect(proxy.requests).toMatchObject([{ methods: [2], user: 'ann' }]);
  });
});
