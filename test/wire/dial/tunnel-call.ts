import { systemClock } from '../../../src/base/clock.ts';
import type { Authority } from '../../../src/contract/authority.ts';
import type { Clock } from '../../../src/contract/clock.ts';
import type { Failure } from '../../../src/contract/failure.ts';
import type { Hop } from '../../../src/contract/hop.ts';
import type { ProxyPeer } from '../../../src/contract/proxy.ts';
import type { ByteStream } from '../../../src/contract/stream.ts';
import { Dial } from '../../../src/wire/dial/dial.ts';
import { Issuers } from '../../../src/wire/dial/issuers.ts';
import type { Network } from '../../../src/wire/dial/network.ts';
import { nodeNetwork } from '../../../src/wire/dial/node-network.ts';
import { Resolver } from '../../../src/wire/dial/resolver.ts';
import { Sessions } from '../../../src/wire/dial/sessions.ts';
import type { Route } from '../../../src/wire/route.ts';
import { FakeAuthority } from '../../support/fake-authority.ts';
import { within } from '../../support/once.ts';

export interface CallOptions {
  readonly authority?: Authority;
  readonly clock?: Clock;
  readonly network?: Network;
  readonly asker?: () => Hop | null;
  readonly route?: Partial<Route>;
  readonly issuers?: Issuers;
}

/** A dial through a proxy over real sockets: to `target.test` by default, and not secured. */
export class TunnelCall {
  readonly events: string[] = [];
  readonly dial: Dial;
  stream: ByteStream | null = null;
  problem: Failure | null = null;
  private readonly over: Promise<void>;

  constructor(proxy: ProxyPeer, port: number, options: CallOptions = {}) {
    const { network = nodeNetwork, clock = systemClock, authority = new FakeAuthority() } = options;
    const resolver = new Resolver(network, clock);
    const route: Route = {
      key: 'k',
      host: 'target.test',
      port,
      socket: '',
      secure: false,
      peerName: '',
      probes: null,
      local: null,
      tls: null,
      http2: 'off',
      http2Settings: null,
      proxy,
      absolute: false,
      proxyTls: null,
      ...options.route,
    };
    const tools = { network, clock, resolver, authority, sessions: new Sessions(clock) };
    let finish: () => void;
    this.over = new Promise((resolve) => {
      finish = resolve;
    });
    const note = (event: string): number => this.events.push(event);
    this.dial = new Dial(
      route,
      ['http/1.1'],
      { ...tools, issuers: options.issuers ?? new Issuers(tools) },
      {
        resolving: () => note('resolving'),
        connecting: () => note('connecting'),
        attempt: () => note('attempt'),
        proxying: () => {},
        securing: () => note('securing'),
        sharesKeys: () => false,
        sharedKey: () => null,
        distrusted: () => false,
        asker: options.asker ?? (() => null),
        done: (stream) => {
          this.stream = stream;
          note('done');
          finish();
        },
        failed: (problem) => {
          this.problem = problem;
          note('failed');
          finish();
        },
      },
    );
    this.dial.start();
  }

  async end(): Promise<this> {
    await within(this.over, 'the end of the dial');
    return this;
  }

  [Symbol.dispose](): void {
    this.dial.cancel();
    this.stream?.destroy();
  }
}
