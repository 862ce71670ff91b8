import { type QAuthenticator, QNetworkAccessManager, QNetworkProxy, QNetworkReply } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { MIB, noise } from './site.ts';

export const RIGHT = 'secret';
export const WRONG = 'a guess';
export const BODY: Buffer = noise(10 * MIB);

/** One way to send something, and what the server says to it when it has it all. */
export const VERBS: readonly (readonly [verb: 'GET' | 'POST', answer: string])[] = [
  ['GET', 'GET 0'],
  ['POST', `POST ${BODY.length}`],
];

/** A manager that gives the same answer to whoever asks, and counts the questions. */
export function answering(password: string, proxy: string | null = null, user = 'alice') {
  const manager = new QNetworkAccessManager();
  if (proxy !== null) manager.setProxy(QNetworkProxy.fromUrl(proxy));
  const questions = { server: 0, proxy: 0 };
  const fill = (authenticator: QAuthenticator): void => {
    authenticator.setUser(user);
    authenticator.setPassword(password);
  };
  manager.authenticationRequired.connect((_, authenticator) => {
    questions.server++;
    fill(authenticator);
  });
  manager.proxyAuthenticationRequired.connect((_, authenticator) => {
    questions.proxy++;
    fill(authenticator);
  });
  return { manager, questions };
}

export function send(manager: QNetworkAccessManager, verb: 'GET' | 'POST', url: string): QNetworkReply {
  return verb === 'GET' ? manager.get(url) : manager.post(url, BODY);
}

/** The error and the text of one request that is over. */
export async function ended(reply: QNetworkReply): Promise<[error: string, text: string]> {
  await within(reply.whenFinished(), `the end of ${reply.url().toString()}`, 20_000);
  return [QNetworkReply.NetworkError[reply.error()]!, reply.readAll().toString()];
}
