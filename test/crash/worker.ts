import type { CacheWriter } from '../../src/contract/cache.ts';
import { DiskCacheStore } from '../../src/stores/cache/disk-store.ts';
import { bytesOf, type Described, fault, headOf, keyOf } from './described.ts';
import { lostReplies } from './replies.ts';

/** What a process is started for, as JSON in its arguments. */
export interface Work {
  readonly role: 'write' | 'read' | 'forbidden';
  readonly directory: string;
  readonly maximum: number;
  readonly names: number;
  readonly largest: number;
  readonly memoryTier: number;
  /** Whom to become: nothing is forbidden to root. */
  readonly uid?: number;
}

/** What a reader tells, each time for all its life. */
export interface Told {
  served: number;
  missed: number;
  readonly faults: string[];
}

const whole = (below: number): number => Math.floor(Math.random() * below);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Mostly small ones, some at the border to those with a file of their own, a few large. */
function length(largest: number): number {
  const chance = Math.random();
  if (chance < 0.7) return whole(8000);
  return chance < 0.9 ? 60_000 + whole(10_000) : whole(largest);
}

/** Stores, replaces, changes and removes until it is killed. */
async function write(work: Work): Promise<never> {
  const store = new DiskCacheStore({ ...work, maximumSize: work.maximum });
  for (;;) {
    const name = whole(work.names);
    const key = keyOf(name);
    const chance = Math.random();
    if (chance < 0.03) store.remove(key);
    else if (chance < 0.1) {
      const found = store.get(key);
      if (found !== null) store.update(key, found, { ...found.head, reason: 'x'.repeat(whole(200)) });
    } else {
      const answer = { name, seed: whole(2 ** 32), length: length(work.largest) };
      const writer = store.put(key, headOf(answer), chance < 0.5 ? answer.length : -1);
      if (writer !== null) await fill(writer, answer, chance < 0.13);
    }
    await turn();
  }
}

/** Writes a body in pieces, with time for others, and to be killed, between some of them. */
async function fill(writer: CacheWriter, answer: Described, aborts: boolean): Promise<void> {
  for (let at = 0; at < answer.length; ) {
    const piece = bytesOf(answer, at);
    writer.write(piece);
    at += piece.length;
    if (whole(4) === 0) await turn();
  }
  if (aborts) writer.abort();
  else await writer.commit();
}

/** Reads and checks until it is killed, and tells of it. */
async function read(work: Work): Promise<never> {
  const store = new DiskCacheStore({ ...work, maximumSize: work.maximum });
  const told: Told = { served: 0, missed: 0, faults: [] };
  for (let round = 1; ; round++) {
    const name = whole(work.names);
    const answer = store.get(keyOf(name));
    const wrong = answer === null ? null : fault(name, answer);
    if (wrong === null) told.missed++;
    else told.served++;
    if (wrong && told.faults.length < 100) told.faults.push(wrong);
    if (round % 50 !== 0) continue;
    process.send?.(told);
    await turn();
  }
}

function become(id: number | undefined): void {
  if (id === undefined) return;
  process.setgroups?.([]);
  process.setgid?.(id);
  process.setuid?.(id);
}

/** Uses a folder in which nothing may be written, and tells what went wrong. */
async function useForbidden(work: Work): Promise<string[]> {
  become(work.uid);
  const codes = new Set<unknown>();
  const onTrouble = (error: Error): void => void codes.add((error as NodeJS.ErrnoException).code);
  const store = new DiskCacheStore({ ...work, maximumSize: work.maximum, onTrouble });
  const faults: string[] = [];
  const expectWhole = (name: number): void => {
    const answer = store.get(keyOf(name));
    const wrong = answer === null ? 'is not found' : fault(name, answer);
    if (wrong !== '') faults.push(`${name} ${wrong ?? 'cannot be opened'}`);
  };
  for (let name = 0; name < work.names; name++) {
    expectWhole(name);
    store.update(keyOf(name), store.get(keyOf(name))!, headOf({ name, seed: 1, length: 1 }));
    for (const length of [100, 200_000]) {
      const writer = store.put(keyOf(name), headOf({ name, seed: 1, length }), length);
      writer?.write(Buffer.alloc(length));
      writer?.commit();
    }
    store.remove(keyOf(name));
    expectWhole(name);
  }
  store.expire();
  store.clear();
  expectWhole(0);
  if (!codes.has('EACCES')) faults.push(`trouble was ${[...codes].join(' and ') || 'not told'}, not EACCES`);
  return [...faults, ...(await lostReplies(work.directory, 2))];
}

if (process.argv[2] !== undefined) {
  // nobody outlives who started it
  process.once('disconnect', () => process.exit());
  const work = JSON.parse(process.argv[2]) as Work;
  if (work.role === 'forbidden') process.send?.(await useForbidden(work), () => process.disconnect());
  else await (work.role === 'write' ? write(work) : read(work));
}
