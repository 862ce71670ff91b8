// What the commands of documents need, and which blocks are not run: all of it is here, with the reason in words.

/** A line of a document that is no command for a test, by how it begins. */
export interface NotRun {
  readonly line: RegExp;
  readonly why: string;
}

export const NOT_RUN: readonly NotRun[] = [
  {
    line: /^npm (?:ci|test|run|pack|install \.\.)/,
    why: 'works on the project itself, by .ci/run; that its scripts exist is tested',
  },
  { line: /^npm install /, why: 'fetches from a registry' },
];

/** Documents whose commands are run elsewhere. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/getting-started.md': 'npm run check:getting-started follows it, with the packed package, on two versions of Node.js',
};

/** Commands that go on until they are stopped: they are, as soon as they have printed this. */
export const STAYS: readonly { readonly line: RegExp; readonly prints: string }[] = [
  { line: /^qnam inspect /, prints: '…http://127.0.0.1:…\n…\n' },
  { line: /^qnam har replay /, prints: '…http://127.0.0.1:…\n…\n' },
];

/** Programs that not every machine has: without them the commands of a document are skipped, and the name of the test says so. */
export const NEEDS: Readonly<Record<string, string>> = { 'docs/tls.md': 'openssl' };

/** Blocks of text, by how they begin, that are not the output of the commands before them. */
export const SHOWN: Readonly<Record<string, readonly { readonly begins: string; readonly why: string }[]>> = {
  'docs/architecture.md': [{ begins: 'src/', why: 'a map of folders' }],
  'docs/cache-stores.md': [
    { begins: 'for (const { name, run }', why: 'a line of a test file; test/contracts runs it for all stores' },
    { begins: '<directory>', why: 'a map of folders' },
  ],
  'docs/doctor.md': [
    { begins: 'https://www.example.org/ does not work', why: 'of a server that does not exist; test/tools/doctor has the texts' },
  ],
  'docs/from-qt.md': [{ begins: 'loop = QEventLoop()', why: 'Python, to compare with' }],
  'docs/shared-cache.md': [{ begins: '50 processes', why: 'what npm run check:shared-once prints, which compares it' }],
  'docs/testing.md': [
    { begins: "import { test } from 'node:test'", why: 'two lines of a test file; test/contracts runs it for all jars' },
  ],
  'docs/tracing.md': [
    { begins: '     0.000 ms', why: 'what the program above prints on a real network; test/api/access has the texts' },
  ],
};

/** What the reader of a document has done before he begins, without a word in it. */
export const BEFORE: Readonly<Record<string, string>> = {
  'docs/cli.md': `qnam get -s --cache cache --cookie-jar jar.json http://localhost:8080/{,news,old,login,language} > before.txt
`,
};

/** Files that the reader of a document has before he begins. */
export const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/cli.md': { 'photo.jpg': 'a photo', 'icons/ok.svg': '<svg/>' },
  'docs/local-sockets.md': { 'icons/ok.svg': '<svg/>' },
};
