// @ts-check
// Reads a guide as a person would who types everything in: files that are named are written, commands are run, and what is shown below them is what
// they print.
//
// - "`first.mjs`:" above a block: the block is that file
// - a block `sh`: commands for a shell, in the folder where the block before has left it; after words about a second terminal it stays until
//   the guide ends, after words about Ctrl-C until it has shown what it has to
// - a block `text` right after it: what it prints, standard output and error together
// - a block `console`: `$ command` and what it prints, as often as that

/**
 * @typedef {{ kind: 'file', line: number, name: string, language: string, text: string }} FileStep
 * @typedef {{ kind: 'run', line: number, script: string, stays: '' | 'shown' | 'end', prints: string | null }} RunStep
 * @typedef {FileStep | RunStep} Step
 * @typedef {{ line: number, language: string, text: string, above: string, adjoins: boolean }} Fence
 */

/**
 * Every block of a document. `above` is the paragraph over it, `adjoins` says that nothing stands between it and the block before.
 * @param {string} text @returns {Fence[]}
 */
export function fencesOf(text) {
  /** @type {Fence[]} */
  const fences = [];
  let end = 0;
  for (const match of text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)) {
    const between = text.slice(end, match.index).trim();
    fences.push({
      line: text.slice(0, match.index).split('\n').length + 1,
      language: /** @type {string} */ (match[1]),
      text: /** @type {string} */ (match[2]),
      above: between.split('\n\n').at(-1) ?? '',
      adjoins: fences.length > 0 && between === '',
    });
    end = match.index + match[0].length;
  }
  return fences;
}

/** The name that the paragraph above a block gives to it, or ''. @param {string} above */
export const nameIn = (above) => /^`([\w./-]+\.\w+)`:$/.exec(above)?.[1] ?? '';

/** What a guide has its reader do, in order. @param {string} text @returns {Step[]} */
export function stepsOf(text) {
  const fences = fencesOf(text);
  return fences.flatMap((fence, i) => stepsIn(fence, fences[i + 1]));
}

/** @param {Fence} fence @param {Fence | undefined} next the block after it @returns {Step[]} */
function stepsIn(fence, next) {
  const { line, language, above } = fence;
  const name = nameIn(above);
  if (name !== '') return [{ kind: 'file', line, name, language, text: fence.text }];
  if (language === 'console') return typed(fence);
  if (language !== 'sh') return [];
  const prints = next?.language === 'text' && next.adjoins ? next.text : null;
  const stays = /second terminal/.test(above) ? 'end' : /Ctrl-C/.test(above) ? 'shown' : '';
  return [{ kind: 'run', line, script: fence.text, stays, prints }];
}

/** The commands of a block `console`. @param {Fence} fence @returns {RunStep[]} */
function typed({ line, text }) {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((piece) => {
      const end = piece.indexOf('\n') + 1;
      return { kind: 'run', line, script: piece.slice(0, end), stays: '', prints: piece.slice(end) };
    });
}

/**
 * What cannot be the same twice: durations, speeds, dates, and the ports that the system chooses.
 * @param {string} line
 */
const loose = (line) =>
  line
    .replace(/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?/g, 'DATE')
    .replace(/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, 'DATE')
    .replace(/\b\d+(?:\.\d+)? (?:ns|µs|ms|s|min|h|d)\b/g, 'TIME')
    .replace(/\b\d+(?:\.\d+)? [kMG]?i?B\/s/g, 'SPEED')
    .replace(/(127\.0\.0\.1|\[::1\]):\d+/g, '$1:PORT')
    .replace(/\s+/g, ' ')
    .trim();

/** @param {string} text */
const linesOf = (text) => text.trimEnd().split('\n').map(loose);

/** @param {string} text */
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Is that what the guide shows? White space, durations, speeds, dates and ports may be others; `…` is anything within a line, and alone in its line any
 * number of lines.
 * @param {string} shown what stands in the guide @param {string} printed
 */
export function agrees(shown, printed) {
  const pattern = linesOf(shown).map((line) => (line === '…' ? '(?:[^\n]*\n)*' : `${quoted(line).replaceAll('…', '[^\n]*')}\n`));
  return new RegExp(`^${pattern.join('')}$`).test(`${linesOf(printed).join('\n')}\n`);
}
