import { statSync, writeFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { EXIT_OK } from '../exit-codes.ts';
import type { Action, Task } from '../inspect/task.ts';
import { LocalFileError } from '../local-file.ts';
import { formatBytes } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import { filesOf } from './folder-files.ts';
import { moduleText } from './module-text.ts';
import { collected } from './qrc-collection.ts';
import type { PackedFile } from './resource.ts';

export const actions: Readonly<Record<string, Action>> = { '': pack };

/** Writes a module that registers the files of a folder, or those that a .qrc file names. */
async function pack(task: Task): Promise<number> {
  const source = task.words[0]!;
  const output = task.value('output') ?? '-';
  const prefix = prefixOf(task.value('prefix') ?? '/');
  const isFolder = kindOf(source) === 'folder';
  if (isFolder) refuseInside(source, output);
  const files = isFolder ? filesOf(source).map((file) => ({ ...file, prefix })) : collected(source, prefix);
  if (files.length === 0) throw new UsageError(`${source} has no files`, 'there is nothing to register');
  const text = moduleText(files, basename(resolve(source)));
  if (output === '-') await task.out.raw(Buffer.from(text));
  else {
    write(output, text);
    task.out.aside(summary(files, output, text.length));
  }
  return EXIT_OK;
}

function summary(files: readonly PackedFile[], output: string, length: number): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return `${files.length} file${files.length === 1 ? '' : 's'} of ${formatBytes(bytes)} in ${output}, ${formatBytes(length)}`;
}

function kindOf(source: string): 'folder' | 'file' {
  try {
    return statSync(source).isDirectory() ? 'folder' : 'file';
  } catch (problem) {
    throw new LocalFileError('read', source, problem, 'name a folder, or a .qrc file');
  }
}

/** The next run would pack what this one has written. */
function refuseInside(folder: string, output: string): void {
  if (output === '-') return;
  const way = relative(resolve(folder), resolve(output));
  if (!/^(\.\.([/\\]|$)|[A-Za-z]:|\/)/.test(way))
    throw new UsageError(`${output} would lie in ${folder} and be packed the next time`, 'choose a place beside the folder');
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (problem) {
    throw new LocalFileError('write', path, problem);
  }
}

function prefixOf(text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..' || part.includes('\\')))
    throw new UsageError(`--prefix ${text} is no path of resources`, 'for example: --prefix /icons');
  return `/${parts.join('/')}`;
}
