import type { ProxyServer } from '../../rules/proxy/proxy-url.ts';

/** Which proxies are for a URL, and why. */
export interface ProxyDecision {
  /** The ways to try, the best first; null = directly. None when there is a problem. */
  readonly ways: readonly (ProxyServer | null)[];
  /** What was looked at, in this order, in words without secrets; the last one has decided. */
  readonly steps: readonly string[];
  /** Why nothing could be decided, '' when it could. Requests fail then: going past a proxy unasked may break a rule of somebody's house. */
  readonly problem: string;
}

/** The ways of a decision. Throws an Error with its problem. */
export function waysOf({ ways, problem }: ProxyDecision): ProxyDecision['ways'] {
  if (problem !== '') throw new Error(problem);
  return ways;
}
