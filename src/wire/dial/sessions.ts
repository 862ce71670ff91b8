import type { Clock } from '../../contract/clock.ts';
import { mayGoOn, type SessionFacts, sessionLifetime, TLS_1_3 } from '../../rules/tls-session.ts';
import type { KnownPeer } from './known-peer.ts';

/** A session that a new connection can go on with. */
export interface KeptSession {
  /** In OpenSSL's encoding. */
  readonly der: Uint8Array;
  readonly facts: SessionFacts;
  readonly peer: KnownPeer;
  /** When it came, milliseconds since 1970. */
  readonly since: number;
}

/** What is remembered of the connections of one route. */
interface Memory {
  peer: KnownPeer | null;
  /** The newest last. */
  readonly sessions: KeptSession[];
}

const MOST_ROUTES = 128;
/** As many connections as a route has by default. */
const MOST_SESSIONS = 6;

/**
 * The TLS sessions of one manager, by the key of the route they were made on. Two routes never share any: the key holds name, port,
 * configuration and partition. Only those are kept whose peer nothing spoke against; and they are given out only while that still holds.
 */
export class Sessions {
  /** Also those of a peer are kept whom somebody has accepted, for the connections of him who did. */
  readonly personal: boolean;
  private readonly clock: Clock;
  private readonly routes = new Map<string, Memory>();

  constructor(clock: Clock, personal = false) {
    this.clock = clock;
    this.personal = personal;
  }

  /** Whom the last connection of the route has met. */
  peer(route: string): KnownPeer | null {
    return this.routes.get(route)?.peer ?? null;
  }

  met(route: string, peer: KnownPeer): void {
    this.at(route).peer = peer;
  }

  keep(route: string, session: KeptSession): void {
    const { sessions } = this.at(route);
    // before TLS 1.3 one session serves all, and the newest is the one that the server will know longest
    if (session.facts.version < TLS_1_3) sessions.length = 0;
    else if (sessions.length >= MOST_SESSIONS) sessions.shift();
    sessions.push(session);
  }

  /** One that was taken and not used; unless all was forgotten meanwhile. */
  putBack(route: string, session: KeptSession): void {
    if (this.routes.has(route)) this.keep(route, session);
  }

  /** A session to go on with; those of TLS 1.3 are given out once (RFC 8446 C.4). */
  take(route: string): KeptSession | null {
    const sessions = this.routes.get(route)?.sessions ?? [];
    for (let session = sessions.at(-1); session !== undefined; session = sessions.at(-1)) {
      if (!isFresh(session, this.clock.wall())) sessions.pop();
      else return session.facts.version < TLS_1_3 ? session : sessions.pop()!;
    }
    return null;
  }

  /** Forgets the sessions of a route: one of them did not work. */
  drop(route: string): void {
    const memory = this.routes.get(route);
    if (memory !== undefined) memory.sessions.length = 0;
  }

  clear(): void {
    this.routes.clear();
  }

  now(): number {
    return this.clock.wall();
  }

  private at(route: string): Memory {
    const memory = this.routes.get(route) ?? { peer: null, sessions: [] };
    // the one used last is the last to go
    this.routes.delete(route);
    this.routes.set(route, memory);
    if (this.routes.size > MOST_ROUTES) this.routes.delete(this.routes.keys().next().value!);
    return memory;
  }
}

/** Whether a session may be used at this time. */
export function isFresh({ facts, peer, since }: KeptSession, now: number): boolean {
  return mayGoOn({ since, lifetime: sessionLifetime(facts), from: peer.from, to: peer.to }, now);
}
