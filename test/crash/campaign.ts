import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { DiskCacheStore } from '../../src/stores/cache/disk-store.ts';
import type { Told, Work } from './worker.ts';

export interface Campaign {
  /** The built worker. */
  readonly worker: string;
  readonly directory: string;
  readonly writers: number;
  /** Answers to be served before it ends; as many kills as there are writers have to come, too. */
  readonly reads: number;
  /** Bytes of the store. */
  readonly maximum: number;
  /** Seconds after which it ends in any case. */
  readonly seconds: number;
}

export interface Outcome {
  readonly served: number;
  readonly missed: number;
  readonly kills: number;
  /** Most bytes of answers that were seen in the folder, and what is allowed. */
  readonly peak: number;
  readonly allowed: number;
  /** Files that were there after the last kill and belonged to no answer. */
  readonly leftovers: number;
  readonly faults: readonly string[];
}

const LARGEST = 512 * 1024;
const NAMES = 400;
/** Milliseconds between two kills, and between two looks at the size. */
const KILL = 150;
const LOOK = 20;

export function started(worker: string, work: Work): ChildProcess {
  return spawn(process.execPath, [worker, JSON.stringify(work)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Lets writers fill a store, kills them at random, starts others, and lets two readers check all they find. */
export async function crash({ worker, directory, writers, reads, maximum, seconds }: Campaign): Promise<Outcome> {
  const work: Work = { role: 'write', directory, maximum, names: NAMES, largest: LARGEST, memoryTier: 0 };
  const faults: string[] = [];
  const told = new Map<ChildProcess, Told>();
  const living = new Map<ChildProcess, 'write' | 'read'>();
  let over = false;
  let kills = 0;
  let peak = 0;
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  function start(role: 'write' | 'read', memoryTier: number): void {
    const child = started(worker, { ...work, role, memoryTier });
    living.set(child, role);
    child.on('message', (message) => {
      told.set(child, message as Told);
      if ((sum('served') >= reads && kills >= writers) || sum('faults') > 0) finish();
    });
    child.once('exit', (code, signal) => {
      living.delete(child);
      if (over) return;
      if (role === 'read' || signal !== 'SIGKILL') {
        faults.push(`a process that was to ${role} ended with ${signal ?? code}`);
        finish();
      } else start(role, memoryTier);
    });
  }
  const sum = (what: 'served' | 'missed' | 'faults'): number =>
    [...told.values()].reduce((total, one) => total + (what === 'faults' ? one.faults.length : one[what]), 0);

  for (let i = 0; i < writers; i++) start('write', i % 2 === 0 ? 0 : 1_000_000);
  for (const memoryTier of [0, 4_000_000]) start('read', memoryTier);
  const timers = [
    setInterval(() => {
      const all = [...living].filter(([, role]) => role === 'write');
      if (all[Math.floor(Math.random() * all.length)]?.[0].kill('SIGKILL')) kills++;
    }, KILL),
    setInterval(() => {
      peak = Math.max(peak, sizeOf(directory));
    }, LOOK),
    setTimeout(finish, seconds * 1000),
  ];
  await finished;
  over = true;
  timers.forEach(clearInterval);
  await Promise.all([...living.keys()].map(killed));
  const leftovers = leftoversOf(directory);
  const allowed = Math.floor(1.05 * maximum) + writers * LARGEST;
  faults.push(...[...told.values()].flatMap((one) => one.faults), ...aftermath(directory, maximum));
  if ((sum('served') < reads || kills < writers) && faults.length === 0)
    faults.push(`only ${sum('served')} answers were served, and ${kills} writers killed, within ${seconds} s`);
  if (peak > allowed) faults.push(`${peak} bytes were in the folder, where at most ${allowed} are allowed`);
  return { served: sum('served'), missed: sum('missed'), kills, peak, allowed, leftovers, faults };
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** What is wrong when all are dead and somebody else comes, two minutes later. */
function aftermath(directory: string, maximum: number): string[] {
  const clock = { ...systemClock, wall: () => Date.now() + 120_000 };
  const store = new DiskCacheStore({ directory, maximumSize: maximum, clock });
  const size = store.expire();
  const faults = [...store.verify()].map(({ file, problem }) => `${file}: ${problem}`);
  const left = draftsOf(directory);
  if (left.length > 0) faults.push(`${left.length} drafts were not swept`);
  if (size !== sizeOf(directory)) faults.push(`the store says ${size} bytes, the files have ${sizeOf(directory)}`);
  if (size > maximum) faults.push(`${size} bytes are kept, where ${maximum} are allowed`);
  return faults;
}

/** Files of answers, as paths. */
function answerFiles(directory: string): string[] {
  const root = join(directory, 'answers-1');
  try {
    return readdirSync(root)
      .filter((name) => name.length === 2)
      .flatMap((name) => readdirSync(join(root, name)).map((file) => join(root, name, file)));
  } catch {
    // nobody has begun
    return [];
  }
}

function sizeOf(directory: string): number {
  return answerFiles(directory).reduce((sum, path) => sum + (lstatSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function leftoversOf(directory: string): number {
  const bodies = [...new DiskCacheStore({ directory }).verify()].length;
  return bodies + draftsOf(directory).length;
}

function draftsOf(directory: string): string[] {
  const path = join(directory, 'answers-1/drafts');
  return existsSync(path) ? readdirSync(path) : [];
}
