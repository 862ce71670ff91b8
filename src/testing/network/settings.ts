import type { TestClock } from './clock.ts';
import type { TestLinks } from './link.ts';
import type { TestNames } from './names.ts';
import type { TestProxy } from './proxy.ts';
import type { TestService } from './services.ts';
import type { TestEvent } from './trace.ts';

/** What there is in a {@link TestNetwork}. All of it may be left out. */
export interface TestNetworkScript {
  /** What is served, by `http://name`, `https://name` or with a port of its own. A name that is only here has an address of its own. */
  readonly origins?: Readonly<Record<string, TestService>>;
  /** What the name server says to names. */
  readonly names?: Readonly<Record<string, TestNames>>;
  /** What lies between us and a name or an address, with `:port` for that port alone, or `*` for all others. */
  readonly links?: Readonly<Record<string, TestLinks>>;
  /** Proxies, by `http://name:port`, `https://name:port` (TLS to the proxy) or `socks5://name:port`. */
  readonly proxies?: Readonly<Record<string, TestProxy>>;
  /** What is served on local sockets, by their paths; `refused` is one that its server has left behind. */
  readonly sockets?: Readonly<Record<string, TestService | 'refused'>>;
  /** All that looks like chance comes from it. Default 1. */
  readonly seed?: number;
  /** What is to happen in the same moment happens in an order drawn by the seed. Default false: in the order in which it was set off. */
  readonly shuffle?: boolean;
  /** Told of each event while it happens, also of those beyond the first 10,000. It is to look and not to touch. */
  readonly watch?: (event: TestEvent) => void;
  /** Default one that goes on by itself. */
  readonly clock?: TestClock;
}
