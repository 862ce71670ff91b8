// Types of the floors below that appear in public signatures.
export type { Timeouts } from '../../contract/ask.ts';
export type { CookieStandard } from '../../contract/cookie.ts';
export type { Attempt, FailureKind, Phase } from '../../contract/failure.ts';
export type { NetLogEvent, NetLogWhat, Timings } from '../../contract/netlog.ts';
export type { ResourceSource } from '../../engine/assembly.ts';
export type { StorageState, StorageStateCookie } from '../../rules/cookies/storage-state.ts';
