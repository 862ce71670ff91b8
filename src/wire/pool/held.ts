import type { Kept } from '../../contract/carriage.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { HopFacts } from '../../contract/hop.ts';
import type { Connection } from '../connection.ts';

/** The request that a connection is kept for. */
interface HeldClient {
  /** The connection is theirs; they call `send` on it. */
  lent(connection: Connection): void;
  fail(problem: Failure, facts: HopFacts): void;
}

/** Connections that are kept for one request each: what was begun on them goes on there only. */
export class HeldConnections {
  private readonly all = new Map<Connection, Held>();

  /** `free` gives it to anybody. */
  keep(connection: Connection, free: (connection: Connection) => void): Held {
    const held = new Held(connection, this.all, free);
    this.all.set(connection, held);
    return held;
  }

  /** The exchange before is over. True = nobody else gets it. */
  freed(connection: Connection): boolean {
    const held = this.all.size === 0 ? undefined : this.all.get(connection);
    held?.freed();
    return held !== undefined;
  }

  gone(connection: Connection): void {
    const held = this.all.size === 0 ? undefined : this.all.get(connection);
    held?.gone();
  }
}

export class Held implements Kept {
  private readonly connection: Connection;
  private readonly all: Map<Connection, Held>;
  private readonly free: (connection: Connection) => void;
  private ready = false;
  private client: HeldClient | null = null;

  constructor(connection: Connection, all: Map<Connection, Held>, free: (connection: Connection) => void) {
    this.connection = connection;
    this.all = all;
    this.free = free;
  }

  release(): void {
    this.client = null;
    if (this.all.get(this.connection) !== this) return;
    this.all.delete(this.connection);
    if (this.ready) this.free(this.connection);
  }

  /** Carries the request on it, as soon as it is free; fails it when it has closed meanwhile. */
  use(client: HeldClient): void {
    this.client = client;
    if (this.all.get(this.connection) !== this) this.fail();
    else if (this.ready) this.hand();
  }

  freed(): void {
    this.ready = true;
    if (this.client !== null) this.hand();
  }

  gone(): void {
    this.all.delete(this.connection);
    this.fail();
  }

  private hand(): void {
    const { client, connection } = this;
    this.client = null;
    this.all.delete(connection);
    connection.keepProcess(true);
    client!.lent(connection);
  }

  private fail(): void {
    const { client } = this;
    this.client = null;
    // nothing of it was sent, and a new one does as well
    client?.fail(failure('closed', 'queue', 'the connection was closed before its next request'), {
      reused: true,
      bytesWritten: 0,
      bytesRead: 0,
      garbage: false,
    });
  }
}
