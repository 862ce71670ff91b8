import type { Conversation, Credentials } from './auth.ts';
import type { Hop } from './hop.ts';
import type { ProxyPeer } from './proxy.ts';

/** Who answers proxies while a connection is made. `asker` gives the hop on whose behalf that happens, null when there is none any more. */
export interface Authority {
  converse(proxy: ProxyPeer, asker: () => Hop | null): Conversation;
  /** Name and password for a SOCKS proxy: those it is known by; null = none. */
  known(proxy: ProxyPeer, asker: () => Hop | null): Credentials | null;
  /**
   * A SOCKS proxy wants a name and password, or does not accept `rejected`. `answer` is called once, at once or later, unless the
   * function returned is called before; null = nobody knows any.
   */
  askFor(
    proxy: ProxyPeer,
    rejected: Credentials | null,
    asker: () => Hop | null,
    answer: (credentials: Credentials | null) => void,
  ): () => void;
  /** The SOCKS proxy has accepted these. */
  learned(proxy: ProxyPeer, credentials: Credentials, asker: () => Hop | null): void;
}
