import type { Clock, Timer } from '../../contract/clock.ts';
import type { QNetworkReply } from '../../index.ts';
import { type BarState, barLine, type Paint, RateMeter } from './bars.ts';
import type { Screen } from './screen.ts';
import { printable } from './text.ts';
import { formatBytes } from './units.ts';

/** How often bars are drawn, and how often a log that is no terminal gets a line, in milliseconds. */
const FRAME = 100;
const LOG_LINE = 5000;

interface Row {
  readonly label: string;
  readonly startedAt: number;
  readonly meter: RateMeter;
  phase: BarState['phase'];
  bytes: number;
  total: number;
}

/** Shows how the running transfers come along: bars in a terminal, a line now and then elsewhere. */
export class Progress {
  private readonly screen: Screen;
  private readonly clock: Clock;
  private readonly paint: Paint;
  private readonly bars: boolean;
  private readonly rows = new Set<Row>();
  private timer: Timer | null = null;
  private waiting: number;

  constructor(screen: Screen, clock: Clock, paint: Paint, bars: boolean, count: number) {
    this.screen = screen;
    this.clock = clock;
    this.paint = paint;
    this.bars = bars;
    this.waiting = count;
  }

  /** Follows a reply from now on; the result takes it off again. */
  follow(label: string, reply: QNetworkReply): () => void {
    const startedAt = this.clock.now();
    const row: Row = { label: printable(label), startedAt, meter: new RateMeter(), phase: 'wait', bytes: 0, total: -1 };
    const update = (phase: Row['phase'], bytes: number, total: number): void => {
      if (phase === 'upload' && row.phase === 'download') return;
      row.phase = phase;
      row.bytes = bytes;
      row.total = total;
      row.meter.add(this.clock.now(), bytes);
    };
    reply.uploadProgress.connect((sent: number, total: number) => update('upload', sent, total));
    reply.downloadProgress.connect((received: number, total: number) => update('download', received, total));
    this.waiting--;
    this.rows.add(row);
    this.timer ??= this.next();
    return () => {
      this.rows.delete(row);
      if (this.rows.size === 0) this.stop();
    };
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.screen.clear();
  }

  private next(): Timer {
    return this.clock.after(this.bars ? FRAME : LOG_LINE, () => {
      if (this.bars) this.draw();
      else for (const row of this.rows) this.screen.line(this.logLine(row));
      this.timer = this.next();
    });
  }

  private draw(): void {
    const now = this.clock.now();
    const width = Math.min(this.screen.width - 1, 120);
    const labelWidth = Math.max(...[...this.rows].map((row) => [...row.label].length));
    const lines = [...this.rows].map((row) => barLine(this.state(row, now), width, this.paint, labelWidth));
    // One line less for the last one, which tells what does not fit.
    const room = this.screen.height - 1;
    const hidden = Math.max(0, lines.length - room);
    const shown = lines.slice(0, room);
    const more = hidden + this.waiting;
    this.screen.frame(more > 0 ? [...shown, this.paint.dim(`${more} more`)] : shown);
  }

  private state(row: Row, now: number): BarState {
    return { ...row, rate: row.meter.rate(now), elapsed: now - row.startedAt };
  }

  private logLine(row: Row): string {
    const { phase, bytes, total, label, rate } = this.state(row, this.clock.now());
    if (phase === 'wait') return `${label}: waiting`;
    const share = total > 0 ? ` of ${formatBytes(total)} (${Math.floor((bytes / total) * 100)} %)` : '';
    return `${label}: ${phase === 'upload' ? 'sent' : 'received'} ${formatBytes(bytes)}${share}, ${formatBytes(rate)}/s`;
  }
}
