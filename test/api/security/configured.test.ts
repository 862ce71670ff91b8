import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  QSsl,
  QSslCertificate,
  QSslCipher,
  QSslConfiguration,
  QSslKey,
  QSslSocket,
} from '../../../src/index.ts';
import { settle } from '../../engine/rig.ts';
import { within } from '../../support/once.ts';
import { serve } from '../../support/server.ts';
import { peer, peerPem } from '../../support/tls.ts';
import { certificate, hello, request, serving, trusting } from './support.ts';

const over = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');
const changed = (change: (configuration: QSslConfiguration) => void): QSslConfiguration => {
  const configuration = trusting();
  change(configuration);
  return configuration;
};

afterEach(() => QSslConfiguration.setDefaultConfiguration(new QSslConfiguration()));

/** The suites in a ClientHello (RFC 8446 4.1.2). */
function suitesIn(flight: Buffer): number[] {
  let at = 5 + 4 + 2 + 32;
  at += 1 + flight[at]!;
  const suites: number[] = [];
  for (let i = 0; i < flight.readUInt16BE(at); i += 2) suites.push(flight.readUInt16BE(at + 2 + i));
  return suites;
}

describe('a configuration', () => {
  it('shows our certificate to who asks for it', async () => {
    await using server = await serving('good', [], { requestCert: true, rejectUnauthorized: true, ca: peerPem('ca') });
    await using manager = new QNetworkAccessManager();
    const known = changed((c) => {
      c.setLocalCertificate(certificate('client'));
      c.setPrivateKey(new QSslKey(peer('client').key, QSsl.Ec));
    });
    expect((await over(manager.get(request(server.url(), known)))).readAll().toString()).toBe('page');
    expect((await over(manager.get(request(server.url())))).error()).not.toBe(NetworkError.NoError);
    expect(server.requests).toHaveLength(1);
  });

  it('shows those above our certificate, too', async () => {
    await using server = await serving('good', [], { requestCert: true, rejectUnauthorized: true, ca: peerPem('ca') });
    await using manager = new QNetworkAccessManager();
    const chained = (...names: ('below' | 'intermediate')[]): QSslConfiguration =>
      changed((c) => {
        c.setLocalCertificateChain(names.map(certificate));
        c.setPrivateKey(new QSslKey(peer('below').key, QSsl.Ec));
      });
    expect((await over(manager.get(request(server.url(), chained('below', 'intermediate'))))).error()).toBe(NetworkError.NoError);
    expect((await over(manager.get(request(server.url(), chained('below'))))).error()).not.toBe(NetworkError.NoError);
  });

  it('with the key of another certificate fails with a sentence', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    const mixed = changed((c) => {
      c.setLocalCertificate(certificate('client'));
      c.setPrivateKey(new QSslKey(peer('good').key, QSsl.Ec));
    });
    const reply = await over(manager.get(request(server.url(), mixed)));
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(reply.errorString()).toContain('the private key is not that of the local certificate');
    await server.whenIdle();
  });

  const versions: [protocol: QSsl.SslProtocol, server: string, spoken: QSsl.SslProtocol | null][] = [
    [QSsl.SecureProtocols, 'TLSv1.3', QSsl.TlsV1_3],
    [QSsl.SecureProtocols, 'TLSv1.2', QSsl.TlsV1_2],
    [QSsl.TlsV1_2, 'TLSv1.3', QSsl.TlsV1_2],
    [QSsl.TlsV1_2OrLater, 'TLSv1.3', QSsl.TlsV1_3],
    [QSsl.TlsV1_3, 'TLSv1.3', QSsl.TlsV1_3],
    [QSsl.TlsV1_3OrLater, 'TLSv1.2', null],
    [QSsl.TlsV1_2, 'only TLSv1.3', null],
  ];
  for (const [protocol, most, spoken] of versions) {
    it(`with ${QSsl.SslProtocol[protocol]} and a server of ${most} speaks ${spoken === null ? 'nothing' : QSsl.SslProtocol[spoken]}`, async () => {
      const only = most.startsWith('only');
      const limits = only ? { minVersion: 'TLSv1.3' as const } : { maxVersion: most as 'TLSv1.2' };
      await using server = await serving('good', [], limits);
      await using manager = new QNetworkAccessManager();
      const reply = await over(
        manager.get(
          request(
            server.url(),
            changed((c) => c.setProtocol(protocol)),
          ),
        ),
      );
      expect(reply.error()).toBe(spoken === null ? NetworkError.SslHandshakeFailedError : NetworkError.NoError);
      if (spoken !== null) expect(reply.sslConfiguration().sessionProtocol()).toBe(spoken);
    });
  }

  it('offers the ciphers that it lists, and no TLS 1.3 without its suites', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    const name = 'ECDHE-ECDSA-AES128-GCM-SHA256';
    const listed = changed((c) => c.setCiphers([new QSslCipher(name)]));
    const reply = await over(manager.get(request(server.url(), listed)));
    const tls = reply.sslConfiguration();
    expect([tls.sessionCipher().name(), tls.sessionProtocol()]).toEqual([name, QSsl.TlsV1_2]);
    const text = changed((c) => c.setCiphers(`TLS_AES_128_GCM_SHA256:${name}`));
    const other = await over(manager.get(request(server.url(), text)));
    expect(other.sslConfiguration().sessionCipher().name()).toBe('TLS_AES_128_GCM_SHA256');
    // 0x00ff is no cipher: it says that renegotiation is safe, which OpenSSL 3.5 does in another way
    expect(suitesIn(await hello(listed)).filter((suite) => suite !== 0x00ff)).toEqual([0xc02b]);
  });

  it('offers by default what it says', async () => {
    const offered = suitesIn(await hello(new QSslConfiguration()));
    const names = new QSslConfiguration().ciphers().map((cipher) => cipher.name());
    // RFC 8446 B.4, RFC 5289, RFC 7905, and those that it leaves out
    for (const [name, id] of [
      ['TLS_AES_256_GCM_SHA384', 0x1302],
      ['ECDHE-RSA-AES128-GCM-SHA256', 0xc02f],
      ['ECDHE-ECDSA-CHACHA20-POLY1305', 0xcca9],
      ['AES128-SHA', 0x002f],
      ['PSK-AES128-CBC-SHA', 0x008c],
      ['SRP-AES-128-CBC-SHA', 0xc01d],
      ['TLS_AES_128_CCM_SHA256', 0x1304],
    ] as const)
      expect([name, names.includes(name)]).toEqual([name, offered.includes(id)]);
    expect(names.slice(0, 3)).toEqual(['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']);
  });

  it('offers protocols by ALPN', async () => {
    await using server = await serving('good', [], { ALPNProtocols: ['http/1.0', 'http/1.1'] });
    await using manager = new QNetworkAccessManager();
    const agreed = async (...protocols: string[]): Promise<unknown[]> => {
      const reply = await over(
        manager.get(
          request(
            server.url(),
            changed((c) => c.setAllowedNextProtocols(protocols)),
          ),
        ),
      );
      const tls = reply.sslConfiguration();
      return [tls.nextNegotiatedProtocol().toString(), tls.nextProtocolNegotiationStatus()];
    };
    const { NextProtocolNegotiationNegotiated: yes, NextProtocolNegotiationNone: no } = QSslConfiguration;
    expect(await agreed()).toEqual(['http/1.1', yes]);
    expect(await agreed('h2', 'http/1.1')).toEqual(['http/1.1', yes]);
    expect(await agreed('http/1.0', 'http/1.1')).toEqual(['http/1.0', yes]);
    await using plain = await serving('good');
    const reply = await over(manager.get(request(plain.url())));
    expect(reply.sslConfiguration().nextProtocolNegotiationStatus()).toBe(no);
  });

  it('may keep the name of the server to itself, which is verified all the same', async () => {
    const names: unknown[] = [];
    const SNICallback = (name: string, done: (error: null) => void): void => {
      names.push(name);
      done(null);
    };
    await using server = await serving('good', [], { SNICallback });
    await using manager = new QNetworkAccessManager();
    const silent = changed((c) => c.setSslOption(QSsl.SslOptionDisableServerNameIndication, true));
    const url = `https://localhost:${server.port}/`;
    expect((await over(manager.get(request(url, silent)))).error()).toBe(NetworkError.NoError);
    expect(names).toEqual([]);
    expect((await over(manager.get(request(url)))).error()).toBe(NetworkError.NoError);
    expect(names).toEqual(['localhost']);
    await using wrong = await serving('wronghost');
    expect((await over(manager.get(request(wrong.url(), silent)))).error()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('trusts what it was told to, beside or instead of the machine', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const only = new QSslConfiguration();
    only.setCaCertificates([certificate('selfsigned')]);
    expect((await over(manager.get(request(server.url(), only)))).error()).toBe(NetworkError.NoError);
    const beside = new QSslConfiguration();
    const before = beside.caCertificates().length;
    beside.addCaCertificate(certificate('selfsigned'));
    expect(before).toBeGreaterThan(50);
    expect(beside.caCertificates()).toHaveLength(before + 1);
    expect((await over(manager.get(request(server.url(), beside)))).error()).toBe(NetworkError.NoError);
    const nobody = new QSslConfiguration();
    nobody.setCaCertificates([]);
    expect((await over(manager.get(request(server.url(), nobody)))).error()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('can be the default of all requests, as it is when they are sent', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    const fetch = async (): Promise<number> => (await over(manager.get(server.url()))).error();
    expect(await fetch()).toBe(NetworkError.SslHandshakeFailedError);
    QSslConfiguration.setDefaultConfiguration(trusting());
    expect(await fetch()).toBe(NetworkError.NoError);
    QSslConfiguration.setDefaultConfiguration(new QSslConfiguration());
    expect(await fetch()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('that says the same shares connections, one that says something else does not', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    const get = async (configuration: QSslConfiguration): Promise<void> => {
      expect((await over(manager.get(request(server.url(), configuration)))).error()).toBe(NetworkError.NoError);
    };
    await get(trusting());
    await get(trusting());
    expect(server.connections.map(({ requests }) => requests)).toEqual([2]);
    const others: ((c: QSslConfiguration) => void)[] = [
      (c) => c.setProtocol(QSsl.TlsV1_2),
      (c) => c.setPeerVerifyDepth(3),
      (c) => c.setPeerVerifyMode(QSslSocket.QueryPeer),
      (c) => c.setCaCertificates([certificate('ca'), certificate('otherca')]),
      (c) => c.setCiphers('ECDHE-ECDSA-AES128-GCM-SHA256'),
      (c) => c.setAllowedNextProtocols(['http/1.1', 'x']),
      (c) => c.setSslOption(QSsl.SslOptionDisableSessionTickets, true),
      (c) => c.setMissingCertificateIsFatal(true),
      (c) => {
        c.setLocalCertificate(certificate('client'));
        c.setPrivateKey(new QSslKey(peer('client').key, QSsl.Ec));
      },
    ];
    for (const other of others) await get(changed(other));
    expect(server.connections.map(({ requests }) => requests)).toEqual([2, ...others.map(() => 1)]);
  });

  it('does not part requests that speak no TLS', async () => {
    await using server = await serve({ routes: { '*': { body: 'page' } } });
    await using manager = new QNetworkAccessManager();
    for (const configuration of [trusting('ca'), trusting('otherca')])
      await over(manager.get(request(server.url(), configuration)));
    expect(server.connections.map(({ requests }) => requests)).toEqual([2]);
  });

  it('is kept by the request as it was', async () => {
    const configuration = trusting();
    const made = request('https://a.test/', configuration);
    configuration.setProtocol(QSsl.TlsV1_2);
    expect(made.sslConfiguration().protocol()).toBe(QSsl.SecureProtocols);
    const other = request('https://a.test/', trusting());
    expect(made.equals(other)).toBe(true);
    expect(made.equals(request('https://a.test/', configuration))).toBe(false);
  });

  it('of a reply tells what was agreed on, on a connection that others opened, too', async () => {
    await using server = await serving('good', [], { ALPNProtocols: ['http/1.1'] });
    await using manager = new QNetworkAccessManager();
    const first = manager.get(request(server.url()));
    expect(first.sslConfiguration().peerCertificate().isNull()).toBe(true);
    expect(first.sslConfiguration().caCertificates()).toHaveLength(1);
    await over(first);
    const second = await over(manager.get(request(server.url())));
    for (const reply of [first, second]) {
      const tls = reply.sslConfiguration();
      expect(tls.peerCertificate().equals(certificate('good'))).toBe(true);
      expect(tls.peerCertificateChain().map((one) => one.subjectDisplayName())).toEqual(['good.test', 'qnetwork peers CA']);
      expect(tls.sessionCipher().name()).toMatch(/^TLS_/);
      expect(tls.sessionProtocol()).toBe(QSsl.TlsV1_3);
      expect(tls.nextNegotiatedProtocol().toString()).toBe('http/1.1');
      expect(tls.caCertificates()[0]!.equals(certificate('ca'))).toBe(true);
    }
    await manager.close();
    expect(second.sslConfiguration().peerCertificate().isNull()).toBe(false);
  });

  it('without a certificate to be shown is refused, and cannot be ignored where one is needed', async () => {
    // an anonymous suite
    const ciphers = 'AECDH-AES128-SHA:@SECLEVEL=0';
    await using server = await serve({
      tls: { ciphers, maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' },
      routes: { '*': { body: 'page' } },
    });
    await using manager = new QNetworkAccessManager();
    const anonymous = changed((c) => {
      c.setCiphers(ciphers);
      c.setProtocol(QSsl.TlsV1_2);
    });
    const asked: string[] = [];
    manager.sslErrors.connect((reply, errors) => {
      asked.push(...errors.map((error) => error.errorString()));
      reply.ignoreSslErrors();
    });
    expect((await over(manager.get(request(server.url(), anonymous)))).error()).toBe(NetworkError.NoError);
    expect(asked).toEqual(['The peer has shown no certificate']);
    anonymous.setMissingCertificateIsFatal(true);
    const fatal = await over(manager.get(request(server.url(), anonymous)));
    expect(fatal.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(fatal.errorString()).toContain('has shown no certificate');
    expect(asked).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a key that both sides know', () => {
  const KEY = Buffer.from('0123456789abcdef', 'hex');
  const keyed = (): ReturnType<typeof serve> =>
    serve({
      tls: {
        ciphers: 'PSK',
        maxVersion: 'TLSv1.2',
        pskIdentityHint: 'the hint',
        pskCallback: (_socket: TLSSocket, identity: string) => (identity === 'me' ? KEY : null),
      } as never,
      routes: { '*': { body: 'page' } },
    });

  it('opens a connection that is shared with who knows it', async () => {
    await using server = await keyed();
    await using manager = new QNetworkAccessManager();
    const told: string[] = [];
    manager.preSharedKeyAuthenticationRequired.connect((_reply, asked) => {
      told.push(`M ${asked.identityHint()} ${asked.maximumIdentityLength()} ${asked.maximumPreSharedKeyLength()}`);
      asked.setIdentity('me');
    });
    manager.encrypted.connect(() => void told.push('encrypted'));
    const get = async (key: Buffer): Promise<QNetworkReply> => {
      const reply = manager.get(request(server.url(), trusting()));
      reply.sslErrors.connect(() => void told.push('sslErrors'));
      reply.preSharedKeyAuthenticationRequired.connect((asked) => {
        told.push(`reply ${asked.identity()}`);
        asked.setPreSharedKey(key);
      });
      return over(reply);
    };
    const reply = await get(KEY);
    expect(told).toEqual(['M the hint 255 512', 'reply me', 'encrypted']);
    expect(reply.readAll().toString()).toBe('page');
    expect(reply.sslConfiguration().peerCertificate().isNull()).toBe(true);
    expect(reply.sslConfiguration().sessionCipher().authenticationMethod()).toBe('PSK');
    await get(KEY);
    expect(server.connections.map(({ requests }) => requests)).toEqual([2]);
    const wrong = await get(Buffer.from('another'));
    expect(wrong.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(wrong.errorString()).toContain('pre-shared key may be wrong');
    expect(server.requests).toHaveLength(2);
  });

  it('that nobody gives fails the handshake', async () => {
    await using server = await keyed();
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    reply.preSharedKeyAuthenticationRequired.connect(() => {});
    await over(reply);
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(reply.errorString()).toContain('wants a pre-shared key and was given none');
  });

  it('is not offered when nobody would give one', async () => {
    await using server = await keyed();
    await using manager = new QNetworkAccessManager();
    expect((await over(manager.get(request(server.url())))).error()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('is not asked for by servers that have a certificate', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    let asked = 0;
    manager.preSharedKeyAuthenticationRequired.connect(() => void asked++);
    const reply = await over(manager.get(request(server.url())));
    expect([reply.error(), asked]).toEqual([NetworkError.NoError, 0]);
  });

  for (const what of ['abort', 'destroy'] as const) {
    it(`may be answered by ${what}, in the middle of the handshake`, async () => {
      await using server = await keyed();
      await using manager = new QNetworkAccessManager();
      const reply = manager.get(request(server.url()));
      const gone = new Promise<void>((resolve) => {
        reply.finished.once(resolve);
        reply.destroyed.once(() => resolve());
      });
      reply.preSharedKeyAuthenticationRequired.connect((asked) => {
        asked.setIdentity('me');
        asked.setPreSharedKey(KEY);
        if (what === 'abort') reply.abort();
        else reply._destroy();
      });
      await within(gone, 'the end of the reply');
      await server.whenIdle();
      await settle();
      expect([server.connections, manager.connectionCount()]).toEqual([[], 0]);
    });
  }
});

it('certificates are found where a path says', () => {
  const configuration = trusting();
  const folder = new URL('../../support/certs/peers/', import.meta.url).pathname;
  expect(configuration.addCaCertificates(`${folder}otherca.pem`)).toBe(true);
  expect(configuration.addCaCertificates(`${folder}no-such.pem`)).toBe(false);
  expect(configuration.addCaCertificates(`${folder}*ca.pem`, QSsl.Pem, QSslCertificate.Wildcard)).toBe(true);
  expect(configuration.caCertificates().map((one) => one.subjectDisplayName())).toEqual([
    'qnetwork peers CA',
    'qnetwork unknown CA',
    'qnetwork peers CA',
    'qnetwork unknown CA',
  ]);
});
