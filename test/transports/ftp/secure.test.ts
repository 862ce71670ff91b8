import { beforeAll, describe, expect, it } from 'vitest';
import { NetworkError, QNetworkProxy, type QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { type FtpScript, FtpServer } from '../../support/ftp-server.ts';
import { managers } from '../../support/managers.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { ended, FINE, got, put, request } from './support.ts';

const manager = managers();
beforeAll(() => trustTestAuthority());

async function serving(
  name: 'good' | 'selfsigned' | 'wronghost' | null,
  scripts: Readonly<Record<string, FtpScript>> = {},
): Promise<FtpServer> {
  const server = new FtpServer({
    files: { abc: 'content' },
    scripts,
    ...(name === null ? {} : { identity: identity(name) }),
  });
  await server.listen();
  return server;
}

const secure = (server: FtpServer, path = '/abc'): string => server.url(path).replace('ftp:', 'ftpes:');

describe('TLS', () => {
  it('comes before anything that matters, and protects the data', async () => {
    await using server = await serving('good');
    const one = manager();
    const reply = one.get(request(secure(server)));
    let encrypted = 0;
    reply.encrypted.connect(() => encrypted++);
    await ended(reply);
    expect([reply.errorString(), reply.readAll().toString(), encrypted]).toEqual([FINE, 'content', 1]);
    expect(reply.attribute(QNetworkRequest.ConnectionEncryptedAttribute)).toBe(true);
    expect(reply.sslConfiguration().peerCertificate().isNull()).toBe(false);
    expect(server.requests.slice(0, 5)).toEqual(['AUTH TLS', 'USER anonymous', 'PASS anonymous@', 'PBSZ 0', 'PROT P']);
    expect((await put(one, secure(server, '/new'), 'x'.repeat(300_000))).errorString()).toBe(FINE);
    expect([server.files.get('new')?.length, server.count('AUTH')]).toEqual([300_000, 1]);
  });

  it('does not wait for ever for a server that says again and again that it will speak', async () => {
    await using server = new FtpServer({ greeting: `${'120 wait\r\n'.repeat(30)}220 welcome`, identity: identity('good') });
    await server.listen();
    const reply = await got(manager(), secure(server));
    expect([reply.error(), server.requests]).toEqual([NetworkError.ProtocolFailure, []]);
  });

  it.each(['selfsigned', 'wronghost'] as const)(
    'with a certificate that does not fit ends before the login: %s',
    async (name) => {
      await using server = await serving(name);
      const one = manager();
      expect((await got(one, secure(server))).error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(server.requests).toEqual(['AUTH TLS']);
      const ignore = (reply: QNetworkReply): void => reply.ignoreSslErrors();
      one.sslErrors.connect(ignore);
      for (let i = 0; i < 2; i++) expect((await got(one, secure(server))).readAll().toString()).toBe('content');
      expect(server.count('USER')).toBe(1);
      // who does not close an eye gets none of the connections of who does
      one.sslErrors.disconnect(ignore);
      expect((await got(one, secure(server))).error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(server.count('RETR')).toBe(2);
    },
  );

  it('is not done without', async () => {
    const refusing: [FtpScript | null, NetworkError][] = [
      [null, NetworkError.SslHandshakeFailedError],
      [(s) => s.say('234 go on\r\n220 injected'), NetworkError.ProtocolFailure],
      [(s) => s.socket.end(), NetworkError.RemoteHostClosedError],
    ];
    for (const [AUTH, error] of refusing) {
      await using server = await serving(null, AUTH === null ? {} : { AUTH });
      expect((await got(manager(), secure(server))).error()).toBe(error);
      expect(server.count('USER')).toBe(0);
    }
    await using server = await serving('good', { PROT: (s) => s.say('536 not with me') });
    expect((await got(manager(), secure(server))).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.count('RETR')).toBe(0);
  });

  it('of the data is with whom the control connection is', async () => {
    await using server = await serving('selfsigned', {
      RETR: (s) => {
        Object.assign(s.server.setup, { identity: identity('wronghost') });
        return false;
      },
    });
    const one = manager();
    one.sslErrors.connect((reply: QNetworkReply) => reply.ignoreSslErrors());
    const reply = await got(one, secure(server));
    expect([reply.error() !== NetworkError.NoError, reply.readAll().toString()]).toEqual([true, '']);
  });
});

describe('proxies', () => {
  it('open ways for control and data, with and without TLS', async () => {
    await using server = await serving('good');
    await using http = await httpProxy({});
    await using socks = await socksProxy({});
    for (const [type, proxy] of [
      [QNetworkProxy.HttpProxy, http],
      [QNetworkProxy.Socks5Proxy, socks],
    ] as const) {
      for (const url of [server.url('/abc'), secure(server)]) {
        const one = manager();
        one.setProxy(new QNetworkProxy(type, '127.0.0.1', proxy.port));
        const reply = await got(one, url);
        expect([reply.errorString(), reply.readAll().toString()]).toEqual([FINE, 'content']);
      }
      expect(proxy.accepted).toBe(4);
    }
    expect(http.requests.map(({ method }) => method)).toEqual(['CONNECT', 'CONNECT', 'CONNECT', 'CONNECT']);
    expect(http.requests[0]!.target).toBe(`127.0.0.1:${server.port}`);
  });

  it('that fetch files are told the whole request', async () => {
    await using proxy = await httpProxy({});
    const one = manager();
    one.setProxy(new QNetworkProxy(QNetworkProxy.FtpCachingProxy, '127.0.0.1', proxy.port));
    expect((await got(one, 'ftp://a.test/x/y;type=i')).readAll().toString()).toBe("the proxy's GET ftp://a.test/x/y;type=i");
    expect((await put(one, 'ftp://a.test/x', 'body')).errorString()).toBe(FINE);
    expect(proxy.requests[1]).toMatchObject({ method: 'PUT', target: 'ftp://a.test/x', body: Buffer.from('body') });
    await got(one, 'ftp://joe:se%20cret@a.test/x');
    expect(proxy.requests[2]).toMatchObject({ target: 'ftp://a.test/x' });
    expect(new Map(proxy.requests[2]!.headers).get('Authorization')).toBe(
      `Basic ${Buffer.from('joe:se cret').toString('base64')}`,
    );
    expect((await ended(one.post(request('ftp://a.test/x'), Buffer.from('x')))).error()).toBe(NetworkError.ProtocolUnknownError);
  });

  it('are answered when they, or the servers behind them, want to know who asks', async () => {
    await using proxy = await httpProxy({
      answer: ({ headers, authorization }) => {
        if (authorization === '')
          return { write: 'HTTP/1.1 407 who?\r\nProxy-Authenticate: Basic realm="p"\r\nContent-Length: 0\r\n\r\n' };
        const known = headers.some(([name]) => name.toLowerCase() === 'authorization');
        return known
          ? undefined
          : { write: 'HTTP/1.1 401 who?\r\nWWW-Authenticate: Basic realm="f"\r\nContent-Length: 0\r\n\r\n' };
      },
    });
    const one = manager();
    one.setProxy(new QNetworkProxy(QNetworkProxy.FtpCachingProxy, '127.0.0.1', proxy.port));
    one.proxyAuthenticationRequired.connect((_proxy, form) => form.setUser('pu'));
    one.authenticationRequired.connect((_reply, form) => form.setUser('joe'));
    expect((await got(one, 'ftp://a.test/x')).readAll().toString()).toBe("the proxy's GET ftp://a.test/x");
  });

  it.each([
    [QNetworkProxy.HttpCachingProxy, 'ftp://a.test/x'],
    [QNetworkProxy.FtpCachingProxy, 'ftpes://a.test/x'],
    [QNetworkProxy.FtpCachingProxy, 'http://a.test/x'],
  ])('of kind %d cannot carry %s', async (type, url) => {
    const one = manager();
    one.setProxy(new QNetworkProxy(type, '127.0.0.1', 9));
    expect((await got(one, url)).error()).toBe(NetworkError.ProxyNotFoundError);
  });

  it('that are not there are not servers that are not there', async () => {
    for (const type of [QNetworkProxy.HttpProxy, QNetworkProxy.Socks5Proxy, QNetworkProxy.FtpCachingProxy]) {
      const one = manager();
      one.setProxy(new QNetworkProxy(type, '127.0.0.1', 9));
      expect((await got(one, 'ftp://a.test/x')).error()).toBe(NetworkError.ProxyConnectionRefusedError);
    }
  });
});
