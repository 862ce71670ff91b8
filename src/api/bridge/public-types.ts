// Types of the floors below that appear in public signatures, and what is needed to write a store.
export { HeaderList } from '../../base/header-list.ts';
export type { Timeouts } from '../../contract/ask.ts';
export type { NegotiateContext, NegotiateSource } from '../../contract/auth-sources.ts';
export type { BodyReader } from '../../contract/body.ts';
export type {
  CacheClaim,
  CacheKey,
  CacheStore,
  CacheWriter,
  StoredAnswer,
  StoredHead,
  StoredRange,
  Variant,
  VaryFields,
} from '../../contract/cache.ts';
export type { CookieStandard } from '../../contract/cookie.ts';
export type { Attempt, Failure, FailureKind, Phase, ProxyAnswer } from '../../contract/failure.ts';
export type { NetLogEvent, NetLogOptions, NetLogWhat, Timings } from '../../contract/netlog.ts';
export type { ResourceSource } from '../../engine/assembly.ts';
export type { StorageState, StorageStateCookie } from '../../rules/cookies/storage-state.ts';
