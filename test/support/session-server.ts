import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';

/** A server of one answer a connection, which remembers how each began. */
export interface SessionServer {
  readonly port: number;
  url(path?: string): string;
  /** Of each connection that has asked something: it went on with a session of an earlier one. */
  readonly resumed: readonly boolean[];
  /** Tickets and sessions given out before are worth nothing any more. */
  forget(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage';

export async function serveSessions(options: TlsOptions, at = 0): Promise<SessionServer> {
  const resumed: boolean[] = [];
  const open = new Set<TLSSocket>();
  const server = createServer(options, (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.once('data', () => {
      resumed.push(socket.isSessionReused());
      socket.end(ANSWER);
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((next) => server.listen(at, '127.0.0.1', next));
  const { port } = server.address() as { port: number };
  return {
    port,
    url: (path = '/') => `https://127.0.0.1:${port}${path}`,
    resumed,
    forget() {
      server.setTicketKeys(Buffer.from(crypto.getRandomValues(new Uint8Array(48))));
    },
    [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      return new Promise<void>((next) => server.close(() => next()));
    },
  };
}
