/** What carries a network interface, as far as the machine says. */
export type LinkMedium =
  | 'ethernet'
  | 'wifi'
  | 'cellular'
  | 'bluetooth'
  | 'wimax'
  | 'tunnel' // a VPN, or another interface beneath
  | 'loopback'
  | 'unknown';

/** An address of ours on an interface. */
export interface LinkAddress {
  readonly address: string;
  readonly family: 4 | 6;
  /** Reaches no further than the link itself (RFC 3927, RFC 4291 2.5.6). */
  readonly linkLocal: boolean;
}

/** A network interface of the machine, as it is now. A change makes a new one. */
export interface Link {
  readonly name: string;
  readonly medium: LinkMedium;
  /** It is switched on, has a carrier, and an address that reaches further than the link. */
  readonly up: boolean;
  readonly addresses: readonly LinkAddress[];
  /** MAC address in upper case, `02:42:AC:11:00:02`; '' when it has none. */
  readonly hardware: string;
  /** Packets without a better way leave here; the lowest metric goes first. -1 = there is no such route. */
  readonly defaultMetric: number;
}

/** Bytes that have passed an interface since it exists. */
export interface LinkTraffic {
  readonly received: number;
  readonly sent: number;
}

/** The machine's network interfaces as a port. Nothing of it runs before `links` is read or somebody watches. */
export interface Links {
  /** All of them, those that are down too where the machine tells; read anew unless somebody watches. */
  list(): readonly Link[];
  /** Told whenever anything about them has changed, until the function returned is called. Watching keeps no process alive. */
  watch(changed: () => void): () => void;
  /** Looks at once, because there is reason to think that something has changed; those who watch are told if it has. */
  look(): void;
  /** null where the machine does not count. */
  traffic(name: string): LinkTraffic | null;
}
