import type { Server, Socket } from 'node:net';
import { until } from './until.ts';

/** A server of a test on a port of its own: what all of them have in common. */
export abstract class Listening {
  abstract readonly requests: readonly unknown[];
  protected abstract readonly server: Server;
  protected readonly sockets = new Set<Socket>();
  private bound = 0;

  get port(): number {
    return this.bound;
  }

  /** Sockets open now. */
  get open(): number {
    return this.sockets.size;
  }

  /** `place` is a port, or the path of a local socket. */
  listen(place: number | string = 0, host = '127.0.0.1'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(typeof place === 'string' ? { path: place } : { port: place, host }, () => {
        const address = this.server.address();
        this.bound = typeof address === 'string' ? 0 : address!.port;
        resolve();
      });
    });
  }

  whenRequests(count: number, limit?: number): Promise<void> {
    return until(() => this.requests.length >= count, `request number ${count}`, limit);
  }

  whenIdle(limit?: number): Promise<void> {
    return until(() => this.sockets.size === 0, 'the end of all connections', limit);
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }
}
