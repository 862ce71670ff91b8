import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QSslCertificate,
  QSslConfiguration,
} from '../../../src/index.ts';
import { mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';
import { serving } from './minted.ts';

const root = mint({ name: 'root of the system', authority: true });
const another = mint({ name: 'another root', authority: true });
const site = mint({ name: 'site', by: root });
const second = mint({ name: 'second', by: another });
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-system-'));
const file = join(folder, 'ca.pem');

async function end(reply: QNetworkReply): Promise<string> {
  await within(reply.whenFinished(), 'the end');
  return NetworkError[reply.error()]!;
}

// on Linux; elsewhere a program of the system is asked
describe("the system's trust", () => {
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  beforeAll(() => void Object.assign(process.env, { SSL_CERT_FILE: file, SSL_CERT_DIR: '' }));
  afterAll(() => {
    rmSync(folder, { recursive: true });
    // '' says as little as nothing
    Object.assign(process.env, { SSL_CERT_FILE: SSL_CERT_FILE ?? '', SSL_CERT_DIR: SSL_CERT_DIR ?? '' });
  });

  it('counts for managers that are told so, beside that of Node.js, and is read when it is first wanted, once', async () => {
    await using server = await serving(site);
    await using system = new QNetworkAccessManager({ trust: 'system' });
    await using plain = new QNetworkAccessManager();
    expect(await end(plain.get(server.url()))).toBe('SslHandshakeFailedError');
    writeFileSync(file, root.pem);
    expect(await end(system.get(server.url()))).toBe('NoError');
    expect(await end(plain.get(server.url()))).toBe('SslHandshakeFailedError');
    rmSync(file);
    await using later = new QNetworkAccessManager({ trust: 'system', extraCaCertificates: another.pem });
    await using others = await serving(second);
    expect([await end(later.get(server.url())), await end(later.get(others.url()))]).toEqual(['NoError', 'NoError']);
  });

  it('does not count where a configuration names authorities', async () => {
    await using server = await serving(site);
    await using manager = new QNetworkAccessManager({ trust: 'system' });
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates([new QSslCertificate(another.pem)]);
    const request = new QNetworkRequest(server.url());
    request.setSslConfiguration(configuration);
    expect(await end(manager.get(request))).toBe('SslHandshakeFailedError');
  });

  it('is what systemCaCertificates() gives', async () => {
    const names = QSslConfiguration.systemCaCertificates().map((one) => one.subjectDisplayName());
    expect(names).toEqual(['root of the system']);
    const configuration = new QSslConfiguration();
    expect(configuration.caCertificates().length).toBeGreaterThan(50);
    configuration.addCaCertificates(QSslConfiguration.systemCaCertificates());
    await using server = await serving(site);
    await using manager = new QNetworkAccessManager();
    const request = new QNetworkRequest(server.url());
    request.setSslConfiguration(configuration);
    expect(await end(manager.get(request))).toBe('NoError');
  });
});
