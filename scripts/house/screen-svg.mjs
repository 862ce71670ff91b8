// @ts-check
// Screens of a terminal as one SVG. Bars and lines are drawn, not set, so that they join on every machine whatever its fonts are.

/** @typedef {import('./screen.mjs').Line} Line @typedef {import('./screen.mjs').Style} Style */

const CELL = 8;
const LEADING = 18;
const SIZE = 13.2;
const MARGIN = 16;
const BAR = 30;
const GAP = 18;

const PAPER = '#14181f';
const FRAME = '#232a35';
const INK = '#d7dde6';
const FAINT = '#77818f';
/** @type {Readonly<Record<string, string>>} */
const INKS = {
  black: '#5c6673',
  red: '#ff7b72',
  green: '#7ee787',
  yellow: '#f2cc60',
  blue: '#79c0ff',
  magenta: '#d2a8ff',
  cyan: '#76e3ea',
  white: '#f0f6fc',
};

/** Height of the glyphs that are drawn, in parts of a line. @type {Readonly<Record<string, number>>} */
const DRAWN = { '█': 0.78, '━': 0.2, '─': 0.07 };

/** What stands in an SVG as text. @param {string} text */
export const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {Style} style */
const inkOf = (style) => (style.dim ? FAINT : (INKS[style.colour] ?? INK));

/** @param {readonly { title: string, lines: readonly Line[] }[]} parts @param {number} columns */
export function svg(parts, columns) {
  const width = 2 * MARGIN + columns * CELL;
  let y = 0;
  let body = '';
  for (const { title, lines } of parts) {
    const height = BAR + 2 * 10 + lines.length * LEADING;
    body += window(title, lines, y, width, height);
    y += height + GAP;
  }
  const height = y - GAP;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="${SIZE}" xml:space="preserve">\n` +
    `${body}</svg>\n`
  );
}

/** @param {string} title @param {readonly Line[]} lines @param {number} y @param {number} width @param {number} height */
function window(title, lines, y, width, height) {
  let out = `<rect y="${y}" width="${width}" height="${height}" rx="9" fill="${PAPER}"/>\n`;
  out += `<path d="M0 ${y + BAR}v-${BAR - 9}a9 9 0 0 1 9-9h${width - 18}a9 9 0 0 1 9 9v${BAR - 9}z" fill="${FRAME}"/>\n`;
  for (const [i, colour] of ['red', 'yellow', 'green'].entries())
    out += `<circle cx="${20 + 18 * i}" cy="${y + BAR / 2}" r="5.5" fill="${INKS[colour]}"/>\n`;
  out += `<text x="${width / 2}" y="${y + BAR / 2 + 4.5}" fill="${FAINT}" text-anchor="middle">${escaped(title)}</text>\n`;
  for (const [i, line] of lines.entries()) out += row(line, y + BAR + 10 + i * LEADING);
  return out;
}

/** Neighbours of one style in one stroke. @param {Line} line @param {number} top */
function row(line, top) {
  let out = '';
  for (let i = 0; i < line.length; ) {
    const first = line[i];
    if (first === undefined || first.char === ' ') {
      i++;
      continue;
    }
    const drawn = DRAWN[first.char];
    let j = i + 1;
    // A word and the blanks within a sentence go together; what is drawn goes with its like.
    while (j < line.length && belongs(line, j, first, drawn !== undefined)) j++;
    while (line[j - 1]?.char === ' ') j--;
    const x = MARGIN + i * CELL;
    const length = (j - i) * CELL;
    const fill = inkOf(first.style);
    if (drawn !== undefined) {
      const height = drawn * LEADING;
      const y = top + (LEADING - height) / 2;
      out += `<rect x="${x}" y="${y.toFixed(1)}" width="${length}" height="${height.toFixed(1)}" fill="${fill}"/>\n`;
    } else {
      let text = '';
      for (let k = i; k < j; k++) text += line[k]?.char ?? ' ';
      const weight = first.style.bold ? ' font-weight="bold"' : '';
      out += `<text x="${x}" y="${top + 13}" fill="${fill}"${weight} textLength="${length}">${escaped(text)}</text>\n`;
    }
    i = j;
  }
  return out;
}

/** @param {Line} line @param {number} at @param {import('./screen.mjs').Cell} first @param {boolean} drawn */
function belongs(line, at, first, drawn) {
  const cell = line[at];
  if (cell === undefined) return false;
  if (inkOf(cell.style) !== inkOf(first.style) || cell.style.bold !== first.style.bold) return false;
  if (drawn) return cell.char === first.char;
  if (DRAWN[cell.char] !== undefined) return false;
  return cell.char !== ' ' || (line[at + 1]?.char ?? ' ') !== ' ';
}
