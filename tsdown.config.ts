import { defineConfig, type UserConfig } from 'tsdown';

const library: UserConfig = {
  entry: {
    index: 'src/index.ts',
    dispatcher: 'src/dispatcher.ts',
    doctor: 'src/doctor.ts',
    fetch: 'src/fetch.ts',
    har: 'src/har.ts',
    inspector: 'src/inspector.ts',
    testing: 'src/testing/index.ts',
    cli: 'src/tools/cli/main.ts',
  },
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
  outputOptions: {
    chunkFileNames: '[name].js',
    // What of the library the other entries use by itself is one file beside the index, or importing the library would open one for each
    // command. So it is with the types.
    codeSplitting: {
      groups: [
        // Advice is for the doctor; what errors say of it is a file of its own, below.
        {
          name: 'shared',
          test: /src[\\/](?!(?:tools|faces|testing)[\\/]|api[\\/]advice[\\/](?!late\.))(?!.*\.d\.ts$)/,
          minShareCount: 2,
        },
        { name: 'shared.d', test: /\.d\.ts$/, minShareCount: 2 },
      ],
    },
  },
  // The command line tool needs no types.
  dts: {
    entry: [
      'src/index.ts',
      'src/dispatcher.ts',
      'src/doctor.ts',
      'src/fetch.ts',
      'src/har.ts',
      'src/inspector.ts',
      'src/testing/index.ts',
    ],
    sourcemap: false,
  },
  sourcemap: false,
  report: false,
  logLevel: 'warn',
};

/** What a thread of its own loads is complete in itself: it needs little, and must not load the library. */
const threads: UserConfig = {
  ...library,
  entry: { 'pac-worker': 'src/system/pac/worker.ts' },
  outputOptions: { codeSplitting: false },
  dts: false,
  clean: false,
};

/** What errors say on top of their message: loaded when somebody reads it, and at once, which `import` cannot. */
const hints: UserConfig = {
  ...library,
  entry: { hints: 'src/api/advice/hint.ts' },
  format: 'cjs',
  outputOptions: { codeSplitting: false },
  dts: false,
  clean: false,
};

/** What the inspector serves to the browser. */
const page: UserConfig = {
  ...library,
  entry: { 'inspector-page': 'src/tools/inspector/page/main.ts' },
  platform: 'browser',
  target: 'es2022',
  outputOptions: { codeSplitting: false },
  copy: [{ from: 'src/tools/inspector/page/inspector-page.css', to: 'dist' }],
  dts: false,
  clean: false,
};

export default defineConfig([library, threads, hints, page]);
