// Pattern 21: the program decides itself whom it trusts: listed errors, pinned keys, remembered exceptions, authorities and keys of its own.
import { afterEach, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QSsl,
  QSslCertificate,
  QSslConfiguration,
  QSslError,
  QSslKey,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';
import { type PeerName, peer, peerPem } from '../support/tls.ts';

const serving = (name: PeerName, options: object = {}): Promise<Served> =>
  serve({ tls: { ...peer(name), ...options }, routes: { '*': { body: 'page' } } });
const ended = async (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

afterEach(() => QSslConfiguration.setDefaultConfiguration(new QSslConfiguration()));

describe('a program that decides about TLS', () => {
  it('pins a certificate: every error must be about it', async () => {
    const pinned = new QSslCertificate(peerPem('selfsigned'));
    await using manager = new QNetworkAccessManager();
    manager.sslErrors.connect((reply, errors) => {
      const allowed = [QSslError.SelfSignedCertificate, QSslError.HostNameMismatch, QSslError.CertificateExpired];
      if (errors.every((error) => allowed.includes(error.error() as never) && error.certificate().equals(pinned)))
        reply.ignoreSslErrors(errors);
    });
    await using known = await serving('selfsigned');
    await using other = await serving('untrusted');
    expect((await ended(manager.get(known.url()))).error()).toBe(NetworkError.NoError);
    expect((await ended(manager.get(other.url()))).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(other.requests).toEqual([]);
  });

  it('pins a public key, whatever authority has signed it: aborting in encrypted sends nothing', async () => {
    const digest = (certificate: QSslCertificate): string => certificate.publicKey().toDer().toString('base64');
    const pin = digest(new QSslCertificate(peerPem('good')));
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates([new QSslCertificate(peerPem('ca'))]);
    QSslConfiguration.setDefaultConfiguration(configuration);
    await using manager = new QNetworkAccessManager();
    manager.encrypted.connect((reply) => {
      if (digest(reply.sslConfiguration().peerCertificate()) !== pin) reply.abort();
    });
    await using good = await serving('good');
    // as well signed, and for the same names
    await using other = await serving('below', { cert: peerPem('below') + peerPem('intermediate') });
    expect((await ended(manager.get(good.url()))).error()).toBe(NetworkError.NoError);
    expect((await ended(manager.get(other.url()))).error()).toBe(NetworkError.OperationCanceledError);
    expect(other.requests).toEqual([]);
  });

  it('remembers exceptions that the user has made, by host, certificate and error', async () => {
    const exceptions = new Set<string>();
    const keys = (host: string, errors: readonly QSslError[]): string[] =>
      errors.map((error) => `${host} ${error.error()} ${error.certificate().digest('sha256').toString('hex')}`);
    class Careful extends QNetworkAccessManager {
      readonly asked: string[] = [];
      constructor() {
        super();
        this.sslErrors.connect(this, (reply, errors) => {
          const wanted = keys(reply.url().host(), errors);
          if (wanted.every((key) => exceptions.has(key))) reply.ignoreSslErrors();
          else this.asked.push(...errors.map((error) => `${error.errorString()}: ${error.certificate().subjectDisplayName()}`));
        });
      }
    }
    await using manager = new Careful();
    await using server = await serving('selfsigned');
    expect((await ended(manager.get(server.url()))).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(manager.asked).toEqual(['The certificate is self-signed, and nobody here trusts it: selfsigned.test']);
    const seen = new QSslError(QSslError.SelfSignedCertificate, new QSslCertificate(peerPem('selfsigned')));
    for (const key of keys('127.0.0.1', [seen])) exceptions.add(key);
    expect((await ended(manager.get(server.url()))).error()).toBe(NetworkError.NoError);
    // withdrawn: the connection that was accepted is not used any more
    exceptions.clear();
    expect((await ended(manager.get(server.url()))).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.requests).toHaveLength(1);
  });

  it('adds an authority at run time, and needs no new manager', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    expect((await ended(manager.get(server.url()))).error()).toBe(NetworkError.SslHandshakeFailedError);
    const configuration = QSslConfiguration.defaultConfiguration();
    configuration.addCaCertificate(QSslCertificate.fromData(new QSslCertificate(peerPem('ca')).toDer(), QSsl.Der)[0]!);
    QSslConfiguration.setDefaultConfiguration(configuration);
    expect((await ended(manager.get(server.url()))).error()).toBe(NetworkError.NoError);
  });

  it('has a configuration for each host, set where all requests pass', async () => {
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates([new QSslCertificate(peerPem('ca'))]);
    configuration.setLocalCertificate(new QSslCertificate(peerPem('client')));
    configuration.setPrivateKey(new QSslKey(peer('client').key, QSsl.Ec));
    class Settings extends QNetworkAccessManager {
      protected override createRequest(op: QNetworkAccessManager.Operation, request: QNetworkRequest): QNetworkReply {
        const own = new QNetworkRequest(request);
        if (own.url().host() === 'localhost') own.setSslConfiguration(configuration);
        return super.createRequest(op, own);
      }
    }
    await using server = await serving('good', { requestCert: true, rejectUnauthorized: true, ca: peerPem('ca') });
    await using manager = new Settings();
    expect((await ended(manager.get(`https://localhost:${server.port}/`))).error()).toBe(NetworkError.NoError);
    expect((await ended(manager.get(server.url()))).error()).not.toBe(NetworkError.NoError);
  });
});
