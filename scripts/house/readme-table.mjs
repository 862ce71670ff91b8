// @ts-check
// The table of classes in the README, made of what coverage:api has counted.
import { readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from './tree.mjs';

const BEGIN = '<!-- npm run coverage:api -- --readme: begin -->';
const END = '<!-- end -->';
const FILE = `${ROOT}README.md`;

/**
 * A line for each class, its enums counted with it.
 * @param {readonly import('./coverage.mjs').Row[]} rows
 */
function tableOf(rows) {
  /** @type {Map<string, { present: number, total: number }>} */
  const classes = new Map();
  for (const { name, present, total } of rows) {
    const [owner = name] = name.split('.');
    const counted = classes.get(owner) ?? { present: 0, total: 0 };
    classes.set(owner, { present: counted.present + present.length, total: counted.total + total });
  }
  const cells = [...classes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { present, total }]) => `| \`${name}\` | ${present} of ${total} |`);
  const sum = (/** @type {'present' | 'total'} */ of) => [...classes.values()].reduce((n, counted) => n + counted[of], 0);
  const heading = `<details><summary>${sum('present')} of ${sum('total')} members and values of ${classes.size} classes of Qt 4 and Qt 6 are there</summary>`;
  return [BEGIN, heading, '', '| class | members and values |', '| --- | --- |', ...cells, '', '</details>', END].join('\n');
}

/** @param {string} text @returns {readonly [number, number]} */
function placeIn(text) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no place for the table: ${BEGIN} … ${END}`);
  return [from, to + END.length];
}

/** Whether the README says what was counted. @param {readonly import('./coverage.mjs').Row[]} rows */
export function isInReadme(rows) {
  const text = readFileSync(FILE, 'utf8');
  return text.slice(...placeIn(text)) === tableOf(rows);
}

/** @param {readonly import('./coverage.mjs').Row[]} rows */
export function writeToReadme(rows) {
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = placeIn(text);
  writeFileSync(FILE, text.slice(0, from) + tableOf(rows) + text.slice(to));
}
