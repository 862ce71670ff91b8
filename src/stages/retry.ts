import type { Trip } from '../contract/ask.ts';
import { type Failure, failure } from '../contract/failure.ts';
import { NO_FACTS } from '../contract/hop.ts';
import type { Stage } from '../contract/stage.ts';
import { isIdempotent } from '../rules/methods.ts';
import { retryVerdict } from '../rules/retry.ts';

/** What is remembered of a trip's resends. */
interface Past {
  readonly trip: Trip;
  /** Resends after a connection died that had carried nothing before. */
  readonly fresh: number;
  /** Why HTTP/1.1 is tried instead of HTTP/2; null = it is not. */
  readonly before: Failure | null;
}

/** Sends a request once more when its connection died before the server could answer, and says so when it must not. */
export const retry: Stage = {
  name: 'retry',
  failed(hop, problem, facts, journey) {
    const known = journey.memory.get(retry) as Past | undefined;
    const past = known?.trip === journey.trip ? known : { trip: journey.trip, fresh: 0, before: null };
    // who cannot be reached the other way is told of by what it did before
    if (past.before !== null && facts === NO_FACTS) return journey.refuse(past.before);
    const answer = retryVerdict({
      failure: problem,
      facts,
      idempotent: isIdempotent(hop.method),
      replayable: hop.body === null || hop.body.replayable,
      unsafeAllowed: journey.ask.wishes.resendUnsafe,
      resends: journey.resends,
      freshResends: past.fresh,
    });
    if (answer.maybeProcessed) problem.maybeProcessed = true;
    if (answer.bodyGone) {
      return journey.refuse(
        failure(
          'resend',
          problem.phase,
          `${problem.message}, and the body cannot be sent again: give a function that opens it anew`,
          {
            cause: problem.cause,
          },
        ),
      );
    }
    if (!answer.again) return 'go';
    const { downgraded, reused, unprocessed } = facts;
    const before = downgraded === true ? problem : past.before;
    const fresh = reused || unprocessed === true ? past.fresh : past.fresh + 1;
    if (before !== past.before || fresh !== past.fresh)
      journey.memory.set(retry, { trip: journey.trip, fresh, before } satisfies Past);
    return 'again';
  },
};
