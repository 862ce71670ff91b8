import { bodyFile } from './disk-answer.ts';
import type { CacheFolder } from './disk-folder.ts';

/** Files of bodies that no head names are leftovers after so many milliseconds; before that, the head may be about to come. */
const ORPHAN_AGE = 60_000;
const NAME = /^([0-9a-f]{38})(?:\.([0-9a-f]{32}))?$/;

/** All files of one answer. */
export interface FileGroup {
  readonly file: string;
  /** Of all files together. */
  size: number;
  /** When the answer was last used; -1 without a head. */
  used: number;
  /** Ids of the bodies that stand beside the head. */
  bodies: string[];
}

/** The folders with answers. */
export function answerFolders(folder: CacheFolder): string[] {
  return folder
    .names(folder.root)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .map((name) => `${folder.root}/${name}`);
}

/** What is in one of the folders. */
export function groupsIn(folder: CacheFolder, path: string): FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const name of folder.names(path)) {
    const [, hash, id] = NAME.exec(name) ?? [];
    if (hash === undefined) continue;
    const stamp = folder.stamp(`${path}/${name}`);
    if (stamp === undefined) continue;
    const group = groups.get(hash) ?? { file: `${path}/${hash}`, size: 0, used: -1, bodies: [] };
    groups.set(hash, group);
    group.size += stamp.size;
    if (id === undefined) group.used = stamp.mtimeMs;
    else group.bodies.push(id);
  }
  return [...groups.values()];
}

/** Removes an answer: the head first, so that nobody finds one whose body is gone. */
export function removeGroup(folder: CacheFolder, { file, bodies }: FileGroup): void {
  folder.unlink(file);
  for (const id of bodies) folder.unlink(bodyFile(file, id));
}

/**
 * Counts all files, sweeps what others left behind and brings the rest below `most` bytes, when there are more. It can be done in steps;
 * the result is what is left. `bodyOf` tells the id of the body that the head in a file names.
 */
export function* sweep(
  folder: CacheFolder,
  now: number,
  limit: { readonly most: number; readonly target: number },
  bodyOf: (file: string) => string | null,
): Generator<undefined, number> {
  folder.sweepDrafts(now);
  const all: FileGroup[] = [];
  for (const path of answerFolders(folder)) {
    for (const group of groupsIn(folder, path)) {
      sweepBodies(folder, group, now, bodyOf);
      all.push(group);
    }
    yield;
  }
  let total = 0;
  for (const { size } of all) total += size;
  if (total <= limit.most) return total;
  all.sort((a, b) => a.used - b.used);
  let count = 0;
  for (const group of all) {
    if (total <= limit.target) break;
    // one without a head yet is young; one with another time was used since, or is another one
    if (group.used < 0 || (folder.stamp(group.file)?.mtimeMs ?? group.used) !== group.used) continue;
    removeGroup(folder, group);
    total -= group.size;
    if (++count % 32 === 0) yield;
  }
  return total;
}

/** Removes bodies that no head names. */
function sweepBodies(folder: CacheFolder, group: FileGroup, now: number, bodyOf: (file: string) => string | null): void {
  if (group.bodies.length === 0) return;
  const named = group.used < 0 ? null : bodyOf(group.file);
  group.bodies = group.bodies.filter((id) => {
    if (id === named) return true;
    const path = bodyFile(group.file, id);
    const stamp = folder.stamp(path);
    if (stamp === undefined || now - stamp.ctimeMs <= ORPHAN_AGE || !folder.unlink(path)) return true;
    group.size -= stamp.size;
    return false;
  });
}
