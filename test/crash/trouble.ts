import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DiskCacheStore } from '../../src/stores/cache/disk-store.ts';
import { started } from './campaign.ts';
import { bytesOf, type Described, fault, headOf, keyOf } from './described.ts';
import { lostReplies } from './replies.ts';

const NOBODY = 65_534;
const LENGTHS = [100, 65_536, 200_000];

function fill(store: DiskCacheStore, answer: Described): void {
  const writer = store.put(keyOf(answer.name), headOf(answer), answer.length);
  for (let at = 0; at < answer.length; ) {
    const piece = bytesOf(answer, at);
    writer?.write(piece);
    at += piece.length;
  }
  writer?.commit();
}

/**
 * Fills a disk of 6 MiB. What went wrong; a string says why it was not tried.
 * @public
 */
export async function fullDisk(directory: string): Promise<string[] | string> {
  mkdirSync(directory);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=0755', 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    return `a small disk cannot be mounted: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
  try {
    return [...useFullDisk(directory), ...(await lostReplies(directory, 20))];
  } finally {
    execFileSync('umount', [directory]);
  }
}

function useFullDisk(directory: string): string[] {
  const codes = new Set<unknown>();
  const onTrouble = (error: Error): void => void codes.add((error as NodeJS.ErrnoException).code);
  const store = new DiskCacheStore({ directory, onTrouble, memoryTier: 0 });
  const faults: string[] = [];
  const whole = (): number => {
    let count = 0;
    for (let name = 0; name < 100; name++) {
      const answer = store.get(keyOf(name));
      const wrong = answer === null ? null : fault(name, answer);
      if (wrong) faults.push(wrong);
      if (wrong === '') count++;
    }
    return count;
  };
  for (let round = 0; round < 3; round++) {
    for (let name = 0; name < 100; name++) {
      fill(store, { name, seed: round, length: LENGTHS[name % 3]! });
      const found = store.get(keyOf(name));
      if (found !== null) store.update(keyOf(name), found, { ...found.head, reason: 'x'.repeat(5000) });
    }
    if (whole() < 10) faults.push(`only ${whole()} answers are found on a full disk`);
  }
  if (!codes.has('ENOSPC')) faults.push(`trouble was ${[...codes].join(' and ') || 'not told'}, not ENOSPC`);
  // with room again, it goes on as if nothing had been
  store.maximumSize = 2_000_000;
  fill(store, { name: 0, seed: 9, length: 200_000 });
  if (store.get(keyOf(0))?.head.receivedAt !== 9) faults.push('nothing is kept after room was made');
  faults.push(...[...store.verify()].map(({ file, problem }) => `${file}: ${problem}`));
  return faults;
}

/** Uses a store that may be read only, as somebody to whom that applies. What went wrong. */
export async function readOnly(worker: string, directory: string): Promise<string[]> {
  mkdirSync(directory);
  const names = 9;
  const store = new DiskCacheStore({ directory });
  for (let name = 0; name < names; name++) fill(store, { name, seed: 0, length: LENGTHS[name % 3]! });
  const isRoot = process.getuid?.() === 0;
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
  for (const path of [...paths, directory]) {
    chmodSync(path, lstatSync(path).isDirectory() ? 0o500 : 0o400);
    if (isRoot) chownSync(path, NOBODY, NOBODY);
  }
  const work = { role: 'forbidden', directory, maximum: 1_000_000, names, largest: 0, memoryTier: 0 } as const;
  const child = started(worker, isRoot ? { ...work, uid: NOBODY } : work);
  const faults = await new Promise<string[]>((resolve) => {
    child.once('message', (message) => resolve(message as string[]));
    child.once('error', (error) => resolve([String(error)]));
    child.once('exit', (code, signal) => resolve([`the process ended with ${signal ?? code}`]));
  });
  for (const path of [directory, ...paths]) chmodSync(path, 0o700);
  return faults;
}
