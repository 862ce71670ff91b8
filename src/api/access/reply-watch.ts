import { isDestroyed } from '../core/qobject.ts';
import type { Connection, Signal } from '../core/signal.ts';
import type { QNetworkReply } from './qnetworkreply.ts';

/** What a watcher wants to know of a reply. One of `finished` and `destroyed` comes, once, and is the last. */
export interface ReplyEvents {
  readonly data?: () => void;
  readonly head?: () => void;
  readonly finished: () => void;
  readonly destroyed: () => void;
}

/** The connections of somebody who waits for a running reply; undone at its end or by `release()`. */
export class ReplyWatch {
  private readonly held: Connection[] = [];

  constructor(reply: QNetworkReply, events: ReplyEvents) {
    const last = (event: () => void) => (): void => {
      this.release();
      event();
    };
    if (events.data !== undefined) this.hold(reply.readyRead, events.data);
    if (events.head !== undefined) this.hold(reply.metaDataChanged, events.head);
    this.hold(reply.finished, last(events.finished));
    this.hold(reply.destroyed, last(events.destroyed));
  }

  release(): void {
    for (const connection of this.held) connection.disconnect();
    this.held.length = 0;
  }

  /** One more connection that goes with the others. */
  hold<A extends unknown[]>(signal: Signal<A>, slot: (...args: NoInfer<A>) => void): void {
    const connection = signal.connect(slot);
    // A program's `finished.disconnect()` is about its own slots; what was promised to somebody must still come.
    connection._kept = true;
    this.held.push(connection);
  }
}

/** Throws when the reply was deleted; `who` is what was called. */
export function assertThere(reply: QNetworkReply, who: string): void {
  if (isDestroyed(reply)) {
    throw new Error(`${who}: the reply was deleted; ask before it is, and call deleteLater() when you are done with it`);
  }
}

/** The error for those who wait for a reply that is deleted. */
export function deletedTooSoon(who: string, what = 'it finished'): Error {
  return new Error(`${who}: the reply was deleted before ${what}, by deleteLater() or with its manager`);
}
