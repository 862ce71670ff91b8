import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QSslKey } from './qsslkey.ts';
import { securityOf, setSecurity, TunableSecurity } from './security-base.ts';

/** What QSslConfiguration says about sessions that go on in a later connection, and about the keys of this one. */
export class SessionSecurity extends TunableSecurity {
  /**
   * What a later connection can go on with, also in another process: hand it to {@link setSessionTicket}. Empty unless
   * SslOptionDisableSessionPersistence was switched off before the request, and for connections whose errors were ignored. The server sends
   * it after the handshake, so look at the configuration of a finished reply. Qt 5.2.
   *
   * Whoever reads the ticket can listen to the connection it comes from, and whoever changes it can pretend to be the server.
   *
   *     configuration.setSslOption(QSsl.SslOptionDisableSessionPersistence, false);
   *     request.setSslConfiguration(configuration);
   *     const reply = await manager.get(request).whenFinished();
   *     writeFileSync('session', reply.sslConfiguration().sessionTicket(), { mode: 0o600 });
   */
  sessionTicket(): Buffer {
    return Buffer.from(securityOf(this).session.ticket);
  }

  /**
   * Sets what a connection may go on with: a ticket of {@link QSslConfiguration.sessionTicket}; SslOptionDisableSessionPersistence has to be off. The
   * certificates in it are verified again, name and dates included. One that does not hold, that is for somebody else or no ticket at
   * all, or that the server has forgotten, costs nothing: there is a new handshake then. Qt 5.2.
   */
  setSessionTicket(sessionTicket: BytesLike): void {
    const state = securityOf(this);
    const ticket = Buffer.from(asBuffer(toBytes(sessionTicket)));
    setSecurity(this, { ...state, session: { ...state.session, ticket } });
  }

  /**
   * How many seconds the server means to know the {@link sessionTicket}, 0 when it does not say; -1 when it has sent no ticket, or
   * SslOptionDisableSessionPersistence is on. Qt 5.2.
   */
  sessionTicketLifeTimeHint(): number {
    return securityOf(this).session.lifetime;
  }

  /**
   * The server's half of a key exchange with forward secrecy; a null key before the handshake and without such an exchange. It has
   * algorithm and length and no bytes, which Node.js does not tell; X25519 and X448 are Opaque. Qt 5.7.
   */
  ephemeralServerKey(): QSslKey {
    return new QSslKey(securityOf(this).session.ephemeral);
  }
}
