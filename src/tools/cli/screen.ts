/** The part of a terminal stream that is needed here. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/**
 * Lines that stay, with a few live ones below them that are drawn over. Each change is one write, and live lines are overwritten
 * instead of erased, so nothing flickers. A live line that is too long is cut, one that stays is wrapped.
 */
export class Screen {
  private readonly terminal: Terminal;
  private readonly live: boolean;
  private shown: readonly string[] = [];

  /** `live` false: the stream is no terminal; frames are ignored, lines are written as they are. */
  constructor(terminal: Terminal, live: boolean) {
    this.terminal = terminal;
    this.live = live;
  }

  get width(): number {
    return Math.max(20, this.terminal.columns ?? 80);
  }

  /** Live lines that fit, one row left for the cursor. */
  get height(): number {
    return Math.max(1, (this.terminal.rows ?? 24) - 1);
  }

  /** Writes a line that stays. */
  line(text: string): void {
    if (this.shown.length === 0) {
      this.terminal.write(`${text}\n`);
      return;
    }
    this.draw(`\x1b[J${text}\n`, this.shown);
  }

  /** Replaces the live lines. */
  frame(lines: readonly string[]): void {
    if (!this.live || (lines.length === 0 && this.shown.length === 0)) return;
    this.draw('', lines);
  }

  /** Takes the live lines away, for other output or for the end. */
  clear(): void {
    this.frame([]);
  }

  private draw(above: string, lines: readonly string[]): void {
    const up = this.shown.length > 0 ? `\r\x1b[${this.shown.length}A` : HIDE_CURSOR;
    const body = lines.map((line) => `${line}\x1b[K\n`).join('');
    this.terminal.write(`${up}${above}${NO_WRAP}${body}\x1b[J${WRAP}${lines.length === 0 ? SHOW_CURSOR : ''}`);
    this.shown = lines;
  }
}
