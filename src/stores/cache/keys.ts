import type { CacheKey, StoredHead } from '../../contract/cache.ts';

/** One text for one key. The key of most answers is their URL alone, which needs no new text. */
export function keyText(key: CacheKey): string {
  const { url, partition, variant } = key;
  if (partition === '' && variant === '') return url;
  // no URL begins like this
  return ` ${partition.length} ${variant.length} ${partition}${variant}${url}`;
}

/** The key of a URL and those of its variants, by what stands under the first. */
export function keysOfUrl(store: CacheLook, url: string, partition: string): CacheKey[] {
  const key = { url, partition, variant: '' };
  const variants = store.get(key)?.head.variants ?? [];
  return [key, ...variants.map(({ variant }) => ({ url, partition, variant }))];
}

interface CacheLook {
  get(key: CacheKey): { readonly head: StoredHead } | null;
}

/** What a head takes in memory, roughly. */
export function headCost(key: CacheKey, head: StoredHead): number {
  let cost = 512 + key.url.length + key.partition.length + key.variant.length;
  for (const text of head.headers.flat) cost += 16 + text.length;
  for (const [, text] of head.notes) cost += 32 + text.length;
  for (const { vary } of head.variants) cost += 128 + 64 * vary.length;
  return cost;
}

/** The part of a whole store that one answer may take, as Qt has it: nothing large may drive out all the rest. */
export const LARGEST_SHARE = 0.75;

/** Throws a RangeError unless it is a number of bytes. */
export function checkedSize(what: string, bytes: number): number {
  if (bytes >= 0 && bytes < Number.POSITIVE_INFINITY) return bytes;
  throw new RangeError(`${what} is a number of bytes, 0 or more, not ${bytes}`);
}
