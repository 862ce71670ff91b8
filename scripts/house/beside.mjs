// @ts-check
import { build } from 'tsdown';

/**
 * Builds TypeScript that is no part of the package into a folder, `<name>.mjs` for each entry.
 * @param {Record<string, string>} entry files by name @param {string} outDir
 */
export async function buildBeside(entry, outDir) {
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
  });
}
