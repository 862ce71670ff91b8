// @ts-check
// CPU time per request of each client as bars, out of bench/figures.json. All that is drawn follows from that file.
import { escaped } from './screen-svg.mjs';

/** @typedef {import('../../bench/lib/figures.mjs').Figures} Figures @typedef {import('../../bench/lib/figures.mjs').Measured} Measured */

/** What is shown, and what it is called in few words. */
const SHOWN = Object.entries({
  seq: ['GETs of 100 bytes,', 'one after another'],
  'queue-2k': ['2,000 GETs of 100 bytes', 'at once, 6 connections'],
  '64k': ['500 GETs of 64 KiB', 'at once, 6 connections'],
});
const OURS = 'ours';

const SCHEMES = {
  light: { paper: '#ffffff', ink: '#1f2328', faint: '#59636e', grid: '#d1d9e0', bar: '#9fb1c4', ours: '#1a7f37' },
  dark: { paper: '#0d1117', ink: '#e6edf3', faint: '#9198a1', grid: '#30363d', bar: '#52677d', ours: '#3fb950' },
};
/** Those that can be asked for. */
export const SCHEME_NAMES = /** @type {('light' | 'dark')[]} */ (Object.keys(SCHEMES));

const MARGIN = 20;
const LABELS = 150;
const PANEL = 210;
const GAP = 26;
const TOP = 118;
const ROW = 26;
const BAR = 16;
const WIDTH = 2 * MARGIN + LABELS + SHOWN.length * PANEL + (SHOWN.length - 1) * GAP;
/** What stands behind the longest bar: its figure. */
const FIGURE = 44;

/** @param {number} value */
const short = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));

/** The end of an axis and its step: round numbers, three to six steps, nothing beyond the end. @param {number} most */
export function axis(most) {
  const size = 10 ** Math.floor(Math.log10(most));
  const step = size * ([0.25, 0.5, 1, 2].find((part) => most / (part * size) <= 5) ?? 2);
  return { step, end: Math.ceil(most / step) * step };
}

/** @param {Figures} figures @param {'light' | 'dark'} scheme */
export function performanceSvg(figures, scheme) {
  const ink = SCHEMES[scheme];
  const panels = SHOWN.map(([id, lines]) => {
    const workload = figures.workloads[id];
    if (workload?.unit !== 'request') throw new Error(`bench/figures.json has no figures per request of the workload ${id}`);
    return { lines, workload };
  });
  // one order for all, that of the first
  const clients = Object.entries(panels[0]?.workload.clients ?? {})
    .sort(([, a], [, b]) => a.cpu - b.cpu)
    .map(([client]) => client);
  const bottom = TOP + clients.length * ROW;
  const height = bottom + 106;
  const { machine, versions, date } = figures;
  const rounds = Math.min(...panels.map(({ workload }) => workload.rounds));
  const named = clients.flatMap((client) =>
    versions[client] === undefined ? [] : [`${figures.names[client] ?? client} (${versions[client]})`],
  );
  const said = [
    `${rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`} on ${date.slice(0, 10)}, measured by npm run bench:figures`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node.js ${machine.node}`,
    named.join('; '),
  ];

  let out =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif" font-size="13" fill="${ink.ink}">\n` +
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="${ink.paper}"/>\n` +
    text(MARGIN, 32, 'CPU time per request, in microseconds', 'font-size="17" font-weight="600"') +
    text(
      MARGIN,
      53,
      'Less is better. Each client in a process of its own, against the same local server.',
      `fill="${ink.faint}"`,
    );
  for (const [i, client] of clients.entries()) {
    const weight = client === OURS ? ' font-weight="600"' : '';
    out += text(
      MARGIN + LABELS - 10,
      TOP + i * ROW + ROW / 2 + 4.5,
      figures.names[client] ?? client,
      `text-anchor="end"${weight}`,
    );
  }
  for (const [i, { lines, workload }] of panels.entries())
    out += panel(lines, workload, clients, MARGIN + LABELS + i * (PANEL + GAP), bottom, ink);
  for (const [i, line] of said.entries()) out += text(MARGIN, bottom + 54 + i * 18, line, `fill="${ink.faint}" font-size="11"`);
  return `${out}</svg>\n`;
}

/**
 * @param {readonly string[]} lines @param {Measured} workload @param {readonly string[]} clients
 * @param {number} left @param {number} bottom @param {(typeof SCHEMES)['light']} ink
 */
function panel(lines, workload, clients, left, bottom, ink) {
  const most = Math.max(...clients.map((client) => workload.clients[client]?.cpu ?? 0));
  const { step, end } = axis(most);
  const scale = (PANEL - FIGURE) / end;
  let out = '';
  for (const [i, line] of lines.entries()) out += text(left, TOP - 30 + i * 17, line, 'font-weight="600"');
  for (let tick = 0; tick <= end; tick += step) {
    const x = (left + tick * scale).toFixed(1);
    out += `<path d="M${x} ${TOP - 4}V${bottom}" stroke="${ink.grid}"/>\n`;
    out += text(x, bottom + 17, tick.toLocaleString('en-US'), `text-anchor="middle" fill="${ink.faint}" font-size="11"`);
  }
  for (const [i, client] of clients.entries()) {
    const cpu = workload.clients[client]?.cpu;
    if (cpu === undefined) continue;
    const y = TOP + i * ROW + (ROW - BAR) / 2;
    const width = cpu * scale;
    const fill = client === OURS ? ink.ours : ink.bar;
    out += `<rect x="${left}" y="${y}" width="${width.toFixed(2)}" height="${BAR}" rx="2" fill="${fill}"/>\n`;
    // lines of the grid stop before a figure
    const halo = `stroke="${ink.paper}" stroke-width="4" paint-order="stroke"`;
    out += text((left + width + 5).toFixed(1), y + 12.5, short(cpu), client === OURS ? `${halo} font-weight="600"` : halo);
  }
  return out;
}

/** @param {number | string} x @param {number} y @param {string} words @param {string} [how] */
function text(x, y, words, how = '') {
  return `<text x="${x}" y="${y}"${how === '' ? '' : ` ${how}`}>${escaped(words)}</text>\n`;
}
