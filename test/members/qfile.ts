import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

/** Runs a test on the path of a file that holds `abc`, in a folder that goes afterwards. */
function onFile(test: (path: string, folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'members-'));
  const path = join(folder, 'file.txt');
  writeFileSync(path, 'abc');
  try {
    test(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const qfile: MemberTests = {
  'QFile.constructor': (q) =>
    onFile((path) => {
      const parent = new q.QObject();
      const file = new q.QFile(path, parent);
      expect([file.fileName() === path, file.parent() === parent, file.size()]).toEqual([true, true, 3]);
      expect(new q.QFile().fileName()).toBe('');
    }),

  'QFile.fileName': (q) => {
    expect([new q.QFile('a/b.txt').fileName(), new q.QFile().fileName()]).toEqual(['a/b.txt', '']);
  },

  'QFile.setFileName': (q) =>
    onFile((path, folder) => {
      const file = new q.QFile(path);
      file.open(q.QIODevice.ReadOnly);
      file.setFileName(join(folder, 'other.txt'));
      expect([file.isOpen(), file.fileName(), file.exists()]).toEqual([false, join(folder, 'other.txt'), false]);
    }),

  'QFile.exists': (q) =>
    onFile((path, folder) => {
      expect([path, folder, path + 'x', ''].map((name) => new q.QFile(name).exists())).toEqual([true, true, false, false]);
    }),

  'QFile.remove': (q) =>
    onFile((path) => {
      const file = new q.QFile(path);
      file.open(q.QIODevice.ReadOnly);
      expect([file.remove(), file.isOpen(), existsSync(path)]).toEqual([true, false, false]);
      expect([file.remove(), file.errorString()]).toEqual([false, 'No such file or directory']);
    }),

  'QFile.flush': (q) =>
    onFile((path) => {
      const file = new q.QFile(path);
      expect(file.flush()).toBe(false);
      file.open(q.QIODevice.Append);
      file.write('def');
      expect([file.flush(), readFileSync(path, 'latin1')]).toEqual([true, 'abcdef']);
      file.close();
    }),
};
