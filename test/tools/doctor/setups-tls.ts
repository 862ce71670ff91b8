import { createServer, type TlsOptions } from 'node:tls';
import { QSsl, QSslCertificate, QSslConfiguration, QSslKey, QSslSocket } from '../../../src/index.ts';
import { issuedAt } from '../../api/security/minted.ts';
import { type Minted, mint } from '../../support/mint.ts';
import { ocspResponse } from '../../support/ocsp.ts';
import { type Served, serve } from '../../support/server.ts';
import { identity, peer, peerPem } from '../../support/tls.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const DAY = 86_400_000;
const PAGE = { '*': { body: 'page' } };

const root = mint({ name: 'Doctor Root', authority: true });

const speaking = (ground: Ground, tls: TlsOptions): Promise<Served> => ground.use(serve({ tls, routes: PAGE }));

/** The chain of a server, its own certificate first. */
const shown = (...chain: Minted[]): TlsOptions => ({ key: chain[0]!.keyPem, cert: chain.map(({ pem }) => pem).join('') });

/** A server, and a manager that trusts the root of these certificates and that of the peers. */
const met =
  (tls: TlsOptions) =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await speaking(ground, tls)).url(),
    options: { manager: ground.manager({ extraCaCertificates: [root.pem, peerPem('ca')] }) },
  });

/** With a TLS configuration for all managers, as long as the set-up stands. */
const configured =
  (tls: TlsOptions, set: (configuration: QSslConfiguration) => void) =>
  async (ground: Ground): Promise<Situation> => {
    const before = QSslConfiguration.defaultConfiguration();
    ground.finally(() => QSslConfiguration.setDefaultConfiguration(before));
    const configuration = new QSslConfiguration(before);
    set(configuration);
    QSslConfiguration.setDefaultConfiguration(configuration);
    return met(tls)(ground);
  };

const leaf = (more: Partial<Parameters<typeof mint>[0]> = {}): Minted => mint({ name: 'site.test', by: root, ...more });
const middle = mint({ name: 'Doctor Middle', by: root, authority: true });
const strange = mint({ name: 'Strange Root', authority: true });

/** Certificates and handshakes. */
export const TLS: readonly Setup[] = [
  { name: 'a certificate for another host', expected: ['tls-wrong-name'], make: met(shown(leaf({ for: ['DNS:other.test'] }))) },
  { name: 'an expired certificate', expected: ['tls-expired'], make: met(shown(leaf({ to: new Date(Date.now() - 5 * DAY) }))) },
  {
    name: 'an expired certificate for another host',
    expected: ['tls-wrong-name', 'tls-expired'],
    make: met(shown(leaf({ for: ['DNS:other.test'], to: new Date(Date.now() - 5 * DAY) }))),
  },
  {
    name: 'a certificate of tomorrow',
    expected: ['tls-not-yet-valid'],
    make: met(shown(leaf({ from: new Date(Date.now() + DAY) }))),
  },
  {
    name: 'an expired authority between',
    expected: ['tls-issuer-expired'],
    make: (ground) => {
      const old = mint({ name: 'Old Middle', by: root, authority: true, to: new Date(Date.now() - DAY) });
      return met(shown(leaf({ by: old }), old))(ground);
    },
  },
  { name: 'a self-signed certificate', expected: ['tls-self-signed'], make: met(identity('selfsigned')) },
  { name: 'an authority that is not trusted', expected: ['tls-unknown-root'], make: met(shown(leaf({ by: strange }), strange)) },
  {
    name: 'an authority that is not trusted, and not shown',
    expected: ['tls-unknown-issuer'],
    make: met(shown(leaf({ by: strange }))),
  },
  {
    name: 'a certificate between that is not sent, and can be fetched',
    expected: ['tls-missing-intermediate'],
    make: async (ground) => {
      const place = await ground.use(serve({ routes: { '/middle.cer': { body: middle.raw } } }));
      return met(shown(leaf({ by: middle, extension: issuedAt(place.url('/middle.cer')) })))(ground);
    },
  },
  {
    name: 'a certificate between that is not sent, and not to be had',
    expected: ['tls-unknown-issuer'],
    make: met(shown(leaf({ by: middle }))),
  },
  { name: 'a forged signature', expected: ['tls-signature'], make: met(shown(leaf({ forged: true }))) },
  { name: 'a certificate for clients', expected: ['tls-not-for-servers'], make: met(shown(leaf({ purpose: 'client' }))) },
  {
    name: 'a certificate that a server has issued',
    expected: ['tls-bad-authority'],
    make: (ground) => {
      const presumed = leaf({ name: 'presumed.test' });
      return met(shown(leaf({ by: presumed }), presumed))(ground);
    },
  },
  { name: 'a short key', expected: ['tls-weak'], make: met({ ...shown(leaf({ key: 1024 })), ciphers: 'DEFAULT:@SECLEVEL=0' }) },
  { name: 'a certificate that must not be used', expected: ['tls-blacklisted'], make: met(peer('blacklisted')) },
  {
    name: 'another key than is pinned',
    expected: ['tls-pin'],
    make: async (ground) => {
      const server = await speaking(ground, shown(leaf()));
      const pinnedPublicKeys = ['sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='];
      return { url: server.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem, pinnedPublicKeys }) } };
    },
  },
  {
    name: 'a chain that is longer than allowed',
    expected: ['tls-chain-too-long'],
    make: (ground) => {
      const lower = mint({ name: 'Doctor Lower', by: middle, authority: true });
      return configured(shown(leaf({ by: lower }), lower, middle), (configuration) => configuration.setPeerVerifyDepth(1))(
        ground,
      );
    },
  },
  {
    name: 'no word about revocation where one is wanted',
    expected: ['tls-revocation-unknown'],
    make: configured(shown(leaf()), (configuration) => configuration.setOcspStaplingEnabled(true)),
  },
  {
    name: 'https to a server without TLS',
    expected: ['tls-plain-server'],
    make: async (ground) => ({
      url: (await ground.use(serve({ routes: PAGE }))).url().replace('http', 'https'),
      options: { timeout: 1500 },
    }),
  },
  {
    name: 'https to a server of another kind',
    expected: ['tls-not-spoken'],
    make: async (ground) => ({
      url: (await ground.use(serve({ connect: { write: 'SSH-2.0-OpenSSH_9.6\r\n', end: 'close' } })))
        .url()
        .replace('http', 'https'),
    }),
  },
  {
    name: 'a server that closes in the middle of the handshake',
    expected: ['tls-closed'],
    make: async (ground) => ({ url: (await ground.use(serve({ refuse: { end: 'reset' } }))).url().replace('http', 'https') }),
  },
  {
    name: 'a server that knows TLS 1.1 at most',
    expected: ['tls-old-version'],
    make: met({ ...shown(leaf()), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
  },
  {
    name: 'a server that knows ciphers of yesterday',
    expected: ['tls-old-cipher'],
    make: met({ ...shown(leaf({ key: 2048 })), maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA128-SHA256' }),
  },
  {
    name: 'a configuration that leaves too little',
    expected: ['tls-own-settings'],
    make: configured({ ...shown(leaf()), maxVersion: 'TLSv1.2' }, (configuration) => configuration.setProtocol(QSsl.TlsV1_3)),
  },
  {
    name: 'a server that wants a certificate of ours',
    expected: ['tls-client-certificate'],
    make: met({ ...shown(leaf()), requestCert: true, rejectUnauthorized: true, ca: root.pem, minVersion: 'TLSv1.3' }),
  },
  {
    name: 'a server that wants a certificate of ours, by TLS 1.2',
    expected: ['tls-client-certificate'],
    make: met({ ...shown(leaf()), requestCert: true, rejectUnauthorized: true, ca: root.pem, maxVersion: 'TLSv1.2' }),
  },
  {
    name: 'a certificate of ours that the server does not accept',
    expected: ['tls-client-certificate-refused'],
    make: (ground) => {
      const ours = mint({ name: 'ada', purpose: 'client', by: strange });
      return configured(
        { ...shown(leaf()), requestCert: true, rejectUnauthorized: true, ca: root.pem, maxVersion: 'TLSv1.2' },
        (configuration) => {
          configuration.setLocalCertificate(new QSslCertificate(ours.pem));
          configuration.setPrivateKey(new QSslKey(ours.keyPem, QSsl.Ec));
        },
      )(ground);
    },
  },
  {
    name: 'a server that wants a key which both know',
    expected: ['tls-shared-key'],
    make: met({ ciphers: 'PSK', maxVersion: 'TLSv1.2', pskIdentityHint: 'kitchen', pskCallback: () => null }),
  },
  {
    name: 'a revoked certificate',
    expected: ['tls-revoked'],
    make: async (ground) => {
      const own = leaf();
      const server = createServer(shown(own), (socket) => socket.end());
      server.on('OCSPRequest', (_certificate, _issuer, answer) =>
        answer(null, ocspResponse({ about: own, issuer: root, status: 'revoked' })),
      );
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      ground.finally(() => server.close());
      const { options } = await configured(shown(own), (configuration) => configuration.setOcspStaplingEnabled(true))(ground);
      return {
        url: `https://127.0.0.1:${(server.address() as { port: number }).port}/`,
        ...(options === undefined ? {} : { options }),
      };
    },
  },
  {
    name: 'NODE_EXTRA_CA_CERTS with a slip of the pen',
    expected: ['tls-authority-unreadable'],
    make: (ground) => {
      const before = process.env['NODE_EXTRA_CA_CERTS'];
      process.env['NODE_EXTRA_CA_CERTS'] = '/etc/compny.pem';
      ground.finally(() => {
        if (before === undefined) delete process.env['NODE_EXTRA_CA_CERTS'];
        else process.env['NODE_EXTRA_CA_CERTS'] = before;
      });
      return met(shown(leaf({ by: strange }), strange))(ground);
    },
  },
  {
    name: 'certificates that nobody looks at',
    expected: ['tls-unverified'],
    make: configured(identity('selfsigned'), (configuration) => configuration.setPeerVerifyMode(QSslSocket.VerifyNone)),
  },
  {
    name: 'a certificate that expires soon',
    expected: ['tls-expires-soon'],
    make: met(shown(leaf({ to: new Date(Date.now() + 5 * DAY) }))),
  },
];
