import type { Setup } from './ground.ts';
import { FRESH_AGAIN } from './setups-fresh-again.ts';
import { FRESH_CERTIFICATES } from './setups-fresh-certificates.ts';
import { FRESH_HANDSHAKES } from './setups-fresh-handshakes.ts';
import { FRESH_HEALTHY as ODD } from './setups-fresh-healthy.ts';
import { FRESH_HTTP } from './setups-fresh-http.ts';
import { FRESH_NETWORK } from './setups-fresh-network.ts';
import { FRESH_PROXIES } from './setups-fresh-proxies.ts';
import { FRESH_THIRD } from './setups-fresh-third.ts';

/** Made after the code was written, by somebody who had not read it: from the guide and the list of codes alone. */
export const FRESH: readonly Setup[] = [
  ...FRESH_CERTIFICATES,
  ...FRESH_HANDSHAKES,
  ...FRESH_NETWORK,
  ...FRESH_PROXIES,
  ...FRESH_HTTP,
  ...FRESH_AGAIN.filter(({ expected }) => expected.length > 0),
  ...FRESH_THIRD,
];
export const FRESH_HEALTHY: readonly Setup[] = [...ODD, ...FRESH_AGAIN.filter(({ expected }) => expected.length === 0)];
