import type { Timings } from '../../contract/netlog.ts';

export const PHASES = ['queue', 'resolve', 'connect', 'tls', 'send', 'wait', 'receive'] as const;
export type PhaseName = (typeof PHASES)[number];

/** Milliseconds spent in each phase; null when it did not happen (a reused connection resolves and connects nothing). */
export type PhaseTimes = Record<PhaseName, number | null> & { total: number };

/** Turns milestones into durations. Each phase lasts until the next milestone that was reached. */
export function phaseTimes(timings: Timings): PhaseTimes {
  const starts: readonly number[] = [
    timings.queued,
    timings.resolveStart,
    timings.connectStart,
    timings.tlsStart,
    timings.connected,
    timings.sent,
    timings.headReceived,
    timings.ended,
  ];
  const times: PhaseTimes = {
    queue: null,
    resolve: null,
    connect: null,
    tls: null,
    send: null,
    wait: null,
    receive: null,
    total: 0,
  };
  for (const [i, phase] of PHASES.entries()) {
    const start = starts[i]!;
    if (start < 0) continue;
    const end = starts.find((time, j) => j > i && time >= 0);
    if (end !== undefined) times[phase] = milliseconds(end - start);
  }
  if (timings.queued >= 0 && timings.ended >= 0) times.total = milliseconds(timings.ended - timings.queued);
  return times;
}

function milliseconds(value: number): number {
  return Math.round(Math.max(0, value) * 1000) / 1000;
}
