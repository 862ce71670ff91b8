import type { Attempt, FailureKind, Phase, ProxyAnswer } from '../../contract/failure.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { QNetworkReplyError } from './qnetworkreplyerror.ts';

export { publicUrl, QNetworkReplyError } from './qnetworkreplyerror.ts';

/** What went wrong with a reply, as a value. */
export interface ReplyFailure {
  /** A family to ask for; 'status' is an answer of the server, 4xx or 5xx, and 'other' an error that a reply of your own has set. */
  kind: FailureKind | 'status' | 'other';
  /** Where in the life of the transfer. */
  phase: Phase;
  /** True when the server may have acted on a request that is not idempotent, although no answer came. */
  maybeProcessed: boolean;
  /** The addresses that were tried, with the outcome of each. */
  attempts: readonly Attempt[];
  message: string;
  cause?: unknown;
  /** For timeouts: which limit struck, in milliseconds. */
  limit?: { readonly name: string; readonly milliseconds: number };
  /** What a proxy answered that did not open a tunnel. It is not the server's word, so it is never the body of the reply. */
  proxyAnswer?: ProxyAnswer;
}

/** The error of a reply whose `error()` is not NoError, for throwing. */
export function errorOf(reply: QNetworkReply): QNetworkReplyError {
  return new QNetworkReplyError(reply);
}
