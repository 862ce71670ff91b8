// @ts-check
// Runs a command in a terminal and draws what the terminal shows, as SVG.
//
//     node scripts/terminal-picture.mjs OUT.svg [--title TEXT] [--at SECONDS] [--from TEXT] -- COMMAND…
//
// With --at the picture has two parts: the screen at that time, and the end. --from: the end begins with the line that has this text.
// The command runs under script(1) of util-linux, which gives it a real terminal. The picture of the README is made so:
//
//     npm run -s build && node scripts/terminal-picture.mjs docs/images/demo.svg --title 'npm run demo' --at 1.2 --from conn. \
//       -- node examples/demo/main.mjs
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Screen } from './house/screen.mjs';
import { svg } from './house/screen-svg.mjs';

/** Gives a command a real terminal; part of util-linux. */
const TERMINAL = 'script';
const COLUMNS = 100;
const ROWS = 60;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { title: { type: 'string' }, at: { type: 'string' }, from: { type: 'string' } },
});
const [out, ...command] = positionals;
if (out === undefined || command.length === 0) {
  console.error('usage: node scripts/terminal-picture.mjs OUT.svg [--title TEXT] [--at SECONDS] [--from TEXT] -- COMMAND…');
  process.exit(2);
}

const screen = new Screen(COLUMNS);
const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
const child = spawn(TERMINAL, ['-qec', `stty cols ${COLUMNS} rows ${ROWS}; exec ${quoted}`, '/dev/null'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' },
});
child.on('error', (error) => {
  console.error(`script(1) of util-linux is needed for a terminal: ${error.message}`);
  process.exit(1);
});
child.stdout.setEncoding('utf8').on('data', (text) => screen.write(text));

/** @type {{ title: string, lines: import('./house/screen.mjs').Line[] }[]} */
const parts = [];
const title = values.title ?? command.join(' ');
if (values.at !== undefined) {
  const seconds = Number(values.at);
  setTimeout(() => parts.push({ title: `${title}   (after ${seconds} s)`, lines: screen.lines() }), seconds * 1000);
}
child.on('close', (code) => {
  if (code !== 0) {
    console.error(`the command ended with ${code}`);
    process.exit(1);
  }
  const lines = screen.lines();
  const from = lines.findIndex((line) => textOf(line).includes(values.from ?? ''));
  if (from < 0) {
    console.error(`no line with ${JSON.stringify(values.from)} was shown`);
    process.exit(1);
  }
  parts.push({ title: values.at === undefined ? title : `${title}   (at the end)`, lines: lines.slice(from) });
  writeFileSync(out, svg(parts, COLUMNS));
});

/** @param {import('./house/screen.mjs').Line} line */
function textOf(line) {
  return Array.from(line, (cell) => cell?.char ?? ' ').join('');
}
