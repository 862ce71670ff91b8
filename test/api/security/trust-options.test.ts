import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bothTrusts, NO_TRUST, saying } from '../../../src/api/security/trust-settings.ts';
import {
  BufferReply,
  type CaCertificatesInit,
  type ManagerOptions,
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
  QSslCertificate,
  QSslConfiguration,
} from '../../../src/index.ts';
import { mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';
import type { Served } from '../../support/server.ts';
import { serving } from './minted.ts';

const root = mint({ name: 'root', authority: true });
const second = mint({ name: 'second root', authority: true });
const third = mint({ name: 'third root', authority: true });
const site = mint({ name: 'site', by: root });
const other = mint({ name: 'other', by: second });

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-trust-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bundle = join(folder, 'bundle.pem');
writeFileSync(bundle, `# two\n${second.pem}\n${root.pem}`);
const empty = join(folder, 'empty.pem');
writeFileSync(empty, 'nothing here');

class Taking extends QNetworkAccessManager {
  readonly taken: QNetworkRequest[] = [];

  protected override createRequest(...[operation, request]: Parameters<QNetworkAccessManager['createRequest']>): QNetworkReply {
    this.taken.push(new QNetworkRequest(request));
    return new BufferReply(operation, request, '');
  }
}

async function end(reply: QNetworkReply): Promise<string> {
  await within(reply.whenFinished(), 'the end');
  return NetworkError[reply.error()]!;
}

describe('extraCaCertificates', () => {
  const rows: [what: string, init: CaCertificatesInit][] = [
    ['PEM', root.pem],
    ['several in one PEM', second.pem + root.pem],
    ['PEM as bytes', Buffer.from(root.pem)],
    ['DER', new Uint8Array(root.raw)],
    ['the path of a file', bundle],
    ['a certificate', new QSslCertificate(root.pem)],
    ['a list of all kinds', [second.pem, new QSslCertificate(second.pem), bundle]],
    ['a set', new Set([root.pem])],
  ];
  it.each(rows)('may be %s, of a request or a manager', async (_what, init) => {
    await using server = await serving(site);
    await using plain = new QNetworkAccessManager();
    await using knowing = new QNetworkAccessManager({ extraCaCertificates: init });
    expect(await end(plain.get(server.url()))).toBe('SslHandshakeFailedError');
    expect(await end(plain.get(server.url(), { extraCaCertificates: init }))).toBe('NoError');
    expect(await end(plain.get(server.url()))).toBe('SslHandshakeFailedError');
    expect(await end(knowing.get(server.url()))).toBe('NoError');
    expect(server.requests.length).toBe(2);
  });

  it('add to those of the configuration, and those of manager and request add up', async () => {
    await using server = await serving(site);
    await using another = await serving(other);
    await using last = await serving(mint({ name: 'last', by: third }));
    await using manager = new QNetworkAccessManager({ extraCaCertificates: root.pem });
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates([new QSslCertificate(second.pem)]);
    const ask = (of: Served, extra?: CaCertificatesInit): Promise<string> => {
      const request = new QNetworkRequest(of.url());
      request.setSslConfiguration(configuration);
      return end(manager.get(request, { extraCaCertificates: extra }));
    };
    expect(await ask(server)).toBe('NoError');
    expect(await ask(another)).toBe('NoError');
    expect(await ask(last)).toBe('SslHandshakeFailedError');
    expect([await ask(server, third.pem), await ask(another, third.pem), await ask(last, third.pem)]).toEqual([
      'NoError',
      'NoError',
      'NoError',
    ]);
  });

  it('share connections where they say the same', async () => {
    await using server = await serving(site);
    await using manager = new QNetworkAccessManager();
    for (const init of [root.pem, [Buffer.from(root.pem)], bundle, root.pem, bundle])
      expect(await end(manager.get(server.url(), { extraCaCertificates: init }))).toBe('NoError');
    expect(server.connections.length).toBe(2);
  });

  it('are made ready once for requests that say the same', () => {
    const ready = (extra: readonly string[]) => saying(NO_TRUST, { extra: [...extra] });
    const first = ready([root.pem]);
    expect(ready([root.pem])).toBe(first);
    expect(ready([second.pem])).not.toBe(first);
    for (let i = 0; i < 64; i++) ready([root.pem, `${i}`]);
    // the last ones are kept, for so long
    expect(ready([root.pem])).not.toBe(first);
    const manager = { ...NO_TRUST, system: true };
    expect(bothTrusts(manager, first)).toBe(bothTrusts(manager, first));
    expect(bothTrusts(manager, NO_TRUST)).toBe(manager);
    expect(bothTrusts(NO_TRUST, first)).toBe(first);
  });

  it('are part of what a request is', () => {
    const made = new Taking();
    made.get('https://a.test/', { extraCaCertificates: root.pem });
    made.get('https://a.test/', { extraCaCertificates: Buffer.from(root.pem) });
    made.get('https://a.test/', { extraCaCertificates: second.pem });
    made.get('https://a.test/');
    const [one, same, another, plain] = made.taken as [QNetworkRequest, QNetworkRequest, QNetworkRequest, QNetworkRequest];
    expect([one.equals(same), one.equals(another), one.equals(plain)]).toEqual([true, false, false]);
  });

  const wrong: [what: string, init: unknown, message: RegExp][] = [
    ['a number', 5, /expects certificates, PEM or paths of PEM files; got number/],
    ['null', null, /expects certificates, PEM or paths of PEM files; got object/],
    ['a list with nothing', [undefined], /got undefined/],
    ['a file that is not there', join(folder, 'none.pem'), /the file '.*none.pem' cannot be read/],
    ['a file without a certificate', empty, /the file '.*empty.pem' has no certificate in it/],
    ['damaged PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /what is given has no certificate/],
    ['other bytes', Buffer.from('DER?'), /what is given has no certificate/],
    ['a null certificate', new QSslCertificate(), /one of them is null/],
  ];
  it.each(wrong)('cannot be %s', (_what, init, message) => {
    const options = { extraCaCertificates: init as CaCertificatesInit };
    expect(() => new QNetworkAccessManager(options)).toThrow(TypeError);
    expect(() => new QNetworkAccessManager(options)).toThrow(message);
    expect(() => new QNetworkAccessManager().get('https://a.test/', options)).toThrow(message);
  });
});

describe('the options of a manager', () => {
  it('come alone or behind a parent', async () => {
    const parent = new QObject();
    const child = new QNetworkAccessManager(parent, { trust: 'node', extraCaCertificates: root.pem });
    expect(child.parent()).toBe(parent);
    await using server = await serving(site);
    expect(await end(child.get(server.url()))).toBe('NoError');
    for (const none of [new QNetworkAccessManager(), new QNetworkAccessManager(null), new QNetworkAccessManager({})])
      expect(none.parent()).toBe(null);
    expect(new QNetworkAccessManager(null, {}).parent()).toBe(null);
    await child.close();
  });

  const wrong: [options: unknown, message: RegExp][] = [
    [{ thrust: 'system' }, /Unknown QNetworkAccessManager option "thrust"; the options are trust, extraCaCertificates/],
    [{ trust: 'windows' }, /option trust expects 'node' or 'system'; got windows/],
    [{ fetchIntermediates: 1 }, /option fetchIntermediates expects true or false; got 1/],
    [{ keyLog: '' }, /option keyLog expects the path of a file, true or a function/],
    [{ keyLog: false }, /option keyLog expects the path of a file, true or a function; got boolean/],
    ['system', /expects a parent and options; got string/],
  ];
  it.each(wrong)('cannot be %j', (options, message) => {
    expect(() => new QNetworkAccessManager(options as ManagerOptions)).toThrow(TypeError);
    expect(() => new QNetworkAccessManager(options as ManagerOptions)).toThrow(message);
  });
});
