import type { Setup } from './ground.ts';
import { FRESH, FRESH_HEALTHY } from './setups-fresh.ts';
import { HEALTHY as KNOWN_HEALTHY } from './setups-healthy.ts';
import { HTTP } from './setups-http.ts';
import { LATER } from './setups-later.ts';
import { NETWORK } from './setups-network.ts';
import { TLS } from './setups-tls.ts';

export const BROKEN: readonly Setup[] = [...NETWORK, ...TLS, ...HTTP, ...LATER, ...FRESH];
export const HEALTHY: readonly Setup[] = [...KNOWN_HEALTHY, ...FRESH_HEALTHY];

/** Those made after the code was written, by somebody who had not read it. */
export const AFTERWARDS: ReadonlySet<Setup> = new Set([...FRESH, ...FRESH_HEALTHY]);
