// What really happened, drawn from reply.timings() and the netlog.
import { columns, cut, paint, print, time } from './screen.mjs';

/** Milestones in their order: each phase lasts until the next milestone that was reached. */
const PHASES = [
  { name: 'queue', from: 'queued', glyph: '·', colour: 'dim' },
  { name: 'dns', from: 'resolveStart', glyph: '?', colour: 'magenta' },
  { name: 'connect', from: 'connectStart', glyph: '○', colour: 'yellow' },
  { name: 'tls', from: 'tlsStart', glyph: '◉', colour: 'magenta' },
  { name: 'send', from: 'connected', glyph: '▸', colour: 'cyan' },
  { name: 'wait', from: 'sent', glyph: '─', colour: 'blue' },
  { name: 'receive', from: 'headReceived', glyph: '█', colour: 'green' },
];

/** Too short to fill a cell of the drawing, too interesting to leave out: they win the cell they start in, the last of these most. */
const SHORT = ['dns', 'connect', 'tls'];

/** @returns {{ name: string, glyph: string, colour: string, start: number, end: number }[]} */
function phasesOf(timings) {
  const marks = [...PHASES.map(({ from }) => timings[from]), timings.ended];
  return PHASES.flatMap((phase, i) => {
    if (marks[i] < 0) return [];
    const end = marks.find((mark, j) => j > i && mark >= 0);
    return end === undefined ? [] : [{ ...phase, start: marks[i], end }];
  });
}

/**
 * Prints a line for each request.
 * @param {{ label: string, timings: object | null, connection: number | null, result: string, ok: boolean }[]} rows
 */
export function waterfall(rows) {
  const timed = rows.filter((row) => row.timings !== null);
  const first = Math.min(...timed.map((row) => row.timings.queued));
  const last = Math.max(...timed.map((row) => row.timings.ended));
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const resultWidth = Math.max(...rows.map((row) => row.result.length));
  const width = Math.max(16, columns() - labelWidth - resultWidth - 20);
  print(paint.bold(`${cut('', labelWidth + 1)}conn.  ${cut('0', width - 8)}${time(last - first).padStart(8)}`));
  for (const row of rows) print(line(row, { first, last, width, labelWidth }));
  print(paint.dim(`${' '.repeat(Math.max(0, columns() - 70))}${PHASES.map(({ glyph, name }) => `${glyph} ${name}`).join('  ')}`));
}

function line(row, { first, last, width, labelWidth }) {
  const result = row.ok ? paint.green(row.result) : paint.red(row.result);
  if (row.timings === null) return `${cut(row.label, labelWidth)}    -   ${' '.repeat(width)} ${' '.repeat(8)} ${result}`;
  const { queued, ended, reused } = row.timings;
  const number = row.connection === null ? '-' : `#${row.connection}${reused ? '↺' : ' '}`;
  const cell = (last - first) / width;
  const phases = phasesOf(row.timings);
  const cells = Array.from({ length: width }, (_, i) => phaseAt(phases, first + i * cell, first + (i + 1) * cell));
  return `${cut(row.label, labelWidth)} ${number.padStart(5)}  ${drawn(cells)} ${time(ended - queued).padStart(8)} ${result}`;
}

/** The phase a cell shows: a short one that falls into it, otherwise the one that fills most of it. */
function phaseAt(phases, from, to) {
  let best = null;
  let most = 0;
  for (const phase of phases) {
    const overlap = Math.min(to, phase.end) - Math.max(from, phase.start);
    const inside = phase.start >= from && phase.start < to;
    const weight = inside && SHORT.includes(phase.name) ? 1e9 + SHORT.indexOf(phase.name) : overlap;
    // The smallest answer still gets its cell.
    if (weight > most || (best === null && inside)) {
      best = phase;
      most = Math.max(weight, 0);
    }
  }
  return best;
}

/** Neighbours of one colour in one stroke. */
function drawn(cells) {
  let text = '';
  for (let i = 0; i < cells.length; ) {
    let j = i;
    while (j < cells.length && cells[j]?.name === cells[i]?.name) j++;
    const phase = cells[i];
    text += phase === null ? ' '.repeat(j - i) : paint[phase.colour](phase.glyph.repeat(j - i));
    i = j;
  }
  return text;
}
