import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The server behind nginx: answers by the last part of the path. */
export class Upstream implements AsyncDisposable {
  readonly handlers = new Map<string, Handler>();
  private readonly server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const handler = this.handlers.get(path.slice(path.lastIndexOf('/') + 1));
    if (handler === undefined) response.writeHead(404).end('the server behind knows no such thing\n');
    else handler(request, response);
  });

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}
