import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { diagnose } from '../../../src/doctor.ts';
import { QNetworkProxy, QNetworkProxyFactory } from '../../../src/index.ts';
import { createTestNetwork } from '../../../src/testing/index.ts';
import { serve } from '../../support/server.ts';
import { systemProxies } from './fresh-ground.ts';
import { Ground } from './ground.ts';

const ground = (): Ground => {
  const made = new Ground();
  onTestFinished(() => made.clear());
  return made;
};

const PAGE = { '*': { body: 'page' } };

describe('fields of the program', () => {
  test('a Cookie field of its own goes along, also after a redirect, and as UTF-8', async () => {
    const here = ground();
    const routes = { '/': { status: 302, headers: { Location: '/in' } }, '/in': { body: 'page' } };
    const server = await here.use(serve({ routes }));
    await diagnose(server.url(), { headers: { Cookie: 'own=1', 'X-Name': 'Ä€' } });
    expect(server.requests.map((request) => request.header('cookie'))).toEqual(['own=1', 'own=1']);
    expect(server.requests[0]!.header('x-name')).toBe('Ä€');
  });

  test('cookies of one host do not go to another one', async () => {
    const here = ground();
    const other = await here.use(serve({ routes: PAGE }));
    const away = { status: 302, headers: { Location: other.url().replace('127.0.0.1', 'localhost'), 'Set-Cookie': 'k=1' } };
    const server = await here.use(
      serve({ routes: { '/': { ...away, headers: { ...away.headers, Location: '/out' } }, '/out': away } }),
    );
    await diagnose(server.url());
    expect(server.requests.map((request) => request.header('cookie'))).toEqual([undefined, 'k=1']);
    expect(other.requests.map((request) => request.header('cookie'))).toEqual([undefined]);
  });
});

describe('options that mean nothing', () => {
  test.each([
    [null, /expects an object of options; got null/],
    [5, /expects an object of options; got 5/],
    [{ headers: null }, /headers expects a plain object/],
    [{ headers: new Headers({ a: 'b' }) }, /headers expects a plain object/],
    [{ headers: [['a', 'b']] }, /headers expects a plain object/],
    [{ headers: { a: 1 } }, /the value of a in headers is no text/],
    [{ trials: 'no' }, /trials is true or false; got no/],
    [{ signal: {} }, /signal expects an AbortSignal/],
  ])('%o', async (options, message) => {
    await expect(diagnose('http://127.0.0.1:1/', options as object)).rejects.toThrow(message);
  });
});

describe('a signal', () => {
  test('counts before anything else', async () => {
    await expect(diagnose('no URL', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  });

  test('ends it while somebody is asked who never answers', async () => {
    const here = ground();
    const network = createTestNetwork({ origins: { 'http://site.test': { routes: { '/': { body: 'page' } } } } });
    here.finally(() => network.close());
    const manager = network.manager();
    const controller = new AbortController();
    let asked = 0;
    class Slow extends QNetworkProxyFactory {
      override queryProxy(): Promise<QNetworkProxy[]> {
        asked++;
        if (asked === 1) return Promise.resolve([new QNetworkProxy(QNetworkProxy.NoProxy)]);
        controller.abort(new Error('changed my mind'));
        return new Promise(() => {});
      }
    }
    QNetworkProxyFactory.setApplicationProxyFactory(new Slow());
    here.finally(() => QNetworkProxyFactory.setApplicationProxyFactory(null));
    await expect(diagnose('http://site.test/', { manager, signal: controller.signal })).rejects.toThrow('changed my mind');
    expect(asked).toBe(2);
  });

  test('ends a trial', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: { '*': { fault: 'stall before head' } } }));
    const manager = here.proxied(`http://127.0.0.1:${await here.freePort()}`);
    const controller = new AbortController();
    const looking = diagnose(server.url(), { manager, signal: controller.signal });
    await server.whenRequests(1);
    controller.abort(new Error('changed my mind'));
    await expect(looking).rejects.toThrow('changed my mind');
  });
});

describe('trials', () => {
  test('stay in the network of the manager', async () => {
    const here = ground();
    const network = createTestNetwork({ origins: { 'http://site.test': { routes: { '/': { body: 'page' } } } } });
    here.finally(() => network.close());
    const manager = network.manager();
    manager.setProxy(QNetworkProxy.fromUrl('http://proxy.test:3128'));
    const { findings } = await diagnose('http://site.test/', { manager });
    expect(findings.map(({ code, fix }) => [code, fix.tried])).toEqual([['proxy-needless', true]]);
  });

  test('with cookies carry no credentials of the URL', async () => {
    const here = ground();
    const seen: string[] = [];
    const answer: RequestListener = ({ headers }, out) => {
      const [cookie, known] = [headers.cookie ?? '', headers.authorization !== undefined];
      seen.push(`${cookie} ${known}`);
      if (!known) out.writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' }).end();
      else out.writeHead(302, { Location: '/', 'Set-Cookie': 'new=1; Path=/elsewhere' }).end();
    };
    const server = createServer(answer);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    here.finally(() => server.close());
    here.finally(() => server.closeAllConnections());
    const { port } = server.address() as AddressInfo;
    const { findings } = await diagnose(`http://ada:secret@127.0.0.1:${port}/`);
    expect(findings[0]?.code).toBe('redirect-loop');
    // the last one is the trial
    expect(seen.slice(-2)).toEqual([' true', ' false']);
  });
});

describe('words', () => {
  test.each(['ftp://site.test/a', 'file:///etc/hosts', 'data:,hello'])('%s is carried, though not looked at', async (url) => {
    const [finding] = (await diagnose(url)).findings;
    expect(finding!.what).toMatch(/^the doctor looks at http, https and local sockets only, not at /);
    expect(finding!.fix.words).toBe('Make the request: a manager carries this scheme, and its error says what is wrong.');
  });

  test('a name that leads to nobody is kept away', async () => {
    const here = ground();
    const network = createTestNetwork({
      names: { 'ads.test': { addresses: ['0.0.0.0'] } },
      links: { '0.0.0.0': { connect: 'refused' } },
    });
    here.finally(() => network.close());
    const [finding] = (await diagnose('http://ads.test/', { manager: network.manager() })).findings;
    expect(finding!.code).toBe('connection-refused');
    expect(finding!.seen).toContain('the name ads.test leads to 0.0.0.0, which is nobody’s address');
    expect(finding!.fix.words).toMatch(/^Take the name out of the hosts file/);
  });

  test('of two spellings of a variable the one that counts is named', async () => {
    const here = ground();
    const dead = `http://127.0.0.1:${await here.freePort()}`;
    systemProxies(here, { http_proxy: dead, HTTP_PROXY: 'http://ada:secret@proxy.test:3128' });
    const diagnosis = await diagnose('http://site.invalid/', { trials: false });
    expect(diagnosis.findings[0]!.fix.words).toContain(
      `http_proxy names ${dead} (HTTP_PROXY says something else, and does not count)`,
    );
    expect(JSON.stringify(diagnosis)).not.toContain('secret');
  });

  test('the limit that has struck is the one to raise', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: { '*': { fault: 'stall before head' } } }));
    const manager = here.manager();
    manager.setTransferTimeout(100);
    const [finding] = (await diagnose(server.url(), { manager, trials: false })).findings;
    expect(finding!.fix).toMatchObject({ code: 'manager.get(url, { timeout: 60_000 })', option: '--timeout 60s' });
  });
});
