import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/tools/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  // Names without hashes: what both entries share is one file that can be found again.
  hash: false,
  // Comments and white space go, names stay: importing costs a quarter less, and stack traces can still be read.
  minify: {
    compress: true,
    mangle: { toplevel: true, keepNames: { class: true, function: true } },
    codegen: { removeWhitespace: true },
  },
  outputOptions: { chunkFileNames: '[name].js' },
  // Only the index is a public surface; the command line tool needs no types.
  dts: { entry: 'src/index.ts', sourcemap: false },
  sourcemap: false,
  report: false,
  logLevel: 'warn',
});
