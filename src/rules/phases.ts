import type { Timings } from '../contract/netlog.ts';

/** How long each phase of a hop took, milliseconds; -1 = it did not happen. */
export interface Phases {
  /** Until there was a connection, or somebody began to open one. */
  readonly queue: number;
  readonly dns: number;
  readonly connect: number;
  /** Asking the proxies of the route for their way on. */
  readonly proxy: number;
  readonly tls: number;
  readonly send: number;
  /** From the last byte sent to the first of the final head. */
  readonly wait: number;
  readonly receive: number;
}

/** The phases between the milestones of a hop. `lent`: when it was given its connection, as the entry `lend` of the netlog says; -1 = unknown. */
export function phasesOf(timings: Timings, lent = -1): Phases {
  const { queued, resolveStart, connectStart, proxyStart, tlsStart, connected, headReceived, ended } = timings;
  // the answer to a body may come before all of it is there: what is sent from then on is sent while it is received
  const sent = headReceived >= 0 && timings.sent > headReceived ? headReceived : timings.sent;
  const has = connected >= 0 ? connected : lent;
  return {
    queue: between(queued, resolveStart, connectStart, has, sent, headReceived, ended),
    dns: between(resolveStart, connectStart, has, ended),
    connect: between(connectStart, proxyStart, tlsStart, has, ended),
    proxy: between(proxyStart, tlsStart, has, ended),
    tls: between(tlsStart, has, ended),
    send: between(has, sent, headReceived, ended),
    wait: between(sent, headReceived, ended),
    receive: between(headReceived, ended),
  };
}

/** From a milestone to the first of the others that was reached. */
function between(start: number, ...ends: readonly number[]): number {
  if (start < 0) return -1;
  const end = ends.find((time) => time >= 0);
  return end === undefined ? -1 : Math.round(Math.max(0, end - start) * 1000) / 1000;
}
