import { type QNetworkAccessManager, type QNetworkReply, QSsl, type QSslConfiguration } from '../../../src/index.ts';
import { within } from '../../support/once.ts';
import type { SessionServer } from '../../support/session-server.ts';
import { request, trusting } from './support.ts';

export const over = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

/** One request after another, each over a connection of its own; what became of them. */
export async function visit(
  manager: QNetworkAccessManager,
  server: SessionServer,
  configuration: QSslConfiguration = trusting(),
): Promise<QNetworkReply> {
  return over(manager.get(request(server.url(), configuration)));
}

/** Trusts the peers' authority, and says which sessions may go on. */
export function keeping(change: {
  sharing?: boolean;
  persistence?: boolean;
  tickets?: boolean;
  from?: QNetworkReply;
}): QSslConfiguration {
  const configuration = trusting();
  const { sharing = true, persistence = false, tickets = true, from } = change;
  configuration.setSslOption(QSsl.SslOptionDisableSessionSharing, !sharing);
  configuration.setSslOption(QSsl.SslOptionDisableSessionPersistence, !persistence);
  configuration.setSslOption(QSsl.SslOptionDisableSessionTickets, !tickets);
  if (from !== undefined) configuration.setSessionTicket(from.sslConfiguration().sessionTicket());
  return configuration;
}
