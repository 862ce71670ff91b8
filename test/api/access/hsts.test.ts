import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { QBuffer, QHstsPolicy, QIODevice, QNetworkAccessManager, QNetworkRequest, QSslSocket } from '../../../src/index.ts';
import { once, until } from '../../support/once.ts';
import { type Route, type Served, serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';

beforeAll(trustTestAuthority);

const STS = 'Strict-Transport-Security';

const says = (value: string): Route => ({ headers: { [STS]: value }, body: 'ok' });

const secureServer = (routes: Record<string, Route>): Promise<Served> => serve({ tls: identity('good'), routes });

/** The certificate of the test server is for this name, too; addresses cannot be known. */
const at = (scheme: string, server: Served, path = '/'): string => `${scheme}://localhost:${server.port}${path}`;

function enabled(...hosts: readonly string[]): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  manager.setStrictTransportSecurityEnabled(true);
  manager.addStrictTransportSecurityHosts(hosts.map((host) => policy(host)));
  onTestFinished(() => manager.close());
  return manager;
}

const policy = (host: string, seconds = 60, flags = 0): QHstsPolicy =>
  new QHstsPolicy(new Date(Date.now() + seconds * 1000), flags, host);

const hostsOf = (manager: QNetworkAccessManager): string[] => manager.strictTransportSecurityHosts().map((one) => one.host());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hsts-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('strict transport security', () => {
  it('is off unless enabled', async () => {
    await using server = await secureServer({ '*': says('max-age=1000') });
    const manager = new QNetworkAccessManager();
    onTestFinished(() => manager.close());
    expect(manager.isStrictTransportSecurityEnabled()).toBe(false);
    manager.addStrictTransportSecurityHosts([policy('localhost', 500)]);
    await manager.get(at('https', server)).text();
    expect(hostsOf(manager)).toEqual(['localhost']);
    expect(manager.strictTransportSecurityHosts()[0]!.expiry().getTime()).toBeLessThan(Date.now() + 501_000);
    const reply = manager.get(at('http', server));
    expect(reply.url().scheme()).toBe('http');
    await reply.whenFinished();
    expect(reply.error()).not.toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  it('learns over TLS, and keeps to it: not one byte goes out in the clear', async () => {
    await using server = await secureServer({ '*': says('max-age=1000; includeSubDomains') });
    const manager = enabled();
    await manager.get(at('https', server)).text();
    const [known] = manager.strictTransportSecurityHosts();
    expect([known?.host(), known?.includesSubDomains()]).toEqual(['localhost', true]);
    expect(Math.abs(known!.expiry().getTime() - Date.now() - 1_000_000)).toBeLessThan(5_000);

    const request = new QNetworkRequest(at('http', server, '/x?y'));
    const reply = manager.get(request);
    // at once, as in Qt, and the caller's own request is not touched
    expect(reply.url().toString()).toBe(at('https', server, '/x?y'));
    expect(reply.request().url().toString()).toBe(at('https', server, '/x?y'));
    expect(request.url().toString()).toBe(at('http', server, '/x?y'));
    expect(await reply.text()).toBe('ok');
    expect(server.requests.map(({ target }) => target)).toEqual(['/', '/x?y']);
    expect(server.accepted).toBe(1);
  });

  it('forgets for max-age=0', async () => {
    await using server = await secureServer({ '*': says('max-age=0') });
    const manager = enabled('localhost', 'other.test');
    await manager.get(at('http', server)).text();
    expect(hostsOf(manager)).toEqual(['other.test']);
  });

  it('learns from an error and from a redirect', async () => {
    await using server = await secureServer({
      '/404': { status: 404, headers: { [STS]: 'max-age=1' } },
      '/302': { status: 302, headers: { [STS]: 'max-age=1000', Location: 'http://localhost/' } },
    });
    const manager = enabled();
    await manager.get(at('https', server, '/404')).whenFinished();
    expect(hostsOf(manager)).toEqual(['localhost']);
    const reply = manager.get(at('https', server, '/302'), { redirect: 'manual' });
    await reply.whenFinished();
    expect(manager.strictTransportSecurityHosts()[0]!.expiry().getTime()).toBeGreaterThan(Date.now() + 900_000);
  });

  it('learns nothing in the clear, and nothing of an address', async () => {
    await using plain = await serve({ routes: { '*': says('max-age=1000') } });
    await using secure = await secureServer({ '*': says('max-age=1000') });
    const manager = enabled();
    await manager.get(at('http', plain)).text();
    await manager.get(secure.url()).text();
    expect(hostsOf(manager)).toEqual([]);
  });

  it('learns nothing where certificate errors are ignored, or nobody looks (RFC 6797 8.1)', async () => {
    await using server = await serve({ tls: identity('selfsigned'), routes: { '*': says('max-age=1000') } });
    const ignoring = enabled();
    ignoring.sslErrors.connect((reply) => reply.ignoreSslErrors());
    expect(await ignoring.get(at('https', server)).text()).toBe('ok');
    expect(hostsOf(ignoring)).toEqual([]);
    for (const mode of [QSslSocket.VerifyNone, QSslSocket.QueryPeer]) {
      const request = new QNetworkRequest(at('https', server));
      const configuration = request.sslConfiguration();
      configuration.setPeerVerifyMode(mode);
      request.setSslConfiguration(configuration);
      const manager = enabled();
      expect(await manager.get(request).text()).toBe('ok');
      expect(hostsOf(manager)).toEqual([]);
    }
  });

  it('the certificate errors of a known host cannot be ignored (RFC 6797 8.4), and are told all the same', async () => {
    await using server = await serve({ tls: identity('selfsigned'), routes: { '*': { body: 'ok' } } });
    const manager = enabled('localhost');
    const reply = manager.get(at('http', server));
    reply.ignoreSslErrors();
    const told: unknown[] = [];
    reply.sslErrors.connect((errors) => told.push(errors.length));
    await reply.whenFinished();
    expect([reply.error(), told, server.requests.length]).toEqual([6, [1], 0]);
  });

  it('a connection that others accepted is not used for a known host', async () => {
    await using server = await serve({ tls: identity('selfsigned'), routes: { '*': { body: 'ok' } } });
    const manager = enabled();
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    expect(await manager.get(at('https', server)).text()).toBe('ok');
    manager.addStrictTransportSecurityHosts([policy('localhost')]);
    const reply = manager.get(at('https', server));
    await reply.whenFinished();
    expect([reply.error(), server.requests.length]).toEqual([6, 1]);
  });

  it('turns the target of a redirect before it is judged and told', async () => {
    await using secure = await secureServer({ '*': says('max-age=1000') });
    await using plain = await serve({ routes: { '*': { status: 302, headers: { Location: at('http', secure, '/to') } } } });
    const manager = enabled('localhost');
    const reply = manager.get(plain.url('/from'));
    const told: string[] = [];
    reply.redirected.connect((url) => told.push(url.toString()));
    expect(await reply.text()).toBe('ok');
    expect(told).toEqual([at('https', secure, '/to')]);
    expect(reply.url().toString()).toBe(at('https', secure, '/to'));
    // redirects do not change the request, and this one was none of a known host
    expect(reply.request().url().toString()).toBe(plain.url('/from'));
  });

  it('a step down is none when the host is known', async () => {
    await using server = await secureServer({ '/to': { body: 'there' } });
    await using other = await secureServer({ '*': { status: 302, headers: { Location: at('http', server, '/to') } } });
    expect(await enabled('localhost').get(other.url()).text()).toBe('there');
    const reply = enabled().get(other.url());
    await reply.whenFinished();
    expect(reply.error()).toBe(11);
  });

  it('what is learned while a body is collected counts', async () => {
    await using server = await secureServer({ '*': { body: 'ok' } });
    const manager = enabled();
    const device = new Trickle();
    const reply = manager.post(at('http', server), device);
    expect(reply.url().scheme()).toBe('http');
    manager.addStrictTransportSecurityHosts([policy('localhost')]);
    device.ends('body');
    expect(await reply.text()).toBe('ok');
    expect(reply.url().toString()).toBe(at('https', server));
    expect(reply.request().url().toString()).toBe(at('https', server));
    expect(server.requests.map(({ method, body }) => `${method} ${body}`)).toEqual(['POST body']);
  });

  it('what is learned while a redirect waits for leave counts', async () => {
    await using secure = await secureServer({ '*': { body: 'ok' } });
    await using plain = await serve({ routes: { '*': { status: 302, headers: { Location: at('http', secure, '/to') } } } });
    const manager = enabled();
    const reply = manager.get(plain.url('/from'), { redirect: 'user-verified' });
    const [url] = await reply.redirected.next();
    expect(url.toString()).toBe(at('http', secure, '/to'));
    manager.addStrictTransportSecurityHosts([policy('localhost')]);
    reply.redirectAllowed();
    expect(await reply.text()).toBe('ok');
    expect(reply.url().toString()).toBe(at('https', secure, '/to'));
    expect(reply.request().url().toString()).toBe(plain.url('/from'));
  });

  it('secrets go along with the upgrade, and on to the same host', async () => {
    await using server = await secureServer({
      '/from': { status: 302, headers: { Location: '/to' } },
      '/to': (request) => ({ body: request.header('Authorization') ?? 'nothing' }),
    });
    const request = new QNetworkRequest(at('http', server, '/from'));
    request.setRawHeader('Authorization', 'secret');
    expect(await enabled('localhost').get(request).text()).toBe('secret');
  });

  it('opens a connection ahead as it will be used', async () => {
    await using server = await secureServer({ '*': { body: 'ok' } });
    const manager = enabled('localhost');
    const over = once(manager.finished);
    manager.connectToHost('localhost', server.port);
    await over;
    expect(await manager.get(at('http', server)).text()).toBe('ok');
    expect(server.accepted).toBe(1);
  });

  it('the netlog says why', async () => {
    await using server = await secureServer({ '*': { body: 'ok' } });
    const manager = enabled('localhost');
    const seen: unknown[] = [];
    manager.netlog(({ what, detail }) => what === 'again' && seen.push(detail));
    const over = once(manager.finished);
    manager.connectToHost('localhost', server.port);
    await over;
    expect(seen).toEqual([{ kind: 'upgrade', why: 'strict transport security', url: `https://localhost:${server.port}/` }]);
  });
});

describe('the list of known hosts', () => {
  it('is by name, and of what has not expired', () => {
    const manager = enabled('b.test', 'a.test', 'c.test');
    expect(hostsOf(manager)).toEqual(['a.test', 'b.test', 'c.test']);
    manager.addStrictTransportSecurityHosts([policy('b.test', -1), policy('x.test', -1), new QHstsPolicy()]);
    expect(hostsOf(manager)).toEqual(['a.test', 'c.test']);
  });

  it('takes the last policy of a host, and none of an address or of nobody', () => {
    const manager = enabled();
    const added = [
      policy('A.test', 10, 1),
      policy('a.test.', 20),
      policy('127.0.0.1'),
      policy('::1'),
      policy(''),
      policy('no host'),
    ];
    manager.addStrictTransportSecurityHosts(new Set(added));
    const [known, ...others] = manager.strictTransportSecurityHosts();
    expect(others).toEqual([]);
    expect([known!.host(), known!.includesSubDomains(), known!.expiry()]).toEqual(['a.test', false, added[1]!.expiry()]);
  });

  it('knows international names in both spellings', () => {
    const manager = enabled('b\u00fccher.example');
    expect(hostsOf(manager)).toEqual(['b\u00fccher.example']);
    const reply = manager.get('http://xn--bcher-kva.example/');
    expect(reply.url().scheme()).toBe('https');
    reply.abort();
  });

  it('says what it expects', () => {
    const manager = enabled();
    expect(() => manager.addStrictTransportSecurityHosts([policy('a.test'), 'b.test' as never])).toThrow(
      'QNetworkAccessManager.addStrictTransportSecurityHosts expects a list of QHstsPolicy; got b.test in it.',
    );
    expect(hostsOf(manager)).toEqual([]);
    expect(() => manager.enableStrictTransportSecurityStore(true, 5 as never)).toThrow(TypeError);
    expect(manager.isStrictTransportSecurityStoreEnabled()).toBe(false);
  });
});

describe('the store of known hosts', () => {
  it('is off unless enabled', async () => {
    const manager = enabled('a.test');
    expect(manager.isStrictTransportSecurityStoreEnabled()).toBe(false);
    const place = folder();
    manager.enableStrictTransportSecurityStore(true, place);
    expect(manager.isStrictTransportSecurityStoreEnabled()).toBe(true);
    await manager.close();
    expect(readdirSync(place)).toEqual(['qnetwork-hsts']);
    manager.enableStrictTransportSecurityStore(false);
    expect(manager.isStrictTransportSecurityStoreEnabled()).toBe(false);
    expect(hostsOf(manager)).toEqual(['a.test']);
    manager.addStrictTransportSecurityHosts([policy('b.test')]);
    await manager.close();
    expect(readFileSync(join(place, 'qnetwork-hsts'), 'utf8')).not.toContain('b.test');
  });

  it('brings what was learned to the next manager', async () => {
    await using server = await secureServer({ '*': says('max-age=1000') });
    const place = folder();
    {
      await using manager = enabled();
      manager.enableStrictTransportSecurityStore(true, place);
      await manager.get(at('https', server)).text();
    }
    const next = enabled();
    next.enableStrictTransportSecurityStore(true, place);
    expect(hostsOf(next)).toEqual(['localhost']);
    expect(await next.get(at('http', server)).text()).toBe('ok');
  });

  it('what is known already goes before what was stored, as in Qt', async () => {
    const place = folder();
    const first = enabled();
    first.addStrictTransportSecurityHosts([policy('a.test', 1000, 1), policy('b.test')]);
    first.enableStrictTransportSecurityStore(true, place);
    await first.close();
    const second = enabled();
    second.addStrictTransportSecurityHosts([policy('a.test', 10)]);
    second.enableStrictTransportSecurityStore(true, place);
    expect(hostsOf(second)).toEqual(['a.test', 'b.test']);
    expect(second.strictTransportSecurityHosts()[0]!.includesSubDomains()).toBe(false);
    await second.close();
    const third = new QNetworkAccessManager();
    third.enableStrictTransportSecurityStore(true, place);
    expect(third.strictTransportSecurityHosts().map((one) => [one.host(), one.includesSubDomains()])).toEqual([
      ['a.test', false],
      ['b.test', false],
    ]);
  });

  it('that cannot be used costs no request its answer, and a warning says so', async () => {
    await using server = await secureServer({ '*': says('max-age=1000') });
    const warnings: (Error & { code?: string })[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    onTestFinished(() => void process.off('warning', listener));
    const place = join(folder(), 'file');
    writeFileSync(place, '');
    const manager = enabled();
    manager.enableStrictTransportSecurityStore(true, join(place, 'folder'));
    expect(await manager.get(at('https', server)).text()).toBe('ok');
    expect(await manager.get(at('http', server)).text()).toBe('ok');
    await manager.close();
    await until(() => warnings.length > 0, 'the warning');
    expect(warnings.map(({ code }) => code)).toEqual(['QNETWORK_HSTS_STORE']);
    expect(warnings[0]!.message).toContain(place);
    expect(hostsOf(manager)).toEqual(['localhost']);
  });
});

/** A sequential device without a length: it is collected before anything is sent. */
class Trickle extends QIODevice {
  readonly #bytes = new QBuffer();
  #over = false;

  constructor() {
    super();
    this.open(QIODevice.ReadOnly);
  }
  override isSequential(): boolean {
    return true;
  }
  override atEnd(): boolean {
    return this.#over && this.bytesAvailable() === 0;
  }
  ends(text: string): void {
    this.#bytes.setData(Buffer.from(text));
    this.#bytes.open(QIODevice.ReadOnly);
    this.#over = true;
    this.readyRead.emit();
    this.readChannelFinished.emit();
  }
  protected override readData(size: number): Buffer {
    return this.#bytes.isOpen() ? this.#bytes.read(size) : Buffer.alloc(0);
  }
}
