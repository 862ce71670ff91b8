import type { CredentialQuestion, Credentials } from '../../contract/auth.ts';
import type { QNetworkReply } from '../access/qnetworkreply.ts';
import { isDestroyed } from '../core/qobject.ts';
import { askedBy, QAuthenticator } from '../proxy/qauthenticator.ts';
import { proxyFrom } from '../proxy/qnetworkproxy.ts';
import { stateOfPeer } from './proxies.ts';
import type { ReplyOwner } from './reply-owner.ts';

/** The slots of the manager are asked, and answer now or when their promises have settled; a form that was left as it was is a no. */
export function askForCredentials(
  reply: QNetworkReply,
  owner: ReplyOwner,
  { proxy, realm, user }: CredentialQuestion,
  answer: (credentials: Credentials | null) => void,
): void {
  if (!owner._hearsQuestions(reply, proxy !== null)) return answer(null);
  const form = new QAuthenticator();
  askedBy(form, realm, user);
  owner._askWho(reply, proxy === null ? null : proxyFrom(stateOfPeer(proxy)), form, () => {
    if (!isDestroyed(reply) && reply.isRunning()) answer(filledIn(form, realm, user));
  });
}

function filledIn(form: QAuthenticator, realm: string, asked: string): Credentials | null {
  if (form.isNull()) return null;
  const user = form.user();
  const password = form.password();
  const domain = String(form.option('realm') ?? '');
  const own = domain === realm ? '' : domain;
  return user === asked && password === '' && own === '' ? null : { user, password, domain: own };
}
