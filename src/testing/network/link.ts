/**
 * What goes wrong on one way of a connection. The number counts the bytes of this way that still get through, those of a handshake not counted; 0
 * lets none of them through.
 *
 * - `reset`: the connection breaks, for both.
 * - `close`: the peer closes its socket; who sends to it afterwards is reset.
 * - `stall`: this way carries nothing more, the other one goes on.
 * - `vanish`: neither way carries anything any more, and nobody is told: a cable was pulled, or a firewall forgot the connection.
 * - `forget`: the peer was started anew and knows nothing of the connection: what is sent to it next is answered with a reset.
 */
export type TestLinkFault =
  | { readonly reset: number }
  | { readonly close: number }
  | { readonly stall: number }
  | { readonly vanish: number }
  | { readonly forget: number };

/** How fast and how well one way carries bytes. All of it may be left out: then they are there at once. */
export interface TestPace {
  /** Milliseconds from one end to the other. Default 0. A connection takes two ways to stand, TLS two more. */
  readonly latency?: number;
  /** Up to so many milliseconds more, by the seed; the order stays. Default 0. */
  readonly jitter?: number;
  /** Bytes a second. A peer that reads slowly is one with little bandwidth and a small window. Default unlimited. */
  readonly bandwidth?: number;
  /** How likely a segment is lost, 0 to below 1, by the seed. It comes after a pause and holds up all behind it, as TCP does. Default 0. */
  readonly loss?: number;
  /** Milliseconds of that pause, twice as many each time the segment is lost again. Default 200. */
  readonly retransmission?: number;
  /** Bytes that may be under way or unread; who has more to send waits. Default 65536. */
  readonly window?: number;
  /** Bytes a segment has at most; `random` is 1 to 1460, by the seed. What is sent is cut accordingly. Default 65536. */
  readonly segment?: number | 'random';
  /** Milliseconds for which small segments are held back to be sent as one. Default 0: none is. */
  readonly gather?: number;
}

export interface TestWay extends TestPace {
  readonly fault?: TestLinkFault;
}

/** What lies between a client and an address: nothing of it is said by the server. */
export interface TestLink extends TestPace {
  /**
   * What comes of an attempt to connect. `refused`: nobody listens; `unreachable`: a router says no; `timeout`: no answer, and the system gives up
   * after 130 s. Default: it connects.
   */
  readonly connect?: 'refused' | 'unreachable' | 'timeout';
  /**
   * What comes of a TLS handshake. `refused`: an alert; `reset` and `close`: the connection ends in the middle of it; `stall`: no answer. Default: it
   * succeeds, whatever the certificate is worth.
   */
  readonly tls?: 'refused' | 'reset' | 'close' | 'stall';
  /** From the client to the server; what is not said here is as above. */
  readonly sending?: TestWay;
  /** From the server to the client. */
  readonly receiving?: TestWay;
}

/** One for all attempts to connect, or a decision for each; `nth` counts those to one address and port, from 1. */
export type TestLinks = TestLink | ((nth: number) => TestLink);

/** One way as a lane uses it. */
export interface WayRules {
  readonly latency: number;
  readonly jitter: number;
  readonly bandwidth: number;
  readonly loss: number;
  readonly retransmission: number;
  readonly window: number;
  readonly segment: number | 'random';
  readonly gather: number;
  readonly fault: TestLinkFault | null;
}

export interface LinkRules {
  readonly connect: NonNullable<TestLink['connect']> | null;
  readonly tls: NonNullable<TestLink['tls']> | null;
  readonly up: WayRules;
  readonly down: WayRules;
}

const DEFAULTS: WayRules = {
  ...{ latency: 0, jitter: 0, bandwidth: Number.POSITIVE_INFINITY, loss: 0, retransmission: 200 },
  ...{ window: 65_536, segment: 65_536, gather: 0, fault: null },
};

const PLAIN: LinkRules = { connect: null, tls: null, up: DEFAULTS, down: DEFAULTS };
const read = new WeakMap<TestLink, LinkRules>();

/** The rules of a link, checked once. Throws a RangeError for what no link can be. */
export function rulesOf(link: TestLink | undefined, where: string): LinkRules {
  if (link === undefined) return PLAIN;
  let rules = read.get(link);
  if (rules === undefined) {
    const { connect = null, tls = null, sending, receiving, ...pace } = link;
    rules = { connect, tls, up: wayOf({ ...pace, ...sending }, where), down: wayOf({ ...pace, ...receiving }, where) };
    read.set(link, rules);
  }
  return rules;
}

function wayOf(way: TestWay, where: string): WayRules {
  const rules: WayRules = { ...DEFAULTS, ...way };
  const { segment, fault } = rules;
  const least = { latency: 0, jitter: 0, bandwidth: 1, loss: 0, retransmission: 0, window: 1, gather: 0 } as const;
  for (const [name, from] of Object.entries(least)) {
    const value = rules[name as keyof typeof least];
    if (!(typeof value === 'number' && value >= from))
      throw new RangeError(`The link to ${where} expects ${name} to be a number from ${from}; got ${String(value)}.`);
  }
  if (rules.loss >= 1)
    throw new RangeError(
      `The link to ${where} expects loss below 1, else nothing ever arrives; got ${rules.loss}. See { stall: 0 }.`,
    );
  if (segment !== 'random' && !(segment >= 1))
    throw new RangeError(`The link to ${where} expects segment to be a number from 1, or 'random'; got ${String(segment)}.`);
  if (fault !== null && !(faultOf(fault).at >= 0))
    throw new RangeError(`The link to ${where} expects a fault to say after how many bytes, as { reset: 100 }.`);
  return rules;
}

export type TestFaultKind = 'reset' | 'close' | 'stall' | 'vanish' | 'forget';

export function faultOf(fault: TestLinkFault): { readonly kind: TestFaultKind; readonly at: number } {
  const [[kind, at]] = Object.entries(fault) as [[TestFaultKind, number]];
  return { kind, at };
}
