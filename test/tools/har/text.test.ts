import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Har, recordHar } from '../../../src/har.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import { cassette } from '../../../src/testing/index.ts';
import { textOf } from '../../../src/tools/har/text.ts';
import { writeWhole } from '../../../src/tools/har/write.ts';
import { serve } from '../../support/server.ts';
import { browserHar, entry, harOf } from './hars.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qnetwork-har-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const tricky = (): Har => {
  const har = harOf(entry({ text: 'a\n    "entries": []\r\n"\\' }));
  har.log.comment = 'before\n    "entries": []';
  return har;
};

it.each<[string, () => Har]>([
  ['no entries', () => harOf()],
  ['one', () => harOf(entry({}))],
  ['several, and members of browsers', browserHar],
  ['texts that look like the file', tricky],
])('the text is that of JSON.stringify, entry by entry: %s', (_title, make) => {
  const har = make();
  const pieces = [...textOf(har)];
  expect(pieces.join('')).toBe(`${JSON.stringify(har, null, 2)}\n`);
  expect(pieces).toHaveLength(har.log.entries.length + 2);
});

it.each(['save', 'cassette'])('no string holds all of it: %s', async (way) => {
  const path = join(folder(), 'a.har');
  await using server = await serve({ routes: { '*': { body: 'x'.repeat(5000) } } });
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  const tape = way === 'save' ? null : cassette(manager, path);
  const recording = recordHar(manager);
  for (let i = 0; i < 10; i++) await manager.get(server.url('/')).text();
  const stringify = vi.spyOn(JSON, 'stringify');
  onTestFinished(() => stringify.mockRestore());
  await (tape === null ? recording.save(path) : tape.stop());
  const lengths = stringify.mock.results.map(({ value }) => String(value).length);
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThan(10_000);
  const text = readFileSync(path, 'utf8');
  expect(JSON.parse(text).log.entries).toHaveLength(10);
  expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
});

it('a file whose text fails on the way is not there', async () => {
  const path = folder();
  function* broken(): Generator<string> {
    yield 'the beginning';
    throw new RangeError('Invalid string length');
  }
  await expect(writeWhole(join(path, 'a.har'), broken())).rejects.toThrow('Invalid string length');
  expect(readdirSync(path)).toEqual([]);
});
