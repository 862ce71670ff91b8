import { spawn } from 'node:child_process';
import ts from 'typescript';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { type Block, blocksOf, documents, printedBy, program, ROOT, read } from './blocks.ts';
import { type StandIns, standIns } from './stand-ins.ts';

const blocks = documents().flatMap((path) => blocksOf(path, read(path)));
// those with names are run by the commands of their documents
const unnamed = blocks.filter(({ name }) => name === '').map((block) => [`${block.path}:${block.line}`, block] as const);

// What users get: the built package, under its own name.
const names = Object.keys(await import(new URL('../../dist/index.js', import.meta.url).href));
let servers: StandIns;

beforeAll(async () => {
  servers = await standIns();
});
afterAll(() => servers.close());

test('the README shows both styles', () => {
  expect(blocks.filter(({ path }) => path === 'README.md').length).toBeGreaterThanOrEqual(2);
});

test.concurrent.for(unnamed)('%s runs and prints what it says', async ([, block], { onTestFinished, expect }) => {
  const { code, out, err } = await run(block, onTestFinished);
  expect(err).toBe('');
  expect(code).toBe(0);
  const lines = printedBy(block);
  if (lines.length > 0) expect(out.trimEnd().split('\n')).toEqual(lines);
});

test('the types agree', () => {
  const files = new Map(blocks.map((block, i) => [`${ROOT}block-${i}.${endOf(block)}`, block]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    strict: true,
    // methods of a class in plain JavaScript have no types for their parameters
    noImplicitAny: false,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    // a module that commands of the document make
    noUncheckedSideEffectImports: false,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const textOf = (name: string): string | undefined => {
    const block = files.get(name);
    return block === undefined ? undefined : program(block, names).replaceAll("'undici'", "'undici-7'");
  };
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => textOf(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = textOf(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host)).map((diagnostic) => {
    const block = diagnostic.file && files.get(diagnostic.file.fileName);
    return `${block ? `${block.path}:${block.line}` : ''} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
  });
  expect(found).toEqual([]);
});

/** What a file with that program in it ends with. */
const endOf = ({ name, language }: Block): string => /\w+$/.exec(name)?.[0] ?? (language === 'ts' ? 'mts' : 'mjs');

async function run(
  block: Block,
  onTestFinished: TestContext['onTestFinished'],
): Promise<{ code: number | null; out: string; err: string }> {
  const whole = servers.enter(program(block, names));
  const { outputText } = ts.transpileModule(whole, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  // From standard input, so that nothing is written; names are then looked up from the working directory.
  const child = spawn(process.execPath, ['--input-type=module', '-'], { cwd: ROOT, stdio: 'pipe', env: servers.environment });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(outputText);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out: servers.leave(out), err };
}
