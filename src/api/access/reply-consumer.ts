import { NetworkError } from './access-enums.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { abortReasonOf } from './reply-abort.ts';
import { errorOf } from './reply-error.ts';
import { assertThere } from './reply-watch.ts';

/** A box, because the reason of an AbortSignal may be any value. */
export interface Failed {
  readonly error: unknown;
}

const consumers = new WeakMap<QNetworkReply, string>();

/** Makes `who` the one reader of the body. Throws when there is one already, or when the reply was deleted. */
export function claim(reply: QNetworkReply, who: string): void {
  assertThere(reply, who);
  const first = consumers.get(reply);
  if (first !== undefined) {
    throw new Error(
      `${who}: the body of this reply has a reader already, ${first}; a body is read once, so keep its result, or branch with toWeb().tee()`,
    );
  }
  consumers.set(reply, who);
}

/** What those get who wait for a finished reply that has an error; null without one. */
export function failureOf(reply: QNetworkReply): Failed | null {
  const abort = abortReasonOf(reply);
  // Also when a class has no abort() to speak of: who gave the signal wants no body any more.
  if (abort !== null) return { error: abort.reason };
  return reply.error() === NetworkError.NoError ? null : { error: errorOf(reply) };
}

/** The same for readers whom a 404 does not disturb: its page is a body like any other, unless it was cut short by an AbortSignal. */
export function transportFailureOf(reply: QNetworkReply): Failed | null {
  return reply.failure()?.kind === 'status' && abortReasonOf(reply) === null ? null : failureOf(reply);
}

/** A closed device reads as an empty one; taken for the body, that would be a silent loss. */
export function assertReadable(reply: QNetworkReply, who: string): void {
  if (reply.isReadable()) return;
  throw new Error(`${who}: the reply is not open for reading; it was closed, or its class never called open(QIODevice.ReadOnly)`);
}
