import { QNetworkReply, QNetworkRequest, QSsl, QSslCertificate, QSslConfiguration, QSslKey } from '../../src/index.ts';
import { type Minted, mint } from '../support/mint.ts';
import { within } from '../support/once.ts';

/** The authority of all servers and clients here, and another that nobody knows. */
export const root: Minted = mint({ name: 'root', authority: true });
export const strange: Minted = mint({ name: 'strange root', authority: true });

export const client = (name: string, by = root): Minted => mint({ name, by, purpose: 'client', for: null });

/** Trusts `root`, and shows the certificate of a client if there is one. */
export function configuration(shown?: Minted): QSslConfiguration {
  const made = new QSslConfiguration();
  made.setCaCertificates([new QSslCertificate(root.pem)]);
  if (shown !== undefined) {
    made.setLocalCertificate(new QSslCertificate(shown.pem));
    made.setPrivateKey(new QSslKey(shown.keyPem, QSsl.Ec));
  }
  return made;
}

export function request(url: string, tls = configuration()): QNetworkRequest {
  const made = new QNetworkRequest(url);
  made.setSslConfiguration(tls);
  return made;
}

/** The error and the text of a reply that is over. */
export async function over(reply: QNetworkReply): Promise<[error: string, text: string]> {
  await within(reply.whenFinished(), `the end of ${reply.url().toString()}`, 10_000);
  return [QNetworkReply.NetworkError[reply.error()]!, reply.readAll().toString()];
}

export const REFUSED: [string, string] = ['SslHandshakeFailedError', ''];
