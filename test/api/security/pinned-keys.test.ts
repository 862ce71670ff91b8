import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  QSslConfiguration as Configuration,
  NetworkError,
  type PinnedPublicKeysInit,
  QNetworkAccessManager,
  type QNetworkReply,
  QSslCertificate,
  type QSslConfiguration,
  QSslError,
  QSslSocket,
} from '../../../src/index.ts';
import { HERE, type Minted, mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';
import { type Route, type Served, serve } from '../../support/server.ts';
import { shown } from './support.ts';

const root = mint({ name: 'root', authority: true });
const intermediate = mint({ name: 'intermediate', by: root, authority: 0 });
const site = mint({ name: 'site', by: intermediate });
const stranger = mint({ name: 'stranger', authority: true });
const spare = mint({ name: 'spare', authority: true });

/** As `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64` has it. */
const pin = ({ raw }: Minted): string => {
  const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
};

const UNTRUSTED = ['CertificateUntrusted of site'];

const page: Record<string, Route> = { '*': { body: 'page' } };
const serving = (chain: readonly Minted[] = [site, intermediate], routes = page): Promise<Served> =>
  serve({ tls: { key: chain[0]!.keyPem, cert: chain.map(({ pem }) => pem).join('') }, routes });

function trusting(...roots: readonly Minted[]): QSslConfiguration {
  const made = new Configuration();
  made.setCaCertificates((roots.length === 0 ? [root] : roots).map(({ pem }) => new QSslCertificate(pem)));
  return made;
}

interface Asking {
  readonly pins?: PinnedPublicKeysInit;
  readonly configuration?: QSslConfiguration;
  readonly path?: string;
  readonly hears?: (reply: QNetworkReply, errors: readonly QSslError[]) => void;
}

/** What a GET comes to: the error, and what was told about the certificates. */
async function ask(
  manager: QNetworkAccessManager,
  server: Served,
  asking: Asking = {},
): Promise<[error: string, told: string[]]> {
  const { pins: pinnedPublicKeys, configuration = trusting(), path, hears } = asking;
  Configuration.setDefaultConfiguration(configuration);
  const reply = manager.get(server.url(path), { pinnedPublicKeys });
  Configuration.setDefaultConfiguration(new Configuration());
  const told: string[] = [];
  reply.sslErrors.connect((errors) => {
    told.push(...shown(errors));
    hears?.(reply, errors);
  });
  await within(reply.whenFinished(), 'the end');
  return [NetworkError[reply.error()]!, told];
}

const SERVED = ['NoError', []];
const REFUSED = ['SslHandshakeFailedError', UNTRUSTED];

describe('pinned public keys', () => {
  const rows: [what: string, pins: PinnedPublicKeysInit, end: unknown][] = [
    ['the key of the server', pin(site), SERVED],
    ['that of an authority on the way', [pin(intermediate)], SERVED],
    ['that of the authority above, which the server does not send', [pin(root)], SERVED],
    ['one of several', [pin(stranger), pin(spare), pin(site)], SERVED],
    ['as curl writes them', `${pin(stranger)};${pin(site)}`.replaceAll('sha256/', 'sha256//'), SERVED],
    ['another', pin(stranger), REFUSED],
    ['another for this host', { '127.0.0.1': pin(stranger) }, REFUSED],
    ['another for every host', { '*': pin(stranger) }, REFUSED],
    ['another for another host', { 'example.org': pin(stranger) }, SERVED],
    ['another for every host, and its own', { '*': pin(stranger), '127.0.0.1': pin(site) }, SERVED],
  ];
  it.each(rows)('%s', async (_what, pins, end) => {
    await using server = await serving();
    for (const [manager, pinned] of [
      [new QNetworkAccessManager(), pins],
      [new QNetworkAccessManager({ pinnedPublicKeys: pins }), undefined],
    ] as const) {
      expect(await ask(manager, server, pinned === undefined ? {} : { pins: pinned })).toEqual(end);
      await manager.close();
    }
    await server.whenIdle();
    expect(server.requests.length).toBe(end === SERVED ? 2 : 0);
  });

  it('are those of the request where it has some', async () => {
    await using server = await serving();
    await using manager = new QNetworkAccessManager({ pinnedPublicKeys: pin(stranger) });
    expect(await ask(manager, server)).toEqual(REFUSED);
    expect(await ask(manager, server, { pins: pin(site) })).toEqual(SERVED);
    expect(await ask(manager, server)).toEqual(REFUSED);
  });

  it('count for the name that is verified, in either case, and for names below one', async () => {
    await using server = await serving();
    const ends: string[] = [];
    for (const pattern of ['site.test', 'SITE.test', '*.test', '*.site.test', '*.TEST', 'test', '127.0.0.1']) {
      await using manager = new QNetworkAccessManager({ pinnedPublicKeys: { [pattern]: pin(stranger) } });
      manager.connectToHostEncrypted('127.0.0.1', server.port, trusting(), 'site.test');
      const [reply] = await within(manager.finished.next(), 'the connection');
      ends.push(`${pattern} ${NetworkError[reply.error()]}`);
    }
    const refused = ['site.test', 'SITE.test', '*.test', '*.TEST'];
    expect(ends.filter((end) => end.endsWith('FailedError')).map((end) => end.split(' ')[0])).toEqual(refused);
  });

  it('count where nothing else is verified', async () => {
    await using server = await serving([site, intermediate]);
    for (const mode of [QSslSocket.VerifyNone, QSslSocket.QueryPeer]) {
      const configuration = trusting();
      configuration.setPeerVerifyMode(mode);
      await using manager = new QNetworkAccessManager();
      expect(await ask(manager, server, { configuration, pins: pin(stranger) })).toEqual(REFUSED);
      expect(await ask(manager, server, { configuration, pins: pin(site) })).toEqual(SERVED);
    }
  });

  it('stand against whoever ignores everything, but not against whoever names error and certificate', async () => {
    await using server = await serving();
    await using manager = new QNetworkAccessManager();
    const pins = pin(stranger);
    const listed = [new QSslError(QSslError.CertificateUntrusted, new QSslCertificate(site.pem))];
    const other = [new QSslError(QSslError.CertificateUntrusted, new QSslCertificate(root.pem))];
    expect(await ask(manager, server, { pins, hears: (reply) => reply.ignoreSslErrors() })).toEqual(REFUSED);
    expect(await ask(manager, server, { pins, hears: (reply) => reply.ignoreSslErrors(other) })).toEqual(REFUSED);
    expect(server.requests.length).toBe(0);
    expect(await ask(manager, server, { pins, hears: (reply) => reply.ignoreSslErrors(listed) })).toEqual(['NoError', UNTRUSTED]);
    // its connection is there, and not for others
    expect(await ask(manager, server, { pins, hears: (reply) => reply.ignoreSslErrors() })).toEqual([REFUSED[0], [...UNTRUSTED]]);
    const query = trusting();
    query.setPeerVerifyMode(QSslSocket.QueryPeer);
    expect(await ask(manager, server, { pins, configuration: query, hears: (reply) => reply.ignoreSslErrors(listed) })).toEqual([
      'NoError',
      UNTRUSTED,
    ]);
    expect((await ask(manager, server, { pins, configuration: query }))[0]).toBe(REFUSED[0]);
    expect(server.requests.length).toBe(2);
  });

  it('are told beside what else is wrong', async () => {
    await using server = await serving([mint({ name: 'site', by: root, for: ['DNS:elsewhere.test'] })]);
    await using manager = new QNetworkAccessManager();
    const errors = ['HostNameMismatch of site', ...UNTRUSTED];
    const hears = (reply: QNetworkReply): void => reply.ignoreSslErrors();
    expect(await ask(manager, server, { pins: pin(stranger), hears })).toEqual([REFUSED[0], errors]);
    expect(await ask(manager, server, { pins: pin(root), hears })).toEqual(['NoError', errors.slice(0, 1)]);
  });

  it('do not count when the certificate is only laid beside', async () => {
    // it bears the name of the issuer, so it looks like a part of the chain
    const direct = mint({ name: 'site', by: root });
    const pretended = mint({ name: 'root', authority: true });
    await using server = await serving([direct, pretended]);
    await using manager = new QNetworkAccessManager();
    expect(await ask(manager, server, { pins: pin(pretended) })).toEqual(REFUSED);
    expect(await ask(manager, server, { pins: pin(direct) })).toEqual(SERVED);
  });

  it('count for every host that a redirect leads to', async () => {
    await using second = await serving([mint({ name: 'site', by: stranger, for: HERE })]);
    await using first = await serving([site, intermediate], {
      '/there': { status: 302, headers: { Location: second.url('/x') } },
      '*': { body: 'page' },
    });
    await using manager = new QNetworkAccessManager();
    const configuration = trusting(root, stranger);
    expect(await ask(manager, first, { configuration, path: '/there', pins: pin(site) })).toEqual(REFUSED);
    expect(second.requests).toEqual([]);
    expect(await ask(manager, first, { configuration, path: '/there', pins: [pin(site), pin(stranger)] })).toEqual(SERVED);
  });

  it('count for sessions that go on', async () => {
    await using server = await serving([site, intermediate], { '*': { body: 'page', headers: { Connection: 'close' } } });
    await using manager = new QNetworkAccessManager({ pinnedPublicKeys: pin(intermediate) });
    for (let i = 0; i < 3; i++) expect(await ask(manager, server)).toEqual(SERVED);
    expect(await ask(manager, server, { pins: pin(stranger) })).toEqual(REFUSED);
    expect(server.requests.length).toBe(3);
  });

  const wrong: [what: string, pins: unknown, message: RegExp][] = [
    ['an empty list', [], /expects at least one pin/],
    ['an empty string', '', /a pin is sha256\/ and the 44 characters/],
    ['another digest', `sha1/${'A'.repeat(27)}=`, /a pin is sha256\/ and the 44 characters/],
    ['a digest of the wrong length', `sha256/${'A'.repeat(42)}=`, /a pin is/],
    ['hex', `sha256/${'0a'.repeat(32)}`, /a pin is/],
    ['a number', 5, /expects pins, 'sha256\/…', or an object/],
    ['null', null, /expects pins/],
    ['a URL for a host', { 'https://example.org/': pin(site) }, /'https:\/\/example.org\/' is neither the name of a host/],
    ['a star within a name', { 'a*.example.org': pin(site) }, /is neither the name of a host/],
    ['no pin for a host', { 'example.org': [] }, /for example.org expects at least one pin/],
  ];
  it.each(wrong)('cannot be %s', (_what, pins, message) => {
    expect(() => new QNetworkAccessManager({ pinnedPublicKeys: pins as string })).toThrow(TypeError);
    expect(() => new QNetworkAccessManager({ pinnedPublicKeys: pins as string })).toThrow(message);
    const manager = new QNetworkAccessManager();
    expect(() => manager.get('https://example.org/', { pinnedPublicKeys: pins as string })).toThrow(message);
    expect(() => manager.get('https://example.org/', { pinnedPublicKeys: pins as string })).toThrow(/^Request option/);
  });
});
