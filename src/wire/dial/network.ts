import type * as port from '../../contract/network.ts';
import type { Sessions } from './sessions.ts';

export type { Address, Step } from '../../contract/network.ts';

/** The port as the wire uses it: what is remembered of handshakes are TLS sessions. */
export type Network = port.Network<Sessions>;
export type ConnectOptions = port.ConnectOptions<Sessions>;
export type SecureOptions = port.SecureOptions<Sessions>;
