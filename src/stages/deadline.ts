import { NO_TIMEOUTS, type Timeouts } from '../contract/ask.ts';
import type { Timer } from '../contract/clock.ts';
import { failure } from '../contract/failure.ts';
import type { Journey, Stage } from '../contract/stage.ts';
import { checkDeadlines, deadlineText } from '../rules/deadline.ts';
import { isIdempotent } from '../rules/methods.ts';

/** Watches a transfer's limits with one timer; without limits it costs one comparison. */
export const deadline: Stage = {
  name: 'deadline',
  outward(_hop, journey) {
    if (journey.ask.wishes.timeouts === NO_TIMEOUTS || journey.memory.has(deadline)) return 'go';
    journey.watched = true;
    check(journey);
    return 'go';
  },
  settle(journey) {
    if (!journey.watched) return;
    journey.watched = false;
    (journey.memory.get(deadline) as Timer | undefined)?.cancel();
  },
};

/** What somebody takes to decide is no time in the queue. */
function limitsOf({ ask, waiting }: Journey): Timeouts {
  const { timeouts } = ask.wishes;
  return waiting && timeouts.queue > 0 ? { ...timeouts, queue: 0 } : timeouts;
}

function check(journey: Journey): void {
  const { clock } = journey;
  const now = clock.now();
  const answer = checkDeadlines({
    timeouts: limitsOf(journey),
    timings: journey.timings,
    sending: journey.hop.sending,
    now,
    started: journey.started,
    lastActivity: journey.paused ? now : journey.lastActivity,
  });
  if (answer.expired !== null) {
    const { name, milliseconds } = answer.expired;
    const problem = failure('timeout', answer.phase, deadlineText(name, milliseconds), { limit: answer.expired });
    // the request is out, or on its way, and nobody knows what the server made of it
    problem.maybeProcessed = (answer.phase === 'send' || answer.phase === 'wait') && !isIdempotent(journey.hop.method);
    journey.giveUp(problem);
    return;
  }
  if (answer.nextIn !== Number.POSITIVE_INFINITY)
    journey.memory.set(
      deadline,
      clock.after(Math.max(1, answer.nextIn), () => check(journey), true),
    );
}
