import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../src/stores/folder.ts';

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('makes what is missing, for its owner alone', () => {
  const above = place();
  makeFolder(join(above, 'a/b'));
  for (const made of ['a', 'a/b']) expect(statSync(join(above, made)).mode & 0o777).toBe(0o700);
  makeFolder(join(above, 'a/b'));
});

it('takes a link to a folder for one', () => {
  const above = place();
  symlinkSync(place(), join(above, 'link'));
  makeFolder(join(above, 'link/c'));
  expect(statSync(join(above, 'link/c')).isDirectory()).toBe(true);
});

it.each(['file', 'file/below'])('says that %s cannot be one', (name) => {
  const above = place();
  writeFileSync(join(above, 'file'), '');
  expect(() => makeFolder(join(above, name))).toThrow(name === 'file' ? /EEXIST/ : /ENOTDIR/);
});

it('gives up where the system makes no folders', () => {
  expect(() => makeFolder('/proc/x/y')).toThrow();
});
