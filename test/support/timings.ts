import type { Timings } from '../../src/contract/netlog.ts';

/** Of a hop to which nothing has happened. */
export const NO_TIMINGS: Timings = {
  queued: -1,
  resolveStart: -1,
  connectStart: -1,
  proxyStart: -1,
  tlsStart: -1,
  connected: -1,
  sent: -1,
  headReceived: -1,
  ended: -1,
  reused: false,
};
