import type { Access, Binding, Passage } from '../../contract/access.ts';
import type { Clock, Timer } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Link } from '../../contract/links.ts';
import { isOwnMachine } from '../../rules/proxy/own-machine.ts';
import { State, UsagePolicy } from '../bearer/bearer-enums.ts';
import type { QNetworkSession } from '../bearer/qnetworksession.ts';
import type { Companion } from '../bearer/session-course.ts';

/** A session that no request has needed for so many milliseconds is closed: as long as connections are kept. */
const IDLE = 120_000;

/** Whose requests leave through the session. */
export interface AccessHost {
  /** Some of them run. */
  busy(): boolean;
  /** The addresses of a binding are ours no more. */
  lost(binding: string, problem: Failure): void;
}

/** An interface, and the addresses of it that connections leave from. */
interface Given {
  readonly name: string;
  readonly binding: Binding;
}

/** Nothing leaves. */
export const OFFLINE: Access = Object.freeze({
  passage: (): Failure => failure('offline', 'setup', 'Network access is disabled.'),
  watch: () => () => {},
  gone: () => false,
});

/** A network session as the way out of the requests of a manager. It is opened when a request needs it. */
export class SessionAccess implements Access, Companion {
  private readonly session: QNetworkSession;
  private readonly host: AccessHost;
  private readonly clock: Clock;
  private readonly unfollow: () => void;
  private readonly watchers = new Set<() => void>();
  /** All that connections may be bound to, by key. */
  private readonly given = new Map<string, Given>();
  /** For new connections; null = not settled. */
  private current: Given | null = null;
  private used = 0;
  private idle: Timer | null = null;
  private opening = false;
  /** Those who wait hear of a change, and ask again. */
  private telling = false;
  private retired = false;
  private over = false;

  constructor(session: QNetworkSession, host: AccessHost, clock: Clock) {
    this.session = session;
    this.host = host;
    this.clock = clock;
    this.unfollow = session._accompany(this);
  }

  // ---- Access

  passage(host: string, background: boolean): Passage {
    if (isOwnMachine(host)) return 'unbound';
    if (this.over) return this.problem();
    const { session } = this;
    if (background && (session.usagePolicies() & UsagePolicy.NoBackgroundTrafficPolicy) !== 0) return unwanted(session);
    this.stayAwake();
    this.open();
    const binding = this.binding();
    if (binding !== null) return binding;
    return session.isOpen() || session.state() === State.Connecting ? 'wait' : this.problem();
  }

  private open(): void {
    const { session } = this;
    // who is told of it asks again
    if (this.opening || session.isOpen() || !session._openable(this.telling)) return;
    this.opening = true;
    session.open();
    this.opening = false;
  }

  watch(changed: () => void): () => void {
    // the same function may be given twice
    const watcher = (): void => changed();
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  gone({ key }: Binding): boolean {
    if (this.given.has(key)) this.session._recheck();
    return !this.given.has(key);
  }

  // ---- addresses

  private binding(): Binding | null {
    if (!this.session.isOpen()) return null;
    this.current ??= this.settled();
    return this.current?.binding ?? null;
  }

  /** The addresses for new connections: those we have had, as long as they are there. */
  private settled(): Given | null {
    const [link] = this.session._links();
    if (link === undefined) return null;
    const before = [...this.given.values()].filter(({ name }) => name === link.name).map((one) => one.binding);
    const choose = (family: 4 | 6, had: (binding: Binding) => string): string => {
      const all = link.addresses.filter((one) => one.family === family && !one.linkLocal).map((one) => one.address);
      return all.find((one) => before.some((binding) => had(binding) === one)) ?? all[0] ?? '';
    };
    const v4 = choose(4, (binding) => binding.v4);
    const v6 = choose(6, (binding) => binding.v6);
    if (v4 + v6 === '') return null;
    const key = [link.name, v4, v6].filter((part) => part !== '').join(' ');
    const made = this.given.get(key) ?? { name: link.name, binding: { key, v4, v6 } };
    this.given.set(key, made);
    return made;
  }

  /** @internal What is lost is lost before anybody hears of it. */
  moved(): void {
    this.current = null;
    const links = this.session.isOpen() ? this.session._links() : [];
    for (const [key, one] of [...this.given]) {
      if (!this.given.has(key) || links.some((link) => has(link, one))) continue;
      this.given.delete(key);
      this.host.lost(key, this.session.isOpen() ? roamed(one) : this.problem());
    }
  }

  /** @internal */
  told(): void {
    const before = this.telling;
    this.telling = true;
    for (const watcher of [...this.watchers]) if (this.watchers.has(watcher)) watcher();
    this.telling = before;
  }

  private problem(): Failure {
    const name = this.session.configuration().name();
    const why = this.over ? 'The manager does not use this session any more.' : this.session.errorString();
    const way = 'QNetworkAccessManager.setConfiguration() takes another one';
    return failure('session', 'setup', `Network session error. ${why} (${name}; ${way})`);
  }

  // ---- as long as it is needed

  private stayAwake(): void {
    this.used = this.clock.now();
    this.idle ??= this.clock.after(IDLE, () => this.rest());
  }

  private rest(): void {
    this.idle = null;
    if (this.host.busy()) this.stayAwake();
    else if (this.retired) this.end();
    else if (this.clock.now() - this.used >= IDLE) this.close();
    else this.idle = this.clock.after(IDLE, () => this.rest());
  }

  /** The requests that run go on; with the last of them it ends. */
  retire(): void {
    this.retired = true;
    if (this.host.busy()) this.stayAwake();
    else this.end();
  }

  /** Closes the session; the next request opens it again. */
  close(): void {
    this.idle?.cancel();
    this.idle = null;
    this.session.close();
  }

  end(): void {
    if (this.over) return;
    this.close();
    this.over = true;
    this.unfollow();
    this.session.deleteLater();
  }
}

function has({ name, addresses }: Link, { name: of, binding }: Given): boolean {
  const ours = (address: string): boolean => address === '' || addresses.some((one) => one.address === address);
  return name === of && ours(binding.v4) && ours(binding.v6);
}

function roamed({ name, binding: { v4, v6 } }: Given): Failure {
  const from = [v4, v6].filter((address) => address !== '').join(', ');
  const text = `Temporary network failure. ${name} (${from}) is gone, and the request cannot go on another way; send it again.`;
  return failure('roamed', 'connect', text);
}

function unwanted(session: QNetworkSession): Failure {
  const where = `the usage policy of the network session on ${session.configuration().name()}`;
  return failure(
    'background',
    'setup',
    `Background request not allowed. It has BackgroundRequestAttribute, and ${where} wants none.`,
  );
}
