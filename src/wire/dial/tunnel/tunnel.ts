import type { Authority } from '../../../contract/authority.ts';
import type { Failure } from '../../../contract/failure.ts';
import type { Hop } from '../../../contract/hop.ts';
import type { ProxyPeer } from '../../../contract/proxy.ts';
import type { ByteStream } from '../../../contract/stream.ts';
import type { Resolver } from '../resolver.ts';

/** One proxy of a way, what it is asked for, and who answers what it asks. */
export interface TunnelTask {
  readonly proxy: ProxyPeer;
  /** The target. */
  readonly host: string;
  readonly port: number;
  readonly authority: Authority;
  readonly resolver: Resolver;
  /** On whose behalf; null when there is nobody any more. */
  readonly asker: () => Hop | null;
  readonly events: TunnelEvents;
}

/** Exactly one of `opened`, `again` and `failed` is the last for each `open`; the stream is the tunnel's until `opened`. */
export interface TunnelEvents {
  /** The proxy has said something. */
  heard(): void;
  /** Somebody is being asked, which may take its time; then it goes on. False = that has happened too often. */
  asking(): boolean;
  asked(): void;
  /** The stream leads to the target. */
  opened(stream: ByteStream): void;
  /** This connection is spent: `open` is wanted with a new one. */
  again(): void;
  failed(problem: Failure): void;
}

/** How one proxy is brought to open the way to a target. What it has learned on one connection it knows on the next. */
export interface Tunnel {
  /** `certificate` is that of the proxy, DER; null = it is not spoken to over TLS. */
  open(stream: ByteStream, certificate: Uint8Array | null): void;
  /** Gives up; no event comes any more. */
  cancel(): void;
  /** Time is up. What is known by then that explains more; null = nothing. */
  late(): Failure | null;
}
