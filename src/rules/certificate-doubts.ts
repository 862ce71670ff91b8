import type { Doubt, TlsWish } from '../contract/security.ts';
import { OCSP_TEXTS } from './ocsp.ts';
import { PIN_MISMATCH } from './pins.ts';

/** What the walk along a chain needs to know of each certificate, the peer's own first. */
export interface CertificateFacts {
  /** Dates in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Issued by itself. */
  readonly selfIssued: boolean;
  /** It may issue others (RFC 5280 4.2.1.9, 4.2.1.3). */
  readonly authority: boolean;
  /** Authorities that may come below it, not counting those that issued themselves; -1 = any number. */
  readonly pathLength: number;
  /** Its extended key usage, if it has one, allows for servers. */
  readonly forServers: boolean;
  /** The next one in the chain has signed it. */
  readonly signed: boolean;
}

export interface ChainFacts {
  readonly certificates: readonly CertificateFacts[];
  /** The last certificate is one of those that are trusted. */
  readonly anchored: boolean;
  /** The peer's certificate is for the name that is meant. */
  readonly nameFits: boolean;
  /** OpenSSL's word for the last thing it found; '' = nothing. */
  readonly verdict: string;
}

/** The peer has shown no certificate, and no key stands for it. */
export const NO_CERTIFICATE = 'NO_PEER_CERTIFICATE';
export const WRONG_NAME = 'HOSTNAME_MISMATCH';
export const CHAIN_TOO_LONG = 'CERT_CHAIN_TOO_LONG';
/** Qt's list of certificates that should not have been issued. */
export const BLACKLISTED = 'CERT_BLACKLISTED';

/**
 * Everything that speaks against a chain, in the order of RFC 5280 6.1 as OpenSSL goes about it: name, way to an authority, what
 * the authorities may do, then signatures and dates from the authority down. OpenSSL tells only the last thing it has found, so the
 * rest is found here. Its verdict is the floor: where it found nothing, only the name can be wrong, and what it did find is in the list.
 */
export function chainDoubts(facts: ChainFacts, now: number): Doubt[] {
  const { certificates, verdict } = facts;
  const doubts: Doubt[] = [];
  if (certificates.length === 0) return [{ code: NO_CERTIFICATE, at: -1 }];
  if (!facts.nameFits) doubts.push({ code: WRONG_NAME, at: 0 });
  if (verdict === '') return doubts;
  wayUp(facts, doubts);
  permissions(certificates, doubts);
  downwards(facts, now, doubts);
  if (!doubts.some(({ code }) => code === verdict)) doubts.push({ code: verdict, at: 0 });
  return doubts;
}

function wayUp({ certificates, anchored }: ChainFacts, doubts: Doubt[]): void {
  const last = certificates.length - 1;
  if (anchored) return;
  if (!certificates[last]!.selfIssued) doubts.push({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', at: last });
  else doubts.push({ code: last === 0 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN', at: last });
}

function permissions(certificates: readonly CertificateFacts[], doubts: Doubt[]): void {
  let below = 0;
  certificates.forEach((certificate, at) => {
    const presumed = at > 0 && !certificate.authority;
    if (presumed) doubts.push({ code: 'INVALID_CA', at });
    // OpenSSL looks at the purpose of an authority as well, and this one's is not to be any
    if (presumed || !certificate.forServers) doubts.push({ code: 'INVALID_PURPOSE', at });
    if (at === 0) return;
    if (certificate.pathLength >= 0 && below > certificate.pathLength) doubts.push({ code: 'PATH_LENGTH_EXCEEDED', at });
    if (!certificate.selfIssued) below++;
  });
}

function downwards({ certificates, anchored }: ChainFacts, now: number, doubts: Doubt[]): void {
  const last = certificates.length - 1;
  const alone = !anchored && !certificates[last]!.selfIssued;
  if (alone && last === 0) doubts.push({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', at: 0 });
  for (let at = last; at >= 0; at--) {
    const { from, to, signed } = certificates[at]!;
    // nobody is there who could have signed the last one, and its dates do not count before its issuer is known, unless it is alone
    if (at === last && alone && last > 0) continue;
    if (at < last && !signed) doubts.push({ code: 'CERT_SIGNATURE_FAILURE', at });
    if (now < from) doubts.push({ code: 'CERT_NOT_YET_VALID', at });
    if (now > to) doubts.push({ code: 'CERT_HAS_EXPIRED', at });
  }
}

/** What only those accept who accept it by name: whoever pins keys wants no others, although he may put up with certificates. */
export function isFirm({ code }: Doubt): boolean {
  return code === PIN_MISMATCH;
}

/** Whether doubts that nobody accepts end the connection. */
export function refuses(wish: TlsWish | null, doubts: readonly Doubt[]): boolean {
  return wish === null || wish.verify === 'refuse' || doubts.some(isFirm);
}

/** What another certificate between may clear up. */
const FOR_WANT_OF_ISSUER: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  PIN_MISMATCH,
  'OCSP_UNTRUSTED',
  'OCSP_OTHER_CERTIFICATE',
]);

/** The place of the certificate whose issuer is missing, if that may be all that is wrong; else -1. */
export function lacksIssuer(doubts: readonly Doubt[]): number {
  if (!doubts.every(({ code }) => FOR_WANT_OF_ISSUER.has(code))) return -1;
  return doubts.find(({ code }) => code.startsWith('UNABLE_TO_GET_ISSUER_CERT'))?.at ?? -1;
}

/** What a doubt means, as the second half of a sentence, and what can be done about it. */
export function doubtText(code: string): string {
  return TEXTS[code] ?? `the certificate was refused (${code})`;
}

const TEXTS: Readonly<Record<string, string>> = {
  [WRONG_NAME]: 'the certificate is for another host',
  [NO_CERTIFICATE]: 'the server has shown no certificate',
  [BLACKLISTED]: 'the certificate is on the list of those that must not be used',
  [CHAIN_TOO_LONG]: 'the chain of certificates is longer than the verify depth allows',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of the certificate is unknown; set NODE_EXTRA_CA_CERTS to the file of its authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the issuer of the certificate is unknown; set NODE_EXTRA_CA_CERTS to the file of its authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the issuer of the certificate is unknown; set NODE_EXTRA_CA_CERTS to the file of its authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed; set NODE_EXTRA_CA_CERTS to trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is self-signed; set NODE_EXTRA_CA_CERTS to trust it',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet; check the clock',
  CERT_SIGNATURE_FAILURE: 'the signature of the certificate is wrong',
  CERT_REVOKED: 'the certificate was revoked',
  INVALID_CA: 'one of the certificates was issued by somebody who may not issue any',
  PATH_LENGTH_EXCEEDED: 'there are more authorities in the chain than one of them allows',
  INVALID_PURPOSE: 'the certificate is not meant for servers',
  [PIN_MISMATCH]: 'none of the keys that are pinned for the host is in the chain of certificates',
  ...OCSP_TEXTS,
  UNSPECIFIED: 'the certificate was refused for a reason that OpenSSL does not name; a key may be too short or a digest too weak',
};
