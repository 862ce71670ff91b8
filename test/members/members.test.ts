// One test for each of Qt's members, from the tables of this folder. With QNETWORK_MUTANTS set, which `npm run coverage:api -- --mutate`
// does, every member is put out of order in turn instead, and its test has to notice.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keysIn, problemsOf } from '../../scripts/house/member-tests.mjs';
import { ROOT, readTables } from '../../scripts/house/tree.mjs';
import * as q from '../../src/index.ts';
import { mutantsOf, trial, unchanged } from './mutants.ts';
import type { MemberTests } from './types.ts';

type Family = Parameters<typeof mutantsOf>[1];
type Inventory = Parameters<typeof problemsOf>[1];

const inventory: Inventory = JSON.parse(readFileSync(`${ROOT}spec/api-inventory.json`, 'utf8'));
const files = readTables();
const tests = new Map<string, MemberTests[string]>();
const loaded: Record<string, string[]> = {};
for (const path of Object.keys(files)) {
  const name = path.slice('test/members/'.length, -'.ts'.length);
  const table = ((await import(`../members/${name}.ts`)) as Record<string, MemberTests>)[name];
  loaded[path] = Object.keys(table ?? {});
  for (const [key, run] of Object.entries(table ?? {})) tests.set(key, run);
}

const job = process.env['QNETWORK_MUTANTS'];
if (job === undefined) {
  test('the tables name members of Qt, each once and in the file of its class', () => {
    expect(problemsOf(files, inventory)).toEqual([]);
  });
  test('a table has the members that can be read in its text', () => {
    for (const [path, text] of Object.entries(files)) expect(loaded[path]).toEqual(keysIn(text));
  });
  for (const [key, run] of tests) test(key, () => run(q));
} else {
  test('mutants', { timeout: 0 }, () => mutate(JSON.parse(job) as Job));
}

interface Job {
  readonly keys: readonly string[];
  /** File to which one line of JSON is added before and after each member. */
  readonly report: string;
}

async function mutate({ keys, report }: Job): Promise<void> {
  const note = (line: object): void => appendFileSync(report, `${JSON.stringify(line)}\n`);
  const family = await everyClass();
  for (const key of keys) {
    note({ key });
    const run = tests.get(key)!;
    const [name = '', member = ''] = key.split('.');
    const healthy = await trial(run, unchanged(q, key), 15_000);
    const tried = [];
    if (healthy.passed) {
      for (const mutant of mutantsOf(q, family, key, String(inventory[name]?.members[member])))
        tried.push({ what: mutant.what, ...(await trial(run, mutant)) });
    }
    note({ key, healthy, tried });
  }
}

/** Every class behind the public ones: the objects that a user gets are often of a subclass that is not exported. */
async function everyClass(): Promise<Family> {
  const found = new Set<Family[number]>();
  const folder = `${ROOT}src/api/`;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts')) continue;
    const all = (await import(/* @vite-ignore */ `../../src/api/${entry.replaceAll('\\', '/')}`)) as Record<string, unknown>;
    for (const one of Object.values(all)) if (typeof one === 'function' && one.prototype !== undefined) found.add(one as never);
  }
  return [...found];
}
