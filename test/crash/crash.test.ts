import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBeside } from '../../scripts/house/beside.mjs';
import { crash } from './campaign.ts';
import { readOnly } from './trouble.ts';

// the short way; scripts/crash-cache.mjs goes the long one
const folder = mkdtempSync(join(tmpdir(), 'cache-crash-'));
const worker = join(folder, 'worker.mjs');

beforeAll(async () => {
  // somebody else is to come in, too
  chmodSync(folder, 0o755);
  await buildBeside({ worker: join(import.meta.dirname, 'worker.ts') }, folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('who writes into a cache may be killed at any time', { timeout: 60_000 }, async () => {
  const directory = join(folder, 'crash');
  mkdirSync(directory);
  const { served, kills, faults } = await crash({ worker, directory, writers: 4, reads: 1500, maximum: 4_000_000, seconds: 40 });
  expect(faults).toEqual([]);
  expect(served).toBeGreaterThanOrEqual(1500);
  expect(kills).toBeGreaterThan(0);
});

test('a folder that may only be read is read, and nobody is the worse for it', async () => {
  expect(await readOnly(worker, join(folder, 'read-only'))).toEqual([]);
});
