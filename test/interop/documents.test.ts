import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fence, fencesOf, nameIn, type RunStep, stepsOf } from '../../scripts/house/guide.mjs';
import { Shell } from '../../scripts/house/shell.mjs';
import { documents, ROOT, read } from '../docs/blocks.ts';
import { BEFORE, ELSEWHERE, FILES, NEEDS, NOT_RUN, SHOWN, STAYS } from '../docs/command-rows.ts';
import { type StandIns, standIns } from '../docs/stand-ins.ts';

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
const linesOf = (step: RunStep): string[] => step.script.trim().split('\n');
const stem = (name: string): string => name.replace(/\.\w+$/, '');
const notRun = (line: string): boolean => NOT_RUN.some((row) => row.line.test(line));

/** The commands of a document that are run here, each that stays by itself. */
function commandsOf(path: string): RunStep[] {
  const steps = stepsOf(read(path)).flatMap((step) => (step.kind === 'run' ? [step] : []));
  return steps.flatMap((step): RunStep[] => {
    const staying = linesOf(step).flatMap((line): RunStep[] => {
      const stays = STAYS.find((row) => row.line.test(line));
      return stays === undefined ? [] : [{ ...step, script: `${line}\n`, stays: 'shown', prints: stays.prints }];
    });
    const others = linesOf(step).filter((line) => !notRun(line) && !STAYS.some((row) => row.line.test(line)));
    return others.length === 0 ? staying : [{ ...step, script: `${others.join('\n')}\n` }, ...staying];
  });
}

const pages = documents().filter((path) => !(path in ELSEWHERE));
const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const rows = pages.flatMap((path) => {
  const steps = commandsOf(path);
  const missing = NEEDS[path] !== undefined && !has(NEEDS[path]) ? NEEDS[path] : '';
  return steps.length === 0 ? [] : [{ title: path + (missing && ` (without ${missing})`), path, steps, missing }];
});

let servers: StandIns;
let bin: string;
beforeAll(async () => {
  servers = await standIns();
  bin = mkdtempSync(join(tmpdir(), 'qnetwork-bin-'));
  writeFileSync(join(bin, 'qnam'), `#!/bin/sh\nexec '${process.execPath}' '${ROOT}dist/cli.js' "$@"\n`);
  chmodSync(join(bin, 'qnam'), 0o755);
});
afterAll(async () => {
  rmSync(bin, { recursive: true });
  await servers.close();
});

for (const { title, path, steps, missing } of rows) {
  test.skipIf(missing !== '').concurrent(`the commands of ${title} do what it says`, async ({ onTestFinished, expect }) => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-commands-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/qnetwork'));
    for (const [name, text] of Object.entries(FILES[path] ?? {})) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const shell = new Shell(folder, {
      enter: servers.enter,
      leave: (text) => servers.leave(text).replaceAll(folder, '/home/ada'),
      environment: { ...servers.environment, PATH: `${bin}:${process.env['PATH']}`, HOME: folder, XDG_CACHE_HOME: '' },
    });
    onTestFinished(() => shell.close());
    for (const step of stepsOf(read(path))) if (step.kind === 'file') shell.write(step);
    const before = { script: BEFORE[path] ?? ':\n', stays: '', prints: '' } as const;
    expect(await shell.run(before), `${path}: before`).toBe('');
    for (const step of steps) expect(await shell.run(step), `${path}:${step.line}`).toBe('');
  });
}

test('a block is a program, commands, what they print, or a file that is run; what else there is has a reason', () => {
  const found = documents().flatMap((path) => {
    const fences = fencesOf(read(path));
    const commands = fences.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const reasons = [...(SHOWN[path] ?? [])];
    const known = (fence: Fence, i: number): boolean => {
      const name = nameIn(fence.above);
      if (name !== '') return commands.some((text) => text.includes(stem(name))) || /\.json$/.test(name);
      if (['js', 'ts', 'sh', 'console'].includes(fence.language)) return true;
      if (fence.language === 'json') return JSON.parse(fence.text) !== undefined;
      if (fence.language !== 'text') return false;
      if (fence.adjoins && fences[i - 1]?.language === 'sh') return true;
      const reason = reasons.findIndex(({ begins }) => fence.text.startsWith(begins));
      return reason >= 0 && reasons.splice(reason, 1).length === 1;
    };
    const unknown = fences.filter((fence, i) => !known(fence, i)).map(({ line, text }) => `${path}:${line} ${text.slice(0, 40)}`);
    return [...unknown, ...reasons.map(({ begins }) => `${path} has no block that begins with ${begins}`)];
  });
  expect(found).toEqual([]);
});

test('every reason not to run something is needed', () => {
  const lines = documents().flatMap((path) => stepsOf(read(path)).flatMap((step) => (step.kind === 'run' ? linesOf(step) : [])));
  const unused = [...NOT_RUN, ...STAYS]
    .filter(({ line }) => !lines.some((text) => line.test(text)))
    .map(({ line }) => String(line));
  const gone = [BEFORE, ELSEWHERE, NEEDS, FILES, SHOWN]
    .flatMap((table) => Object.keys(table))
    .filter((path) => !existsSync(ROOT + path));
  expect([...unused, ...gone]).toEqual([]);
});

test('the scripts that pages speak of are there', () => {
  const missing = documents().flatMap((path) =>
    Array.from(read(path).matchAll(/\bnpm run (?:-s )?([\w:-]*\w)/g), ([, name]) => name as string)
      .filter((name) => scripts[name] === undefined)
      .map((name) => `${path}: npm run ${name}`),
  );
  expect(missing).toEqual([]);
});
