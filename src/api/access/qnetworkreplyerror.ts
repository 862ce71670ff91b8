import { hideInText } from '../../base/redaction.ts';
import type { Attempt, Failure, Phase } from '../../contract/failure.ts';
import type { Place } from '../advice/hint.ts';
import { lateHints } from '../advice/late.ts';
import { QUrl } from '../core/qurl.ts';
import { NetworkError } from './access-enums.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import type { ReplyFailure } from './reply-error.ts';

const NO_ATTEMPTS: readonly Attempt[] = Object.freeze([]);

/**
 * What the promises of a reply reject with. Its message is `reply.errorString()`, without user info.
 *
 *     try {
 *       await manager.get('http://example.org/missing').text();
 *     } catch (error) {
 *       if (error instanceof QNetworkReplyError && error.code === 'ContentNotFoundError') console.log(error.status); // 404
 *     }
 */
export class QNetworkReplyError extends Error {
  /** Name of the error in QNetworkReply.NetworkError, such as 'HostNotFoundError'; 'UnknownNetworkError' for a number without one. */
  readonly code: string;
  /** Number of the error in QNetworkReply.NetworkError. */
  readonly networkError: number;
  /** The family of the error, see {@link ReplyFailure.kind}. */
  readonly kind: ReplyFailure['kind'];
  /** Where in the life of the transfer it failed. */
  readonly phase: Phase;
  /** True when the server may have acted on a request that is not idempotent, although no answer came. */
  readonly maybeProcessed: boolean;
  /** The addresses that were tried, with the outcome of each. */
  readonly attempts: readonly Attempt[];
  /** The HTTP status, absent when there was none. */
  declare readonly status?: number;
  /** For timeouts: which limit struck, in milliseconds. */
  declare readonly limit?: { readonly name: string; readonly milliseconds: number };
  /** The URL of the reply without user info; values of parameters that name secrets, such as `access_token`, are `***`. */
  readonly url: string;
  /** The reply that failed. Not enumerable, so that a logged error stays small. */
  declare readonly reply: QNetworkReply;
  readonly #failure: Failure | null;
  readonly #place: Place;
  #hint: string | undefined;

  static {
    Object.defineProperty(QNetworkReplyError.prototype, 'name', {
      value: 'QNetworkReplyError',
      writable: true,
      configurable: true,
    });
  }

  constructor(reply: QNetworkReply) {
    const failure = reply.failure();
    const url = reply.url();
    super(withoutUserInfo(reply.errorString(), url), failure?.cause === undefined ? undefined : { cause: failure.cause });
    const status = reply.status();
    this.networkError = reply.error();
    this.code = NetworkError[this.networkError] ?? 'UnknownNetworkError';
    this.kind = failure?.kind ?? 'other';
    this.phase = failure?.phase ?? (status > 0 ? 'receive' : 'setup');
    this.maybeProcessed = failure?.maybeProcessed ?? false;
    this.attempts = failure?.attempts ?? NO_ATTEMPTS;
    this.url = hideInText(publicUrl(url));
    if (status > 0) this.status = status;
    if (failure?.limit !== undefined) this.limit = failure.limit;
    Object.defineProperty(this, 'reply', { value: reply });
    this.#failure = failure === null || failure.kind === 'status' || failure.kind === 'other' ? null : (failure as Failure);
    this.#place = { scheme: url.scheme(), host: url.host() };
  }

  /**
   * What to do about it, in a sentence; '' where nobody knows. What more can be found out, `diagnose` of `qnetwork/doctor` and `qnam doctor` find
   * out.
   *
   *     catch (error) {
   *       console.error(`${error.message}\n${error.hint}`);
   *     }
   */
  get hint(): string {
    this.#hint ??= lateHints()?.hintFor(this.#failure, this.status ?? 0, this.#place) ?? '';
    return this.#hint;
  }

  /** A small object for logs: no reply, no stack, the hint if there is one, and of the cause its text. */
  toJSON(): Record<string, unknown> {
    const { name, message, code, networkError, kind, phase, status, limit, url, maybeProcessed, attempts, hint, cause } = this;
    const known = { name, message, code, networkError, kind, phase, status, limit, url, maybeProcessed, attempts };
    return { ...known, ...(hint === '' ? {} : { hint }), ...(cause === undefined ? {} : { cause: textOf(cause) }) };
  }
}

/** A URL as it may appear in errors: encoded, without user info. */
export function publicUrl(url: QUrl): string {
  return url.toString(QUrl.RemoveUserInfo | QUrl.FullyEncoded);
}

/** Qt's texts name the URL as it is, with its user info; written for people that may have spaces. */
function withoutUserInfo(message: string, url: QUrl): string {
  if (url.userInfo() !== '') message = message.replaceAll(url.toString(), url.toString(QUrl.RemoveUserInfo));
  return message.replace(/(:\/\/)[^\s/?#]*@/g, '$1');
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
