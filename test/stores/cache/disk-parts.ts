import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { CacheKey, CacheStore, StoredAnswer, StoredHead } from '../../../src/contract/cache.ts';
import { type DiskCacheOptions, DiskCacheStore } from '../../../src/stores/cache/disk-store.ts';

export const KEY: CacheKey = { url: 'https://a.test/x', partition: '', variant: '' };

export const keyOf = (name: number | string): CacheKey => ({ url: `https://a.test/${name}`, partition: '', variant: '' });

export const headOf = (changes: Partial<StoredHead> = {}): StoredHead => ({
  status: 200,
  reason: 'OK',
  headers: new HeaderList(['Content-Type', 'text/plain']),
  requestedAt: 1,
  receivedAt: 2,
  vary: [],
  range: null,
  variants: [],
  expires: -1,
  notes: [],
  ...changes,
});

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'disk-cache-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A store in a folder of its own; trouble fails the test unless it is waited for. */
export function store(options: Partial<DiskCacheOptions> = {}): DiskCacheStore {
  const onTrouble = (error: Error): never => expect.fail(String(error));
  return new DiskCacheStore({ directory: options.directory ?? folder(), onTrouble, ...options });
}

export function put(to: CacheStore, key: CacheKey, body: Buffer | string, head = headOf()): void {
  const bytes = Buffer.from(body);
  const writer = to.put(key, head, bytes.length);
  writer?.write(bytes);
  writer?.commit();
}

/** The body of an answer; null when there is none, or it cannot be read to its end. */
export function body(from: DiskCacheStore, key: CacheKey = KEY): string | null {
  const answer = from.get(key);
  return answer === null ? null : read(answer);
}

export function read(answer: StoredAnswer): string | null {
  const reader = answer.open(0);
  if (reader === null) return null;
  const pieces: Buffer[] = [];
  for (let piece = reader.pull(() => {}); piece != null; piece = reader.pull(() => {})) pieces.push(Buffer.from(piece));
  return reader.failure === null ? Buffer.concat(pieces).toString('latin1') : null;
}

/** All files below a folder, as paths relative to it. */
export function files(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !lstatSync(join(path, name)).isDirectory())
    .sort();
}

/** Those of them that belong to answers. */
export function answers(directory: string): string[] {
  if (!existsSync(join(directory, 'answers-1'))) return [];
  return files(join(directory, 'answers-1')).filter((name) => /^[0-9a-f]{2}\//.test(name));
}

/** Bytes of the files of answers. */
export function used(directory: string): number {
  return answers(directory).reduce((sum, name) => sum + lstatSync(join(directory, 'answers-1', name)).size, 0);
}
