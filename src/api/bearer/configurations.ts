// Which configurations the interfaces of the machine make, and which ways a session of one has.
import type { Link, LinkMedium } from '../../contract/links.ts';
import { BearerType, StateFlag } from './bearer-enums.ts';

/** Identifier of the service network that has all interfaces as its children. */
export const ANY = 'qnetwork-any';

/** A configuration as it is now. */
export interface Configured {
  /** {@link ANY}, or the name of the interface. */
  readonly id: string;
  readonly state: StateFlag;
  readonly bearer: BearerType;
  /** Identifiers, best first. */
  readonly children: readonly string[];
}

const BEARERS: Readonly<Record<LinkMedium, BearerType>> = {
  ethernet: BearerType.BearerEthernet,
  wifi: BearerType.BearerWLAN,
  cellular: BearerType.BearerUnknown, // of which generation nobody says
  bluetooth: BearerType.BearerBluetooth,
  wimax: BearerType.BearerWiMAX,
  tunnel: BearerType.BearerUnknown,
  loopback: BearerType.BearerUnknown,
  unknown: BearerType.BearerUnknown,
};

/** The service network and an access point for each interface but the loopback one, best first. */
export function configurationsOf(links: readonly Link[]): Configured[] {
  const points = bestFirst(links).map((link) => {
    const { name: id, medium } = link;
    return { id, state: stateOf(link), bearer: BEARERS[medium], children: [] };
  });
  const state = Math.max(StateFlag.Defined, ...points.map((one) => one.state)) as StateFlag;
  return [{ id: ANY, state, bearer: BearerType.BearerUnknown, children: points.map(({ id }) => id) }, ...points];
}

/** One of them is up. */
export function isOnline(configurations: readonly Configured[]): boolean {
  return configurations.some(({ state }) => state === StateFlag.Active);
}

/** Up is Active. What has an address of the link itself only waits for a better one: Discovered. */
function stateOf({ up, addresses }: Link): StateFlag {
  if (up) return StateFlag.Active;
  const waits = addresses.length > 0 && addresses.every(({ linkLocal }) => linkLocal);
  return waits ? StateFlag.Discovered : StateFlag.Defined;
}

const MEDIA: readonly LinkMedium[] = ['ethernet', 'wifi', 'wimax', 'cellular', 'bluetooth', 'tunnel', 'unknown'];

/** What is up before what is not, then as the system would leave: by the metric of the default route; then by medium and name. */
function bestFirst(links: readonly Link[]): Link[] {
  const rank = ({ defaultMetric: metric }: Link): number => (metric < 0 ? Number.POSITIVE_INFINITY : metric);
  const order = (a: Link, b: Link): number =>
    Number(b.up) - Number(a.up) ||
    (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) ||
    MEDIA.indexOf(a.medium) - MEDIA.indexOf(b.medium) ||
    (a.name < b.name ? -1 : 1);
  return links.filter(({ medium }) => medium !== 'loopback').sort(order);
}

/** What a session of a configuration can be on. */
export interface Ways {
  /** The configuration exists. */
  readonly known: boolean;
  /** It has more than itself to be on. */
  readonly roaming: boolean;
  /** Interfaces that are up, best first. */
  readonly up: readonly string[];
  /** One of them may soon be up. */
  readonly hope: boolean;
}

/** Where a session is: on which interface, '' = none; and whether one of those it was on has led out of its network. */
export interface Whereabouts {
  readonly active: string;
  readonly outward: boolean;
}

/**
 * The ways of a configuration. A session that can roam does not take an interface without a default route where there is one with it, or was: a bridge of
 * virtual machines is always up, and leads nowhere. An interface that only loses its route is kept.
 */
export function waysOf(id: string, links: readonly Link[], { active, outward }: Whereabouts): Ways {
  const roaming = id === ANY;
  const all = bestFirst(links).filter(({ name }) => roaming || name === id);
  const up = all.filter((link) => link.up);
  const out = up.filter(({ defaultMetric }) => defaultMetric >= 0);
  const kept = outward ? up.filter(({ name }) => name === active) : up;
  return {
    known: roaming || all.length > 0,
    roaming,
    up: (!roaming ? up : out.length > 0 ? out : kept).map(({ name }) => name),
    hope: all.some((link) => stateOf(link) === StateFlag.Discovered),
  };
}
