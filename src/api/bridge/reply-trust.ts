import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import { isFirm } from '../../rules/certificate-doubts.ts';
import type { QNetworkReply } from '../access/qnetworkreply.ts';
import { saidAbout } from '../access/reply-security.ts';
import { PRE_SHARED_KEY, SSL_ERRORS } from '../access/reply-signals.ts';
import { isDestroyed, peekSignal } from '../core/qobject.ts';
import type { QSslError } from '../security/qsslerror.ts';
import { askedFor, QSslPreSharedKeyAuthenticator } from '../security/qsslpresharedkeyauthenticator.ts';
import type { ReplyOwner } from './reply-owner.ts';
import { sslErrorsOf } from './tls-errors.ts';

/** OpenSSL's limits, as Qt tells them. */
const MOST_IDENTITY = 255;
const MOST_KEY = 512;

/** What a reply did not want to ignore: it is not asked about the same thing again. */
const declined = new WeakMap<QNetworkReply, SecureInfo>();

/** A new connection is doubtful: the slots are told, and may ignore it. */
export function ignoresErrors(reply: QNetworkReply, owner: ReplyOwner, info: SecureInfo): boolean {
  const before = declined.get(reply);
  if (before !== undefined && sameDoubts(before, info)) return false;
  const errors = sslErrorsOf(info);
  owner._sslErrorsBy(reply, errors);
  if (!isDestroyed(reply) && reply.isRunning()) peekSignal(reply, SSL_ERRORS)?.emit([...errors]);
  const ignores = !isDestroyed(reply) && ignored(reply, info, errors);
  if (!ignores) declined.set(reply, info);
  return ignores;
}

/** One that others have accepted would be free: who has not said before what it ignores is asked, if there is anybody to ask. */
export function trustsConnection(reply: QNetworkReply, owner: ReplyOwner, info: SecureInfo): boolean {
  if (ignored(reply, info, sslErrorsOf(info))) return true;
  return (listens(reply, SSL_ERRORS) || owner._hearsSslErrors(reply)) && ignoresErrors(reply, owner, info);
}

function ignored(reply: QNetworkReply, { doubts }: SecureInfo, errors: readonly QSslError[]): boolean {
  const said = saidAbout(reply);
  if (said === null) return false;
  return (said.ignoresAll && !doubts.some(isFirm)) || errors.every((error) => said.ignored.some((one) => one.equals(error)));
}

function sameDoubts(a: SecureInfo, b: SecureInfo): boolean {
  return (
    a.chain.length === b.chain.length &&
    a.doubts.length === b.doubts.length &&
    a.chain.every((der, i) => Buffer.compare(der, b.chain[i]!) === 0) &&
    a.doubts.every(({ code, at }, i) => code === b.doubts[i]!.code && at === b.doubts[i]!.at)
  );
}

// ---- keys that both sides know

/** Whether anybody would answer. */
export function sharesKeys(reply: QNetworkReply, owner: ReplyOwner): boolean {
  return listens(reply, PRE_SHARED_KEY) || owner._hearsPreSharedKeys(reply);
}

/** Asks the slots for a key; null when they leave the authenticator empty. */
export function askForKey(reply: QNetworkReply, owner: ReplyOwner, hint: string): SharedKey | null {
  const authenticator = new QSslPreSharedKeyAuthenticator();
  askedFor(authenticator, hint, MOST_IDENTITY, MOST_KEY);
  owner._preSharedKeyBy(reply, authenticator);
  if (!isDestroyed(reply) && reply.isRunning()) peekSignal(reply, PRE_SHARED_KEY)?.emit(authenticator);
  const key = authenticator.preSharedKey().subarray(0, MOST_KEY);
  if (key.length === 0 || isDestroyed(reply)) return null;
  return { identity: authenticator.identity().subarray(0, MOST_IDENTITY).toString(), key };
}

function listens(reply: QNetworkReply, signal: number): boolean {
  return (peekSignal(reply, signal)?.size ?? 0) > 0;
}
