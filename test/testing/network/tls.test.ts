import { describe, expect, it } from 'vitest';
import { QNetworkReply, QNetworkRequest, QSsl, QSslCertificate, QSslConfiguration, QSslError } from '../../../src/index.ts';
import type { TestCertificate } from '../../../src/testing/network/certificate.ts';
import { createTestNetwork, type TestNetwork } from '../../../src/testing/network/network.ts';
import type { TestLine, TestService } from '../../../src/testing/network/services.ts';

const URL = 'https://site.test/';
const PAGE: TestService = { routes: { '*': { body: 'safe' } } };
const { SslError } = QSslError;

function withCertificate(certificate: TestCertificate): TestNetwork {
  return createTestNetwork({ origins: { 'https://site.test': { ...PAGE, certificate } } });
}

/** What Qt calls the errors, in their order. */
const ERRORS: [TestCertificate, (keyof typeof SslError)[]][] = [
  ['expired', ['CertificateExpired']],
  ['not yet valid', ['CertificateNotYetValid']],
  ['wrong host', ['HostNameMismatch']],
  ['self-signed', ['SelfSignedCertificate']],
  ['untrusted', ['SelfSignedCertificateInChain']],
];

describe('played certificates', () => {
  it('are good unless something else is said, and can be looked at', async () => {
    await using network = withCertificate('good');
    const reply = network.manager().get(URL);
    const encrypted: boolean[] = [];
    reply.encrypted.connect(() => void encrypted.push(true));
    expect(await reply.text()).toBe('safe');
    expect(encrypted).toEqual([true]);
    const configuration = reply.sslConfiguration();
    const certificate = configuration.peerCertificate();
    expect([...certificate.subjectAlternativeNames().values()].flat()).toEqual(['site.test']);
    expect(configuration.peerCertificateChain()).toHaveLength(2);
    expect(configuration.sessionProtocol()).toBe(QSsl.TlsV1_3);
  });

  for (const [state, names] of ERRORS) {
    it(`${state}: refused, and used when somebody says so`, async () => {
      await using network = withCertificate(state);
      const refused = network.manager().get(URL);
      const told: string[] = [];
      refused.sslErrors.connect((errors) => void told.push(...errors.map((error) => SslError[error.error()]!)));
      await expect(refused.text()).rejects.toThrow('TLS handshake with site.test failed');
      expect([refused.error(), told]).toEqual([QNetworkReply.NetworkError.SslHandshakeFailedError, names]);
      const used = network.manager().get(URL);
      used.sslErrors.connect(() => used.ignoreSslErrors());
      expect(await used.text()).toBe('safe');
      expect(network.origin(URL).requests).toHaveLength(1);
    });
  }

  it('untrusted: good for who trusts its authority, and then the usual one is not', async () => {
    await using network = createTestNetwork({
      origins: { 'https://site.test': { ...PAGE, certificate: 'untrusted' }, 'https://usual.test': PAGE },
    });
    const configuration = QSslConfiguration.defaultConfiguration();
    configuration.setCaCertificates(QSslCertificate.fromData(network.authority));
    const to = (url: string): QNetworkRequest => {
      const request = new QNetworkRequest(url);
      request.setSslConfiguration(configuration);
      return request;
    };
    const manager = network.manager();
    expect(await manager.get(to(URL)).text()).toBe('safe');
    await expect(manager.get(to('https://usual.test/')).text()).rejects.toThrow('self-signed');
  });

  it('are not looked at by who does not want to', async () => {
    await using network = withCertificate('expired');
    const request = new QNetworkRequest(URL);
    const configuration = QSslConfiguration.defaultConfiguration();
    configuration.setPeerVerifyMode(0);
    request.setSslConfiguration(configuration);
    expect(await network.manager().get(request).text()).toBe('safe');
  });

  it('are for the names they are said to be for', async () => {
    await using network = createTestNetwork({
      names: { 'a.site.test': {}, 'b.c.site.test': {} },
      origins: {
        'https://a.site.test': { ...PAGE, names: ['*.site.test'] },
        'https://b.c.site.test': { ...PAGE, names: ['*.site.test'] },
      },
    });
    const manager = network.manager();
    expect(await manager.get('https://a.site.test/').text()).toBe('safe');
    await expect(manager.get('https://b.c.site.test/').text()).rejects.toThrow('another host');
  });
});

describe('a played handshake', () => {
  it('agrees on a version, or on none', async () => {
    await using network = createTestNetwork({
      origins: {
        'https://old.test': { ...PAGE, versions: ['TLSv1.2'] },
        'https://ancient.test': { ...PAGE, versions: ['TLSv1'] },
      },
    });
    const manager = network.manager();
    const old = manager.get('https://old.test/');
    expect(await old.text()).toBe('safe');
    expect(old.sslConfiguration().sessionProtocol()).toBe(QSsl.TlsV1_2);
    await expect(manager.get('https://ancient.test/').text()).rejects.toThrow('no common TLS version');
  });

  it('agrees on HTTP/2 where it is spoken', async () => {
    await using network = createTestNetwork({
      origins: { 'https://two.test': { ...PAGE, http2: true }, 'https://one.test': PAGE },
    });
    const manager = network.manager();
    const used = async (url: string): Promise<unknown> => {
      const reply = manager.get(url);
      await reply.text();
      return reply.attribute(QNetworkRequest.Http2WasUsedAttribute);
    };
    expect(await used('https://two.test/')).toBe(true);
    expect(await used('https://one.test/')).not.toBe(true);
    const many = await Promise.all(Array.from({ length: 20 }, () => manager.get('https://two.test/').text()));
    expect(new Set(many)).toEqual(new Set(['safe']));
    expect(network.origin('https://two.test').connections).toHaveLength(1);
  });

  it('chooses by name who is meant, where several are served at one address', async () => {
    await using network = createTestNetwork({
      names: { 'a.test': { addresses: ['192.0.2.9'] }, 'b.test': { addresses: ['192.0.2.9'] } },
      origins: { 'https://a.test': { routes: { '/': { body: 'a' } } }, 'https://b.test': { routes: { '/': { body: 'b' } } } },
    });
    const manager = network.manager();
    expect(await manager.get('https://a.test/').text()).toBe('a');
    expect(await manager.get('https://b.test/').text()).toBe('b');
  });

  it('fails with who does not speak TLS, and the other way round', async () => {
    const says = (text: string) => ({ peer: ({ stream }: TestLine) => void stream.once('data', () => stream.end(text)) });
    await using network = createTestNetwork({
      origins: {
        'http://plain.test:443': says('HTTP/1.1 400 Bad Request\r\n\r\n'),
        'http://silent.test:443': PAGE,
        'https://safe.test:80': PAGE,
      },
    });
    const manager = network.manager();
    await expect(manager.get('https://plain.test/').text()).rejects.toThrow('does not speak TLS on this port');
    await expect(manager.get('https://silent.test/', { timeout: 9_000 }).text()).rejects.toThrow('phase tls');
    await expect(manager.get('http://safe.test/').text()).rejects.toThrow('without an answer');
  });

  it('comes after what an origin does to its connections', async () => {
    await using network = createTestNetwork({ origins: { 'https://site.test': { ...PAGE, connect: { end: 'reset' } } } });
    const reply = network.manager().get(URL);
    await expect(reply.text()).rejects.toThrow('during the TLS handshake');
    expect(network.origin(URL).requests).toHaveLength(0);
  });
});
