import type { NetLog, NetLogEvent } from '../contract/netlog.ts';

/** Listeners of the netlog. `on` is what the engine asks on every path, so it is a plain field. */
export class NetLogHub implements NetLog {
  on = false;
  private readonly listeners = new Set<(event: NetLogEvent) => void>();

  /** Adds a listener; the function returned removes it. */
  listen(listener: (event: NetLogEvent) => void): () => void {
    this.listeners.add(listener);
    this.on = true;
    return () => {
      this.listeners.delete(listener);
      this.on = this.listeners.size > 0;
    };
  }

  /** A listener that throws must not disturb the transfer it looks at: its error surfaces on its own. */
  mark(event: NetLogEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
