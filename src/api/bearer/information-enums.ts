import { type EnumValue, makeEnum } from '../core/enums.ts';

/** How far the network reaches. */
export const Reachability = makeEnum({ Unknown: 0, Disconnected: 1, Local: 2, Site: 3, Online: 4 });
export type Reachability = EnumValue<typeof Reachability>;

/** What carries the way out. */
export const TransportMedium = makeEnum({ Unknown: 0, Ethernet: 1, Cellular: 2, WiFi: 3, Bluetooth: 4 });
export type TransportMedium = EnumValue<typeof TransportMedium>;

/** What a backend may know. */
export const Feature = makeEnum({ Reachability: 1, CaptivePortal: 2, TransportMedium: 4, Metered: 8 });
export type Feature = EnumValue<typeof Feature>;
