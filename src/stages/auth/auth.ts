import type { Conversation, Credentials } from '../../contract/auth.ts';
import type { NegotiateSource, TokenSource } from '../../contract/auth-sources.ts';
import type { Authority } from '../../contract/authority.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Keyring } from '../../contract/keyring.ts';
import type { ProxyPeer } from '../../contract/proxy.ts';
import type { Journey, Stage } from '../../contract/stage.ts';
import { goesAbsolute } from '../../rules/proxy/ways.ts';
import { Challenged, type Challenger } from './challenged.ts';
import type { AuthDesk } from './desk.ts';
import { Heights } from './heights.ts';
import { originParty, proxyParty } from './party.ts';
import { People } from './people.ts';
import { Questions } from './questions.ts';
import { Rounds } from './rounds.ts';
import { SocksQuestion } from './socks-question.ts';
import { Tokens } from './tokens.ts';

export interface AuthenticationOptions {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly tokens?: TokenSource | null;
  readonly negotiate?: NegotiateSource | null;
  /** Hosts that tickets go to, in lower case; `.example.org` = all below it. */
  readonly ticketHosts?: readonly string[];
  /** Name and password for a host, from a file of the user's. */
  readonly netrc?: ((host: string) => Credentials | null) | null;
  /** A peer that has accepted a stronger scheme may ask for a weaker one. Default false. */
  readonly allowWeaker?: boolean;
}

/**
 * Says who asks, to origins and to proxies that want to know (RFC 9110 11). Two stages: `origin` answers 401, `proxy` the 407 of those who
 * are told whole requests. It is the authority for those who open tunnels.
 */
export class Authentication implements Authority {
  readonly origin: Stage;
  readonly proxy: Stage;
  private readonly desk: AuthDesk;

  constructor(options: AuthenticationOptions) {
    const { clock, keyring, tokens = null, negotiate = null } = options;
    const { ticketHosts = [], netrc = null, allowWeaker = false } = options;
    const tools = { clock, tokens: new Tokens(tokens), negotiate, ticketHosts };
    const [questions, people, heights] = [new Questions(clock), new People(clock), new Heights()];
    this.desk = { keyring, questions, people, heights, tools, netrc, allowWeaker };
    this.origin = new Challenged(this.origins(), keyring);
    this.proxy = new Challenged(this.proxies(), keyring);
  }

  /** Forgets everything about everybody. What is under way goes on with what it has. */
  clear(): void {
    const { keyring, heights, tools } = this.desk;
    keyring.clear();
    heights.clear();
    tools.tokens.clear();
  }

  // Authority

  converse(proxy: ProxyPeer, asker: () => Hop | null): Conversation {
    // Qt names nobody when a tunnel is refused once more
    return new Rounds(this.desk, proxyParty(proxy, asker, false));
  }

  known(proxy: ProxyPeer, asker: () => Hop | null): Credentials | null {
    const { peer, given, reuse } = proxyParty(proxy, asker, true);
    const kept = reuse ? this.desk.keyring.forRealm(peer.partition, peer.key, '', given?.user ?? '') : null;
    return kept?.credentials ?? given;
  }

  askFor(
    proxy: ProxyPeer,
    rejected: Credentials | null,
    asker: () => Hop | null,
    answer: (credentials: Credentials | null) => void,
  ): () => void {
    const party = proxyParty(proxy, asker, true);
    const { keyring } = this.desk;
    const { partition, key } = party.peer;
    const kept = keyring.forRealm(partition, key, '', party.given?.user ?? '');
    if (kept !== null && kept.credentials?.password === rejected?.password) keyring.drop(partition, kept);
    const question = new SocksQuestion(this.desk, party, rejected, answer);
    question.start();
    return () => question.cancel();
  }

  learned(proxy: ProxyPeer, credentials: Credentials, asker: () => Hop | null): void {
    const { peer, given, reuse } = proxyParty(proxy, asker, true);
    if (!reuse) return;
    const space = { origin: peer.key, realm: '', roots: ['/'] };
    this.desk.keyring.keep(peer.partition, { space, credentials, signer: null }, [given?.user ?? '', '', credentials.user]);
  }

  // who challenges

  private origins(): Challenger {
    /** Who was sent to another origin on its way. */
    const strayed = new WeakSet<Journey>();
    return {
      name: 'authentication',
      status: 401,
      challenge: 'WWW-Authenticate',
      answer: 'Authorization',
      info: 'Authentication-Info',
      peer: () => null,
      moved: (hop, journey) => {
        if (hop.url.origin !== journey.ask.url.origin) strayed.add(journey);
      },
      rounds: (hop, journey) => new Rounds(this.desk, originParty(hop, journey, !strayed.has(journey))),
      // for both stages
      settled: () => this.desk.people.settle(),
    };
  }

  private proxies(): Challenger {
    return {
      name: 'proxy-authentication',
      status: 407,
      challenge: 'Proxy-Authenticate',
      answer: 'Proxy-Authorization',
      info: 'Proxy-Authentication-Info',
      peer: ({ url, ask, proxy }) => (proxy !== null && goesAbsolute(url, ask.wishes, proxy) ? proxy : undefined),
      rounds: (hop, journey) =>
        new Rounds(
          this.desk,
          proxyParty(hop.proxy!, () => journey.hop, true),
        ),
    };
  }
}
