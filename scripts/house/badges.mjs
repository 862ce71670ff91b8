// @ts-check
// The badges and what the documents say of them, out of docs/conformance.json.
import { readFileSync } from 'node:fs';
import { badgeSvg, badgeText } from './badge-svg.mjs';
import { SUITES } from './conformance.mjs';
import { ROOT } from './tree.mjs';

/** @typedef {import('./conformance.mjs').Results} Results @typedef {import('./conformance.mjs').Suite} Suite */

export const RESULTS = `${ROOT}docs/conformance.json`;
export const BADGES = `${ROOT}docs/images/badges`;
const BEGIN = '<!-- npm run badges: begin -->';
const END = '<!-- npm run badges: end -->';

const labelOf = (/** @type {string} */ name) => /** @type {Suite} */ (SUITES[name]).label;

/** The files of the badges and what is in them. @param {Results} results @returns {Record<string, string>} */
export function allBadges(results) {
  return Object.fromEntries(Object.entries(results).map(([name, result]) => [`${name}.svg`, badgeSvg(labelOf(name), result)]));
}

/** The documents with what the results say between their marks: paths and texts. @param {Results} results @returns {[string, string][]} */
export function filled(results) {
  return /** @type {const} */ ([
    ['README.md', lineOf(results)],
    ['docs/conformance.md', tableOf(results)],
  ]).map(([path, block]) => {
    const text = readFileSync(ROOT + path, 'utf8');
    const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
    if (from < 0 || to < from) throw new Error(`${path} has no place for the badges: ${BEGIN} … ${END}`);
    return [ROOT + path, `${text.slice(0, from)}${BEGIN}\n${block}\n${text.slice(to)}`];
  });
}

/** @param {Results} results */
function lineOf(results) {
  const images = Object.entries(results).map(
    ([name, result]) => `[![${labelOf(name)}: ${badgeText(result)}](docs/images/badges/${name}.svg)](docs/conformance.md)`,
  );
  return images.join('\n');
}

/** @param {Results} results */
function tableOf(results) {
  const rows = Object.entries(results).map(([name, { passed, of, detail, command, date, node }]) => {
    const { label, what } = /** @type {Suite} */ (SUITES[name]);
    const more = detail === '' ? '' : ` (${detail})`;
    return `| ${label} | ${what} | ${passed} of ${of}${more} | \`${command}\` | ${date}, Node.js ${node} |`;
  });
  return ['| | what is counted | passed | command | when |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
