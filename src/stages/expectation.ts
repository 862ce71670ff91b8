import type { Stage } from '../contract/stage.ts';
import { EXPECTATION, expectsContinue, repeatsWithout } from '../rules/expectation.ts';

/** Announces that the body waits for 100 (Continue), where that is wished, and does without it when the server refuses (RFC 9110 10.1.1). */
export const expectation: Stage = {
  name: 'expectation',
  outward(hop, journey) {
    if (journey.ask.wishes.expectContinue === 0) return 'go';
    // a redirect may have left the body behind
    const wanted = hop.body !== null && hop.body.length !== 0 && journey.memory.get(expectation) !== journey.trip;
    if (wanted === expectsContinue(hop.headers)) return 'go';
    hop.headers = hop.headers.copy();
    if (wanted) hop.headers.append('Expect', EXPECTATION);
    else hop.headers.remove('Expect');
    return 'go';
  },
  inward(hop, head, journey) {
    if (head.status !== 417 || journey.ask.wishes.expectContinue === 0) return 'go';
    const replayable = hop.body?.replayable === true;
    if (!repeatsWithout({ status: head.status, expected: expectsContinue(hop.headers), replayable })) return 'go';
    journey.memory.set(expectation, journey.trip);
    journey.reroute(journey.trip);
    return 'again';
  },
};
