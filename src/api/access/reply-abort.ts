import { systemClock } from '../../base/clock.ts';
import { isDestroyed } from '../core/qobject.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { ReplyWatch } from './reply-watch.ts';

/** A box, because a reason may be any value. */
export interface AbortReason {
  readonly reason: unknown;
}

const reasons = new WeakMap<QNetworkReply, AbortReason>();

/**
 * Lets an AbortSignal call `reply.abort()`. A signal that has fired already does so before the next I/O, so that slots can be
 * connected first. The listener goes when the reply finishes or is destroyed.
 */
export function bindAbortSignal(reply: QNetworkReply, signal: AbortSignal): void {
  if (isDestroyed(reply) || reply.isFinished()) return;
  if (signal.aborted) {
    systemClock.soon(() => abortFor(reply, signal));
    return;
  }
  const onAbort = aborter(reply, signal);
  const release = (): void => signal.removeEventListener('abort', onAbort);
  new ReplyWatch(reply, { finished: release, destroyed: release });
  signal.addEventListener('abort', onAbort, { once: true });
}

/** The reason of the AbortSignal that aborted the reply, null when none did. */
export function abortReasonOf(reply: QNetworkReply): AbortReason | null {
  return reasons.get(reply) ?? null;
}

function abortFor(reply: QNetworkReply, signal: AbortSignal): void {
  if (isDestroyed(reply) || reply.isFinished()) return;
  reasons.set(reply, { reason: signal.reason });
  reply.abort();
}

function aborter(reply: QNetworkReply, signal: AbortSignal): () => void {
  const held = new WeakRef(reply);
  return () => {
    const there = held.deref();
    if (there !== undefined) abortFor(there, signal);
  };
}
