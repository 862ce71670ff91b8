import { afterEach, describe, expect, it } from 'vitest';
import { QNetworkProxyQuery, QPacProxyFactory, type QPacProxyOptions, QUrl } from '../../../src/index.ts';
import { serve } from '../../support/server.ts';

// The thread of the scripts is a built file: dist/pac-worker.js.

const open: QPacProxyFactory[] = [];

function kept(factory: QPacProxyFactory): QPacProxyFactory {
  open.push(factory);
  return factory;
}

afterEach(() => {
  for (const factory of open.splice(0)) factory.close();
});

const does = (code: string): string => `function FindProxyForURL(url, host) { ${code} }`;

async function texts(factory: QPacProxyFactory, url = 'https://a.test/secret?q'): Promise<string[]> {
  return (await factory.queryProxy(new QNetworkProxyQuery(url))).map((proxy) => proxy.toJSON());
}

describe('proxies by a script', () => {
  it('in a text', async () => {
    const factory = kept(
      QPacProxyFactory.fromText(does('return "PROXY " + host + ":" + url.length + "; SOCKS5 é.test; DIRECT"')),
    );
    expect(await texts(factory)).toEqual(['http://a.test:15', 'socks5h://xn--9ca.test:1080', 'NoProxy']);
  });

  it('from a server, which is asked once', async () => {
    await using origin = await serve({
      routes: {
        '/moved': { status: 302, headers: { Location: '/proxy.pac' } },
        '/proxy.pac': { body: does('return "PROXY p:1"') },
      },
    });
    const factory = kept(new QPacProxyFactory(new QUrl(origin.url('/moved'))));
    expect(await Promise.all([texts(factory), texts(factory, 'http://b.test/')])).toEqual([['http://p:1'], ['http://p:1']]);
    expect(origin.requests.map(({ target }) => target)).toEqual(['/moved', '/proxy.pac']);
  });

  it('looks names up', async () => {
    const factory = kept(
      QPacProxyFactory.fromText(
        does(
          'return isInNet("localhost", "127.0.0.0", "255.0.0.0") && dnsResolve("a.invalid") === null ? "DIRECT" : "PROXY p:1"',
        ),
      ),
    );
    expect(await texts(factory)).toEqual(['NoProxy']);
  });

  it('has the limits that were given', async () => {
    const start = performance.now();
    const factory = kept(QPacProxyFactory.fromText(does('for (;;);'), { timeLimit: 50 }));
    await expect(texts(factory)).rejects.toThrow('the proxy script failed: it takes too long');
    expect(performance.now() - start).toBeLessThan(5000);
    const large = 'const all = []; for (let i = 0; i < 40; i++) all.push(new Uint8Array(1e6)); return "DIRECT"';
    await expect(texts(kept(QPacProxyFactory.fromText(does(large))))).rejects.toThrow(
      'the proxy script failed: it takes too much memory',
    );
    expect(await texts(kept(QPacProxyFactory.fromText(does(large), { memoryLimit: 64 * 1_048_576 })))).toEqual(['NoProxy']);
  });

  it('after close it is asked anew', async () => {
    const factory = kept(QPacProxyFactory.fromText(does('return "PROXY p:1"')));
    await texts(factory);
    factory.close();
    expect(await texts(factory)).toEqual(['http://p:1']);
  });
});

describe('a script that cannot be used', () => {
  it.each<[what: string, script: string, problem: string]>([
    ['fails', does('throw new Error("no")'), 'the proxy script failed: Error: no (line 1)'],
    ['says nothing', does('return "NOTHING"'), 'the proxy script returned nothing that can be read: NOTHING'],
  ])('because it %s ends requests, unless they may go directly', async (_, script, problem) => {
    await expect(texts(kept(QPacProxyFactory.fromText(script)))).rejects.toThrow(problem);
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on('warning', hear);
    try {
      const lenient = kept(QPacProxyFactory.fromText(script, { onError: 'direct' }));
      expect([await texts(lenient), await texts(lenient, 'http://b.test/')]).toEqual([['NoProxy'], ['NoProxy']]);
      await new Promise(setImmediate);
    } finally {
      process.off('warning', hear);
    }
    const message = `${problem}. Requests go without a proxy, as onError is 'direct'.`;
    expect(warnings).toMatchObject([{ message, code: 'QNETWORK_PAC' }]);
  });

  it.each<[what: string, answer: Parameters<typeof serve>[0], why: string]>([
    ['not there', {}, 'the server answers 404 Not Found'],
    ['too large', { routes: { '/proxy.pac': { body: Buffer.alloc(1_048_577, 'x') } } }, 'it is larger than 1048576 bytes'],
    ['cut off', { routes: { '/proxy.pac': { body: 'x'.repeat(100), fault: { close: 100 } } } }, ''],
  ])('because it is %s', async (_, answer, why) => {
    await using origin = await serve(answer);
    const factory = kept(new QPacProxyFactory(`${origin.url('/proxy.pac').replace('//', '//user:secret@')}?key=secret`));
    const error = await texts(factory).catch((problem: Error) => problem);
    const start = `the proxy script cannot be fetched: ${origin.url('/proxy.pac')}?… (${why}`;
    expect((error as Error).message.slice(0, start.length)).toBe(start);
    expect((error as Error).message).not.toContain('secret');
  });
});

it.each<[url: unknown, options: unknown, error: ErrorConstructor, message: string]>([
  [7, {}, TypeError, 'QPacProxyFactory expects the URL of a script as QUrl or string, or null; got number.'],
  ['ftp://a/', {}, TypeError, "QPacProxyFactory expects a URL with the scheme http, https, file or data; got the scheme 'ftp'."],
  ['http://a b/', {}, TypeError, 'QPacProxyFactory expects a URL with the scheme http, https, file or data; got no valid URL.'],
  [
    'http://a/',
    { timelimit: 1 },
    TypeError,
    "QPacProxyFactory knows no option 'timelimit'; it knows memoryLimit, timeLimit, onError.",
  ],
  ['http://a/', { timeLimit: 9 }, RangeError, 'QPacProxyFactory: timeLimit has to be a whole number from 10 to 60000; got 9.'],
  [
    'http://a/',
    { memoryLimit: 1 },
    RangeError,
    'QPacProxyFactory: memoryLimit has to be a whole number from 1048576 to 268435456; got 1.',
  ],
  ['http://a/', { onError: 'never' }, TypeError, "QPacProxyFactory: onError has to be 'fail' or 'direct'."],
])('new QPacProxyFactory(%j, %j) is refused', (url, options, error, message) => {
  const make = (): unknown => new QPacProxyFactory(url as string, options as QPacProxyOptions);
  expect(make).toThrow(error);
  expect(make).toThrow(message);
});
