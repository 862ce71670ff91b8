import type { Url } from '../base/url.ts';
import { failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { Journey, Stage, Verdict } from '../contract/stage.ts';
import { isRedirect, redirectAnswer, redirectTrip } from '../rules/redirect.ts';

/**
 * Goes where the server says, as far as the policy of the request allows; the sink hears of every hop. `secured` gives the URL of a host
 * that wants to be reached over TLS only; the policy judges that one.
 */
export function redirect(secured: (url: Url) => Url): Stage {
  const stage: Stage = {
    name: 'redirect',
    inward(hop, head, journey) {
      if (head.status < 300 || !isRedirect(head.status)) return 'go';
      const { wishes } = journey.ask;
      const followed = (journey.memory.get(stage) as number | undefined) ?? 0;
      const answer = redirectAnswer({
        status: head.status,
        location: head.headers.get('Location'),
        url: hop.url,
        secured,
        policy: wishes.redirects,
        followed,
        most: wishes.mostRedirects,
      });
      if (answer.kind === 'none') return 'go';
      const { sink } = journey;
      sink.hopHead(head);
      if (journey.over) return 'fail';
      if (answer.kind === 'refuse') {
        if (answer.url !== null) sink.misled(answer.url);
        return journey.refuse(answer.failure);
      }
      const trip = redirectTrip(journey.trip, head.status, answer.url, wishes.secretHeaders);
      if (trip.body !== null && !trip.body.replayable) return journey.refuse(bodyGone(head));
      journey.memory.set(stage, followed + 1);
      if (hop.noting) hop.note('again', { kind: 'redirect', why: `redirect ${head.status}`, url: trip.url.hrefWithoutUserInfo });
      return go(journey, trip);
    },
  };
  return stage;
}

function bodyGone(head: Head): ReturnType<typeof failure> {
  return failure(
    'resend',
    'receive',
    `the server answered ${head.status} and wants the body at another address, and it cannot be sent again: give a function that opens it anew`,
  );
}

function go(journey: Journey, trip: Journey['trip']): Verdict {
  const { sink } = journey;
  journey.reroute(trip);
  const { redirects } = journey.ask.wishes;
  if (redirects !== 'ask' && redirects !== 'web') {
    sink.redirecting(trip, null);
    return 'again';
  }
  let allowed = false;
  let waits = false;
  sink.redirecting(trip, () => {
    if (allowed) return;
    allowed = true;
    if (waits) journey.proceed('again');
  });
  waits = true;
  return allowed ? 'again' : 'wait';
}
