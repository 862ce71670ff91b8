import { QSslSocket } from '../../../src/index.ts';
import { HERE, type Minted, mint, type Wanted } from '../../support/mint.ts';
import { ocspResponse } from '../../support/ocsp.ts';
import { httpProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { answering, authority, broken, configured, issuerAt, names, plain, raw, rawTls, showing, site } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const from = (milliseconds: number): Date => new Date(Date.now() + milliseconds);

/** A site of an authority that the manager trusts, with something special about its own certificate, called by a name. */
const certified =
  (wanted: Partial<Wanted>, host = '127.0.0.1') =>
  async (ground: Ground): Promise<Situation> => {
    const root = authority('Fresh Root');
    names(ground, { [host]: ['127.0.0.1'] });
    const { port } = await site(ground, showing(mint({ name: 'site.test', by: root, ...wanted })));
    return { url: `https://${host}:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  };

/** A server that forgets the certificate of its issuer; `place` says where that is to be had. */
const forgetful =
  (place: (ground: Ground, middle: Minted) => Promise<string>, more: { timeout?: number } = {}) =>
  async (ground: Ground): Promise<Situation> => {
    const root = authority('Fresh Root');
    const middle = authority('Fresh Middle', { by: root });
    const leaf = mint({ name: 'site.test', by: middle, extension: issuerAt(await place(ground, middle)) });
    const made = await site(ground, showing(leaf));
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }), ...more } };
  };

/** A stapled word about the certificate of the site; the program asks for one. */
const stapled =
  (word: (leaf: Minted, root: Minted) => Buffer | null) =>
  async (ground: Ground): Promise<Situation> => {
    const root = authority('Fresh Root');
    const leaf = mint({ name: 'site.test', by: root });
    configured(ground, (configuration) => configuration.setOcspStaplingEnabled(true));
    const port = await rawTls(
      ground,
      showing(leaf),
      answering('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage'),
      (server) => server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, word(leaf, root))),
    );
    return { url: `https://127.0.0.1:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  };

/** Certificates: who it is, for whom, until when, and who says so. */
export const FRESH_CERTIFICATES: readonly Setup[] = [
  broken('a certificate that ended an hour ago', 'tls-expired', certified({ to: from(-HOUR) })),
  broken('a certificate that begins tomorrow', 'tls-not-yet-valid', certified({ from: from(DAY) })),
  broken('an intermediate certificate that has ended', 'tls-issuer-expired', async (ground) => {
    const root = authority('Fresh Root');
    const middle = authority('Old Middle', { by: root, from: from(-900 * DAY), to: from(-3 * DAY) });
    const made = await site(ground, showing(mint({ name: 'site.test', by: middle }), middle));
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('a root in the store that has ended', 'tls-issuer-expired', async (ground) => {
    const root = authority('Old Root', { from: from(-900 * DAY), to: from(-3 * DAY) });
    const made = await site(ground, showing(mint({ name: 'site.test', by: root })));
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken(
    'a wildcard, one label too few for the name',
    'tls-wrong-name',
    certified({ for: ['DNS:*.shop.test'] }, 'api.eu.shop.test'),
  ),
  broken('a wildcard, for the name without a label', 'tls-wrong-name', certified({ for: ['DNS:*.shop.test'] }, 'shop.test')),
  broken('the certificate is for www alone', 'tls-wrong-name', certified({ for: ['DNS:www.shop.test'] }, 'shop.test')),
  broken('an address is called, the certificate has names alone', 'tls-wrong-name', certified({ for: ['DNS:localhost'] })),
  broken('a parked domain with the certificate of the hoster', 'tls-wrong-name', async (ground) => {
    const root = authority('Fresh Root');
    const hoster = mint({ name: 'hoster.test', by: root, for: ['DNS:hoster.test', 'DNS:*.hoster.test'] });
    const own = mint({ name: 'shop.test', by: root, for: ['DNS:shop.test'] });
    names(ground, { 'blog.shop.test': ['127.0.0.1'], 'shop.test': ['127.0.0.1'] });
    const { createSecureContext } = await import('node:tls');
    const contexts: Record<string, Minted> = { 'shop.test': own };
    const { port } = await site(ground, {
      ...showing(hoster),
      SNICallback: (name, done) => done(null, createSecureContext(showing(contexts[name] ?? hoster))),
    });
    return { url: `https://blog.shop.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  {
    name: 'the page of a router, called by its address',
    expected: ['tls-wrong-name', 'tls-self-signed'],
    make: async (ground) => {
      const made = await site(ground, showing(mint({ name: 'router.lan', for: ['DNS:router.lan'] })));
      return { url: made.url(), options: { manager: ground.manager() } };
    },
  },
  {
    name: 'an appliance whose own certificate has ended',
    expected: ['tls-expired', 'tls-self-signed'],
    make: async (ground) => {
      const made = await site(ground, showing(mint({ name: 'nas.lan', from: from(-900 * DAY), to: from(-30 * DAY) })));
      return { url: made.url(), options: { manager: ground.manager() } };
    },
  },
  broken('a development server with a certificate of its own, behind a redirect', 'tls-self-signed', async (ground) => {
    const secure = await site(ground, showing(mint({ name: 'localhost' })));
    const made = await plain(ground, { status: 308, headers: { Location: secure.url('/') } });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('the root of a company comes along and is not trusted', 'tls-unknown-root', async (ground) => {
    const root = authority('Company Root');
    const made = await site(ground, showing(mint({ name: 'wiki.corp.test', by: root, for: HERE }), root));
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a proxy of the company breaks TLS open', 'tls-unknown-root', async (ground) => {
    const root = authority('Inspection Root');
    const inside = await site(ground, showing(mint({ name: 'bank.test', by: root, for: ['DNS:bank.test'] }), root));
    names(ground, {});
    const { port } = await ground.use(httpProxy({ leads: () => inside.port }));
    return { url: 'https://bank.test/', options: { manager: ground.proxied(`http://127.0.0.1:${port}`) } };
  }),
  broken('an authority that nobody knows, and nothing more is said', 'tls-unknown-issuer', async (ground) => {
    const made = await site(ground, showing(mint({ name: 'site.test', by: authority('Stranger') })));
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken(
    'the intermediate certificate is missing, and can be had',
    'tls-missing-intermediate',
    forgetful(async (ground, middle) => (await plain(ground, { body: middle.raw })).url('/middle.crt')),
  ),
  broken(
    'the intermediate certificate is missing, and the place of it is gone',
    'tls-unknown-issuer',
    forgetful(async (ground) => (await plain(ground, { status: 404, body: 'gone' })).url('/middle.crt')),
  ),
  broken(
    'the intermediate certificate is missing, and its place has a page',
    'tls-unknown-issuer',
    forgetful(async (ground) =>
      (await plain(ground, { body: '<html>Welcome</html>', headers: { 'Content-Type': 'text/html' } })).url('/middle.crt'),
    ),
  ),
  broken(
    'the intermediate certificate is missing, and its place says nothing',
    'tls-unknown-issuer',
    forgetful(async (ground) => `http://127.0.0.1:${await raw(ground, () => {})}/middle.crt`, { timeout: 4000 }),
  ),
  broken('the intermediate certificate is missing, and is of somebody else', 'tls-unknown-issuer', async (ground) => {
    const root = authority('Fresh Root');
    const other = authority('Other Middle', { by: root });
    const middle = authority('Fresh Middle', { by: root });
    const place = await plain(ground, { body: other.raw });
    const made = await site(
      ground,
      showing(mint({ name: 'site.test', by: middle, extension: issuerAt(place.url('/other.crt')) })),
    );
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('issuers that name each other', 'tls-unknown-issuer', async (ground) => {
    const bodies: Record<string, Buffer> = {};
    const place = await ground.use(serve({ routes: { '*': ({ target }) => ({ body: bodies[target] ?? Buffer.alloc(0) }) } }));
    const early = authority('First');
    const second = authority('Second', { by: early, extension: issuerAt(place.url('/first')) });
    const first = authority('First', { by: second, keyOf: early, extension: issuerAt(place.url('/second')) });
    Object.assign(bodies, { '/first': first.raw, '/second': second.raw });
    const made = await site(ground, showing(mint({ name: 'site.test', by: first, extension: issuerAt(place.url('/first')) })));
    return { url: made.url(), options: { manager: ground.manager(), timeout: 4000 } };
  }),
  broken('signed with SHA-1', 'tls-weak', async (ground) => {
    const root = authority('Fresh Root');
    const leaf = mint({ name: 'site.test', by: root, digest: 'sha1' });
    const made = await site(ground, { ...showing(leaf), ciphers: 'DEFAULT@SECLEVEL=0' });
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('an intermediate certificate signed with MD5', 'tls-weak', async (ground) => {
    const root = authority('Fresh Root', { key: 2048 });
    const middle = authority('Fresh Middle', { by: root, digest: 'md5' });
    const leaf = mint({ name: 'site.test', by: middle });
    const made = await site(ground, { ...showing(leaf, middle), ciphers: 'DEFAULT@SECLEVEL=0' });
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('a short key of an old device', 'tls-weak', certified({ key: 1024 })),
  broken('a signature that does not fit', 'tls-signature', certified({ forged: true })),
  broken('issued by somebody who may issue for another domain', 'tls-bad-authority', async (ground) => {
    const root = authority('Fresh Root');
    const middle = authority('Branch', { by: root, permitted: ['DNS:corp.test', 'DNS:.corp.test'] });
    names(ground, { 'site.test': ['127.0.0.1'] });
    const leaf = mint({ name: 'site.test', by: middle, for: ['DNS:site.test'] });
    const { port } = await site(ground, showing(leaf, middle));
    return { url: `https://site.test:${port}/`, options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('issued with the certificate of a server', 'tls-bad-authority', async (ground) => {
    const root = authority('Fresh Root');
    const server = mint({ name: 'www.site.test', by: root });
    const made = await site(ground, showing(mint({ name: 'site.test', by: server }), server));
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('the server shows a certificate for clients', 'tls-not-for-servers', certified({ purpose: 'client' })),
  broken('another key than the pinned one, after a renewal', 'tls-pin', async (ground) => {
    const root = authority('Fresh Root');
    const made = await site(ground, showing(mint({ name: 'site.test', by: root })));
    const pinnedPublicKeys = { '127.0.0.1': [`sha256/${Buffer.alloc(32, 7).toString('base64')}`] };
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem, pinnedPublicKeys }) } };
  }),
  broken(
    'the server brings along that its certificate was taken back',
    'tls-revoked',
    stapled((about, issuer) => ocspResponse({ about, issuer, status: 'revoked' })),
  ),
  broken(
    'the server has no word of its authority, which the program wants',
    'tls-revocation-unknown',
    stapled(() => null),
  ),
  broken(
    'the word of the authority is of last week',
    'tls-revocation-unknown',
    stapled((about, issuer) => ocspResponse({ about, issuer, from: from(-9 * DAY), to: from(-2 * DAY) })),
  ),
  broken('the program looks at no certificate', 'tls-unverified', async (ground) => {
    configured(ground, (configuration) => configuration.setPeerVerifyMode(QSslSocket.VerifyNone));
    const made = await site(ground, showing(mint({ name: 'localhost' })));
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a certificate that nobody has renewed', 'tls-expires-soon', certified({ from: from(-87 * DAY), to: from(3 * DAY) })),
];
