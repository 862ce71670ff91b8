import { describe, expect, onTestFinished, test } from 'vitest';
import { type Diagnosis, diagnose, diagnosisText } from '../../../src/doctor.ts';
import {
  QNetworkCookie,
  QNetworkMemoryCache,
  type QNetworkProxy,
  QNetworkProxyFactory,
  QNetworkRequest,
  QSsl,
  QSslConfiguration,
} from '../../../src/index.ts';
import { issuedAt } from '../../api/security/minted.ts';
import { rst } from '../../support/h2-frames.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { httpProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import { Ground } from './ground.ts';

const ground = (): Ground => {
  const made = new Ground();
  onTestFinished(() => made.clear());
  return made;
};

const PAGE = { '*': { body: 'page' } };

describe('a diagnosis', () => {
  test('has the facts of the way, and is plain JSON', async () => {
    const here = ground();
    const server = await here.use(serve({ tls: identity(), routes: PAGE }));
    const manager = here.manager();
    manager.setCache(new QNetworkMemoryCache());
    const jar = manager.cookieJar()!;
    jar.setCookiesFromUrl([new QNetworkCookie('sid', 'hidden-value')], server.url());
    const diagnosis = await diagnose(server.url('/page?token=hidden-token'), { manager });
    expect(diagnosis).toMatchObject({
      url: server.url('/page?token=***'),
      works: true,
      findings: [],
      trips: [{ status: 200 }],
      address: { host: '127.0.0.1', found: ['127.0.0.1'], attempts: [{ address: '127.0.0.1', outcome: 'connected' }] },
      proxy: { way: 'directly', because: ['the program has named no proxy, and does not ask the system'] },
      tls: { verified: true, alpn: '' },
      protocol: 'HTTP/1.1',
      cache: { used: true, stored: false },
      hsts: { known: false, why: 'the manager does not look at it (setStrictTransportSecurityEnabled)' },
      cookies: ['sid'],
    });
    expect(diagnosis.tls!.chain.map(({ problems }) => problems)).toEqual([[], []]);
    expect(diagnosis.timings).toMatchObject({ tls: expect.any(Number), wait: expect.any(Number) });
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
    expect(JSON.stringify(diagnosis) + diagnosisText(diagnosis)).not.toContain('hidden');
  });

  test('names what is wrong with which certificate', async () => {
    const here = ground();
    const root = mint({ name: 'Old Root', authority: true });
    const leaf = mint({ name: 'site.test', by: root, for: ['DNS:other.test'], to: new Date(Date.now() - 86_400_000) });
    const server = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
    const { findings, tls } = await diagnose(server.url(), { manager: here.manager({ extraCaCertificates: root.pem }) });
    expect(findings.map(({ what }) => what)).toEqual([
      'the certificate is not for 127.0.0.1: it is for other.test',
      expect.stringMatching(/^the certificate of 127\.0\.0\.1 has expired on \d{4}-\d\d-\d\d$/),
    ]);
    expect(findings[0]!.fix.code).toBe("request.setPeerVerifyName('other.test')");
    expect(tls!.chain[0]).toMatchObject({ subject: 'site.test', issuer: 'Old Root', names: ['other.test'] });
    expect(tls!.chain[0]!.problems).toEqual(['the certificate is for another host', 'the certificate has expired']);
  });

  test('tells what is stored without asking the server for it', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: { '*': { body: 'page', headers: { 'Cache-Control': 'max-age=60' } } } }));
    const manager = here.manager();
    manager.setCache(new QNetworkMemoryCache());
    await manager.get(server.url()).text();
    const { cache } = await diagnose(server.url(), { manager });
    expect(cache).toEqual({ used: true, stored: true, why: expect.stringMatching(/^fresh for \d+ s more/) });
    // the GET of the doctor goes past the cache
    expect(server.requests.length).toBe(2);
  });

  test('has the rule that has named the proxy', async () => {
    const here = ground();
    const proxy = await here.use(httpProxy());
    const { proxy: way } = await diagnose('http://inside.invalid/', {
      manager: here.proxied(`http://ada:hidden@127.0.0.1:${proxy.port}`),
    });
    expect(way).toEqual({ way: `http://127.0.0.1:${proxy.port}`, because: ['the manager says so (setProxy)'] });
  });
});

describe('trials', () => {
  test('carry neither cookies nor credentials nor fields of the program, and leave no trace', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: { '*': { body: 'page', headers: { 'Set-Cookie': 'new=1' } } } }));
    const manager = here.proxied(`http://127.0.0.1:${await here.freePort()}`);
    manager.cookieJar()!.setCookiesFromUrl([new QNetworkCookie('sid', '1')], server.url());
    const { findings } = await diagnose(server.url().replace('//', '//ada:secret@'), { manager, headers: { 'X-Api-Key': 'k' } });
    expect(findings.map(({ code, fix }) => [code, fix.tried])).toEqual([['proxy-needless', true]]);
    // only the trial has come here
    const sent = server.requests.map((request) => ['cookie', 'authorization', 'x-api-key'].map((name) => request.header(name)));
    expect(sent).toEqual([[undefined, undefined, undefined]]);
    expect(manager.cookieJar()!.cookiesForUrl(server.url()).length).toBe(1);
    expect(manager.connectionCount()).toBe(0);
  });

  test('the request itself has them', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: PAGE }));
    const manager = here.manager();
    manager.cookieJar()!.setCookiesFromUrl([new QNetworkCookie('sid', '1')], server.url());
    expect((await diagnose(server.url(), { manager, headers: { 'X-Api-Key': 'k' } })).findings).toEqual([]);
    expect(server.requests.map((request) => [request.header('cookie'), request.header('x-api-key')])).toEqual([['sid=1', 'k']]);
  });

  test('are not made when nobody wants them', async () => {
    const here = ground();
    const server = await here.use(serve({ tls: identity('selfsigned'), routes: PAGE }));
    const { findings } = await diagnose(server.url(), { manager: here.manager(), trials: false });
    expect(findings.map(({ code, fix }) => [code, fix.tried])).toEqual([['tls-self-signed', false]]);
    expect(server.accepted).toBe(1);
  });

  test('nothing of the request goes to a server that is not trusted', async () => {
    const here = ground();
    const server = await here.use(serve({ tls: identity('selfsigned'), routes: PAGE }));
    await diagnose(server.url(), { manager: here.manager() });
    expect(server.requests).toEqual([]);
  });
});

/** The line of a fix, run as a program would have it. */
function follow(line: string, names: Record<string, unknown>): void {
  new Function(...Object.keys(names), line)(...Object.values(names));
}

describe('what is said to help, helps', () => {
  test.each([
    ['tls-old-version', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
    ['tls-old-cipher', { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA128-SHA256' }],
  ] as const)('%s', async (code, tls) => {
    const here = ground();
    const leaf = mint({ name: 'site.test', key: 2048 });
    const manager = here.manager({ extraCaCertificates: leaf.pem });
    const server = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem, ...tls }, routes: PAGE }));
    const [finding] = (await diagnose(server.url(), { manager })).findings;
    expect(finding).toMatchObject({ code, fix: { tried: true } });
    const [request, configuration] = [new QNetworkRequest(server.url()), new QSslConfiguration()];
    follow(finding!.fix.code!, { configuration, QSsl });
    request.setSslConfiguration(configuration);
    expect(await manager.get(request).text()).toBe('page');
  });

  test('http2-broken', async () => {
    const here = ground();
    const server = await here.use(serveH2({ tls: identity(), scripts: { answer: (stream) => [rst(stream, 1)] } }));
    const manager = here.manager();
    const [finding] = (await diagnose(server.url(), { manager })).findings;
    const request = new QNetworkRequest(server.url());
    follow(finding!.fix.code!, { request, QNetworkRequest });
    expect(await manager.get(request).text()).toBe('one');
  });

  test('tls-missing-intermediate', async () => {
    const here = ground();
    const root = mint({ name: 'Root', authority: true });
    const middle = mint({ name: 'Middle', by: root, authority: true });
    const place = await here.use(serve({ routes: { '/m.cer': { body: middle.raw } } }));
    const leaf = mint({ name: 'site.test', by: middle, extension: issuedAt(place.url('/m.cer')) });
    const server = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
    const options = { extraCaCertificates: root.pem };
    const { findings } = await diagnose(server.url(), { manager: here.manager(options) });
    expect(findings[0]!.what).toBe('the server 127.0.0.1 does not send the certificate of its issuer, Middle, along');
    expect(findings[0]!.fix).toMatchObject({ code: 'new QNetworkAccessManager({ fetchIntermediates: true })', tried: true });
    expect(
      await here
        .manager({ ...options, fetchIntermediates: true })
        .get(server.url())
        .text(),
    ).toBe('page');
  });
});

describe('what makes no sense', () => {
  test.each([
    [{ timeOut: 1 }, /unknown option "timeOut"; the options are manager, headers/],
    [{ timeout: 0 }, /timeout is a whole number from 1; got 0/],
    [{ bodyLimit: 1.5 }, /bodyLimit is a whole number from 1; got 1.5/],
    [{ manager: {} }, /manager expects a QNetworkAccessManager/],
    [{ headers: { 'a b': 'x' } }, /a field of headers cannot be sent/],
    [{ headers: { a: 'x\r\nb: y' } }, /the value of a in headers cannot be sent/],
  ])('%j', async (options, message) => {
    await expect(diagnose('http://127.0.0.1/', options as object)).rejects.toThrow(message);
  });

  test('a signal ends it', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: { '*': { fault: 'stall before head' } } }));
    const controller = new AbortController();
    const looking = diagnose(server.url(), { signal: controller.signal });
    await server.whenRequests(1);
    controller.abort(new Error('changed my mind'));
    await expect(looking).rejects.toThrow('changed my mind');
    await expect(diagnose(server.url(), { signal: controller.signal })).rejects.toThrow('changed my mind');
  });
});

describe('for people', () => {
  test('the finding stands first, and nothing that a server says steers the terminal', async () => {
    const here = ground();
    const evil = 'Basic\u009b2J realm="R"';
    const server = await here.use(
      serve({ routes: { '*': { status: 401, reason: 'No\u009b2J', headers: { 'WWW-Authenticate': evil } } } }),
    );
    const text = diagnosisText((await diagnose(server.url())) as Diagnosis);
    const lines = text.split('\n');
    expect(lines[0]).toBe(`${server.url()} does not work`);
    expect(lines[2]).toBe('error auth-needed');
    expect(lines.some((line) => line.startsWith('  fix       Give it a user name'))).toBe(true);
    expect(text).not.toMatch(/[\u001b\u009b]/);
  });
});

describe('a server that means harm', () => {
  test('does not get out of the quotes of a line that is to be copied', async () => {
    const here = ground();
    const name = "a'+process.exit()+'b.test\\";
    const leaf = mint({ name: 'x', for: [`DNS:${name}`] });
    const server = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
    const { findings } = await diagnose(server.url(), { manager: here.manager({ extraCaCertificates: leaf.pem }) });
    const told: string[] = [];
    follow(findings[0]!.fix.code!, { request: { setPeerVerifyName: (said: string) => told.push(said) } });
    expect(told).toEqual([name]);
  });

  test('is not believed to have more names than its certificate', async () => {
    const here = ground();
    const leaf = mint({ name: 'x', for: ['DNS:evil.test, DNS:bank.test'] });
    const server = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
    const { tls } = await diagnose(server.url(), { manager: here.manager() });
    expect(tls!.chain[0]!.names).toEqual(['evil.test, DNS:bank.test']);
  });

  test('steers no terminal by its certificates, fields and pages, and fills none', async () => {
    const here = ground();
    const evil = '\u001b]0;owned\u0007\u202e';
    const leaf = mint({ name: `x${evil}`, for: Array.from({ length: 900 }, (_, i) => `DNS:${i}.evil.test`) });
    const shown = await here.use(serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: PAGE }));
    const page = { status: 503, headers: { 'Retry-After': 'x'.repeat(100_000) }, body: `<title>${evil}</title>` };
    const fields = await here.use(serve({ routes: { '*': page } }));
    for (const url of [shown.url(), fields.url()]) {
      const text = diagnosisText(await diagnose(url, { manager: here.manager() }));
      expect(text).toMatch(/does not work/);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(text.length).toBeLessThan(5_000);
    }
  });

  test('does not lead around for ever, nor drip for ever', async () => {
    const here = ground();
    const drip = { body: 'x'.repeat(10_000), chunks: Array.from({ length: 10_000 }, () => 1), pause: 20 };
    const server = await here.use(serve({ routes: { '*': drip } }));
    const { works, findings } = await diagnose(server.url(), { timeout: 200 });
    expect([works, findings.map(({ code, severity }) => [code, severity])]).toEqual([true, [['too-slow', 'warning']]]);
  });

  test('learns nothing of the path from a trial', async () => {
    const here = ground();
    const server = await here.use(serve({ routes: PAGE }));
    const url = server.url('/private?token=hidden').replace('http:', 'https:');
    const { findings } = await diagnose(url, { timeout: 300 });
    expect(findings.map(({ code }) => code)).toEqual(['tls-plain-server']);
    expect(server.requests.map(({ target }) => target)).toEqual(['/']);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['https://ada:pa#ss@www.example.org/', 'pa#ss'],
    ['https://ada:pa/ss@www.example.org:x/', 'pa/ss'],
    ['ada:pass@www.example.org', 'pass@'],
  ])('%s shows no password', async (url, secret) => {
    const diagnosis = await diagnose(url);
    expect(diagnosis.works).toBe(false);
    expect(JSON.stringify(diagnosis)).not.toContain(secret);
  });

  test.each([
    ['www.example.org/page', 'Write it whole: https://www.example.org/page'],
    ['localhost:3000/page', 'Write it whole: http://localhost:3000/page'],
    ['mailto:ada@example.org', 'Check the spelling of the scheme.'],
  ])('%s: %s', async (url, words) => {
    expect((await diagnose(url)).findings[0]!.fix.words).toBe(words);
  });
});

describe('cookies', () => {
  test('that are set on the way go back, and the jar learns nothing', async () => {
    const here = ground();
    const server = await here.use(
      serve({
        routes: {
          '/': {
            status: 302,
            headers: [
              ['Location', '/in'],
              ['Set-Cookie', 'new=1'],
              ['Set-Cookie', 'old=; Max-Age=0'],
            ],
          },
          '/in': { body: 'page', headers: { 'Set-Cookie': 'later=1' } },
        },
      }),
    );
    const manager = here.manager();
    const jar = manager.cookieJar()!;
    jar.setCookiesFromUrl([new QNetworkCookie('sid', '1'), new QNetworkCookie('old', '2')], server.url());
    expect((await diagnose(server.url(), { manager })).findings).toEqual([]);
    expect(server.requests.map((request) => request.header('cookie'))).toEqual(['sid=1; old=2', 'sid=1; new=1']);
    expect(jar.cookiesForUrl(server.url()).map((cookie) => cookie.name().toString())).toEqual(['sid', 'old']);
  });
});

test('who never answers about proxies does not hold it up', async () => {
  const here = ground();
  const server = await here.use(serve({ routes: PAGE }));
  const manager = here.manager();
  class Silent extends QNetworkProxyFactory {
    override queryProxy(): Promise<QNetworkProxy[]> {
      return new Promise(() => {});
    }
  }
  manager.setProxyFactory(new Silent());
  const { works } = await diagnose(server.url(), { manager, timeout: 100 });
  expect(works).toBe(false);
});
