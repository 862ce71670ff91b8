import type { Marks } from './entry.ts';

export interface Phase {
  readonly key: 'queue' | 'dns' | 'connect' | 'proxy' | 'tls' | 'send' | 'wait' | 'receive';
  readonly name: string;
  /** Microseconds since the row began. */
  readonly from: number;
  readonly to: number;
}

/** What a row did with its time, in order; what did not happen is not in it. */
export function phasesOf(marks: Marks): Phase[] {
  const { lent, resolve, connect, proxy, tls, connected, sent, head, end } = marks;
  const has = connected >= 0 ? connected : lent;
  // an answer without a connection
  const stored = lent < 0 && head >= 0;
  const all = [
    ['queue', stored ? 'Looking into the store' : 'Waiting for a connection', 0, first(resolve, connect, has, sent, head, end)],
    ['dns', 'Looking up the name', resolve, first(connect, has, end)],
    ['connect', 'Connecting', connect, first(proxy, tls, has, end)],
    ['proxy', 'Asking the proxy', proxy, first(tls, has, end)],
    ['tls', 'TLS handshake', tls, first(has, end)],
    ['send', 'Sending', lent >= 0 ? lent : has, first(sent, head, end)],
    ['wait', 'Waiting for the answer', sent, first(head, end)],
    ['receive', 'Receiving', head, end],
  ] as const;
  return all.filter(([, , from, to]) => from >= 0 && to >= from).map(([key, name, from, to]) => ({ key, name, from, to }));
}

function first(...marks: readonly number[]): number {
  return marks.find((mark) => mark >= 0) ?? -1;
}
