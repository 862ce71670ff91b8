import type { NetLog, NetLogEvent, NetLogOptions } from '../contract/netlog.ts';
import type { Tap } from '../contract/tap.ts';
import { isOfBodies, withoutSecrets } from './netlog-secrets.ts';
import { Taps } from './taps.ts';

interface Listener extends Required<NetLogOptions> {
  readonly tell: (event: NetLogEvent) => void;
}

/** Listeners of the netlog. `on` is what the engine asks on every path, so it is a plain field. */
export class NetLogHub implements NetLog {
  on = false;
  bodies = false;
  tap: Tap | null = null;
  private listeners: readonly Listener[] = [];
  private taps: readonly Tap[] = [];

  /** Adds a listener; the function returned removes it. Secrets and bodies are only for who asks for them. */
  listen(tell: (event: NetLogEvent) => void, { secrets = false, bodies = false }: NetLogOptions = {}): () => void {
    const listener = { tell, secrets, bodies };
    this.become([...this.listeners, listener]);
    return () => this.become(this.listeners.filter((one) => one !== listener));
  }

  /** Adds a recorder; the function returned removes it. */
  attach(tap: Tap): () => void {
    this.recordBy([...this.taps, tap]);
    return () => this.recordBy(this.taps.filter((one) => one !== tap));
  }

  private recordBy(taps: readonly Tap[]): void {
    this.taps = taps;
    this.tap = taps.length > 1 ? new Taps(taps) : (taps[0] ?? null);
  }

  private become(listeners: readonly Listener[]): void {
    this.listeners = listeners;
    this.on = listeners.length > 0;
    this.bodies = listeners.some(({ bodies }) => bodies);
  }

  /** A listener that throws must not disturb the transfer it looks at: its error surfaces on its own. */
  mark(event: NetLogEvent): void {
    let shown: NetLogEvent | null = null;
    for (const { tell, secrets, bodies } of this.listeners) {
      if (!bodies && isOfBodies(event)) continue;
      if (!secrets) shown ??= withoutSecrets(event);
      try {
        tell(secrets ? event : shown!);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
