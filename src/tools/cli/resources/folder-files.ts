import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';
import { type FoundFile, Reader } from './resource.ts';

/** All files of a folder and of those in it, sorted by name, so that the same files always make the same module. */
export function filesOf(folder: string, reader: Reader = new Reader()): FoundFile[] {
  const root = realpathSync(folder);
  const found: FoundFile[] = [];
  const walk = (path: string, name: string): void => {
    for (const entry of entriesOf(path)) {
      const inside = name === '' ? entry.name : `${name}/${entry.name}`;
      const here = join(path, entry.name);
      if (entry.isDirectory()) walk(here, inside);
      else found.push({ name: plain(inside), bytes: reader.read(fileAt(here, entry, root)) });
    }
  };
  walk(root, '');
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (problem) {
    throw new LocalFileError('read', path, problem);
  }
}

/** A link counts as the file that it leads to, which has to be in the folder. */
function fileAt(path: string, entry: Dirent, root: string): string {
  if (entry.isFile()) return path;
  if (!entry.isSymbolicLink()) throw new UsageError(`${path} is neither a file nor a folder`, 'take it out of the folder');
  let target: string;
  try {
    target = realpathSync(path);
  } catch (problem) {
    throw new LocalFileError('follow the link', path, problem);
  }
  if (!target.startsWith(root + sep)) throw new UsageError(`the link ${path} leads out of the folder`, 'put a copy in its place');
  if (!statSync(target).isFile()) throw new UsageError(`the link ${path} leads to no file`, 'only links to files are followed');
  return target;
}

function plain(name: string): string {
  if (name.includes('\\'))
    throw new UsageError(`'${name}' cannot be the name of a resource: it has a backslash`, 'rename the file');
  return name;
}
