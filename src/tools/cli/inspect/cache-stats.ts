import { Url } from '../../../base/url.ts';
import type { ListedEntry } from '../../../stores/cache/disk-store.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { formatBytes, formatSpan, isoTime } from '../units.ts';
import { answersIn, openCache } from './cache-folder.ts';
import { isStale } from './cache-words.ts';
import type { Task } from './task.ts';

/** Hosts that are listed for people. */
const MOST_HOSTS = 10;

export function stats(task: Task): number {
  const { words, clock, now, out } = task;
  const store = openCache(words[0]!, clock);
  const all = [...answersIn(store)];
  const sums = {
    bytes: store.size,
    all: sumOf('', all),
    fresh: all.filter(({ head }) => !isStale(head, now)).length,
    oldest: least(all, ({ head }) => head.receivedAt),
    unused: least(all, ({ used }) => used),
    hosts: grouped(all, ({ key }) => Url.parse(key.url).host ?? ''),
    statuses: grouped(all, ({ head }) => String(head.status)),
  };
  if (task.has('json')) out.json(documentOf(sums));
  else if (all.length === 0) out.line(`No answers in ${words[0]}`);
  else tell(task, sums);
  return EXIT_OK;
}

/** What answers come to. */
interface Sum {
  readonly name: string;
  readonly answers: number;
  /** Of the bodies. */
  readonly bytes: number;
}

interface Sums {
  /** Of all files. */
  readonly bytes: number;
  readonly all: Sum;
  readonly fresh: number;
  /** When the first of them came, and when the one was used that was not used for longest; null without any. */
  readonly oldest: number | null;
  readonly unused: number | null;
  readonly hosts: readonly Sum[];
  readonly statuses: readonly Sum[];
}

function tell({ out, words, now }: Task, { bytes, all, fresh, oldest, unused, hosts, statuses }: Sums): void {
  const since = (time: number | null): string => formatSpan(now - (time ?? now));
  out.record(words[0]!, [
    ['answers', String(all.answers)],
    ['fresh', `${fresh} (${Math.round((100 * fresh) / all.answers)} %)`],
    ['files', formatBytes(bytes)],
    ['bodies', formatBytes(all.bytes)],
    ['oldest', `${since(oldest)} ago`],
    ['unused', `for ${since(unused)} at most`],
  ]);
  out.line('');
  table(out, 'STATUS', statuses);
  out.line('');
  table(out, 'HOST', hosts.slice(0, MOST_HOSTS));
  if (hosts.length > MOST_HOSTS) out.aside(`and ${hosts.length - MOST_HOSTS} more; --json has them all`);
}

function table(out: Task['out'], head: string, sums: readonly Sum[]): void {
  out.table(
    [
      { head, shrinks: 10 },
      { head: 'ANSWERS', right: true },
      { head: 'BODIES', right: true },
    ],
    sums.map(({ name, answers, bytes }) => [name, String(answers), formatBytes(bytes)]),
  );
}

function documentOf({ bytes, all, fresh, oldest, unused, hosts, statuses }: Sums): Record<string, unknown> {
  const time = (moment: number | null): string | null => (moment === null ? null : isoTime(moment));
  const byName = (sums: readonly Sum[]): Record<string, unknown> =>
    Object.fromEntries(sums.map(({ name, answers, bytes }) => [name, { answers, bytes }]));
  return {
    answers: all.answers,
    fresh,
    bytes,
    bodyBytes: all.bytes,
    oldest: time(oldest),
    longestUnused: time(unused),
    hosts: byName(hosts),
    statuses: byName(statuses),
  };
}

/** By a name, the largest first. */
function grouped(entries: readonly ListedEntry[], nameOf: (entry: ListedEntry) => string): Sum[] {
  const groups = new Map<string, ListedEntry[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([name, group]) => sumOf(name, group)).sort((a, b) => b.bytes - a.bytes || b.answers - a.answers);
}

function sumOf(name: string, entries: readonly ListedEntry[]): Sum {
  return { name, answers: entries.length, bytes: entries.reduce((sum, { length }) => sum + length, 0) };
}

function least(entries: readonly ListedEntry[], numberOf: (entry: ListedEntry) => number): number | null {
  return entries.reduce<number | null>((found, entry) => Math.min(found ?? Number.POSITIVE_INFINITY, numberOf(entry)), null);
}
