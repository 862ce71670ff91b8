import { NetworkError, type Operation } from '../access-enums.ts';
import type { QNetworkRequest } from '../qnetworkrequest.ts';
import { ReadyReply } from './ready-reply.ts';

/**
 * A reply that fails: what an overridden `createRequest` answers to a request that it refuses. As with other replies the error is told
 * on a later turn: errorOccurred, then both `finished`.
 *
 *     class Careful extends QNetworkAccessManager {
 *       createRequest(op, request, body) {
 *         if (request.url().scheme() === 'https') return super.createRequest(op, request, body);
 *         return new ErrorReply(op, request, QNetworkReply.ContentAccessDenied, 'only https is allowed here');
 *       }
 *     }
 */
export class ErrorReply extends ReadyReply {
  readonly #why: NetworkError;
  readonly #text: string;

  /** Throws a RangeError when `error` is no error of {@link QNetworkReply.NetworkError}, NoError included. */
  constructor(operation: Operation, request: QNetworkRequest, error: NetworkError, errorString: string) {
    super(operation, request, 'ErrorReply');
    if (typeof error !== 'number' || NetworkError[error] === undefined || error === NetworkError.NoError)
      throw new RangeError(`ErrorReply: the third argument is an error of QNetworkReply.NetworkError, got ${String(error)}`);
    if (typeof errorString !== 'string')
      throw new TypeError(`ErrorReply: the fourth argument is a text for people, got ${typeof errorString}`);
    this.#why = error;
    this.#text = errorString;
    this._start();
  }

  /** @internal */
  protected override _begin(): void {
    this.setError(this.#why, this.#text);
    this._end();
  }

  /** @internal */
  protected override _drop(): void {}
}
