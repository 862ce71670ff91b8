// @ts-check
// bench/figures.json, whose shape is written at the top of bench/figures.mjs, and the tables of the documents that are made of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ cpu: number, ratio: number, least: number, most: number, wall: number, growthMiB: number | null }} Figure
 * @typedef {{ title: string, unit: 'request' | 'MiB' | 'import', rounds: number, clients: Record<string, Figure> }} Measured
 * @typedef {{ cpu: string, cores: number, memoryGiB: number, platform: string, node: string, load: number[], pinned: boolean }} Machine
 * @typedef {{
 *   date: string, machine: Machine, rounds: number, names: Record<string, string>, versions: Record<string, string>,
 *   workloads: Record<string, Measured>, features: Measured | null,
 * }} Figures
 */

export const FIGURES = fileURLToPath(new URL('../figures.json', import.meta.url));
export const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

const MiB = 1_048_576;

/** The one with which all are compared. */
const OURS = 'ours';

/** @type {Record<string, string>} */
const NAMES = {
  ours: 'qnetwork',
  'undici-dispatch': 'undici, dispatch',
  'undici-request': 'undici, request',
  'global-fetch': 'built-in fetch',
  'node-http': 'node:http',
  got: 'got',
  axios: 'axios',
  'ours-told': 'stories kept',
  'ours-logged': 'a listener of the netlog',
  'ours-recorded': 'recorded for a HAR',
  'ours-inspected': 'the inspector, no page open',
};

/** @param {number[]} list */
function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(4));

/**
 * The figures of a workload, cheapest client first. A wrong answer or a client that failed makes none: what is shown has to be all true.
 * @param {string} id
 * @param {{ title: string, samples: Record<string, any[]> }} workload as bench/run.mjs writes it
 * @returns {Measured}
 */
function measured(id, { title, samples }) {
  const unit = id === 'import' ? 'import' : id === 'down' || id === 'up' ? 'MiB' : 'request';
  const each = (/** @type {any} */ s, /** @type {'cpu' | 'wall'} */ what) => s[what] / (unit === 'MiB' ? s.bytes / MiB : s.n);
  const mine = new Map(samples[OURS]?.map((s) => [s.round, each(s, 'cpu')]));
  /** @type {[string, Figure][]} */
  const rows = [];
  for (const [client, list] of Object.entries(samples)) {
    const bad = list.find((s) => s.error !== undefined || s.wrong > 0);
    if (bad !== undefined) throw new Error(`${id}, ${client}: ${bad.error ?? `${bad.wrong} wrong answers`}`);
    if (list.length === 0) continue;
    const ratios = list.map((s) => each(s, 'cpu') / (mine.get(s.round) ?? Number.NaN));
    const grown = list.map((s) => s.growth).filter((growth) => growth !== null);
    const figure = {
      cpu: rounded(median(list.map((s) => each(s, 'cpu')))),
      ratio: rounded(median(ratios)),
      least: rounded(Math.min(...ratios)),
      most: rounded(Math.max(...ratios)),
      wall: rounded(median(list.map((s) => each(s, 'wall')))),
      growthMiB: grown.length === 0 ? null : rounded(median(grown) / MiB),
    };
    rows.push([client, figure]);
  }
  rows.sort(([, a], [, b]) => a.cpu - b.cpu);
  return { title, unit, rounds: mine.size, clients: Object.fromEntries(rows) };
}

/**
 * All parts together.
 * @param {{ features?: boolean, result: any }[]} parts each with what bench/run.mjs has written
 * @returns {Figures}
 */
export function figuresOf(parts) {
  const [first] = parts;
  if (first === undefined) throw new Error('No workload was measured');
  if (first.result.versions[OURS] === undefined) throw new Error('qnetwork itself did not take part: run "npm run build" first');
  const versions = Object.assign({}, ...parts.map(({ result }) => result.versions));
  /** @type {Record<string, Measured>} */
  const workloads = {};
  let features = null;
  for (const { features: ownWays, result } of parts)
    for (const [id, workload] of Object.entries(result.workloads)) {
      if (ownWays) features = measured(id, workload);
      else workloads[id] = measured(id, workload);
    }
  const { date, machine, rounds } = first.result;
  const names = Object.fromEntries(Object.keys(versions).map((client) => [client, NAMES[client] ?? client]));
  return { date, machine, rounds, names, versions, workloads, features };
}

/** As the file has them; lists of numbers stand in one line, as the formatter wants it. @param {Figures} figures */
export function textOf(figures) {
  const onOneLine = (/** @type {string} */ list) => list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']');
  return `${JSON.stringify(figures, null, 2).replace(/\[[^\]"{]*\]/g, onOneLine)}\n`;
}

// ---- the tables

/** What the columns of the first table are called. */
const COLUMNS = {
  seq: 'one after another',
  'queue-2k': '2,000 at once',
  '64k': '64 KiB each',
  'tls-2k': '2,000 at once, TLS',
  'h2-2k': '2,000 at once, HTTP/2',
  down: 'download, a MiB',
  up: 'upload, a MiB',
};

/** @param {number} value */
const figure = (value) => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
/** @param {number} value */
const times = (value) => `${value.toFixed(2)} ×`;

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Clients in the order in which they come in any of these workloads. @param {readonly (Measured | undefined)[]} measured */
const clientsOf = (measured) => [...new Set(measured.flatMap((one) => Object.keys(one?.clients ?? {})))];

/** CPU of a request in each workload, and as a multiple of ours. @param {Figures} figures */
function requests({ workloads, names }) {
  const shown = Object.entries(COLUMNS).filter(([id]) => workloads[id] !== undefined);
  const rows = clientsOf(shown.map(([id]) => workloads[id])).map((client) => [
    names[client] ?? client,
    ...shown.map(([id]) => {
      const found = workloads[id]?.clients[client];
      return found === undefined ? '' : `${figure(found.cpu)} (${times(found.ratio)})`;
    }),
  ]);
  return table(['CPU, µs', ...shown.map(([, title]) => title)], rows);
}

/** Memory while 10,000 requests are waiting. @param {Measured} waiting @param {Record<string, string>} names */
function memory({ clients }, names) {
  const rows = Object.entries(clients)
    .sort(([, a], [, b]) => (a.growthMiB ?? 0) - (b.growthMiB ?? 0))
    .map(([client, { growthMiB, cpu }]) => [
      names[client] ?? client,
      growthMiB === null ? '' : figure(growthMiB),
      growthMiB === null ? '' : figure((growthMiB * 1024) / 10_000),
      figure(cpu),
    ]);
  return table(['10,000 at once', 'peak growth, MiB', 'a request, KiB', 'CPU, µs'], rows);
}

/** @param {Measured} importing @param {Record<string, string>} names */
function imports({ clients }, names) {
  // a package has several clients and is imported once
  const rows = Object.entries(clients).map(([client, { cpu, wall }]) => [
    (names[client] ?? client).split(',')[0] ?? '',
    figure(cpu / 1000),
    figure(wall / 1000),
  ]);
  return table(['import', 'CPU, ms', 'time, ms'], rows);
}

/** @param {Measured} features @param {Record<string, string>} names */
function ownWays({ clients }, names) {
  const rows = Object.entries(clients)
    .sort(([a], [b]) => Number(b === OURS) - Number(a === OURS))
    .map(([client, { cpu, ratio, least, most }]) => [
      client === OURS ? 'nothing' : (names[client] ?? client),
      figure(cpu),
      times(ratio),
      client === OURS ? '' : `${least.toFixed(2)} to ${most.toFixed(2)}`,
    ]);
  return table(['turned on', 'CPU, µs', 'ratio', 'of the rounds'], rows);
}

/** Where it was measured, and what. @param {Figures} figures */
function circumstances({ date, machine, rounds, names, versions }) {
  const rivals = Object.keys(versions).filter((client) => !client.startsWith(OURS));
  const shown = [...new Set(rivals.map((client) => `${(names[client] ?? client).split(',')[0]} (${versions[client]})`))];
  const { cpu, cores, memoryGiB, platform, node, load } = machine;
  return [
    `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node.js ${node.slice(1)}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'},`,
    `load ${load[0]} when it began. qnetwork ${versions[OURS]}; ${shown.join(', ')}.`,
  ].join('\n');
}

/** What stands in each place of the page. @param {Figures} figures @returns {Record<string, string>} */
export function tablesOf(figures) {
  const { workloads, features, names } = figures;
  const waiting = workloads['queue-10k'];
  const importing = workloads['import'];
  return {
    machine: circumstances(figures),
    requests: requests(figures),
    memory: waiting === undefined ? '' : memory(waiting, names),
    importing: importing === undefined ? '' : imports(importing, names),
    looking: features === null ? '' : ownWays(features, names),
  };
}

/** @param {string} text @param {string} name @returns {readonly [number, number]} */
function placeIn(text, name) {
  const begin = `<!-- npm run bench:figures: ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`docs/performance.md has no place for the table: ${begin} … <!-- end -->`);
  return [from + begin.length, to];
}

/** The page with the tables of these figures. @param {string} page @param {Figures} figures */
export function withTables(page, figures) {
  for (const [name, table] of Object.entries(tablesOf(figures))) {
    const [from, to] = placeIn(page, name);
    page = `${page.slice(0, from)}\n\n${table}\n\n${page.slice(to)}`;
  }
  return page;
}

/** @param {Figures} figures */
export function writeTables(figures) {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), figures));
}
