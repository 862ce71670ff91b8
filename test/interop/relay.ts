import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes bytes on to a server of this machine, and counts who comes. */
export class Relay implements AsyncDisposable {
  /** Connections so far. */
  count = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(port: number) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.count++;
      const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.pipe(upstream).pipe(socket);
      const both = [socket, upstream];
      for (const one of both) {
        this.sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          this.sockets.delete(one);
          for (const other of both) other.destroy();
        });
      }
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
