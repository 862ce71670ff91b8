import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';
import { filesOf } from './folder-files.ts';
import { readCollection } from './qrc-text.ts';
import { type PackedFile, Reader } from './resource.ts';

/** The files that a resource collection file of Qt names, under its prefixes and below `root`. */
export function collected(path: string, root: string): PackedFile[] {
  const reader = new Reader();
  const found = new Map<string, PackedFile>();
  for (const { prefix, alias, file, line } of readCollection(textOf(path), path)) {
    const place = resolve(dirname(path), file);
    const under = `/${[...root.split('/'), ...prefix.split('/')].filter((part) => part !== '').join('/')}`;
    // as rcc has it: where it lies outside, the way up is no part of the name
    const name = cleaned(alias === '' ? file.replace(/^(?:\.\.?\/)+/, '') : alias, `${path}:${line}`);
    const files = isFolder(place, `${path}:${line}`)
      ? filesOf(place, reader).map((each) => ({ name: `${name}/${each.name}`, bytes: each.bytes }))
      : [{ name, bytes: reader.read(place) }];
    for (const each of files) {
      const key = `${under}\n${each.name}`;
      if (found.has(key))
        throw new UsageError(`${path}:${line}: ${each.name} is named twice under ${under}`, 'give one of them an alias');
      found.set(key, { ...each, prefix: under });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (problem) {
    throw new LocalFileError('read', path, problem);
  }
}

function isFolder(path: string, where: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (problem) {
    throw new LocalFileError('read', path, problem, `it is named at ${where}`);
  }
}

function cleaned(name: string, where: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || name.includes('\\'))
    throw new UsageError(`${where}: "${name}" is no name of a resource`, 'give the file an alias, as in alias="icons/ok.png"');
  return parts.join('/');
}
