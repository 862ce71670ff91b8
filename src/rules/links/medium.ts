import type { LinkMedium } from '../../contract/links.ts';

/** What is known of an interface beside its addresses. */
export interface LinkSigns {
  readonly name: string;
  /** The system says that it never leaves the machine. */
  readonly loopback: boolean;
  /** It is among those whose radio the system counts. */
  readonly wireless: boolean;
}

/** What a driver says of its device. */
export interface LinkDevice {
  /** What kind it is, '' when it does not say: 'wlan', 'wwan', 'bluetooth', 'bridge'. */
  readonly kind: string;
  /** Its number in ARP (Linux: ARPHRD), -1 when it is not known. */
  readonly hardware: number;
}

/**
 * Names that settle it, the first that fits: those of Linux drivers and of systemd, of the BSDs, and what Windows calls its connections. The
 * en0, en1 of macOS are cables in one machine and radio in another.
 */
const NAMES: readonly (readonly [RegExp, LinkMedium])[] = [
  [/^lo\d*$|loopback/i, 'loopback'],
  [/^bnep|^pan\d|bluetooth/i, 'bluetooth'],
  [/^wimax|^wmx|wimax/i, 'wimax'],
  [/^ww|^rmnet|^ccmni|^pdp_ip|^cellular|^mobile/i, 'cellular'],
  [/^wl|^ath\d|^ra\d|^awdl|^llw|^wi-?fi|wireless|drahtlos|sans fil/i, 'wifi'],
  [/^(?:tun|tap|utun|wg|ppp|ipsec|gif|stf|sit|gre|ip6tnl|ip_vti|vti|tailscale|nordlynx|proton)(?:\d|$)|^zt|vpn/i, 'tunnel'],
  [
    /^eth|^en[a-z]|^(?:em|igb|ix|re|bge)\d|^veth|^docker|^br-|^virbr|^(?:br|bond|team)\d|ethernet|local area connection/i,
    'ethernet',
  ],
];

/** By what the driver calls the device; bridges and their like carry frames of Ethernet, which their number says. */
const KINDS: Readonly<Record<string, LinkMedium>> = {
  wlan: 'wifi',
  wwan: 'cellular',
  bluetooth: 'bluetooth',
  wimax: 'wimax',
  ppp: 'tunnel',
  wireguard: 'tunnel',
};

/** Numbers of Linux: Ethernet, PPP, raw IP of modems, IP in something, loopback, radio, tunnels without a head of their own. */
const HARDWARE: Readonly<Record<number, LinkMedium>> = {
  1: 'ethernet',
  512: 'tunnel',
  519: 'cellular',
  768: 'tunnel',
  769: 'tunnel',
  772: 'loopback',
  776: 'tunnel',
  778: 'tunnel',
  801: 'wifi',
  802: 'wifi',
  803: 'wifi',
  823: 'tunnel',
  65534: 'tunnel',
};

/** What carries an interface. Names go before what the driver says, which is asked only where they say nothing. */
export function linkMedium({ name, loopback, wireless }: LinkSigns, ask: () => LinkDevice): LinkMedium {
  if (loopback) return 'loopback';
  if (wireless) return 'wifi';
  for (const [pattern, medium] of NAMES) if (pattern.test(name)) return medium;
  const { kind, hardware } = ask();
  return KINDS[kind] ?? HARDWARE[hardware] ?? 'unknown';
}
