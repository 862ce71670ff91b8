import { describe, expect, it } from 'vitest';
import { type Failure, failure } from '../../../src/contract/failure.ts';
import type { SecureInfo, TlsWish } from '../../../src/contract/security.ts';
import type { ByteStream } from '../../../src/contract/stream.ts';
import { Dial } from '../../../src/wire/dial/dial.ts';
import { Issuers } from '../../../src/wire/dial/issuers.ts';
import { Resolver } from '../../../src/wire/dial/resolver.ts';
import { Sessions } from '../../../src/wire/dial/sessions.ts';
import type { Route } from '../../../src/wire/route.ts';
import { ManualClock } from '../../support/clock.ts';
import { FakeAuthority } from '../../support/fake-authority.ts';
import { PLAIN_WISH, SECURED, SimulatedNetwork } from './simulated-network.ts';

type Event = 'resolving' | 'connecting' | 'attempt' | 'securing' | 'distrusted' | 'done' | 'failed';

const PLAIN: Route = {
  key: 'k',
  host: 'host.test',
  port: 80,
  socket: '',
  secure: false,
  peerName: '',
  probes: null,
  local: null,
  tls: null,
  http2: 'off',
  http2Settings: null,
  proxy: null,
  absolute: false,
  proxyTls: null,
};
const SECURE: Route = { ...PLAIN, port: 443, secure: true, peerName: 'name.test' };

class Call {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly resolver = new Resolver(this.network, this.clock);
  readonly sessions = new Sessions(this.clock);
  readonly issuers = new Issuers({ network: this.network, resolver: this.resolver, clock: this.clock });
  readonly events: Event[] = [];
  stream: ByteStream | null = null;
  problem: Failure | null = null;
  /** Somebody has a key; doubts are passed over. */
  readonly keys: boolean;
  readonly trusting: boolean;
  asked: SecureInfo | null = null;
  readonly dial: Dial;

  constructor(route: Route, cancelAt?: Event, { keys = false, trusting = false } = {}) {
    this.keys = keys;
    this.trusting = trusting;
    const note = (event: Event): void => {
      this.events.push(event);
      if (event === cancelAt) this.dial.cancel();
    };
    this.dial = new Dial(
      route,
      ['http/1.1'],
      {
        network: this.network,
        resolver: this.resolver,
        clock: this.clock,
        sessions: this.sessions,
        issuers: this.issuers,
        authority: new FakeAuthority(),
      },
      {
        resolving: () => note('resolving'),
        connecting: () => note('connecting'),
        attempt: () => note('attempt'),
        proxying: () => {},
        securing: () => note('securing'),
        sharesKeys: () => this.keys,
        sharedKey: (hint) => ({ identity: `for ${hint}`, key: Buffer.from('k') }),
        distrusted: (info) => {
          this.asked = info;
          note('distrusted');
          return this.trusting;
        },
        asker: () => null,
        done: (stream) => {
          this.stream = stream;
          note('done');
        },
        failed: (problem) => {
          this.problem = problem;
          note('failed');
        },
      },
    );
    this.dial.start();
  }

  /** Everything goes well from here on. */
  go(): void {
    for (const lookup of this.network.lookups) if (!lookup.over) lookup.finds('192.0.2.1', '192.0.2.2');
    for (const step of [...this.network.connects]) if (step.running) step.succeeds();
    for (const step of [...this.network.secures]) if (step.running) step.succeeds();
  }
}

describe('a dial', () => {
  it('goes from name to connection', () => {
    const call = new Call(PLAIN);
    call.go();
    expect(call.events).toEqual(['resolving', 'connecting', 'attempt', 'done']);
    expect(call.stream).toMatchObject({ remoteAddress: '192.0.2.1', remotePort: 80, secure: null });
  });

  it('lays TLS over it for https, with the name to verify', () => {
    const call = new Call(SECURE);
    call.go();
    expect(call.events).toEqual(['resolving', 'connecting', 'attempt', 'securing', 'done']);
    expect(call.network.connects[0]!.connect).toMatchObject({ port: 443, secure: { peerName: 'name.test' } });
    expect(call.network.connects[0]!.connect!.secure).toBe(call.network.secures[0]!.secure);
    expect(call.network.secures[0]!.secure).toEqual({
      route: 'k',
      sessions: call.sessions,
      peerName: 'name.test',
      alpn: ['http/1.1'],
      wish: null,
      sharedKey: null,
    });
    expect(call.stream!.secure).not.toBeNull();
  });

  it('goes straight to a local socket', () => {
    const call = new Call({ ...PLAIN, host: '', socket: '/run/x.sock' });
    expect(call.network.connects.map(({ path }) => path)).toEqual(['/run/x.sock']);
    call.go();
    expect(call.events).toEqual(['connecting', 'attempt', 'done']);
    expect(call.network.lookups).toEqual([]);
  });

  it('does not try a local socket that cannot be', () => {
    const call = new Call({ ...PLAIN, socket: `/${'x'.repeat(300)}` });
    expect(call.events).toEqual(['failed']);
    expect(call.problem).toMatchObject({ kind: 'not-found', phase: 'connect' });
    expect(call.network.connects).toEqual([]);
  });

  it('calls again while the queue of a local socket is full, for half a minute', () => {
    const full = (): Failure => failure('refused', 'connect', 'full', { cause: { code: 'EAGAIN' } });
    const call = new Call({ ...PLAIN, socket: '/run/x.sock' });
    const pauses: number[] = [];
    for (let last = 0; call.problem === null; last = call.clock.now()) {
      call.network.connects.at(-1)!.fails(full());
      const tries = call.network.connects.length;
      while (call.problem === null && call.network.connects.length === tries) call.clock.advance(1);
      if (call.problem === null) pauses.push(call.clock.now() - last);
    }
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 160, 160]);
    expect(call.clock.now()).toBeGreaterThanOrEqual(30_000);
    expect(call.clock.now()).toBeLessThan(30_200);
    expect([call.problem!.message, call.events.at(-1)]).toEqual(['full', 'failed']);
    expect(call.network.open).toBe(0);
  });

  it('calls no more once it was given up', () => {
    const call = new Call({ ...PLAIN, socket: '/run/x.sock' });
    call.network.connects[0]!.fails(failure('refused', 'connect', 'full', { cause: { code: 'EAGAIN' } }));
    call.dial.cancel();
    call.clock.advance(1_000);
    expect(call.network.connects.length).toBe(1);
    expect(call.events).toEqual(['connecting', 'attempt']);
  });

  it.each([
    ['connecting', true],
    ['attempt', true],
    ['attempt', false],
  ] as const)('to a local socket may be given up while %s is told, whether it succeeds: %s', (event, wins) => {
    const call = new Call({ ...PLAIN, socket: '/run/x.sock' }, event);
    const step = call.network.connects[0];
    if (step !== undefined) {
      if (wins) step.succeeds();
      else step.fails();
    }
    expect([call.stream, call.problem, call.network.open]).toEqual([null, null, 0]);
    expect(call.events).toEqual(event === 'attempt' ? ['connecting', 'attempt'] : ['connecting']);
  });

  it('needs a host', () => {
    const call = new Call({ ...PLAIN, host: '' });
    expect(call.problem).toMatchObject({ kind: 'not-found', phase: 'resolve' });
  });

  const failing: [what: string, route: Route, act: (call: Call) => void, kind: string, phase: string][] = [
    ['the name', PLAIN, (c) => c.network.lookups[0]!.fails(), 'not-found', 'resolve'],
    [
      'the address',
      PLAIN,
      (c) => {
        c.network.lookups[0]!.finds('192.0.2.1');
        c.network.connects[0]!.fails();
      },
      'refused',
      'connect',
    ],
    [
      'TLS',
      SECURE,
      (c) => {
        c.network.lookups[0]!.finds('192.0.2.1');
        c.network.connects[0]!.succeeds();
        c.network.secures[0]!.fails(failure('tls', 'tls', 'no'));
      },
      'tls',
      'tls',
    ],
  ];
  for (const [what, route, act, kind, phase] of failing) {
    it(`fails once, of ${what}`, () => {
      const call = new Call(route);
      act(call);
      expect(call.problem).toMatchObject({ kind, phase });
      expect(call.events.filter((e) => e === 'failed' || e === 'done')).toEqual(['failed']);
      expect(call.clock.running).toBe(0);
    });
  }

  it('asks for the name again after no address could be reached', () => {
    const call = new Call(PLAIN);
    call.network.lookups[0]!.finds('192.0.2.1');
    call.network.connects[0]!.fails();
    call.resolver.resolve('host.test', () => {});
    expect(call.network.lookups).toHaveLength(2);
  });

  it('does not ask again when only TLS failed', () => {
    const call = new Call(SECURE);
    call.network.lookups[0]!.finds('192.0.2.1');
    call.network.connects[0]!.succeeds();
    call.network.secures[0]!.fails(failure('tls', 'tls', 'no'));
    call.resolver.resolve('host.test', () => {});
    expect(call.network.lookups).toHaveLength(1);
  });

  for (const event of ['resolving', 'connecting', 'attempt', 'securing'] as const) {
    it(`called off inside "${event}" goes no further and leaves nothing open`, () => {
      const call = new Call(SECURE, event);
      call.go();
      expect(call.events.at(-1)).toBe(event);
      expect([call.stream, call.problem]).toEqual([null, null]);
      expect(call.network.open).toBe(0);
      expect(call.clock.running).toBe(0);
    });
  }

  const steps: [when: string, act: (call: Call) => void][] = [
    ['during the look-up', () => {}],
    ['while connecting', (c) => c.network.lookups[0]!.finds('192.0.2.1', '192.0.2.2')],
    [
      'during the handshake',
      (c) => {
        c.network.lookups[0]!.finds('192.0.2.1');
        c.network.connects[0]!.succeeds();
      },
    ],
  ];
  for (const [when, act] of steps) {
    it(`called off ${when} leaves nothing open and says nothing`, () => {
      const call = new Call(SECURE);
      act(call);
      const told = call.events.filter((e) => e !== 'attempt').length;
      call.dial.cancel();
      call.dial.cancel();
      expect(call.network.open).toBe(0);
      call.go();
      expect(call.events.filter((e) => e !== 'attempt')).toHaveLength(told);
      expect(call.network.open).toBe(0);
      expect(call.clock.running).toBe(0);
    });
  }
});

const WISH: TlsWish = { ...PLAIN_WISH, depth: 3 };
const DOUBTED: SecureInfo = {
  ...SECURED,
  chain: [Buffer.from('c')],
  doubts: [{ code: 'CERT_HAS_EXPIRED', at: 0 }],
  doubted: true,
};

describe('a dial to a peer that is doubted', () => {
  const run = (tls: TlsWish | null, info: SecureInfo, trusting: boolean, cancelAt?: Event): Call => {
    const call = new Call({ ...SECURE, tls }, cancelAt, { trusting });
    call.network.lookups[0]!.finds('192.0.2.1');
    call.network.connects[0]!.succeeds();
    call.network.secures[0]!.succeeds(info);
    return call;
  };
  const told = ['resolving', 'connecting', 'attempt', 'securing', 'distrusted'];
  const bare: SecureInfo = { ...DOUBTED, chain: [], doubts: [{ code: 'NO_PEER_CERTIFICATE', at: -1 }] };

  const rows: [what: string, tls: TlsWish | null, info: SecureInfo, trusting: boolean, events: string[]][] = [
    ['goes on when somebody trusts it', null, DOUBTED, true, [...told, 'done']],
    ['fails when nobody does', null, DOUBTED, false, [...told, 'failed']],
    ['fails with a wish, too', WISH, DOUBTED, false, [...told, 'failed']],
    ['tells and goes on', { ...WISH, verify: 'tell' }, DOUBTED, false, [...told, 'done']],
    ['may ignore that there is no certificate', WISH, bare, true, [...told, 'done']],
    ['may not where one is needed', { ...WISH, certificateNeeded: true }, bare, true, [...told.slice(0, 4), 'failed']],
    ['asks nobody without doubts', WISH, SECURED, false, [...told.slice(0, 4), 'done']],
  ];
  for (const [what, tls, info, trusting, events] of rows) {
    it(what, () => {
      const call = run(tls, info, trusting);
      expect(call.events).toEqual(events);
      expect(call.asked).toBe(events.includes('distrusted') ? info : null);
      const failed = events.at(-1) === 'failed';
      expect(call.network.open).toBe(failed ? 0 : 2);
      if (failed) expect(call.problem).toMatchObject({ kind: 'tls', phase: 'tls', cause: { code: info.doubts[0]!.code } });
    });
  }

  it('called off by who is asked goes no further and leaves nothing open', () => {
    const call = run(null, DOUBTED, true, 'distrusted');
    expect(call.events).toEqual(told);
    expect([call.stream, call.problem]).toEqual([null, null]);
    expect(call.network.open).toBe(0);
  });

  it('speaks TLS as it is wished, and offers keys only when there are any', () => {
    const call = run(WISH, SECURED, false);
    expect(call.network.secures[0]!.secure).toMatchObject({ peerName: 'name.test', wish: WISH, sharedKey: null });
    const keyed = new Call(SECURE, undefined, { keys: true });
    keyed.network.lookups[0]!.finds('192.0.2.1');
    keyed.network.connects[0]!.succeeds();
    const { sharedKey } = keyed.network.secures[0]!.secure!;
    expect(sharedKey!('a hint')).toEqual({ identity: 'for a hint', key: Buffer.from('k') });
    keyed.dial.cancel();
    expect(sharedKey!('a hint')).toBeNull();
  });
});
