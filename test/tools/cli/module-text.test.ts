import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { moduleText } from '../../../src/tools/cli/resources/module-text.ts';
import { Reader } from '../../../src/tools/cli/resources/resource.ts';

// as folders may be called: in a comment of JavaScript both end the line
test.each(['\u2028', '\u2029', '\n'])('a name with %j in it stays in its comment', (end) => {
  const text = moduleText([{ prefix: '/', name: 'a', bytes: Buffer.from('a') }], `x${end}globalThis.pwned = true //`);
  const [first] = text.split(/[\n\r\u2028\u2029]/);
  expect(first).toContain('pwned');
});

test('only files are read: others may never end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcc-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const path of [join(folder, 'pipe'), '/dev/null']) expect(() => new Reader().read(path)).toThrow('no file');
});
