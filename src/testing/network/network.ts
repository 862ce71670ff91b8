import { WORLD, type WorldDweller } from '../../contract/door.ts';
import { QNetworkAccessManager } from '../../index.ts';
import { Agenda } from './agenda.ts';
import { unknownAuthority } from './certificate.ts';
import { Chance } from './chance.ts';
import { TestClock } from './clock.ts';
import type { TestFaultKind } from './link.ts';
import type { TestOriginLog } from './services.ts';
import type { TestNetworkScript } from './settings.ts';
import { Town } from './town.ts';
import { type TestEvent, Trace } from './trace.ts';
import { Wire } from './wire.ts';

/**
 * A network in memory: nothing leaves the process and no port is opened.
 *
 * @example
 * await using network = createTestNetwork({ origins: { 'http://site.test': { routes: { '/': { body: 'hello' } } } } });
 * const manager = network.manager();
 * console.log(await manager.get('http://site.test/').text());
 */
export function createTestNetwork(script: TestNetworkScript = {}): TestNetwork {
  return new TestNetwork(script);
}

/** Names, links and servers under a test; made by {@link createTestNetwork}. It ends with `close()`, or by itself with `await using`. */
export class TestNetwork {
  /** Time in it. */
  readonly clock: TestClock;
  /** What all its chance comes from. */
  readonly seed: number;
  readonly #trace: Trace;
  readonly #town: Town;
  readonly #wire: Wire;
  readonly #managers: QNetworkAccessManager[] = [];

  /** @internal Use {@link createTestNetwork}. */
  constructor(script: TestNetworkScript) {
    const { seed = 1, clock = new TestClock({ auto: true }), shuffle = false } = script;
    if (!Number.isSafeInteger(seed))
      throw new RangeError(`createTestNetwork expects a whole number as seed; got ${String(seed)}.`);
    if (!(clock instanceof TestClock)) throw new TypeError('createTestNetwork expects a TestClock as clock.');
    this.seed = seed;
    this.clock = clock;
    if (script.watch !== undefined && typeof script.watch !== 'function')
      throw new TypeError('createTestNetwork expects a function as watch.');
    this.#trace = new Trace(clock, script.watch);
    const chance = new Chance(seed);
    const agenda = new Agenda(clock, this.#trace, shuffle ? chance.branch(-1) : null);
    this.#town = new Town(script, clock, { reach: (...call) => this.#wire.reach(...call) });
    this.#wire = new Wire(agenda, this.#town, script.links ?? {}, chance);
  }

  /**
   * A manager that runs on this network and its clock, a new one or yours (of a class of your own, with settings of its own), which must not have been used;
   * throws an Error if it has. The network closes it when it ends.
   */
  manager(): QNetworkAccessManager;
  manager<M extends QNetworkAccessManager>(manager: M): M;
  manager(manager: QNetworkAccessManager = new QNetworkAccessManager()): QNetworkAccessManager {
    if (!(manager instanceof QNetworkAccessManager))
      throw new TypeError('TestNetwork.manager expects a QNetworkAccessManager, or nothing for a new one.');
    (manager as WorldDweller)[WORLD]({ clock: this.clock, network: this.#wire });
    this.#managers.push(manager);
    return manager;
  }

  /** What an origin has seen so far, by its key in the script or any URL on it; for a local socket its path. Throws a RangeError when there is none. */
  origin(place: string): TestOriginLog {
    return this.#town.logOf(place);
  }

  /** Targets that the proxies have been asked for and reached, as `proxy.test:3128 site.test:443`. */
  get proxied(): readonly string[] {
    return this.#town.proxied;
  }

  /** Connections that clients have open now, proxies among them. */
  get open(): number {
    return this.#wire.connections.size;
  }

  /** Look-ups and attempts to connect so far. */
  get lookups(): number {
    return this.#wire.lookups;
  }

  get attempts(): number {
    return this.#wire.attempts;
  }

  /** Nothing is open, nothing is under way, and no timer is set: a test has left nothing behind. */
  get idle(): boolean {
    return this.open === 0 && this.#wire.pending === 0 && this.clock.running === 0;
  }

  /** What has happened, in order; the first 10,000 events. */
  get events(): readonly TestEvent[] {
    return this.#trace.events;
  }

  /** The same as text, one line an event. */
  get trace(): string {
    return this.#trace.text;
  }

  /** Eight digits that are the same for two networks in which the same happened, in the same order and at the same times. */
  get fingerprint(): string {
    return this.#trace.fingerprint;
  }

  /** The authority of `untrusted` certificates, in PEM: `QSslCertificate.fromData(network.authority)` makes it one to be trusted. */
  get authority(): string {
    return unknownAuthority();
  }

  /** Something happens now to all connections that are open, as if the links had it as a fault: the router goes, or the network changes. */
  strike(fault: TestFaultKind): void {
    for (const connection of [...this.#wire.connections]) connection.fault(connection.down, fault);
  }

  /** Closes its managers and all connections. */
  async close(): Promise<void> {
    for (const manager of this.#managers.splice(0)) await manager.close();
    this.#wire.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
