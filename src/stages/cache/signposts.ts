import type { CacheKey, CacheStore, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { RequestFields } from '../../rules/cache/request-fields.ts';
import { findVariant, signpost, withVariant } from '../../rules/cache/vary.ts';
import { after, type Done } from './changes.ts';
import type { Note } from './note.ts';

/** An answer has been stored: the signpost of its URL leads to it, or has to go when the answer depends on the request no more. */
export function point({ store, key: place, signpost: old }: Note, key: CacheKey, vary: StoredHead['vary']): Done {
  if (key.variant === '') return removeVariants(store, place, old);
  return whenFound(store, place, (now) => {
    const variants = withVariant(now?.head.variants ?? [], { variant: key.variant, vary });
    return store.put(place, signpost(variants), 0)?.commit();
  });
}

/** Removes the answer of a URL, in all its variants. */
export function forget(store: CacheStore, key: CacheKey): Done {
  // such a cache has no variants, and hears only of what the program would expect
  if (store.simple === true) return store.remove(key);
  return whenFound(store, key, (found) => {
    if (found === null) return;
    return after(removeVariants(store, key, found.head), () => store.remove(key));
  });
}

/** Removes what answers this request, and nothing else of its URL. */
export function forgetVariant(store: CacheStore, key: CacheKey, fields: RequestFields): Done {
  // such a cache has heard of the answer and has decided
  if (store.simple === true) return;
  return whenFound(store, key, (found) => {
    if (found === null) return;
    if (found.head.variants.length === 0) return store.remove(key);
    const variant = findVariant(found.head, fields);
    return variant === null ? undefined : store.remove({ ...key, variant: variant.variant });
  });
}

function removeVariants(store: CacheStore, place: CacheKey, head: StoredHead | null): Done {
  const removing = (head?.variants ?? []).map(({ variant }) => store.remove({ ...place, variant }));
  return removing.some((one) => one instanceof Promise) ? Promise.all(removing).then(() => {}) : undefined;
}

function whenFound(store: CacheStore, key: CacheKey, then: (found: StoredAnswer | null) => Done): Done {
  const found = store.get(key);
  return found instanceof Promise ? found.then(then) : then(found);
}
