// @ts-check
import { build } from 'tsdown';

/**
 * Builds TypeScript that is no part of the package into a folder, `<name>.mjs` for each entry.
 * @param {Record<string, string>} entry files by name @param {string} outDir
 * @param {(file: string, source: string) => string} [change] what is built instead of a file
 */
export async function buildBeside(entry, outDir, change) {
  const changes =
    change === undefined
      ? []
      : [{ name: 'change', transform: (/** @type {string} */ source, /** @type {string} */ id) => change(id, source) }];
  await build({
    config: false,
    entry,
    outDir,
    format: 'esm',
    platform: 'node',
    dts: false,
    logLevel: 'error',
    report: false,
    fixedExtension: true,
    plugins: changes,
  });
}
