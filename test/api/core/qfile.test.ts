import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QFile } from '../../../src/api/core/qfile.ts';

const { ReadOnly, WriteOnly, ReadWrite, Append, Truncate } = QFile;

let folder = '';
let path = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qfile-'));
  path = join(folder, 'file.txt');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => writeFileSync(path, 'abcdef\nsecond\n'));

describe('QFile', () => {
  const modes: [string, number, string][] = [
    ['WriteOnly', WriteOnly, 'XY'],
    ['WriteOnly | Append', WriteOnly | Append, 'abcdef\nsecond\nXY'],
    ['Append', Append, 'abcdef\nsecond\nXY'],
    ['ReadWrite', ReadWrite, 'XYcdef\nsecond\n'],
    ['ReadWrite | Truncate', ReadWrite | Truncate, 'XY'],
  ];
  for (const [what, mode, expected] of modes) {
    it(`writes with ${what}, also to a new file`, () => {
      const file = new QFile(path);
      expect([file.open(mode), file.write('XY'), file.flush()]).toEqual([true, 2, true]);
      expect(readFileSync(path, 'latin1')).toBe(expected);
      file.setFileName(join(folder, `new-${what}`));
      expect([file.isOpen(), file.exists(), file.open(mode), file.write('Z')]).toEqual([false, false, true, 1]);
      file.close();
      expect(readFileSync(file.fileName(), 'latin1')).toBe('Z');
    });
  }

  it('reads at positions', () => {
    const file = new QFile(path);
    expect([file.size(), file.open(ReadOnly), file.isSequential()]).toEqual([14, true, false]);
    expect(file.readLine().toString()).toBe('abcdef\n');
    expect([file.pos(), file.bytesAvailable()]).toEqual([7, 7]);
    expect([file.seek(2), file.peek(2), file.read(3), file.readAll(), file.atEnd()].map(String)).toEqual([
      'true',
      'cd',
      'cde',
      'f\nsecond\n',
      'true',
    ]);
    file.close();
    expect([file.readAll().length, file.flush()]).toEqual([0, false]);
  });

  it('reads and writes in turn', () => {
    const file = new QFile(path);
    file.open(ReadWrite);
    file.readLine();
    file.write('SEC');
    expect(file.readAll().toString()).toBe('ond\n');
    file.seek(0);
    expect(file.readAll().toString()).toBe('abcdef\nSECond\n');
    file.close();
  });

  it('carries large content unchanged', () => {
    const large = Buffer.alloc(300_000, 'qwertz');
    const file = new QFile(path);
    file.open(WriteOnly);
    expect(file.write(large)).toBe(large.length);
    file.close();
    file.open(ReadOnly);
    expect(file.readAll().equals(large)).toBe(true);
    file.close();
  });

  const failures: [string, () => [string, number], string][] = [
    ['a missing file', () => [join(folder, 'none'), ReadOnly], 'No such file or directory'],
    ['a missing folder', () => [join(folder, 'no/where'), WriteOnly], 'No such file or directory'],
    ['a directory', () => [folder, ReadOnly], 'Is a directory'],
    ['no name', () => ['', ReadOnly], 'No file name specified'],
    ['no access mode', () => [path, 0], 'The access mode is missing: open with ReadOnly, WriteOnly or ReadWrite'],
  ];
  for (const [what, make, text] of failures) {
    it(`does not open ${what}`, () => {
      const [name, mode] = make();
      const file = new QFile(name);
      expect([file.open(mode), file.isOpen(), file.errorString()]).toEqual([false, false, text]);
    });
  }

  it('does not open twice and is none the worse', () => {
    const file = new QFile(path);
    file.open(ReadOnly);
    expect([file.open(ReadOnly), file.errorString(), file.read(3).toString()]).toEqual([
      false,
      'The file is already open',
      'abc',
    ]);
    file.close();
  });

  it('removes', () => {
    const file = new QFile(path);
    file.open(ReadOnly);
    expect([file.remove(), file.isOpen(), file.exists(), existsSync(path)]).toEqual([true, false, false, false]);
    expect([file.remove(), file.errorString()]).toEqual([false, 'No such file or directory']);
  });

  it('knows and removes by name', () => {
    expect([QFile.exists(path), QFile.remove(path), QFile.exists(path), QFile.remove(path)]).toEqual([true, true, false, false]);
    expect([QFile.exists(folder), QFile.exists('')]).toEqual([true, false]);
  });

  it('wants names that are text', () => {
    expect(() => new QFile(new URL('file:///x') as never)).toThrow('QFile: the name must be a string, got object');
    expect(() => new QFile().setFileName(undefined as never)).toThrow('QFile: the name must be a string, got undefined');
  });

  it('closes when it is deleted', async () => {
    const file = new QFile(path);
    file.open(ReadOnly);
    file.deleteLater();
    await file.destroyed.next();
    expect([file.isOpen(), file.flush(), file.readAll().length]).toEqual([false, false, 0]);
  });
});
