import type { FindingCode } from '../../api/advice/advice.ts';
import { codeOfFailure, codeOfStatus } from '../../api/advice/finding-code.ts';
import { meaningOf } from './chain.ts';
import type { Seen } from './voyage.ts';

/** What is wrong by all that one request has shown, before anything is tried; the first one has to be put right first. */
export function symptomsOf(seen: Seen): FindingCode[] {
  const { failure, head, secure } = seen;
  if (failure === null || isOnlySlow(seen)) {
    const code = codeOfStatus(head?.status ?? 0);
    return code === null ? [] : [code];
  }
  const doubted = failure.kind === 'tls' && failure.phase !== 'proxy' && secure !== null && secure.doubts.length > 0;
  return doubted ? doubtsOf(seen) : [codeOfFailure(failure)];
}

/** We have stopped looking, and it still came. */
export function isOnlySlow({ failure, head, bytes }: Seen): boolean {
  return failure?.limit?.name === 'total' && head !== null && bytes > 0;
}

/** What speaks against the server's certificates. */
export function doubtsOf({ secure }: Seen): FindingCode[] {
  const codes = new Set((secure?.doubts ?? []).map((doubt) => meaningOf(doubt, secure!)));
  // who may not issue is not meant to, either
  if (codes.has('tls-bad-authority')) codes.delete('tls-not-for-servers');
  // the revocation of what nobody trusts is nobody's business, and the pins of a chain that does not end are not there yet
  const untrusted = UNTRUSTED.some((code) => codes.has(code));
  if (untrusted) for (const code of CONSEQUENCES) codes.delete(code);
  return [...codes].sort((a, b) => weightOf(a) - weightOf(b));
}

const UNTRUSTED: readonly FindingCode[] = ['tls-unknown-issuer', 'tls-unknown-root', 'tls-self-signed', 'tls-signature'];
const CONSEQUENCES: readonly FindingCode[] = ['tls-revocation-unknown'];

/** The worst first: what cannot be put right here goes before what can. */
const ORDER: readonly FindingCode[] = ['tls-revoked', 'tls-blacklisted', 'tls-signature', 'tls-wrong-name', 'tls-expired'];

function weightOf(code: FindingCode): number {
  const at = ORDER.indexOf(code);
  return at < 0 ? ORDER.length : at;
}
