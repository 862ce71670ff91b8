import type { Timeouts } from '../contract/ask.ts';
import type { Phase } from '../contract/failure.ts';
import type { Timings } from '../contract/netlog.ts';

export interface DeadlineQuestion {
  readonly timeouts: Timeouts;
  /** Of the hop under way. */
  readonly timings: Timings;
  /** Part of its body is still to go out. */
  readonly sending: boolean;
  readonly now: number;
  readonly started: number;
  readonly lastActivity: number;
}

/** Either a limit was passed, or nothing can pass before `nextIn` milliseconds. */
export type DeadlineAnswer =
  | { readonly expired: { readonly name: keyof Timeouts; readonly milliseconds: number }; readonly phase: Phase }
  | { readonly expired: null; readonly nextIn: number };

/** Which phase a hop is in, read off its milestones. */
export function phaseOf(t: Timings, sending = false): Phase {
  if (t.headReceived >= 0) return 'receive';
  if (t.sent >= 0) return sending ? 'send' : 'wait';
  if (t.tlsStart >= 0 && t.connected < 0) return 'tls';
  if (t.connectStart >= 0 && t.connected < 0) return 'connect';
  if (t.resolveStart >= 0 && t.connectStart < 0) return 'resolve';
  return 'queue';
}

/** Looks at all limits at once. A limit whose phase has not begun cannot pass sooner than its own length from now. */
export function checkDeadlines(q: DeadlineQuestion): DeadlineAnswer {
  const { timeouts, timings: t, now } = q;
  const phase = phaseOf(t, q.sending);
  let nextIn = Number.POSITIVE_INFINITY;
  let expired: DeadlineAnswer | null = null;
  const look = (name: keyof Timeouts, since: number | null): void => {
    const limit = timeouts[name];
    if (limit <= 0 || expired !== null) return;
    const left = since === null ? limit : since + limit - now;
    if (left <= 0) expired = { expired: { name, milliseconds: limit }, phase };
    else nextIn = Math.min(nextIn, left);
  };
  look('total', q.started);
  look('transfer', q.lastActivity);
  look('queue', phase === 'queue' ? t.queued : null);
  look('resolve', phase === 'resolve' ? t.resolveStart : null);
  look('connect', phase === 'connect' || phase === 'tls' ? t.connectStart : null);
  look('firstByte', phase === 'wait' ? t.sent : null);
  look('idle', phase === 'receive' ? q.lastActivity : null);
  return expired ?? { expired: null, nextIn };
}

const NAMES: Readonly<Record<keyof Timeouts, string>> = {
  transfer: 'no byte moved',
  queue: 'no connection became free',
  resolve: 'the name was not resolved',
  connect: 'no connection was established',
  firstByte: 'no answer began',
  idle: 'the answer stood still',
  total: 'the transfer was not complete',
};

/** The sentence for the error: which limit, after how long; where and in which phase is said by who shows it. */
export function deadlineText(name: keyof Timeouts, milliseconds: number): string {
  return `timed out: ${NAMES[name]} for ${milliseconds} ms (limit "${name}")`;
}
