import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, QNetworkRequest, QSslCertificate, QSslConfiguration } from '../../../src/index.ts';
import { type Minted, mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';
import { type Served, serve } from '../../support/server.ts';
import { issuedAt, serving } from './minted.ts';
import { shown } from './support.ts';

const root = mint({ name: 'root', authority: true });

async function ask(manager: QNetworkAccessManager, server: Served): Promise<[error: string, told: string[]]> {
  const request = new QNetworkRequest(server.url());
  const configuration = new QSslConfiguration();
  configuration.setCaCertificates([new QSslCertificate(root.pem)]);
  request.setSslConfiguration(configuration);
  const reply = manager.get(request);
  const told: string[] = [];
  reply.sslErrors.connect((errors) => void told.push(...shown(errors)));
  await within(reply.whenFinished(), 'the end');
  return [NetworkError[reply.error()]!, told];
}

/** The id of the kind of its key is one that nobody knows. */
function unusable({ raw }: Minted): Buffer {
  const made = Buffer.from(raw);
  made[raw.indexOf(Buffer.from('2a8648ce3d0201', 'hex')) + 6] = 0x7f;
  return made;
}

const REFUSED = [
  'SslHandshakeFailedError',
  ['UnableToGetLocalIssuerCertificate of site', 'UnableToVerifyFirstCertificate of site'],
];

describe('what is found in the place of a forgotten certificate', () => {
  it('is no authority that signs itself under a name that only looks like another one', async () => {
    // OpenSSL compares names without a look at letter case and blanks
    for (const other of ['EVIL  root', ' evil root', 'Evil Root']) {
      const evil = mint({ name: 'Evil Root', by: mint({ name: other, authority: true }), authority: true });
      await using place = await serve({ routes: { '*': { body: evil.raw } } });
      await using server = await serving(mint({ name: 'site', by: evil, extension: issuedAt(place.url('/')) }));
      await using manager = new QNetworkAccessManager({ fetchIntermediates: true });
      expect(await ask(manager, server)).toEqual(REFUSED);
      expect([place.requests.length, server.accepted, server.requests.length]).toEqual([1, 1, 0]);
    }
  });

  it('is not taken when its key is of a kind that nobody knows', async () => {
    const issuer = mint({ name: 'intermediate', by: root, authority: 0 });
    await using place = await serve({ routes: { '*': { body: unusable(issuer) } } });
    await using server = await serving(mint({ name: 'site', by: issuer, extension: issuedAt(place.url('/')) }));
    await using manager = new QNetworkAccessManager({ fetchIntermediates: true });
    expect(await ask(manager, server)).toEqual(REFUSED);
  });

  it('does not close a circle, in which Node.js would go round for ever', async () => {
    const bodies: Buffer[] = [];
    await using place = await serve({ routes: { '*': ({ target }) => ({ body: bodies[Number(target.slice(1))]! }) } });
    const second = mint({ name: 'second', authority: true });
    const first = mint({ name: 'first', by: second, authority: true, extension: issuedAt(place.url('/1')) });
    bodies.push(first.raw, mint({ name: 'SECOND', keyOf: second, by: first, authority: true }).raw);
    await using server = await serving(mint({ name: 'site', by: first, extension: issuedAt(place.url('/0')) }));
    await using manager = new QNetworkAccessManager({ fetchIntermediates: true });
    const [error, told] = await ask(manager, server);
    expect([error, told[0]]).toEqual(['SslHandshakeFailedError', 'UnableToGetLocalIssuerCertificate of first']);
    expect([place.requests.length, server.accepted]).toEqual([2, 2]);
  });
});
