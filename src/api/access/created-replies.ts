import type { RunningReplies } from '../bridge/running-replies.ts';
import { isDestroyed } from '../core/qobject.ts';
import { Operation } from './access-enums.ts';
import type { QNetworkAccessManager } from './qnetworkaccessmanager.ts';
import { QNetworkReply } from './qnetworkreply.ts';
import { keptState, type QNetworkRequest, snapshot } from './qnetworkrequest.ts';
import { afterOthers } from './replies/later.ts';
import { WrappedReply } from './replies/wrapped-reply.ts';
import { ReplyWatch } from './reply-watch.ts';

/**
 * What an overridden createRequest does for its manager. The reply that it returns counts as the manager's, whoever made it; one of
 * the base implementation that it does not return, because it is wrapped, does not.
 */
export class CreatedReplies {
  private readonly manager: QNetworkAccessManager;
  private readonly running: RunningReplies;
  /** Replies of the base implementation that no override has returned: true once they have ended, which the manager did not say. */
  private readonly silent = new WeakMap<QNetworkReply, boolean>();
  /** Replies of another make that were returned. */
  private readonly adopted = new WeakSet<QNetworkReply>();
  /** What the base implementation made for the call under way. */
  private opened: QNetworkReply[] = [];

  constructor(manager: QNetworkAccessManager, running: RunningReplies) {
    this.manager = manager;
    this.running = running;
  }

  /** Calls the override. When it fails, what it has begun is over before the caller hears of it. */
  create(operation: Operation, request: QNetworkRequest, override: () => QNetworkReply): QNetworkReply {
    const before = this.opened;
    this.opened = [];
    try {
      const reply = override();
      this.check(reply);
      this.take(reply, operation, request);
      return reply;
    } catch (error) {
      for (const reply of this.opened) reply._destroy();
      throw error;
    } finally {
      this.opened = before;
    }
  }

  /** A reply of the base implementation, until it is returned. */
  keepSilent(reply: QNetworkReply): void {
    this.silent.set(reply, false);
    this.opened.push(reply);
  }

  /** False for a reply that the manager has to pass over. */
  speaksOf(reply: QNetworkReply): boolean {
    return !this.silent.has(reply);
  }

  /** To be told of a reply's end that is passed over. */
  ended(reply: QNetworkReply): void {
    this.silent.set(reply, true);
  }

  private check(reply: unknown): void {
    const where = `${this.manager.constructor.name}.createRequest`;
    if (!(reply instanceof QNetworkReply)) {
      const promise = typeof (reply as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
      const hint = promise ? ': it cannot be async. Return a DeferredReply and do in its function what takes time' : '';
      const got = promise ? 'a promise' : reply === null ? 'null' : typeof reply;
      throw new TypeError(`${where} must return a QNetworkReply, got ${got}${hint}.`);
    }
    if (isDestroyed(reply)) throw new Error(`${where} returned a reply that was deleted; make a new one for each request.`);
    if (isDestroyed(this.manager)) throw new Error(`${where}: the manager was deleted meanwhile.`);
  }

  private take(reply: QNetworkReply, operation: Operation, request: QNetworkRequest): void {
    const ended = this.silent.get(reply);
    if (ended !== undefined) {
      // From now on it speaks for itself.
      this.silent.delete(reply);
      if (ended) afterOthers(() => this.tell(reply));
      return;
    }
    // The same reply for a second request, or one that a verb has given out before: its end is told once.
    if (this.adopted.has(reply) || reply._manager === this.manager) return;
    this.adopted.add(reply);
    this.adopt(reply, operation, request);
  }

  private adopt(reply: QNetworkReply, operation: Operation, request: QNetworkRequest): void {
    const foreign = reply._manager !== null;
    const wasOver = reply.isFinished();
    if (!foreign) {
      fill(reply, this.manager, operation, request);
      if (!wasOver) this.running.add(reply);
    }
    let told = false;
    const finished = (): void => {
      if (told) return;
      told = true;
      if (!foreign) this.running.delete(reply);
      // Qt before 4.8 had no setFinished: classes that were written for it only emit the signal
      if (!reply.isFinished()) reply['_done'] = true;
      this.tell(reply);
    };
    const watch = new ReplyWatch(reply, { finished, destroyed: () => this.running.delete(reply) });
    watch.hold(reply.encrypted, () => this.manager._encryptedBy(reply));
    watch.hold(reply.sslErrors, (errors) => this.manager._sslErrorsBy(reply, errors));
    watch.hold(reply.preSharedKeyAuthenticationRequired, (asked) => this.manager._preSharedKeyBy(reply, asked));
    if (reply instanceof WrappedReply) reply._handedOver();
    // One that was over before anybody could listen may still say so; if not, the manager does.
    if (wasOver) {
      afterOthers(() => {
        watch.release();
        finished();
      });
    }
  }

  private tell(reply: QNetworkReply): void {
    if (isDestroyed(reply) || isDestroyed(this.manager)) return;
    this.manager._finishedBy(reply);
    if (!isDestroyed(reply) && this.manager._deletesWhenFinished(reply, keptState(reply.request()))) reply.deleteLater();
  }
}

/** A reply of the program's own becomes the manager's; what its class left out is what was asked for. */
function fill(reply: QNetworkReply, manager: QNetworkAccessManager, operation: Operation, request: QNetworkRequest): void {
  reply._manager = manager;
  reply._parent ??= manager;
  if (reply['_operation'] === Operation.UnknownOperation) reply['_operation'] = operation;
  reply['_request'] ??= snapshot(request);
  reply['_url'] ??= request.url();
}
