import { existsSync, rmSync } from 'node:fs';
import type { DiskCacheStore, ListedEntry } from '../../../stores/cache/disk-store.ts';
import type { StoreProblem } from '../../../stores/cache/disk-verify.ts';
import { EXIT_DAMAGED, EXIT_NOT_FOUND, EXIT_OK } from '../exit-codes.ts';
import { LocalFileError } from '../local-file.ts';
import { formatBytes, formatSpan } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import { answersIn, mustBeGone, openCache, picked, removeAnswers } from './cache-folder.ts';
import { stats } from './cache-stats.ts';
import { ageOf, documentOf, notesOf, recordOf, stateOf, urlText } from './cache-words.ts';
import type { Action, Task } from './task.ts';

export const actions: Readonly<Record<string, Action>> = { ls, show, rm, clear, verify, stats };

function ls(task: Task): number {
  const { out, now } = task;
  const secrets = task.has('show-secrets');
  const found = picked(task, open(task));
  if (task.has('json')) for (const entry of found) out.json(documentOf(entry, now, secrets));
  else if (found.length === 0) out.line(noneIn(task));
  else {
    const notes = found.map((entry) => notesOf(entry, secrets));
    const withNotes = notes.some((note) => note !== '');
    out.table(
      [
        { head: 'STATUS', right: true },
        { head: 'SIZE', right: true },
        { head: 'AGE', right: true },
        { head: 'STATE' },
        { head: 'USED', right: true },
        { head: 'URL', shrinks: 16 },
        ...(withNotes ? [{ head: 'ONLY FOR', shrinks: 10 }] : []),
      ],
      found.map((entry, i) => [
        String(entry.head.status),
        formatBytes(entry.length),
        ageOf(entry.head, now),
        stateOf(entry.head, now),
        formatSpan(now - entry.used),
        urlText(entry.key.url, secrets),
        ...(withNotes ? [notes[i]!] : []),
      ]),
    );
    out.aside(`${counted(found.length)}, ${formatBytes(found.reduce((sum, { length }) => sum + length, 0))}`);
  }
  return EXIT_OK;
}

async function show(task: Task): Promise<number> {
  const { out, now } = task;
  const store = open(task);
  const secrets = task.has('show-secrets');
  const found = picked(task, store);
  if (found.length === 0) {
    if (!task.has('json')) out.line(noneIn(task));
    return EXIT_NOT_FOUND;
  }
  if (task.has('body')) return writeBody(task, store, found);
  for (const entry of found) {
    if (task.has('json')) out.json(documentOf(entry, now, secrets));
    else out.record(urlText(entry.key.url, secrets), recordOf(entry, now, secrets));
  }
  return EXIT_OK;
}

/** The body as it is stored. */
async function writeBody({ out, words }: Task, store: DiskCacheStore, found: readonly ListedEntry[]): Promise<number> {
  const [only] = found;
  if (found.length > 1 || only === undefined)
    throw new UsageError(
      `${found.length} answers are stored for it`,
      `for one of them: qnam get --cache ${words[0]} --cache-mode only-if-cached -H …`,
    );
  const reader = store.get(only.key)?.open(0) ?? null;
  if (reader === null)
    throw new LocalFileError('read', only.file, { message: 'the body is gone' }, `qnam cache verify ${words[0]}`);
  for (let piece = reader.pull(never); piece; piece = reader.pull(never)) await out.raw(piece);
  if (reader.failure !== null) throw new LocalFileError('read', only.file, { message: 'the body is damaged and was removed' });
  return EXIT_OK;
}

function rm(task: Task): number {
  const { out, words } = task;
  if (words.length === 1 && !task.has('host') && !task.has('stale'))
    throw new UsageError('cache rm needs URLs, --host or --stale', `to remove all: qnam cache clear ${words[0]}`);
  const store = open(task);
  const found = picked(task, store);
  removeAnswers(words[0]!, store, found);
  out.line(found.length === 0 ? noneIn(task) : `Removed ${counted(found.length)} from ${words[0]}`);
  return found.length === 0 ? EXIT_NOT_FOUND : EXIT_OK;
}

function clear(task: Task): number {
  const store = open(task);
  const before = [...answersIn(store)].length;
  store.clear();
  mustBeGone(task.words[0]!, [...answersIn(store)].length);
  task.out.line(`Removed ${counted(before)} from ${task.words[0]}`);
  return EXIT_OK;
}

function verify(task: Task): number {
  const { out } = task;
  const store = open(task);
  const found = [...store.verify()];
  const left = task.has('fix') && found.length > 0 ? fixed(store) : found;
  for (const problem of found) {
    const removed = !left.some(({ file }) => file === problem.file);
    if (task.has('json')) out.json({ ...problem, removed });
    else out.line(`${problem.file}: ${problem.problem}${removed ? '; removed' : ''}`);
  }
  if (!task.has('json')) {
    const damage = found.length === 0 ? 'nothing is damaged' : `${found.length} damaged, ${found.length - left.length} removed`;
    out.aside(`${counted([...answersIn(store)].length)}; ${damage}`);
  }
  return left.length > 0 ? EXIT_DAMAGED : EXIT_OK;
}

/** Removes what is damaged; what is wrong then. */
function fixed(store: DiskCacheStore): StoreProblem[] {
  // in the second round the heads go whose bodies went in the first
  for (let round = 0; round < 2; round++) {
    for (const { file } of [...store.verify()]) {
      // what is wrong with a body that is not there is the head that names it
      const guilty = existsSync(file) ? file : file.replace(/\.[0-9a-f]+$/, '');
      try {
        rmSync(guilty, { force: true });
      } catch {
        // it is still there, and told of
      }
    }
  }
  store.expire();
  return [...store.verify()];
}

function open({ words, clock }: Task): DiskCacheStore {
  return openCache(words[0]!, clock);
}

function noneIn(task: Task): string {
  const [directory, ...urls] = task.words;
  const picks = urls.length > 0 || task.has('host') || task.has('stale');
  return picks ? `No such answer in ${directory}` : `No answers in ${directory}`;
}

function counted(n: number): string {
  return `${n} answer${n === 1 ? '' : 's'}`;
}

function never(): void {
  // a file has all it has
}
