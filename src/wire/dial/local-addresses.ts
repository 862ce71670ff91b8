import type { Binding } from '../../contract/access.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { isOwnMachine } from '../../rules/proxy/own-machine.ts';
import type { Address } from './network.ts';

/** The addresses that can be reached from ours: those of a family of which we have one. */
export function reachableFrom(local: Binding | null, addresses: readonly Address[]): readonly Address[] {
  if (local === null) return addresses;
  return addresses.filter((to) => isOwnMachine(to.address) || leavingFrom(local, to) !== '');
}

/** The address of ours that a connection leaves from; '' = as the system likes. What is on this machine is reached from anywhere on it. */
export function leavingFrom(local: Binding | null, { address, family }: Address): string {
  if (local === null || isOwnMachine(address)) return '';
  return family === 4 ? local.v4 : local.v6;
}

/** Nothing of the kind that we have. */
export function unreachableFrom({ key }: Binding, host: string, [first]: readonly Address[]): Failure {
  const family = first?.family === 4 ? 'IPv4' : 'IPv6';
  const text = `${host} has ${family} addresses only, and the network session has none of that kind (${key})`;
  return failure('network', 'connect', text);
}
