import { type Failure, failure } from '../../contract/failure.ts';
import type { Address } from '../../contract/network.ts';
import { addressOctets } from '../../rules/proxy/address-range.ts';

/** What a name server says to a name. */
export interface TestName {
  /** IPv4 and IPv6, in the order in which they are given. Default: one that nobody else has. */
  readonly addresses?: readonly string[];
  /** Milliseconds until the answer. Default 0. */
  readonly delay?: number;
  /** `not found`: there is no such name; `no answer`: the name server is silent. Default: it is found. */
  readonly fails?: 'not found' | 'no answer';
}

/** One answer for ever, or a decision for each look-up; `nth` counts those of the name from 1. */
export type TestNames = TestName | ((nth: number) => TestName);

/** 4 or 6 for an address, 0 for a name. */
export function familyOf(host: string): 0 | 4 | 6 {
  // names are asked about all the time
  if (!host.includes(':') && !/^[\d.]+$/.test(host)) return 0;
  const octets = addressOctets(host);
  return octets === null ? 0 : octets.length === 4 ? 4 : 6;
}

/** Who has which addresses. */
export class Names {
  private readonly table: ReadonlyMap<string, TestNames>;
  private readonly given = new Map<string, readonly string[]>();
  private readonly asked = new Map<string, number>();
  /** Names by their addresses. */
  private readonly back = new Map<string, Set<string>>();

  /** `hosts` are names and addresses that something is served at. */
  constructor(table: Readonly<Record<string, TestNames>>, hosts: Iterable<string>) {
    this.table = new Map(Object.entries(table).map(([name, answer]) => [name.toLowerCase(), answer]));
    for (const host of [...this.table.keys(), ...hosts]) this.settle(host);
  }

  /** Addresses of a host whatever a name server says at the moment. */
  addressesOf(host: string): readonly string[] {
    return this.given.get(host) ?? (familyOf(host) === 0 ? [] : [host]);
  }

  namesOf(address: string): ReadonlySet<string> {
    return this.back.get(address) ?? NOBODY;
  }

  /** What is found now; a failure in the place of addresses. */
  ask(host: string): { readonly delay: number; readonly problem: Failure | null; readonly addresses: readonly Address[] } {
    const nth = (this.asked.get(host) ?? 0) + 1;
    this.asked.set(host, nth);
    const name = host.toLowerCase();
    const { delay = 0, fails, addresses = this.addressesOf(name) } = answerOf(this.table.get(name), nth);
    const silent = fails === 'no answer';
    if (!silent && fails === undefined && addresses.length > 0)
      return { delay, problem: null, addresses: addresses.map((address) => ({ address, family: familyOf(address) as 4 | 6 })) };
    const code = silent ? 'EAI_AGAIN' : 'ENOTFOUND';
    const cause = Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code });
    const why = silent ? 'the name server did not answer' : 'no such host';
    return { delay, problem: failure('not-found', 'resolve', `host ${host} not found: ${why}`, { cause }), addresses: [] };
  }

  private settle(host: string): void {
    if (this.given.has(host) || familyOf(host) !== 0) return;
    const own = this.table.get(host);
    const wanted = typeof own === 'function' ? undefined : own?.addresses;
    const addresses = wanted ?? [this.fresh()];
    for (const address of addresses) {
      if (familyOf(address) === 0)
        throw new TypeError(`names: '${host}' has the address '${address}', which is neither IPv4 nor IPv6.`);
      const names = this.back.get(address) ?? new Set();
      this.back.set(address, names.add(host));
    }
    this.given.set(host, addresses);
  }

  /** Of those that are for examples and for tests of networks (RFC 5737, RFC 2544). */
  private fresh(): string {
    const number = this.given.size + 1;
    return number < 255 ? `192.0.2.${number}` : `198.18.${(number >> 8) & 255}.${number & 255}`;
  }
}

function answerOf(answer: TestNames | undefined, nth: number): TestName {
  return typeof answer === 'function' ? answer(nth) : (answer ?? {});
}

const NOBODY: ReadonlySet<string> = new Set();
