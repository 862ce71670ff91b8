import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, readTree } from '../../scripts/house/tree.mjs';

interface Manifest {
  name: string;
  license: string;
  type: string;
  engines: Record<string, string>;
  sideEffects: boolean;
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
  files: string[];
  scripts: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

/** What users have to install with the package, each with its reason. */
const ALLOWED_DEPENDENCIES: readonly string[] = [
  'tldts', // the public suffix list: docs/decisions/009-public-suffixes-from-tldts.md
];

describe('package.json', () => {
  test('asks users to install nothing but what is allowed', () => {
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([...ALLOWED_DEPENDENCIES]);
    expect(manifest.optionalDependencies).toBeUndefined();
  });
  test('pins development tools to one version each', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies))
      expect(version, name).toMatch(/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/);
  });
  test('is an ES module without side effects for Node.js 20.19 and later', () => {
    expect(manifest).toMatchObject({ name: 'qnetwork', type: 'module', sideEffects: false, engines: { node: '>=20.19.0' } });
  });
  test('exports and commands lead into what is shipped', () => {
    const targets = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    for (const target of [...targets, ...Object.values(manifest.bin)])
      expect(target).toMatch(/^\.\/(?:dist\/[\w-]+\.(?:js|d\.ts)|package\.json)$/);
    expect(manifest.files).toContain('dist');
  });
  test('runs no script when it is installed', () => {
    expect(Object.keys(manifest.scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:pre|post)?install$|^prepare$/)]),
    );
  });
  test('every script file it names is there', () => {
    for (const [name, command] of Object.entries(manifest.scripts)) {
      for (const [, path = ''] of command.matchAll(/(?:node|bash) ([\w./-]+\.mjs|\.ci\/run)/g))
        expect(existsSync(join(ROOT, path)), `${name}: ${path}`).toBe(true);
    }
  });
});

test('the lock file names no registry', () => {
  expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  expect(read('package-lock.json')).not.toContain('"resolved"');
});

test('the licence is MIT, in the file and in package.json', () => {
  expect(manifest.license).toBe('MIT');
  expect(read('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} The qnetwork authors\n/);
});

test('the versions of Node.js to test on are exact', () => {
  for (const major of readdirSync(join(ROOT, 'tools/nodes'))) {
    const { dependencies } = JSON.parse(read(`tools/nodes/${major}/package.json`)) as Manifest;
    expect(dependencies?.['node'], major).toMatch(new RegExp(`^${major}\\.\\d+\\.\\d+$`));
  }
});

test('no test is left out, none runs alone', () => {
  const left = Object.entries(readTree('test')).flatMap(([path, text]) =>
    [
      ...text.matchAll(
        /\b(?:describe|test|it|suite|bench)\s*\.\s*(?:only|skip|todo|fails|skipIf|runIf)\b|\b(?:xit|xdescribe|fit|fdescribe)\(/g,
      ),
    ]
      .map(([found]) => found)
      // tests against real servers need programs that npm does not bring; .ci/run installs them, and a skipped test says which is missing
      .filter((found) => !(path.startsWith('test/interop/') && found.endsWith('skipIf')))
      .map((found) => `${path}: ${found}`),
  );
  expect(left).toEqual([]);
});

describe('documents', () => {
  const documents = [
    ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
    ...(existsSync(join(ROOT, 'docs')) ? readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }) : [])
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  test('link to files that are there', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!\w+:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
  test('name only npm scripts that exist', () => {
    const unknown = documents.flatMap((path) =>
      [...read(path).matchAll(/\bnpm run (?:-s )?([\w:-]*\w)/g)]
        .filter(([, name = '']) => !(name in manifest.scripts))
        .map(([found]) => `${path}: ${found}`),
    );
    expect(unknown).toEqual([]);
  });
});
