import { expect } from 'vitest';
import type { QSslConfiguration } from '../../src/index.ts';
import { type SessionServer, serveSessions } from '../support/session-server.ts';
import { type PeerName, peer, peerPem, peersFolder } from '../support/tls.ts';
import { over, type Package, secureScene } from './support.ts';
import type { MemberTests } from './types.ts';

const certificate = (q: Package, name: PeerName) => new q.QSslCertificate(peerPem(name));
const names = (all: readonly { subjectDisplayName(): string }[]): string[] => all.map((one) => one.subjectDisplayName());

/** Sets something, and looks at it. */
function set<T>(
  q: Package,
  change: (configuration: QSslConfiguration) => void,
  look: (configuration: QSslConfiguration) => T,
): T {
  const configuration = new q.QSslConfiguration();
  change(configuration);
  return look(configuration);
}

/** What the reply's configuration says when it is over. */
const agreed = (q: Package, look: (configuration: QSslConfiguration) => void, options: object = {}): Promise<void> =>
  secureScene(
    q,
    'good',
    async (manager, request) => {
      const reply = manager.get(request);
      await over(reply);
      expect(reply.error()).toBe(0);
      look(reply.sslConfiguration());
    },
    options,
  );

/** A configuration that keeps sessions. */
function keeping(q: Package): QSslConfiguration {
  const configuration = new q.QSslConfiguration();
  configuration.setCaCertificates([certificate(q, 'ca')]);
  configuration.setSslOption(q.QSsl.SslOptionDisableSessionPersistence, false);
  return configuration;
}

/** What a request with the configuration has agreed on. */
async function visit(q: Package, server: SessionServer, configuration: QSslConfiguration): Promise<QSslConfiguration> {
  await using manager = new q.QNetworkAccessManager();
  const request = new q.QNetworkRequest(server.url());
  request.setSslConfiguration(configuration);
  const reply = manager.get(request);
  await over(reply);
  return reply.sslConfiguration();
}

/** A session that was kept, and a configuration for another one. */
async function kept(
  q: Package,
  look: (first: QSslConfiguration, again: QSslConfiguration, server: SessionServer) => Promise<void>,
): Promise<void> {
  await using server = await serveSessions({ ...peer('good'), sessionTimeout: 77 });
  await look(await visit(q, server, keeping(q)), keeping(q), server);
}

export const qsslconfiguration: MemberTests = {
  'QSslConfiguration.constructor': (q) => {
    const first = new q.QSslConfiguration();
    first.setPeerVerifyDepth(2);
    const copy = new q.QSslConfiguration(first);
    first.setPeerVerifyDepth(3);
    expect(copy.peerVerifyDepth()).toBe(2);
    copy.swap(first);
    expect([copy.peerVerifyDepth(), first.peerVerifyDepth()]).toEqual([3, 2]);
  },
  'QSslConfiguration.equals': (q) => {
    const changes: ((c: QSslConfiguration) => void)[] = [
      (c) => c.setProtocol(q.QSsl.TlsV1_3),
      (c) => c.setPeerVerifyMode(q.QSslSocket.VerifyPeer),
      (c) => c.setPeerVerifyDepth(1),
      (c) => c.setCaCertificates([]),
      (c) => c.setCaCertificates([certificate(q, 'ca')]),
      (c) => c.setCaCertificates([certificate(q, 'otherca')]),
      (c) => c.setLocalCertificate(certificate(q, 'client')),
      (c) => c.setPrivateKey(new q.QSslKey(peer('client').key, q.QSsl.Ec)),
      (c) => c.setCiphers('AES128-SHA'),
      (c) => c.setAllowedNextProtocols(['x']),
      (c) => c.setSslOption(q.QSsl.SslOptionDisableSessionTickets, true),
      (c) => c.setPreSharedKeyIdentityHint('x'),
      (c) => c.setMissingCertificateIsFatal(true),
    ];
    const made = [new q.QSslConfiguration(), ...changes.map((change) => set(q, change, (c) => c))];
    const again = [new q.QSslConfiguration(), ...changes.map((change) => set(q, change, (c) => c))];
    for (const [i, one] of made.entries()) expect(again.map((other) => one.equals(other))).toEqual(made.map((_, j) => i === j));
  },
  'QSslConfiguration.isNull': (q) => {
    expect([
      new q.QSslConfiguration().isNull(),
      set(
        q,
        (c) => c.setPeerVerifyDepth(1),
        (c) => c.isNull(),
      ),
    ]).toEqual([true, false]);
  },
  'QSslConfiguration.protocol': (q) => {
    expect(new q.QSslConfiguration().protocol()).toBe(q.QSsl.SecureProtocols);
  },
  'QSslConfiguration.setProtocol': (q) => {
    const { TlsV1_3, SslV3, SslV2, DtlsV1_2, UnknownProtocol } = q.QSsl;
    expect(
      set(
        q,
        (c) => c.setProtocol(TlsV1_3),
        (c) => c.protocol(),
      ),
    ).toBe(TlsV1_3);
    for (const refused of [SslV3, SslV2, DtlsV1_2, UnknownProtocol, '1' as never])
      expect(() => new q.QSslConfiguration().setProtocol(refused)).toThrow(/is not spoken here/);
  },
  'QSslConfiguration.peerVerifyMode': (q) => {
    expect(new q.QSslConfiguration().peerVerifyMode()).toBe(q.QSslSocket.AutoVerifyPeer);
  },
  'QSslConfiguration.setPeerVerifyMode': (q) => {
    expect(
      set(
        q,
        (c) => c.setPeerVerifyMode(q.QSslSocket.QueryPeer),
        (c) => c.peerVerifyMode(),
      ),
    ).toBe(1);
    expect(() => new q.QSslConfiguration().setPeerVerifyMode(9 as never)).toThrow(/expects QSslSocket.PeerVerifyMode; got 9/);
  },
  'QSslConfiguration.peerVerifyDepth': (q) => {
    expect(new q.QSslConfiguration().peerVerifyDepth()).toBe(0);
  },
  'QSslConfiguration.setPeerVerifyDepth': (q) => {
    expect(
      set(
        q,
        (c) => c.setPeerVerifyDepth(4),
        (c) => c.peerVerifyDepth(),
      ),
    ).toBe(4);
    expect(() => new q.QSslConfiguration().setPeerVerifyDepth(-1)).toThrow(/setPeerVerifyDepth expects a whole number from 0/);
  },
  'QSslConfiguration.localCertificate': (q) => {
    expect(new q.QSslConfiguration().localCertificate().isNull()).toBe(true);
  },
  'QSslConfiguration.setLocalCertificate': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setLocalCertificateChain([certificate(q, 'below'), certificate(q, 'intermediate')]);
    configuration.setLocalCertificate(certificate(q, 'client'));
    expect(names(configuration.localCertificateChain())).toEqual(['client-one']);
    configuration.setLocalCertificate(new q.QSslCertificate());
    expect(configuration.localCertificateChain()).toEqual([]);
  },
  'QSslConfiguration.localCertificateChain': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setLocalCertificate(certificate(q, 'client'));
    configuration.localCertificateChain()[0]!.clear();
    expect(names(configuration.localCertificateChain())).toEqual(['client-one']);
  },
  'QSslConfiguration.setLocalCertificateChain': (q) => {
    const chain = [certificate(q, 'below'), certificate(q, 'intermediate')];
    expect(
      set(
        q,
        (c) => c.setLocalCertificateChain(chain),
        (c) => c.localCertificate().subjectDisplayName(),
      ),
    ).toBe('below.test');
    expect(() => new q.QSslConfiguration().setLocalCertificateChain([new q.QSslCertificate()])).toThrow(
      /setLocalCertificateChain expects certificates/,
    );
  },
  'QSslConfiguration.peerCertificate': async (q) => {
    expect(new q.QSslConfiguration().peerCertificate().isNull()).toBe(true);
    await agreed(q, (c) => expect(c.peerCertificate().subjectDisplayName()).toBe('good.test'));
  },
  'QSslConfiguration.peerCertificateChain': (q) =>
    agreed(q, (c) => expect(names(c.peerCertificateChain())).toEqual(['good.test', 'qnetwork peers CA'])),
  'QSslConfiguration.sessionCipher': async (q) => {
    expect(new q.QSslConfiguration().sessionCipher().isNull()).toBe(true);
    await agreed(q, (c) => expect(c.sessionCipher().name()).toMatch(/^TLS_/));
  },
  'QSslConfiguration.sessionProtocol': async (q) => {
    expect(new q.QSslConfiguration().sessionProtocol()).toBe(q.QSsl.UnknownProtocol);
    await agreed(q, (c) => expect(c.sessionProtocol()).toBe(q.QSsl.TlsV1_2), { maxVersion: 'TLSv1.2' });
  },
  'QSslConfiguration.sessionTicket': async (q) => {
    expect(new q.QSslConfiguration().sessionTicket()).toHaveLength(0);
    await kept(q, async (first) => expect(first.sessionTicket()).not.toHaveLength(0));
  },
  'QSslConfiguration.setSessionTicket': (q) =>
    kept(q, async (first, again, server) => {
      again.setSessionTicket(first.sessionTicket());
      expect(again.sessionTicket().equals(first.sessionTicket())).toBe(true);
      await visit(q, server, again);
      expect(server.resumed).toEqual([false, true]);
    }),
  'QSslConfiguration.sessionTicketLifeTimeHint': async (q) => {
    expect(new q.QSslConfiguration().sessionTicketLifeTimeHint()).toBe(-1);
    await kept(q, async (first) => expect(first.sessionTicketLifeTimeHint()).toBe(77));
  },
  'QSslConfiguration.ephemeralServerKey': async (q) => {
    expect(new q.QSslConfiguration().ephemeralServerKey().isNull()).toBe(true);
    await agreed(q, (c) => expect(c.ephemeralServerKey().length()).toBe(384), { ecdhCurve: 'P-384' });
  },
  'QSslConfiguration.nextNegotiatedProtocol': (q) =>
    agreed(q, (c) => expect(c.nextNegotiatedProtocol().toString()).toBe('http/1.1'), { ALPNProtocols: ['http/1.1'] }),
  'QSslConfiguration.nextProtocolNegotiationStatus': (q) =>
    agreed(q, (c) => expect(c.nextProtocolNegotiationStatus()).toBe(1), { ALPNProtocols: ['http/1.1'] }),
  'QSslConfiguration.privateKey': (q) => {
    expect(new q.QSslConfiguration().privateKey().isNull()).toBe(true);
  },
  'QSslConfiguration.setPrivateKey': (q) => {
    const key = new q.QSslKey(peer('client').key, q.QSsl.Ec);
    expect(
      set(
        q,
        (c) => c.setPrivateKey(key),
        (c) => c.privateKey().equals(key),
      ),
    ).toBe(true);
    expect(() => new q.QSslConfiguration().setPrivateKey(certificate(q, 'client').publicKey())).toThrow(/expects a private key/);
  },
  'QSslConfiguration.ciphers': (q) => {
    const names = new q.QSslConfiguration().ciphers().map((cipher) => cipher.name());
    expect(names).toContain('ECDHE-RSA-AES256-GCM-SHA384');
    expect(names.filter((name) => /PSK|NULL/.test(name))).toEqual([]);
  },
  'QSslConfiguration.setCiphers': (q) => {
    const chosen = (ciphers: string | string[]): string[] =>
      set(
        q,
        (c) => c.setCiphers(typeof ciphers === 'string' ? ciphers : ciphers.map((name) => new q.QSslCipher(name))),
        (c) => c.ciphers().map((cipher) => cipher.name()),
      );
    expect(chosen(['AES256-SHA', 'AES128-SHA'])).toEqual(['AES256-SHA', 'AES128-SHA']);
    expect(chosen('AES128-SHA:TLS_AES_128_GCM_SHA256:!MD5')).toEqual(['AES128-SHA', 'TLS_AES_128_GCM_SHA256']);
    expect(chosen([])).toEqual(new q.QSslConfiguration().ciphers().map((cipher) => cipher.name()));
    expect(() => chosen('NO-SUCH-CIPHER')).toThrow(/setCiphers: OpenSSL has no cipher suites for 'NO-SUCH-CIPHER'/);
  },
  'QSslConfiguration.supportedCiphers': (q) => {
    const names = q.QSslConfiguration.supportedCiphers().map((cipher) => cipher.name());
    expect(names).toEqual(expect.arrayContaining(['TLS_AES_128_GCM_SHA256', 'PSK-AES128-CBC-SHA']));
  },
  'QSslConfiguration.caCertificates': (q) => {
    expect(new q.QSslConfiguration().caCertificates().length).toBeGreaterThan(50);
  },
  'QSslConfiguration.setCaCertificates': (q) => {
    const ca = certificate(q, 'ca');
    const configuration = new q.QSslConfiguration();
    configuration.setCaCertificates([ca]);
    ca.clear();
    expect(names(configuration.caCertificates())).toEqual(['qnetwork peers CA']);
    expect(() => configuration.setCaCertificates(['x'] as never)).toThrow(/setCaCertificates expects certificates/);
  },
  'QSslConfiguration.addCaCertificate': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setCaCertificates([]);
    configuration.addCaCertificate(certificate(q, 'ca'));
    expect(names(configuration.caCertificates())).toEqual(['qnetwork peers CA']);
  },
  'QSslConfiguration.addCaCertificates': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setCaCertificates([]);
    expect(configuration.addCaCertificates(`${peersFolder}ca.pem`)).toBe(true);
    expect(configuration.addCaCertificates([certificate(q, 'otherca')])).toBeUndefined();
    expect(names(configuration.caCertificates())).toEqual(['qnetwork peers CA', 'qnetwork unknown CA']);
  },
  'QSslConfiguration.systemCaCertificates': (q) => {
    const all = q.QSslConfiguration.systemCaCertificates();
    expect(all.length).toBeGreaterThan(50);
    all[0]!.clear();
    expect(q.QSslConfiguration.systemCaCertificates()[0]!.isNull()).toBe(false);
  },
  'QSslConfiguration.defaultConfiguration': (q) => {
    const configuration = q.QSslConfiguration.defaultConfiguration();
    expect(configuration.isNull()).toBe(true);
    configuration.setPeerVerifyDepth(7);
    expect(q.QSslConfiguration.defaultConfiguration().peerVerifyDepth()).toBe(0);
  },
  'QSslConfiguration.setDefaultConfiguration': (q) => {
    try {
      q.QSslConfiguration.setDefaultConfiguration(
        set(
          q,
          (c) => c.setPeerVerifyDepth(7),
          (c) => c,
        ),
      );
      expect(q.QSslConfiguration.defaultConfiguration().peerVerifyDepth()).toBe(7);
      expect(new q.QNetworkRequest().sslConfiguration().peerVerifyDepth()).toBe(7);
    } finally {
      q.QSslConfiguration.setDefaultConfiguration(new q.QSslConfiguration());
    }
  },
  'QSslConfiguration.testSslOption': (q) => {
    const { SslOption } = q.QSsl;
    const all = Object.keys(SslOption) as (keyof typeof SslOption & string)[];
    const on = all.filter((name) => new q.QSslConfiguration().testSslOption(Number(SslOption[name]) as never));
    expect(on).toEqual([
      'SslOptionDisableEmptyFragments',
      'SslOptionDisableCompression',
      'SslOptionDisableLegacyRenegotiation',
      'SslOptionDisableSessionPersistence',
    ]);
    expect(() => new q.QSslConfiguration().testSslOption(3 as never)).toThrow(/testSslOption expects QSsl.SslOption; got 3/);
  },
  'QSslConfiguration.setSslOption': (q) => {
    const { SslOptionDisableCompression: compression, SslOptionDisableSessionTickets: tickets } = q.QSsl;
    const configuration = new q.QSslConfiguration();
    configuration.setSslOption(compression, false);
    configuration.setSslOption(tickets, true);
    expect([configuration.testSslOption(compression), configuration.testSslOption(tickets)]).toEqual([false, true]);
    expect(() => configuration.setSslOption(3 as never, true)).toThrow(/setSslOption expects QSsl.SslOption; got 3/);
  },
  'QSslConfiguration.preSharedKeyIdentityHint': (q) => {
    expect(new q.QSslConfiguration().preSharedKeyIdentityHint()).toHaveLength(0);
  },
  'QSslConfiguration.setPreSharedKeyIdentityHint': (q) => {
    expect(
      set(
        q,
        (c) => c.setPreSharedKeyIdentityHint('who'),
        (c) => c.preSharedKeyIdentityHint().toString(),
      ),
    ).toBe('who');
  },
  'QSslConfiguration.allowedNextProtocols': (q) => {
    expect(new q.QSslConfiguration().allowedNextProtocols()).toEqual([]);
  },
  'QSslConfiguration.setAllowedNextProtocols': (q) => {
    const { ALPNProtocolHTTP2, NextProtocolHttp1_1 } = q.QSslConfiguration;
    const set2 = set(
      q,
      (c) => c.setAllowedNextProtocols([ALPNProtocolHTTP2, NextProtocolHttp1_1]),
      (c) => c.allowedNextProtocols(),
    );
    expect(set2.map(String)).toEqual(['h2', 'http/1.1']);
    expect(() => new q.QSslConfiguration().setAllowedNextProtocols([''])).toThrow(/expects names of 1 to 255 octets/);
  },
  'QSslConfiguration.missingCertificateIsFatal': (q) => {
    expect(new q.QSslConfiguration().missingCertificateIsFatal()).toBe(false);
  },
  'QSslConfiguration.setMissingCertificateIsFatal': (q) => {
    expect(
      set(
        q,
        (c) => c.setMissingCertificateIsFatal(true),
        (c) => c.missingCertificateIsFatal(),
      ),
    ).toBe(true);
  },
  'QSslConfiguration.ellipticCurves': (q) => {
    expect(new q.QSslConfiguration().ellipticCurves()).toEqual([]);
  },
  'QSslConfiguration.setEllipticCurves': (q) => {
    const curves = ['P-256', 'X25519'].map((name) => q.QSslEllipticCurve.fromShortName(name));
    expect(
      set(
        q,
        (c) => c.setEllipticCurves(curves),
        (c) => c.ellipticCurves().map((curve) => curve.shortName()),
      ),
    ).toEqual(['prime256v1', 'X25519']);
    const wrong = (name: string) => (): void =>
      new q.QSslConfiguration().setEllipticCurves([q.QSslEllipticCurve.fromShortName(name)]);
    expect(wrong('nope')).toThrow(/setEllipticCurves expects curves/);
    expect(wrong('Oakley-EC2N-3')).toThrow(/setEllipticCurves: TLS cannot use one of Oakley-EC2N-3/);
  },
  'QSslConfiguration.supportedEllipticCurves': (q) => {
    const all = q.QSslConfiguration.supportedEllipticCurves().map((curve) => curve.shortName());
    expect(all).toEqual(expect.arrayContaining(['X25519', 'prime256v1', 'secp384r1']));
  },
  'QSslConfiguration.diffieHellmanParameters': (q) => {
    const usual = new q.QSslConfiguration().diffieHellmanParameters();
    expect(usual.equals(q.QSslDiffieHellmanParameters.defaultParameters())).toBe(true);
  },
  'QSslConfiguration.setDiffieHellmanParameters': (q) => {
    expect(
      set(
        q,
        (c) => c.setDiffieHellmanParameters(new q.QSslDiffieHellmanParameters()),
        (c) => [c.diffieHellmanParameters().isEmpty(), c.isNull()],
      ),
    ).toEqual([true, false]);
  },
  'QSslConfiguration.backendConfiguration': (q) => {
    expect(new q.QSslConfiguration().backendConfiguration()).toEqual(new Map());
  },
  'QSslConfiguration.setBackendConfigurationOption': (q) => {
    expect(
      set(
        q,
        (c) => c.setBackendConfigurationOption('minprotocol', Buffer.from('TLSv1.3')),
        (c) => c.backendConfiguration(),
      ),
    ).toEqual(new Map([['MinProtocol', Buffer.from('TLSv1.3')]]));
    const option = (name: string, value: string) => (): void =>
      new q.QSslConfiguration().setBackendConfigurationOption(name, value);
    expect(option('Options', 'x')).toThrow(/there is no command Options here; there are CipherString, /);
    expect(option('SignatureAlgorithms', 'nope')).toThrow(/SignatureAlgorithms cannot be 'nope'/);
    expect(option('Groups', '')).toThrow(/Groups cannot be ''/);
  },
  'QSslConfiguration.setBackendConfiguration': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setBackendConfiguration(new Map([['Groups', 'P-256']]));
    expect([...configuration.backendConfiguration().keys()]).toEqual(['Groups']);
    configuration.setBackendConfiguration();
    expect([configuration.backendConfiguration().size, configuration.isNull()]).toEqual([0, true]);
  },
  'QSslConfiguration.ocspStaplingEnabled': (q) => {
    expect(new q.QSslConfiguration().ocspStaplingEnabled()).toBe(false);
  },
  'QSslConfiguration.setOcspStaplingEnabled': (q) => {
    expect(
      set(
        q,
        (c) => c.setOcspStaplingEnabled(true),
        (c) => [c.ocspStaplingEnabled(), c.isNull()],
      ),
    ).toEqual([true, false]);
  },
  'QSslConfiguration.handshakeMustInterruptOnError': (q) => {
    expect(new q.QSslConfiguration().handshakeMustInterruptOnError()).toBe(false);
  },
  'QSslConfiguration.setHandshakeMustInterruptOnError': (q) => {
    expect(
      set(
        q,
        (c) => c.setHandshakeMustInterruptOnError(true),
        (c) => [c.handshakeMustInterruptOnError(), c.isNull()],
      ),
    ).toEqual([true, false]);
  },
  'QSslConfiguration.NextProtocolNegotiationStatus': (q) => {
    expect(q.QSslConfiguration.NextProtocolNegotiationStatus[1]).toBe('NextProtocolNegotiationNegotiated');
  },
  'QSslConfiguration.ALPNProtocolHTTP2': (q) => {
    expect(q.QSslConfiguration.ALPNProtocolHTTP2).toBe('h2');
  },
  'QSslConfiguration.NextProtocolHttp1_1': (q) => {
    expect(q.QSslConfiguration.NextProtocolHttp1_1).toBe('http/1.1');
  },
  'QSslConfiguration.NextProtocolSpdy3_0': (q) => {
    expect(q.QSslConfiguration.NextProtocolSpdy3_0).toBe('spdy/3');
  },
};
