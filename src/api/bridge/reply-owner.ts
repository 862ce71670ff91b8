import type { QNetworkReply } from '../access/qnetworkreply.ts';
import type { RequestState } from '../access/request-state.ts';
import type { QUrl } from '../core/qurl.ts';
import type { QAuthenticator } from '../proxy/qauthenticator.ts';
import type { QNetworkProxy } from '../proxy/qnetworkproxy.ts';
import type { QSslError } from '../security/qsslerror.ts';
import type { QSslPreSharedKeyAuthenticator } from '../security/qsslpresharedkeyauthenticator.ts';

/** What a reply needs of the manager that made it. */
export interface ReplyOwner {
  /** The reply does not run any more. */
  _forget(reply: QNetworkReply): void;
  /** The reply waits for its reader: it is not held until `unpark`. */
  _park(reply: QNetworkReply): void;
  _unpark(reply: QNetworkReply): void;
  /** Emits the manager's `finished`. */
  _finishedBy(reply: QNetworkReply): void;
  /** Emits the manager's `encrypted`. */
  _encryptedBy(reply: QNetworkReply): void;
  /** Emits the manager's `sslErrors`. */
  _sslErrorsBy(reply: QNetworkReply, errors: QSslError[]): void;
  /** Whether anybody has connected to it. */
  _hearsSslErrors(reply: QNetworkReply): boolean;
  /** Emits the manager's `preSharedKeyAuthenticationRequired`. */
  _preSharedKeyBy(reply: QNetworkReply, authenticator: QSslPreSharedKeyAuthenticator): void;
  /** Whether anybody has connected to it. */
  _hearsPreSharedKeys(reply: QNetworkReply): boolean;
  /** Whether anybody has connected to the manager's `authenticationRequired`, or `proxyAuthenticationRequired`. */
  _hearsQuestions(reply: QNetworkReply, ofProxy: boolean): boolean;
  /** Emits it; `done` comes when its slots have answered. A proxy = it wants to know, null = the server. */
  _askWho(reply: QNetworkReply, proxy: QNetworkProxy | null, authenticator: QAuthenticator, done: () => void): void;
  /** autoDeleteReplies, or what the request says instead. */
  _deletesWhenFinished(reply: QNetworkReply, request: RequestState): boolean;
  /** A Location field as the server wrote it. */
  _urlFromWire(text: string): QUrl;
}
