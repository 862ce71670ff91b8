import type { Failure, FailureKind } from '../contract/failure.ts';
import type { HopFacts } from '../contract/hop.ts';

/** Resends of one transfer, for whatever reasons. */
const MOST = 3;
/** Of these, resends after a connection died that had carried nothing before. */
const MOST_AFTER_FRESH = 1;

/** Resends of what the server has not looked at; each costs it nothing but the refusal. */
const MOST_UNPROCESSED = 20;

/** Failures of our own side, after which the server cannot have a whole request. */
const OURS: ReadonlySet<FailureKind> = new Set(['upload', 'resend', 'input']);

export interface RetryQuestion {
  readonly failure: Failure;
  readonly facts: HopFacts;
  readonly idempotent: boolean;
  /** There is no body, or it can be sent from its start: again, or because nobody has opened it. */
  readonly replayable: boolean;
  /** The caller allowed to repeat what may have been processed. */
  readonly unsafeAllowed: boolean;
  /** Resends of this transfer so far. */
  readonly resends: number;
  /** Those of them that followed the death of a fresh connection. */
  readonly freshResends: number;
}

export interface RetryAnswer {
  readonly again: boolean;
  /** The server may have acted on a request that must not be repeated. */
  readonly maybeProcessed: boolean;
  /** It would go out again if its body could be had again. */
  readonly bodyGone: boolean;
}

const AGAIN: RetryAnswer = { again: true, maybeProcessed: false, bodyGone: false };
const GONE: RetryAnswer = { again: false, maybeProcessed: false, bodyGone: true };
const NO: RetryAnswer = { again: false, maybeProcessed: false, bodyGone: false };
const PERHAPS: RetryAnswer = { again: false, maybeProcessed: true, bodyGone: false };

/**
 * Whether a request that was lost before its final head may go out once more (RFC 9112 9.3.1, RFC 9113 8.7; Qt 6.11): when the server
 * says that it has not looked at it; else only when nothing of an answer came, never after garbage, and a request that is not
 * idempotent only when none of its bytes left us.
 */
export function retryVerdict(q: RetryQuestion): RetryAnswer {
  const { facts } = q;
  if (q.failure.kind === 'roamed') return roamedVerdict(q);
  if (facts.unprocessed === true) return q.resends >= MOST_UNPROCESSED ? NO : q.replayable ? AGAIN : GONE;
  const untouched = facts.bytesWritten === 0;
  const risky = !q.idempotent && !untouched;
  const no = risky && !OURS.has(q.failure.kind) ? PERHAPS : NO;
  const lost = facts.connectionLost === true || died(q.failure, facts);
  const mayHelp = facts.downgraded === true || (lost && !facts.garbage);
  if (!mayHelp || facts.bytesRead > 0) return no;
  if ((risky && !q.unsafeAllowed) || q.resends >= MOST) return no;
  if (!facts.reused && facts.downgraded !== true && q.freshResends >= MOST_AFTER_FRESH) return no;
  return q.replayable ? AGAIN : risky ? PERHAPS : GONE;
}

/** Its way out of the machine is gone, which says nothing against the server: what did not leave, or may be done twice, takes the next way. */
function roamedVerdict({ facts, idempotent, replayable, unsafeAllowed, resends }: RetryQuestion): RetryAnswer {
  const untouched = facts.bytesWritten === 0;
  if (!untouched && ((!idempotent && !unsafeAllowed) || resends >= MOST_UNPROCESSED)) return idempotent ? NO : PERHAPS;
  return replayable ? AGAIN : GONE;
}

/** A kept connection may also die of a route that is gone: the machine slept, changed its network, or a NAT forgot it. */
function died(failure: Failure, facts: HopFacts): boolean {
  const { kind } = failure;
  return kind === 'closed' || (facts.reused && (kind === 'network' || (kind === 'timeout' && failure.limit === undefined)));
}
