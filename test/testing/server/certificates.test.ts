import { X509Certificate } from 'node:crypto';
import { once as onceOf } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { QNetworkReply, QNetworkRequest, QSslCertificate, QSslConfiguration, QSslError } from '../../../src/index.ts';
import { createTestAuthority, createTestServer, type TestIdentityOptions } from '../../../src/testing/index.ts';
import { managers } from '../../support/managers.ts';

const manager = managers();
const authority = createTestAuthority();

function trusting(url: string): QNetworkRequest {
  const configuration = new QSslConfiguration();
  configuration.setCaCertificates(QSslCertificate.fromData(authority.pem));
  const request = new QNetworkRequest(url);
  request.setSslConfiguration(configuration);
  return request;
}

describe('an authority for tests', () => {
  it('makes servers that are trusted by who trusts it, and by nobody else', async () => {
    await using server = await createTestServer({ tls: authority.identity(), routes: { '/x': { body: 'safe' } } });
    expect(server.url()).toMatch(/^https:/);
    expect(
      await manager()
        .get(trusting(server.url('/x')))
        .text(),
    ).toBe('safe');
    const stranger = manager().get(server.url('/x'));
    await stranger.whenFinished();
    expect(stranger.error()).toBe(QNetworkReply.SslHandshakeFailedError);
    expect(server.connections).toMatchObject([{ secure: true, requests: 1 }]);
  });

  it('reaches all names of this machine', async () => {
    const { subjectAltName } = new X509Certificate(authority.identity().cert);
    expect(subjectAltName).toBe('IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost');
    const odd = new X509Certificate(authority.identity(['*.a.test', '2001:db8::7:1', '10.1.2.3']).cert);
    expect(odd.subjectAltName).toBe('DNS:*.a.test, IP Address:2001:DB8:0:0:0:0:7:1, IP Address:10.1.2.3');
  });

  const DAY = 86_400_000;
  const rows: [what: string, names: string[] | undefined, options: TestIdentityOptions, error: number][] = [
    ['is for another host', ['other.test'], {}, QSslError.HostNameMismatch],
    ['has expired', undefined, { to: new Date(Date.now() - DAY) }, QSslError.CertificateExpired],
    ['is not valid yet', undefined, { from: new Date(Date.now() + DAY) }, QSslError.CertificateNotYetValid],
    ['is self-signed', undefined, { selfSigned: true }, QSslError.SelfSignedCertificate],
    ['is for clients', undefined, { purpose: 'client' }, QSslError.InvalidPurpose],
  ];
  it.each(rows)('makes a certificate that %s', async (_what, names, options, error) => {
    await using server = await createTestServer({ tls: authority.identity(names, options) });
    const reply = manager().get(trusting(server.url()));
    const told: number[] = [];
    reply.sslErrors.connect((errors) => told.push(...errors.map((one) => one.error())));
    await reply.whenFinished();
    expect(reply.error()).toBe(QNetworkReply.SslHandshakeFailedError);
    expect(told).toEqual([error]);
    expect(server.requests).toEqual([]);
  });

  it('issues for clients, and with keys of RSA', async () => {
    const tls = { ...authority.identity(undefined, { key: 2048 }), ca: authority.pem, requestCert: true };
    await using server = await createTestServer({ tls });
    const socket = connect({
      port: server.port,
      host: '127.0.0.1',
      ca: authority.pem,
      ...authority.identity(['ada'], { purpose: 'client' }),
    });
    await onceOf(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    expect(socket.getPeerCertificate()).toMatchObject({ bits: 2048 });
    socket.write('GET / HTTP/1.1\r\n\r\n');
    const [answer] = (await onceOf(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 404/);
    socket.destroy();
  });

  it('has a key of its own', () => {
    expect(createTestAuthority().pem).not.toBe(authority.pem);
    expect(new X509Certificate(createTestAuthority('Mine').pem).subject).toBe('CN=Mine');
  });

  const bad: [names: unknown, options: unknown, type: typeof TypeError | typeof RangeError, text: string][] = [
    ['a.test', {}, TypeError, "names have to be a list of host names and addresses, as in ['site.test'], not 'a.test'"],
    [[], {}, TypeError, 'names have to be a list'],
    [[''], {}, TypeError, 'names have to be a list'],
    [['a.test'], { to: '2020-01-01' }, TypeError, "to has to be a valid Date, not '2020-01-01'"],
    [['a.test'], { from: new Date(Number.NaN) }, TypeError, 'from has to be a valid Date, not Invalid Date'],
    [['a.test'], { purpose: 'mail' }, TypeError, "purpose is 'server' or 'client', not 'mail'"],
    [['a.test'], { key: 512 }, RangeError, "key is 'ec' or at least 1024 bits, not 512"],
    [['a.test'], { expired: true }, TypeError, 'unknown option "expired"; there are from, to, selfSigned, purpose, key'],
  ];
  it.each(bad)('refuses %j, %j', (names, options, type, text) => {
    const issue = () => authority.identity(names as string[], options as TestIdentityOptions);
    expect(issue).toThrow(type);
    expect(issue).toThrow(text);
  });
});
