import type { Failure } from '../contract/failure.ts';
import type { HopFacts } from '../contract/hop.ts';

/** Resends after reused connections died; a fresh one is asked for each time, so more than one is rare. */
const MOST_AFTER_REUSE = 3;

export interface RetryQuestion {
  readonly failure: Failure;
  readonly facts: HopFacts;
  readonly idempotent: boolean;
  /** There is no body, or it can be sent from its start again. */
  readonly replayable: boolean;
  /** The caller allowed to repeat what may have been processed. */
  readonly unsafeAllowed: boolean;
  /** Resends of this transfer so far. */
  readonly resends: number;
}

export interface RetryAnswer {
  readonly again: boolean;
  /** The server may have acted on a request that must not be repeated. */
  readonly maybeProcessed: boolean;
}

const AGAIN: RetryAnswer = { again: true, maybeProcessed: false };
const NO: RetryAnswer = { again: false, maybeProcessed: false };
const PERHAPS: RetryAnswer = { again: false, maybeProcessed: true };

/**
 * Whether a lost request may go out once more (RFC 9112 9.3.1; Qt 6.11): only when nothing of an answer came, never after garbage,
 * and a request that is not idempotent only when none of its bytes left us.
 */
export function retryVerdict(q: RetryQuestion): RetryAnswer {
  const { facts } = q;
  if (q.failure.kind !== 'closed') return NO;
  const untouched = facts.bytesWritten === 0;
  const repeatable = q.idempotent || untouched || q.unsafeAllowed;
  if (!repeatable) return PERHAPS;
  if (facts.bytesRead > 0 || facts.garbage || !q.replayable) return NO;
  const most = facts.reused || untouched ? MOST_AFTER_REUSE : 1;
  return q.resends < most ? AGAIN : NO;
}
