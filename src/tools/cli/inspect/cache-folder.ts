import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Url } from '../../../base/url.ts';
import type { CacheKey, StoredHead } from '../../../contract/cache.ts';
import type { Clock } from '../../../contract/clock.ts';
import { bareDomain, domainMatches } from '../../../rules/cookies/domain-match.ts';
import { DiskCacheStore, type ListedEntry } from '../../../stores/cache/disk-store.ts';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';
import { isStale } from './cache-words.ts';
import type { Task } from './task.ts';

/** The cache in a folder. Throws a LocalFileError when there is none. */
export function openCache(directory: string, clock: Clock): DiskCacheStore {
  const store = new DiskCacheStore({
    directory,
    clock,
    // what the programs allow it nobody knows here, and looking must not make it smaller
    maximumSize: Number.MAX_SAFE_INTEGER,
    memoryTier: 0,
  });
  try {
    readdirSync(dirname(dirname(store.fileOf({ url: '', partition: '', variant: '' }))));
  } catch (problem) {
    const hint = 'name the directory given to QNetworkDiskCache.setCacheDirectory() or qnam get --cache';
    const missing = (problem as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LocalFileError('read', directory, missing ? { message: 'there is no cache' } : problem, hint);
  }
  return store;
}

/** The answers that words and options ask for, by URL. What only says where variants of a URL are is none. */
export function picked(task: Task, store: DiskCacheStore): ListedEntry[] {
  const wanted = task.words.slice(1).map(urlOf);
  const hosts = task.values('host').map((name) => bareDomain(name.toLowerCase()));
  const found: ListedEntry[] = [];
  for (const entry of answersIn(store)) {
    const url = Url.parse(entry.key.url);
    if (wanted.length > 0 && !wanted.some((each) => isMeant(each, url))) continue;
    if (hosts.length > 0 && !hosts.some((host) => domainMatches(url.host ?? '', host))) continue;
    if (task.has('stale') && !isStale(entry.head, task.now)) continue;
    found.push(entry);
  }
  return found.sort((a, b) => compare(a.key.url, b.key.url) || compare(a.key.partition, b.key.partition) || b.used - a.used);
}

/** All answers, without what only says where variants of a URL are. */
export function* answersIn(store: DiskCacheStore): Generator<ListedEntry, undefined> {
  for (const entry of store.entries()) if (entry.head.variants.length === 0) yield entry;
}

/** Takes answers out. Throws a LocalFileError when one of them stays. */
export function removeAnswers(directory: string, store: DiskCacheStore, entries: readonly ListedEntry[]): void {
  for (const { key } of entries) store.remove(key);
  for (const { key, head } of [...store.entries()]) if (leadsNowhere(store, key, head)) store.remove(key);
  mustBeGone(directory, entries.filter(({ file }) => store.read(file) !== null).length);
}

export function mustBeGone(directory: string, left: number): void {
  if (left > 0) throw new LocalFileError('write', directory, { message: `${left} of the answers could not be removed` });
}

/** It says where the variants of a URL are, and none of them is there. */
function leadsNowhere(store: DiskCacheStore, key: CacheKey, { variants }: StoredHead): boolean {
  return variants.length > 0 && variants.every(({ variant }) => store.read(store.fileOf({ ...key, variant })) === null);
}

function urlOf(word: string): Url {
  const url = Url.parse(word.includes('://') ? word : `http://${word}`);
  if (url.error !== '') throw new UsageError(`'${word}' is no URL: ${url.error}`);
  return url.with({ fragment: null });
}

/** Without a user in it any user is meant. */
function isMeant(wanted: Url, url: Url): boolean {
  const theirs = wanted.userInfo === null ? url.with({ userInfo: null }) : url;
  return theirs.href === wanted.href || (wanted.path === '' && theirs.href === wanted.with({ path: '/' }).href);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
