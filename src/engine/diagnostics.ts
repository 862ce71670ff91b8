import type { Channel } from 'node:diagnostics_channel';
import type { NetLogEvent, NetLogWhat } from '../contract/netlog.ts';
import type { NetLogHub } from './netlog.ts';

/** The channels of node:diagnostics_channel, and which entries of the netlog are published on them. */
const NAMES: Readonly<Partial<Record<NetLogWhat, string>>> = {
  made: 'qnetwork:request:start',
  'request-head': 'qnetwork:request:sent',
  head: 'qnetwork:request:headers',
  again: 'qnetwork:request:again',
  end: 'qnetwork:request:end',
  fail: 'qnetwork:request:error',
};

/**
 * Publishes entries of the netlog, without secrets, while anybody has subscribed. Who subscribes is not told to us, so each request looks:
 * it reads a property of each channel, and no more.
 */
export class Diagnostics {
  private readonly netlog: NetLogHub;
  private readonly channels: readonly Channel[];
  private readonly byEntry: ReadonlyMap<NetLogWhat, Channel>;
  private stop: (() => void) | null = null;

  constructor(netlog: NetLogHub) {
    this.netlog = netlog;
    const { channel } = process.getBuiltinModule('node:diagnostics_channel');
    this.byEntry = new Map(Object.entries(NAMES).map(([what, name]) => [what as NetLogWhat, channel(name)]));
    this.channels = [...this.byEntry.values()];
  }

  /** Listens to the netlog from now on, or no more. */
  look(): void {
    const { channels } = this;
    let wanted = false;
    for (let i = 0; i < channels.length; i++) if (channels[i]!.hasSubscribers) wanted = true;
    if (wanted === (this.stop !== null)) return;
    this.stop?.();
    this.stop = wanted ? this.netlog.listen((event) => this.publish(event)) : null;
  }

  private publish(event: NetLogEvent): void {
    const channel = this.byEntry.get(event.what);
    if (channel?.hasSubscribers === true) channel.publish(event);
  }
}
