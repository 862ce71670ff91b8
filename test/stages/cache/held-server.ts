import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { until } from '../../support/once.ts';

/** A request that waits for the test to answer it. */
export interface Held {
  readonly request: IncomingMessage;
  readonly answer: ServerResponse;
  /** The client has gone before the answer was complete. */
  readonly left: boolean;
}

/** An origin that says nothing until the test does. */
export class HeldServer {
  readonly held: Held[] = [];
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, answer) => {
      const held = { request, answer, left: false };
      answer.on('close', () => {
        held.left = !answer.writableFinished;
      });
      this.held.push(held);
    });
  }

  static async open(): Promise<HeldServer> {
    const made = new HeldServer();
    await new Promise<void>((listening) => made.#server.listen(0, '127.0.0.1', listening));
    made.#port = (made.#server.address() as { port: number }).port;
    return made;
  }

  at(path = '/'): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** Waits until so many requests have come, and gives the last one. */
  async when(count: number): Promise<Held> {
    await until(() => this.held.length >= count, `request number ${count}`);
    return this.held[count - 1]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
