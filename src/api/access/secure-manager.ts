import { peekSignal, QOBJECT_SIGNALS, QObject } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import type { QSslError } from '../security/qsslerror.ts';
import type { QSslPreSharedKeyAuthenticator } from '../security/qsslpresharedkeyauthenticator.ts';
import type { TrustOptions } from '../security/trust-options.ts';
import { type TrustSettings, trustSettings } from '../security/trust-settings.ts';
import {
  AUTHENTICATION_OPTIONS,
  type AuthenticationOptions,
  type AuthenticationSettings,
  authenticationSettings,
} from './authentication-options.ts';
import { CacheManager } from './cache-manager.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { offlinePolicy, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

const SSL_ERRORS = QOBJECT_SIGNALS + 2;
const PRE_SHARED_KEY = QOBJECT_SIGNALS + 3;

/** What can be said about a manager when it is made. */
export interface ManagerOptions extends TrustOptions, AuthenticationOptions, SessionOptions {}

/** Decisions about TLS, for all replies of QNetworkAccessManager. */
export abstract class SecureManager extends CacheManager {
  /** @internal What was said about trust. */
  protected readonly _trust: TrustSettings;
  /** @internal What was said about who we are. */
  protected readonly _authentication: AuthenticationSettings;
  /** @internal What it means that the network is not accessible. */
  protected readonly _offline: 'qt4' | 'qt5';

  /** Whom to trust, and who we are, can be said for all requests; see {@link ManagerOptions}. Throws a TypeError for options that cannot be used. */
  constructor(parent?: QObject | null, options?: ManagerOptions);
  constructor(options: ManagerOptions);
  constructor(first?: QObject | ManagerOptions | null, second?: ManagerOptions) {
    const alone = first instanceof QObject || first === undefined || first === null ? undefined : first;
    super(alone === undefined ? (first as QObject | null | undefined) : null);
    const options = alone ?? second ?? {};
    this._trust = trustSettings(options, [...AUTHENTICATION_OPTIONS, ...SESSION_OPTIONS]);
    this._authentication = authenticationSettings(options);
    this._offline = offlinePolicy(options);
  }

  /**
   * Something is wrong with the certificate of a reply's server; see {@link QNetworkReply.sslErrors}, which comes right after it. A slot
   * that knows better calls `reply.ignoreSslErrors(errors)`; if nobody does, the reply ends with SslHandshakeFailedError.
   */
  get sslErrors(): Signal<[reply: QNetworkReply, errors: QSslError[]]> {
    return this.sig(SSL_ERRORS);
  }

  /**
   * The server of a reply wants a key that both know; see {@link QNetworkReply.preSharedKeyAuthenticationRequired}, which comes right
   * after it. Qt 5.5.
   */
  get preSharedKeyAuthenticationRequired(): Signal<[reply: QNetworkReply, authenticator: QSslPreSharedKeyAuthenticator]> {
    return this.sig(PRE_SHARED_KEY);
  }

  /** @internal Whether the signals of the manager are about this reply. */
  protected abstract _speaksOf(reply: QNetworkReply): boolean;

  /** @internal */
  _sslErrorsBy(reply: QNetworkReply, errors: readonly QSslError[]): void {
    if (this._speaksOf(reply)) peekSignal(this, SSL_ERRORS)?.emit(reply, [...errors]);
  }

  /** @internal */
  _hearsSslErrors(reply: QNetworkReply): boolean {
    return this._speaksOf(reply) && (peekSignal(this, SSL_ERRORS)?.size ?? 0) > 0;
  }

  /** @internal */
  _preSharedKeyBy(reply: QNetworkReply, authenticator: QSslPreSharedKeyAuthenticator): void {
    if (this._speaksOf(reply)) peekSignal(this, PRE_SHARED_KEY)?.emit(reply, authenticator);
  }

  /** @internal */
  _hearsPreSharedKeys(reply: QNetworkReply): boolean {
    return this._speaksOf(reply) && (peekSignal(this, PRE_SHARED_KEY)?.size ?? 0) > 0;
  }
}
