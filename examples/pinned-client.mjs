// A client for one service, which knows the key that the service must have: a certificate of somebody else is refused, whoever signed it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { QNetworkAccessManager, QSsl, QSslCertificate, QSslConfiguration, QSslError, QSslKey } from 'qnetwork';
import { certificate, startSecure } from './servers/secure.mjs';

const server = await startSecure({ requestCert: true });

// A pin is the digest of a public key. It stays what it is when the certificate is renewed with the same key; have one more for the next key.
const [now] = QSslCertificate.fromPath(certificate('localhost'));
const digest = createHash('sha256').update(now.publicKey().toDer()).digest('base64');
const next = createHash('sha256').update('the key in the safe').digest('base64');

const manager = new QNetworkAccessManager({
  extraCaCertificates: certificate('authority'),
  pinnedPublicKeys: { localhost: [`sha256/${digest}`, `sha256/${next}`] },
});

// We show a certificate of our own.
const configuration = QSslConfiguration.defaultConfiguration();
configuration.setLocalCertificate(QSslCertificate.fromPath(certificate('ada'))[0]);
configuration.setPrivateKey(new QSslKey(readFileSync(certificate('ada-key')), QSsl.Ec));
QSslConfiguration.setDefaultConfiguration(configuration);

const reply = manager.get(`${server.url}/me`);
reply.encrypted.connect(() => {
  const { name, protocol } = {
    name: reply.sslConfiguration().sessionCipher().name(),
    protocol: reply.sslConfiguration().sessionProtocol(),
  };
  console.log(`the server has the right key; ${protocol === QSsl.TlsV1_3 ? 'TLS 1.3' : 'an older TLS'}, ${name}`);
});
console.log((await reply.text()).trim());

// Somebody in between, with a certificate that would be fine without the pin.
const other = new QNetworkAccessManager({
  extraCaCertificates: certificate('authority'),
  pinnedPublicKeys: { localhost: `sha256/${next}` },
});
const refused = other.get(`${server.url}/me`);
refused.sslErrors.connect((errors) => {
  console.log(`refused: ${errors.map((error) => QSslError.SslError[error.error()]).join(', ')}`);
  refused.ignoreSslErrors(); // not even this helps
});
await refused.whenFinished();
console.log(`${refused.errorString()}; requests at the server: ${server.counts.requests}`);

await manager.close();
await other.close();
await server.close();
