import { QIODevice } from '../core/qiodevice.ts';
import type { Signal } from '../core/signal.ts';
import { QSslConfiguration } from '../security/qsslconfiguration.ts';
import { QSslError } from '../security/qsslerror.ts';
import type { QSslPreSharedKeyAuthenticator } from '../security/qsslpresharedkeyauthenticator.ts';
import { securityOf, setSecurity } from '../security/security-base.ts';
import type { SecurityState } from '../security/security-state.ts';
import { PRE_SHARED_KEY, SSL_ERRORS } from './reply-signals.ts';

/** What a program has said about TLS on a reply; most say nothing. */
export interface ReplySecurity {
  /** Errors are ignored, whatever they are. */
  ignoresAll: boolean;
  /** Those that are ignored. */
  ignored: readonly QSslError[];
  /** What was set on a reply of another make. */
  configuration: SecurityState | null;
}

const said = new WeakMap<SecureReply, ReplySecurity>();

/** What was said on the reply; null = nothing. */
export function saidAbout(reply: SecureReply): ReplySecurity | null {
  return said.get(reply) ?? null;
}

function sayingOf(reply: SecureReply): ReplySecurity {
  const known = said.get(reply) ?? { ignoresAll: false, ignored: [], configuration: null };
  said.set(reply, known);
  return known;
}

/** Says to one reply what was said to another before it was there. */
export function repeatTo(reply: SecureReply, other: SecureReply): void {
  const before = saidAbout(other);
  if (before === null) return;
  if (before.ignoresAll) reply.ignoreSslErrors();
  if (before.ignored.length > 0) reply.ignoreSslErrors(before.ignored);
}

/** The TLS side of a reply. */
export class SecureReply extends QIODevice {
  /**
   * Something is wrong with the server's certificate; all that was found is in the list, HostNameMismatch first. Unless a slot calls
   * {@link ignoreSslErrors} the reply ends with SslHandshakeFailedError, and not one byte of the request is sent. Comes after the
   * manager's signal of the same name.
   *
   * It also comes, and has to be answered again, when the request could use a connection whose errors others have ignored.
   */
  get sslErrors(): Signal<[errors: QSslError[]]> {
    return this.sig(SSL_ERRORS);
  }

  /**
   * The server wants a key that both know. A slot fills in the authenticator; left empty, the handshake fails. Suites with such a key
   * (TLS 1.2) are offered only when somebody has connected to this signal or to the manager's. Qt 5.5.
   */
  get preSharedKeyAuthenticationRequired(): Signal<[authenticator: QSslPreSharedKeyAuthenticator]> {
    return this.sig(PRE_SHARED_KEY);
  }

  /** The configuration of the request and, once there is a connection, what was agreed on; a copy. */
  sslConfiguration(): QSslConfiguration {
    this.assertAlive('sslConfiguration');
    const configuration = new QSslConfiguration();
    this.sslConfigurationImplementation(configuration);
    return configuration;
  }

  /**
   * Hands a configuration to a reply of the program's own; a null one is passed over. As in Qt the requests of a manager are not
   * changed by it: set it on the request.
   */
  setSslConfiguration(configuration: QSslConfiguration): void {
    this.assertAlive('setSslConfiguration');
    if (!configuration.isNull()) this.setSslConfigurationImplementation(configuration);
  }

  /**
   * Goes on although something is wrong with the server's certificate: whatever it is, or only if all of it is in the list, error and
   * certificate alike. A new list replaces the old one. To be called before `sslErrors` comes or in its slots. Whoever ignores errors that
   * it does not know speaks to anybody on the way; a list does not.
   *
   *     manager.sslErrors.connect((reply, errors) => {
   *       if (errors.every((error) => error.certificate().equals(known))) reply.ignoreSslErrors(errors);
   *     });
   */
  ignoreSslErrors(errors?: Iterable<QSslError>): void {
    this.assertAlive('ignoreSslErrors');
    if (errors === undefined) {
      sayingOf(this).ignoresAll = true;
      return;
    }
    const list = [...errors];
    if (!list.every((error) => error instanceof QSslError))
      throw new TypeError('QNetworkReply.ignoreSslErrors expects nothing or a list of QSslError.');
    this.ignoreSslErrorsImplementation(list);
  }

  /** Fills in what {@link sslConfiguration} gives. An override sets what it knows on `configuration`, or swaps it. Qt 5.0. */
  protected sslConfigurationImplementation(configuration: QSslConfiguration): void {
    const state = saidAbout(this)?.configuration ?? null;
    if (state !== null) setSecurity(configuration, state);
  }

  /** What {@link setSslConfiguration} does: here the configuration is kept. Qt 5.0. */
  protected setSslConfigurationImplementation(configuration: QSslConfiguration): void {
    sayingOf(this).configuration = securityOf(configuration);
  }

  /** What {@link ignoreSslErrors} does with a list: here it is kept. Qt 5.0. */
  protected ignoreSslErrorsImplementation(errors: QSslError[]): void {
    sayingOf(this).ignored = errors;
  }
}
