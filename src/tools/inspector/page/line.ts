import type { Message } from './protocol.ts';

/** Milliseconds that a page is out of sight before it hangs up; who goes to and fro between two pages is not to notice. */
const PATIENCE = 30_000;

export interface Listener {
  /** The row from which on there may be news; null = nothing is known. */
  from(): number | null;
  take(message: Message): void;
  /** It is another state. */
  changed(): void;
}

/** The line to the program. Who pauses it or looks elsewhere hangs up, and goes on later with what has come meanwhile: so nothing piles up. */
export class Line {
  private readonly listener: Listener;
  private feed: EventSource | null = null;
  private connected = false;
  private held = false;
  private away = false;
  private timer = 0;

  constructor(listener: Listener) {
    this.listener = listener;
    document.addEventListener('visibilitychange', () => this.looked());
    this.update();
  }

  get state(): 'live' | 'paused' | 'lost' {
    if (this.held) return 'paused';
    return this.connected ? 'live' : 'lost';
  }

  pause(): void {
    this.held = !this.held;
    this.update();
  }

  private looked(): void {
    clearTimeout(this.timer);
    if (document.visibilityState === 'hidden') this.timer = window.setTimeout(() => this.leave(true), PATIENCE);
    else this.leave(false);
  }

  private leave(away: boolean): void {
    this.away = away;
    this.update();
  }

  private update(): void {
    const wanted = !this.held && !this.away;
    if (wanted && this.feed === null) this.open();
    if (!wanted) {
      this.feed?.close();
      this.feed = null;
      this.connected = false;
    }
    this.listener.changed();
  }

  private open(): void {
    const from = this.listener.from();
    const feed = new EventSource(from === null ? '/feed' : `/feed?from=${from}`);
    this.feed = feed;
    const connect = (connected: boolean): void => {
      this.connected = connected;
      this.listener.changed();
    };
    feed.onopen = () => connect(true);
    feed.onerror = () => connect(false);
    feed.onmessage = ({ data }: MessageEvent<string>) => this.listener.take(JSON.parse(data) as Message);
  }
}
