import type { HeaderList } from '../base/header-list.ts';
import type { BodyReader } from './body.ts';

/** How a request uses what is stored: Qt's four modes and one of ours. */
export type CacheLoad =
  | 'network' // stored answers are not looked at
  | 'prefer-network' // what is fresh is served, what is stale is validated (RFC 9111 4)
  | 'prefer-cache' // the same, and what is stale is served where the origin cannot be reached
  | 'only' // nothing goes out
  | 'renew'; // what is stored is validated, however fresh it is

/** Under what an answer is kept. */
export interface CacheKey {
  /** Without password and fragment. */
  readonly url: string;
  /** Stores are shared only within a partition; '' by default. */
  readonly partition: string;
  /** '' for the answer of the URL, or the signpost to its variants; else which variant. */
  readonly variant: string;
}

/** One of the answers of a URL that depends on request fields (RFC 9111 4.1): where it is kept, and what the request said. */
export interface Variant {
  readonly variant: string;
  readonly vary: VaryFields;
}

/** Names in lower case that Vary named, in that order, each with what the request said, put in normal form; null = nothing. */
export type VaryFields = readonly (readonly [name: string, value: string | null])[];

/** Which bytes of a representation are here: `first` to `last` of `total`, -1 = nobody knows how many there are. */
export interface StoredRange {
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/** The head of a stored answer and what is known about it. It never changes. Times are milliseconds since 1970. */
export interface StoredHead {
  readonly status: number;
  readonly reason: string;
  /** End-to-end fields only (RFC 9111 3.1). */
  readonly headers: HeaderList;
  /** When the request was made and when the head of its answer came; by these the age is told. */
  readonly requestedAt: number;
  readonly receivedAt: number;
  readonly vary: VaryFields;
  /** null for a whole representation. */
  readonly range: StoredRange | null;
  /** Not empty for a signpost: no answer itself, but where the variants of the URL are. */
  readonly variants: readonly Variant[];
  /** When it goes stale by the word of the program, which goes before the fields; -1 = it said nothing. */
  readonly expires: number;
  /** What a face keeps along with it: its own numbers with text that it understands. */
  readonly notes: readonly (readonly [code: number, text: string])[];
}

/** A stored answer as a store gives it. */
export interface StoredAnswer {
  readonly head: StoredHead;
  /** Bytes of the body as stored; -1 = only reading will tell. */
  readonly length: number;
  /**
   * Reads the body from byte `from` on; null when it is gone. A piece is valid until the next `pull`. Every reader is to be read to its
   * end or closed.
   */
  open(from: number): BodyReader | null;
}

/**
 * Where answers are kept, by key. A store knows no HTTP: it keeps heads and bodies, throws out what was not used for longest when it is
 * full, and never gives back anything but what was put in whole. Trouble of the store (a full disk, a lost server) is no trouble of the
 * request: what cannot be kept is not kept, what cannot be read is not there, and none of the methods throws or rejects.
 */
export interface CacheStore {
  /** Takes bodies without their content codings and one answer a URL only; for caches that know no better. */
  readonly simple?: boolean;
  /** Used by many machines for many people: only what anybody may see is put there (RFC 9111 3.5). */
  readonly shared?: boolean;
  /** What is kept under the key; using it makes it young. */
  get(key: CacheKey): StoredAnswer | null | Promise<StoredAnswer | null>;
  /**
   * Begins to keep an answer; what stands under the key stays until the writer commits. `length` is that of the body, -1 = not known yet.
   * null when it will not be kept, as it is too large.
   */
  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null;
  /** Puts another head before the body that `answer` has. Does nothing when another answer has taken its place. */
  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): void | Promise<void>;
  remove(key: CacheKey): void | Promise<void>;
  /**
   * Asks to be the one who fetches what is not there, among all who use the store. `seen` is what `get` has given: when something else is
   * kept by now, it is to be looked at. Stores of one process have none: one process looks after itself.
   */
  claim?(key: CacheKey, seen: StoredAnswer | null): Promise<CacheClaim>;
  /** An answer that is not going to be stored has come; caches that want to hear of each do. */
  passed?(key: CacheKey, head: StoredHead): void;
}

/**
 * What came of a claim: to fetch, or to look again, because who was fetching is done. `release` is called when the answer is kept or will
 * not be; `forNobodyElse`: such answers are not kept, and for a while nobody needs to wait for another's.
 */
export type CacheClaim = { readonly kind: 'fetch'; release(forNobodyElse?: boolean): void } | { readonly kind: 'look' };

/** Takes one body. Exactly one of `commit` and `abort` is the last call, or nothing was kept. */
export interface CacheWriter {
  /**
   * The memory is valid during the call only. False asks to wait for `drained` before writing on; what is written all the same is kept, too.
   * After trouble it goes on to take bytes and keeps nothing.
   */
  write(bytes: Uint8Array): boolean;
  /** Called when there is room again; set by who writes. */
  drained: (() => void) | null;
  /**
   * The body is whole: from now on it is found. `head` goes in the place of the one given first. A body that is shorter than was said is
   * kept only with such a head, which tells what it is; a longer one never.
   */
  commit(head?: StoredHead): void | Promise<void>;
  /** Nothing is kept, and what was there before stays. */
  abort(): void;
}

/** Where the engine finds the store of the manager: it may get another one at any time, or none. */
export interface CacheKeeper {
  readonly store: CacheStore | null;
}
