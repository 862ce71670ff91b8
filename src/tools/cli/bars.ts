import { shorten } from './text.ts';
import { formatBytes, formatClock, formatDuration } from './units.ts';

/** What a bar shows of one transfer. */
export interface BarState {
  readonly label: string;
  /** 'wait': nothing has come yet. */
  readonly phase: 'wait' | 'upload' | 'download';
  readonly bytes: number;
  /** -1 when unknown. */
  readonly total: number;
  /** Bytes a second; 0 when too little is known. */
  readonly rate: number;
  /** Milliseconds since it started. */
  readonly elapsed: number;
}

/** Turns text into coloured text, or leaves it. */
export interface Paint {
  dim(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  red(text: string): string;
}

export function makePaint(colours: boolean): Paint {
  const sgr = (on: number, off: number) =>
    colours ? (text: string) => `\x1b[${on}m${text}\x1b[${off}m` : (text: string) => text;
  return { dim: sgr(2, 22), green: sgr(32, 39), cyan: sgr(36, 39), red: sgr(31, 39) };
}

/** Columns of the figures behind a bar. */
const FIGURES = 36;

/** One line for one transfer, at most `width` columns. Lines with the same `labelWidth` stand in columns. */
export function barLine(bar: BarState, width: number, paint: Paint, labelWidth = [...bar.label].length): string {
  const room = width - FIGURES - 4;
  const labelRoom = Math.max(8, Math.min(labelWidth, Math.floor(room * 0.55)));
  const barWidth = Math.min(40, room - labelRoom);
  // In a narrow window name and figures say more than a bar.
  if (barWidth < 6) return `${shorten(bar.label, Math.max(4, width - FIGURES - 2))}  ${figures(bar)}`.slice(0, width);
  return `${shorten(bar.label, labelRoom).padEnd(labelRoom)}  ${track(bar, barWidth, paint)}  ${figures(bar)}`;
}

function figures(bar: BarState): string {
  if (bar.phase === 'wait') return `waiting ${formatDuration(bar.elapsed).padStart(8)}`.padStart(FIGURES);
  const arrow = bar.phase === 'upload' ? '↑' : '↓';
  const rate = bar.rate > 0 ? `${formatBytes(bar.rate)}/s` : '';
  const known = bar.total > 0;
  const share = known ? `${Math.min(100, Math.floor((bar.bytes / bar.total) * 100))} %` : '';
  const left = bar.rate > 0 ? `-${formatClock((Math.max(0, bar.total - bar.bytes) / bar.rate) * 1000)}` : '';
  const time = known ? left : formatClock(bar.elapsed);
  return `${arrow} ${formatBytes(bar.bytes).padStart(7)} ${share.padStart(5)}  ${rate.padStart(9)}  ${time.padStart(8)}`;
}

function track(bar: BarState, width: number, paint: Paint): string {
  const colour = bar.phase === 'upload' ? paint.cyan : paint.green;
  if (bar.phase === 'wait') return paint.dim('╌'.repeat(width));
  if (bar.total <= 0) {
    // How much is to come is unknown, so the mark only shows that something moves.
    const span = Math.max(2, Math.floor(width / 6));
    const steps = width - span;
    const step = Math.floor(bar.elapsed / 80) % (steps * 2);
    const at = step < steps ? step : steps * 2 - step;
    return paint.dim('─'.repeat(at)) + colour('━'.repeat(span)) + paint.dim('─'.repeat(width - span - at));
  }
  const filled = Math.min(width, Math.floor((bar.bytes / bar.total) * width));
  return colour('━'.repeat(filled)) + paint.dim('─'.repeat(width - filled));
}

/** Rate over the last few seconds, so that a stall shows and one burst does not. */
export class RateMeter {
  private static readonly WINDOW = 3000;
  private readonly samples: { time: number; bytes: number }[] = [];

  add(time: number, bytes: number): void {
    const last = this.samples.at(-1);
    // A fall means a fresh start: a resend, or the answer after the upload.
    if (last !== undefined && bytes < last.bytes) this.samples.length = 0;
    this.samples.push({ time, bytes });
    while (this.samples.length > 2 && this.samples[1]!.time < time - RateMeter.WINDOW) this.samples.shift();
  }

  /** Bytes a second as of `now`; 0 when fewer than 200 ms were seen. */
  rate(now: number): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || now - first.time < 200) return 0;
    return ((last.bytes - first.bytes) / (now - first.time)) * 1000;
  }
}
