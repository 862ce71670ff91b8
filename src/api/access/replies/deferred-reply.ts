import { isDestroyed } from '../../core/qobject.ts';
import { NetworkError, type Operation } from '../access-enums.ts';
import { QNetworkReply } from '../qnetworkreply.ts';
import { QNetworkReplyError } from '../qnetworkreplyerror.ts';
import type { QNetworkRequest } from '../qnetworkrequest.ts';
import { WrappedReply } from './wrapped-reply.ts';

/**
 * A reply that has to be waited for: what an overridden `createRequest`, which cannot be async, answers when something takes time
 * before the request can be made. `make` is called at once and gives the reply or a promise of it.
 *
 *     class WithToken extends QNetworkAccessManager {
 *       createRequest(op, request, body) {
 *         return new DeferredReply(op, request, async () => {
 *           const made = new QNetworkRequest(request);
 *           made.setRawHeader('Authorization', `Bearer ${await freshToken()}`);
 *           return super.createRequest(op, made, body);
 *         });
 *       }
 *     }
 *
 * When `make` throws, or its promise rejects, the reply ends with UnknownNetworkError, or with the code of a QNetworkReplyError.
 * A reply that comes after this one was aborted or deleted is deleted.
 */
export class DeferredReply extends WrappedReply {
  constructor(operation: Operation, request: QNetworkRequest, make: () => QNetworkReply | PromiseLike<QNetworkReply>) {
    super(null);
    if (typeof make !== 'function') throw new TypeError('DeferredReply: the third argument is a function that gives the reply');
    this.setOperation(operation);
    this.setRequest(request);
    this.setUrl(request.url());
    // a promise even when it throws: its end is told on a later turn
    (async () => make())().then(
      (reply) => this.#arrived(reply),
      (error: unknown) => this.#failed(error),
    );
  }

  #arrived(reply: QNetworkReply): void {
    if (isDestroyed(this) || this.isFinished()) {
      if (reply instanceof QNetworkReply) reply._destroy();
      return;
    }
    try {
      this.wrap(reply);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (isDestroyed(this) || this.isFinished()) return;
    const own = error instanceof QNetworkReplyError;
    const text = error instanceof Error ? error.message : String(error);
    this._fail(
      own ? (error.networkError as NetworkError) : NetworkError.UnknownNetworkError,
      own ? text : `The request could not be made: ${text}`,
      error,
    );
  }
}
