import { type Failure, failure } from '../../contract/failure.ts';
import type { Address, Connected, ConnectOptions, Network, SecureOptions, Step } from '../../contract/network.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { ClientStream } from './client-stream.ts';
import { Connection } from './connection.ts';
import { type LinkRules, rulesOf, type TestLinks } from './link.ts';
import { familyOf } from './names.ts';
import type { Beyond } from './proxy.ts';
import type { Listener, Place } from './services.ts';
import { ClientHandshake } from './tls.ts';
import type { Town } from './town.ts';

/** The system gives up to connect, as Linux does. */
const CONNECT_TIMEOUT = 130_000;

/** The network as the engine sees it. */
export class Wire implements Network, Beyond {
  readonly connections = new Set<Connection>();
  lookups = 0;
  attempts = 0;
  private readonly agenda: Agenda;
  private readonly town: Town;
  private readonly links: ReadonlyMap<string, TestLinks>;
  private readonly chance: Chance;
  private readonly tried = new Map<string, number>();

  constructor(agenda: Agenda, town: Town, links: Readonly<Record<string, TestLinks>>, chance: Chance) {
    this.agenda = agenda;
    this.town = town;
    this.links = new Map(Object.entries(links));
    this.chance = chance;
    for (const [place, link] of this.links) if (typeof link !== 'function') rulesOf(link, place);
  }

  get pending(): number {
    return this.agenda.pending;
  }

  family(host: string): 0 | 4 | 6 {
    return familyOf(host);
  }

  lookup(host: string, done: (problem: Failure | null, addresses: readonly Address[]) => void): void {
    const { clock, trace } = this.agenda;
    this.lookups++;
    trace.note('look up', 0, 0, host);
    const { delay, problem, addresses } = this.town.names.ask(host);
    this.agenda.at(clock.now() + delay, () => {
      trace.note(problem === null ? 'found' : 'not found', 0, 0, host);
      done(problem, addresses);
    });
  }

  connect(to: Address, { port }: Pick<ConnectOptions, 'port'>, done: Connected): Step {
    const { address } = to;
    const where = `${address} port ${port}`;
    const rules = this.rulesFor(address, port);
    const listener = this.town.at(address, port);
    const problem = (): Failure | null => {
      if (rules.connect === 'timeout')
        return failureOf('timeout', 'ETIMEDOUT', 'no answer from the address; the system gave up', where);
      if (rules.connect === 'unreachable') return failureOf('network', 'EHOSTUNREACH', 'host unreachable', where);
      if (!this.town.has(address)) return failureOf('network', 'ENETUNREACH', 'network unreachable', where);
      return listener === null || rules.connect === 'refused'
        ? failureOf('refused', 'ECONNREFUSED', 'connection refused', where)
        : null;
    };
    return this.attempt({ address, port, rules, where }, problem, listener, done);
  }

  connectLocal(path: string, done: Connected): Step {
    const rules = rulesOf(undefined, path);
    const problem = (): Failure | null => {
      const found = this.town.socket(path);
      if (found instanceof Object) return null;
      const [kind, code, why] =
        found === 'refused'
          ? (['refused', 'ECONNREFUSED', 'nobody listens on it'] as const)
          : (['not-found', 'ENOENT', 'there is no such socket; is the server running?'] as const);
      return failureOf(kind, code, `cannot connect to the socket ${path}: ${why}`, '');
    };
    const found = this.town.socket(path);
    return this.attempt({ address: '', port: 0, rules, where: path }, problem, found instanceof Object ? found : null, done);
  }

  secure(lower: ByteStream, options: SecureOptions, done: Connected): Step {
    return new ClientHandshake(lower as ClientStream, options, this.agenda.clock, done);
  }

  /** For proxies, who ask nobody for addresses and have no others to try. */
  reach(host: string, port: number, by: Place, done: (stream: ByteStream | null, why: string) => void): void {
    const [address] = this.town.names.addressesOf(host.toLowerCase());
    if (address === undefined) return done(null, `host ${host} not found`);
    this.connect({ address, family: familyOf(address) as 4 | 6 }, { port }, (problem, stream) => {
      if (stream !== null) this.town.proxied.push(`${by.host}:${by.port} ${host}:${port}`);
      done(stream, problem === null ? '' : `${problem.kind}: ${problem.message}`);
    });
  }

  close(): void {
    for (const connection of [...this.connections]) {
      connection.client.destroy();
      connection.peer.destroy();
    }
  }

  private attempt(
    to: { address: string; port: number; rules: LinkRules; where: string },
    problemOf: () => Failure | null,
    listener: Listener | null,
    done: Connected,
  ): Step {
    const { agenda } = this;
    const { clock, trace } = agenda;
    const { rules, where } = to;
    const number = ++this.attempts;
    let over = false;
    // somebody waits for it, though no timer says so
    clock.wake();
    const finish = (): void => {
      over = true;
      clock.rest();
    };
    trace.note('connect', number, 0, where);
    const wait = rules.connect === 'timeout' ? CONNECT_TIMEOUT : rules.up.latency + rules.down.latency;
    agenda.at(clock.now() + wait, () => {
      if (over) return;
      finish();
      const problem = problemOf();
      trace.note(problem === null ? 'connected' : 'not connected', number, 0, problem === null ? where : problem.kind);
      if (problem !== null) return done(problem, null);
      const closed = (): void => void this.connections.delete(connection);
      const connection = new Connection(agenda, { ...to, number }, this.chance.branch(number), closed);
      this.connections.add(connection);
      listener!.accept(connection);
      done(null, connection.client);
    });
    return { cancel: () => over || finish() };
  }

  private rulesFor(address: string, port: number): LinkRules {
    const { links } = this;
    if (links.size === 0) return rulesOf(undefined, address);
    const key = `${address} ${port}`;
    const nth = (this.tried.get(key) ?? 0) + 1;
    this.tried.set(key, nth);
    const places = [address, ...this.town.names.namesOf(address)];
    const place = [...places.map((one) => `${one}:${port}`), ...places, '*'].find((one) => links.has(one));
    const link = place === undefined ? undefined : links.get(place);
    return rulesOf(typeof link === 'function' ? link(nth) : link, place ?? address);
  }
}

function failureOf(kind: Failure['kind'], code: string, text: string, where: string): Failure {
  const cause = Object.assign(new Error(`connect ${code}${where === '' ? '' : ` ${where}`}`), { code });
  return failure(kind, 'connect', where === '' ? text : `${text} (${where})`, { cause });
}
