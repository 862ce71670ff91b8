import { createServer, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import {
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QSslCertificate,
  QSslConfiguration,
  QSslError,
} from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';
import { type PeerName, peer, peerPem } from '../../support/tls.ts';

/** A certificate of a peer. */
export const certificate = (name: PeerName): QSslCertificate => new QSslCertificate(peerPem(name));

/** Trusts the peers' authority, or others. */
export function trusting(...authorities: PeerName[]): QSslConfiguration {
  const configuration = new QSslConfiguration();
  configuration.setCaCertificates((authorities.length === 0 ? (['ca'] as const) : authorities).map(certificate));
  return configuration;
}

/** A server of a kind, which answers everything. */
export const serving = (name: PeerName, above: PeerName[] = [], options: TlsOptions = {}): Promise<Served> =>
  serve({ tls: { ...peer(name, ...above), ...options }, routes: { '*': { body: 'page' } } });

export function request(url: string, configuration: QSslConfiguration = trusting()): QNetworkRequest {
  const made = new QNetworkRequest(url);
  made.setSslConfiguration(configuration);
  return made;
}

/** `HostNameMismatch of elsewhere.example`, for each error. */
export const shown = (errors: readonly QSslError[]): string[] =>
  errors.map((error) => `${QSslError.SslError[error.error()]} of ${error.certificate().subjectDisplayName() || 'nobody'}`);

/** Everything that the reply and its manager tell, in order. */
export function listen(manager: QNetworkAccessManager, reply: QNetworkReply): string[] {
  const told: string[] = [];
  manager.sslErrors.connect((of, errors) => void (of === reply && told.push(`M.sslErrors ${shown(errors).join(', ')}`)));
  manager.encrypted.connect((of) => void (of === reply && told.push('M.encrypted')));
  reply.sslErrors.connect((errors) => void told.push(`sslErrors ${shown(errors).join(', ')}`));
  reply.encrypted.connect(() => void told.push('encrypted'));
  reply.requestSent.connect(() => void told.push('requestSent'));
  reply.finished.connect(() => void told.push('finished'));
  return told;
}

/** Keeps the first flight of a client and hangs up. */
export async function hello(configuration: QSslConfiguration): Promise<Buffer> {
  const first = await new Promise<Buffer>((resolve, reject) => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const manager = new QNetworkAccessManager();
      manager.get(request(`https://localhost:${port}/`, configuration)).finished.connect(() => void manager.close());
    });
    server.once('error', reject);
  });
  return first;
}
