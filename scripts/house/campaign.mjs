// @ts-check
// What the fuzzers have in common: which samples, and code that is no part of the package.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBeside } from './beside.mjs';
import { ROOT } from './tree.mjs';

/** What the command line says: samples `from` to `to` of a seed. @param {string} count how many, when nothing is said */
export function samplesWanted(count) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: count },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      to: { type: 'string' },
    },
  });
  const from = number('from', values.from);
  const to = values.to === undefined ? from + number('count', values.count) : number('to', values.to);
  return { seed: number('seed', values.seed), from, to };
}

/** @param {string} name @param {string} text */
function number(name, text) {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} takes a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** A module of the tests, built beside. @param {string} path from the root @returns {Promise<any>} */
export async function loadBeside(path) {
  const outDir = mkdtempSync(join(tmpdir(), 'qnetwork-fuzz-'));
  try {
    await buildBeside({ campaign: ROOT + path }, outDir);
    return await import(pathToFileURL(join(outDir, 'campaign.mjs')).href);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
