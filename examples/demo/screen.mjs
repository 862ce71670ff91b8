// Lines that are drawn over while things happen, colours, and figures for people.
const { stdout, env } = process;

export const live = Boolean(stdout.isTTY) && env.TERM !== 'dumb';
const colours = live && !env.NO_COLOR;

/** Columns to use; never more than 100. */
export const columns = () => Math.max(66, Math.min(stdout.columns ?? 100, 100));

const sgr = (on, off) => (text) => (colours ? `\x1b[${on}m${text}\x1b[${off}m` : text);
export const paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  blue: sgr(34, 39),
  magenta: sgr(35, 39),
  cyan: sgr(36, 39),
  plain: (text) => text,
};

export function print(line = '') {
  stdout.write(`${line}\n`);
}

let drawn = 0;

/** Draws the lines over the ones drawn before: one write, no erasing, so nothing flickers. */
export function frame(lines) {
  const rows = Math.max(4, (stdout.rows ?? 40) - 1);
  const shown = lines.slice(-rows);
  const up = drawn > 0 ? `\x1b[${drawn}A` : '\x1b[?25l';
  stdout.write(`\x1b[?7l${up}\r${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J\x1b[?7h`);
  drawn = shown.length;
}

/** The last frame stays; whatever comes next goes below it. */
export function keepFrame() {
  if (drawn > 0) stdout.write('\x1b[?25h');
  drawn = 0;
}

// Ctrl-C must not leave a terminal without a cursor.
process.on('exit', keepFrame);

export function bytes(count) {
  for (const [size, unit] of [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ]) {
    if (count >= size) return `${(count / size).toFixed(count < size * 10 ? 2 : 1)} ${unit}`;
  }
  return `${count} B`;
}

export function time(ms) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export const cut = (text, width) => (text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`);
