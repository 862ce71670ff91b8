import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { agrees, type Step, stepsOf } from '../../scripts/house/guide.mjs';
import { Shell } from '../../scripts/house/shell.mjs';
import { entriesPrint, entriesProgram, withRequire } from '../../scripts/house/variants.mjs';

/** A guide; in these tests ''' stands for the fences. */
const guide = (...lines: string[]): Step[] => stepsOf(`${lines.join('\n').replaceAll("'''", '```')}\n`);

/** What is wrong with each step that is run; the shell too, to see where it is. */
async function followed(steps: readonly Step[]): Promise<{ problems: string[]; shell: Shell; folder: string }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qnetwork-guide-')));
  const shell = new Shell(folder, {
    enter: (text) => text.replaceAll('Ada', 'Eve'),
    leave: (text) => text.replaceAll('Eve', 'Ada'),
  });
  onTestFinished(() => {
    shell.close();
    rmSync(folder, { recursive: true });
  });
  const problems: string[] = [];
  for (const step of steps) {
    if (step.kind === 'file') shell.write(step);
    else problems.push(await shell.run(step));
  }
  return { problems, shell, folder };
}

test.each([
  ['the same', 'one\ntwo\n', 'one\ntwo\n', true],
  ['another word', 'one\n', 'two\n', false],
  ['a line too few', 'one\ntwo\n', 'one\n', false],
  ['a line too many', 'one\n', 'one\ntwo\n', false],
  ['nothing', '', '', true],
  ['something for nothing', '', 'one\n', false],
  ['a number that is no time', '3 files\n', '4 files\n', false],
  ['white space', 'a  b\n', 'a b   \n', true],
  ['durations', 'done in 12 ms (3.5 s)\n', 'done in 9.75 ms (1 s)\n', true],
  ['speeds', '69.9 MB/s\n', '12 kB/s\n', true],
  ['dates', 'at 2026-11-21 17:14:52 UTC\n', 'at 2027-01-02 03:04:05 UTC\n', true],
  ['ports', 'http://127.0.0.1:8080/a\n', 'http://127.0.0.1:43121/a\n', true],
  ['the rest of a line', 'token=…;\n', 'token=abc;\n', true],
  ['not of the next line', 'token=…;\n', 'token=\nabc;\n', false],
  ['lines left out', 'a\n…\nd\n', 'a\nb\nc\nd\n', true],
  ['no line left out', 'a\n…\nd\n', 'a\nd\n', true],
  ['the end is still looked at', 'a\n…\nd\n', 'a\nb\n', false],
  ['what means something in a pattern', 'a.c (d) [e]\n', 'a.c (d) [e]\n', true],
  ['and does not match as one', 'a.c\n', 'abc\n', false],
])('%s', (_, shown, printed, same) => {
  expect(agrees(shown, printed)).toBe(same);
});

test('a guide is files to write and commands to run', () => {
  const steps = guide(
    '`a/b.mjs`:',
    '',
    "'''js",
    'code',
    "'''",
    '',
    'In a second terminal:',
    '',
    "'''sh",
    'node a/b.mjs',
    "'''",
    '',
    "'''text",
    'out',
    "'''",
    '',
    'Until Ctrl-C:',
    '',
    "'''sh",
    'one',
    "'''",
    '',
    'Words.',
    '',
    "'''text",
    'an example',
    "'''",
    '',
    "'''console",
    '$ ls',
    'b',
    '$ pwd',
    "'''",
  );
  const none = { kind: 'run', line: 30, stays: '' };
  expect(steps).toEqual([
    { kind: 'file', line: 4, name: 'a/b.mjs', language: 'js', text: 'code\n' },
    { kind: 'run', line: 10, script: 'node a/b.mjs\n', stays: 'end', prints: 'out\n' },
    { kind: 'run', line: 20, script: 'one\n', stays: 'shown', prints: null },
    { ...none, script: 'ls\n', prints: 'b\n' },
    { ...none, script: 'pwd\n', prints: '' },
  ]);
});

test('what is right is followed: files, folders, both streams, other names', async () => {
  const { problems, shell, folder } = await followed(
    guide(
      '`name.txt`:',
      '',
      "'''text",
      'Ada',
      "'''",
      '',
      "'''console",
      '$ mkdir inner && cd inner',
      '$ cat ../name.txt; echo Ada >&2',
      'Ada',
      'Ada',
      '$ grep -c Eve ../name.txt',
      '1',
      "'''",
    ),
  );
  expect(problems).toEqual(['', '', '']);
  expect(shell.folder).toBe(join(folder, 'inner'));
});

test('what is wrong is told, with what was printed', async () => {
  const { problems } = await followed(
    guide("'''console", '$ echo two', 'one', '$ echo one; exit 3', 'one', '$ false | cat', '$ echo much', "'''"),
  );
  expect(problems[0]).toBe(
    'printed something else\n--- the guide runs\necho two\n--- and shows\none\n--- but this was printed\ntwo\n',
  );
  expect(problems[1]).toMatch(/^ended with 3\n/);
  expect(problems[2]).toMatch(/^ended with 1\n/);
  expect(problems[3]).toMatch(/^printed something else\n/);
});

test('a program that stays is there for the commands after it, and one that should stay is missed', async () => {
  const serves = "node -e \"require('http').createServer((_, r) => r.end()).listen(0, () => console.log('ready'))\"";
  const stays = (script: string): string[] => [
    'In a second terminal:',
    '',
    "'''sh",
    script,
    "'''",
    '',
    "'''text",
    'ready',
    "'''",
    '',
  ];
  const { problems } = await followed(
    guide(...stays(`echo $$ > pid; ${serves}`), "'''sh", 'kill -0 $(cat pid)', "'''", '', ...stays('echo no')),
  );
  expect(problems.slice(0, 2)).toEqual(['', '']);
  expect(problems[2]).toMatch(/^ended with 0 although it should stay\n/);
});

test('an ES module with require()', () => {
  const code = "import { a, b } from 'x';\nimport { c } from 'y';\n\nawait a(b, c);\n";
  const want =
    "const { a, b } = require('x');\nconst { c } = require('y');\n\nasync function main() {\nawait a(b, c);\n}\nmain();\n";
  expect(withRequire(code)).toBe(want);
  expect(() => withRequire("import x from 'y';\n")).toThrow("cannot be written as require(): import x from 'y';");
});

test('an entry that no request is made with is told', () => {
  expect(() => entriesProgram(['qnetwork', 'qnetwork/new'], 'http://x/')).toThrow('no request is made with qnetwork/new');
  expect(entriesPrint(['a'])).toBe('a required: Hello from the server.\na imported: Hello from the server.\n');
});
