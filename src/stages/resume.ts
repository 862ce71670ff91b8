import { failure } from '../contract/failure.ts';
import { FilterPhase } from '../contract/filter.ts';
import type { Hop } from '../contract/hop.ts';
import type { Journey, Stage } from '../contract/stage.ts';
import { Meter } from '../filters/meter.ts';
import { lengthOf, overlap, type Resumable, resumable, resumption } from '../rules/resume.ts';

/** Trips for the rest of one answer that came to nothing. */
const MOST_IN_VAIN = 3;

/** An answer that can be gone on with, and how much of it is here. */
interface Point {
  readonly answer: Resumable;
  readonly meter: Meter;
  /** What was here at the last try, and how many have brought nothing since. */
  passed: number;
  vain: number;
}

/**
 * Fetches the rest of an answer when its way out of the machine is gone while it comes: it asks another way for what is missing, and puts it
 * behind what is here, before anybody further out sees it. Next to the transport, so that it counts bytes as they came.
 */
export const resume: Stage = {
  name: 'resume',
  outward(hop, journey) {
    if (!hop.continues) return 'go';
    const { answer, meter } = journey.memory.get(resume) as Point;
    hop.headers = hop.headers.copy();
    for (const [name, value] of resumption(answer, meter.passed)) hop.headers.set(name, value);
    return 'go';
  },
  inward(hop, head, journey) {
    if (hop.continues) {
      const { answer, meter } = journey.memory.get(resume) as Point;
      const here = overlap(answer, meter.passed, head);
      if (here < 0) return journey.refuse(changed(hop, head.status));
      meter.skip(here, lengthOf(answer, head));
      return 'spliced';
    }
    if (hop.local === null || hop.stored) return 'go';
    const answer = resumable(hop.method, head);
    if (answer === null) journey.memory.delete(resume);
    else journey.insert(FilterPhase.raw, (target) => remember(journey, answer, new Meter(target)));
    return 'go';
  },
  broken(hop, problem, journey) {
    const point = journey.recall(resume) as Point | undefined;
    if (point === undefined || (problem.kind !== 'roamed' && !hop.continues)) return 'go';
    // the program has had all connections closed
    if (problem.kind === 'canceled') return 'go';
    const { passed } = point.meter;
    point.vain = passed > point.passed ? 0 : point.vain + 1;
    point.passed = passed;
    return point.vain > MOST_IN_VAIN ? 'go' : 'again';
  },
};

function remember(journey: Journey, answer: Resumable, meter: Meter): Meter {
  journey.memory.set(resume, { answer, meter, passed: -1, vain: 0 } satisfies Point);
  return meter;
}

function changed(hop: Hop, status: number) {
  const text = `the answer broke off, and its rest could not be had: ${hop.url.origin} answered ${status} to the request for it`;
  return failure('roamed', 'receive', text);
}
