import { type Doubt, NO_DOUBTS, type SecureInfo, type TlsWish } from '../../contract/security.ts';
import { type CertificateFacts, chainDoubts } from '../../rules/certificate-doubts.ts';
import { PIN_MISMATCH, pinsFor } from '../../rules/pins.ts';
import { createTestAuthority, type TestAuthority } from '../certificates/authority.ts';

/**
 * What a played certificate is worth. `untrusted` is signed by an authority that nobody knows (`network.authority`): who trusts that one finds
 * nothing wrong with it.
 */
export type TestCertificate = 'good' | 'expired' | 'not yet valid' | 'wrong host' | 'self-signed' | 'untrusted';

/** What a server tells of its certificate in a played handshake. */
export interface Shown {
  readonly state: TestCertificate;
  /** Whom it is for. */
  readonly names: readonly string[];
  readonly version: string;
  readonly alpn: string;
}

const FINE: CertificateFacts = {
  ...{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, selfIssued: false, authority: true },
  ...{ pathLength: -1, forServers: true, signed: true },
};
const ROOT: CertificateFacts = { ...FINE, selfIssued: true };

/** What a handshake has shown, as if it had been a real one. */
export function secureInfoOf(shown: Shown, peerName: string, wish: TlsWish | null, now: number): SecureInfo {
  const chain = chainOf(shown);
  const looked = wish?.verify !== 'ignore';
  const doubts = [...(looked ? doubtsAbout(shown, peerName, wish, now) : NO_DOUBTS), ...ownDoubts(wish, peerName, chain)];
  return {
    protocol: shown.version,
    cipher: shown.version === 'TLSv1.3' ? 'TLS_AES_256_GCM_SHA384' : 'ECDHE-ECDSA-AES256-GCM-SHA384',
    alpn: shown.alpn,
    chain,
    doubts,
    doubted: !looked || doubts.length > 0,
    sharedKey: null,
    resumed: false,
    ephemeral: { kind: 'ECDH', curve: 'X25519', bits: 253 },
    session: null,
  };
}

function doubtsAbout({ state, names }: Shown, peerName: string, wish: TlsWish | null, now: number): readonly Doubt[] {
  const nameFits = names.some((name) => fits(name, peerName));
  const alone = state === 'self-signed';
  const leaf =
    state === 'expired' ? { ...FINE, to: now - 1 } : state === 'not yet valid' ? { ...FINE, from: now + 1 } : alone ? ROOT : FINE;
  const anchored = !alone && trusts(wish, state === 'untrusted');
  const certificates = alone ? [leaf] : [leaf, ROOT];
  return chainDoubts({ certificates, anchored, nameFits, verdict: verdictOn(state, anchored) }, now);
}

/** What OpenSSL would say last. */
function verdictOn(state: TestCertificate, anchored: boolean): string {
  if (state === 'expired') return 'CERT_HAS_EXPIRED';
  if (state === 'not yet valid') return 'CERT_NOT_YET_VALID';
  if (anchored) return '';
  return state === 'self-signed' ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN';
}

/** What is found whether or not the certificate is looked at. */
function ownDoubts(wish: TlsWish | null, peerName: string, chain: readonly Uint8Array[]): readonly Doubt[] {
  if (wish === null || (wish.pins.length === 0 && !wish.stapling)) return NO_DOUBTS;
  const doubts: Doubt[] = [];
  const pins = pinsFor(wish.pins, peerName);
  if (pins !== null && !chain.some((der) => pins.has(keyDigest(der)))) doubts.push({ code: PIN_MISMATCH, at: 0 });
  // no played server has anything from its authority to show
  if (wish.stapling) doubts.push({ code: 'OCSP_NO_RESPONSE', at: 0 });
  return doubts;
}

function keyDigest(der: Uint8Array): string {
  const { X509Certificate, createHash } = process.getBuiltinModule('node:crypto');
  const key = new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

function fits(pattern: string, name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host;
  return host.endsWith(pattern.slice(1).toLowerCase()) && !host.slice(0, 1 - pattern.length).includes('.');
}

// ---- certificates that can be looked at

let authorities: { readonly known: TestAuthority; readonly unknown: TestAuthority } | null = null;
const chains = new Map<string, readonly Uint8Array[]>();
/** Making one takes half a millisecond. */
const MOST_CHAINS = 256;

function both(): { readonly known: TestAuthority; readonly unknown: TestAuthority } {
  authorities ??= {
    known: createTestAuthority('Played authority that everybody trusts'),
    unknown: createTestAuthority('Played authority that nobody knows'),
  };
  return authorities;
}

/** The authority of `untrusted` certificates, in PEM. */
export function unknownAuthority(): string {
  return both().unknown.pem;
}

function trusts(wish: TlsWish | null, unknown: boolean): boolean {
  const own = wish?.authorities ?? null;
  if (own === null) return !unknown;
  const { pem } = unknown ? both().unknown : both().known;
  return own.some((text) => bare(text) === bare(pem));
}

function bare(pem: string): string {
  return pem.replace(/-----[^-]*-----|\s/g, '');
}

/** Certificates of that kind; they are the same for all networks of the process. */
function chainOf({ state, names }: Shown): readonly Uint8Array[] {
  const key = `${state} ${names.join(' ')}`;
  let chain = chains.get(key);
  if (chain === undefined) {
    if (chains.size >= MOST_CHAINS) chains.clear();
    chain = newChain(state, names);
    chains.set(key, chain);
  }
  return chain;
}

function newChain(state: TestCertificate, names: readonly string[]): readonly Uint8Array[] {
  const { known, unknown } = both();
  const by = state === 'untrusted' ? unknown : known;
  const dates =
    state === 'expired'
      ? { from: new Date('2019-01-01'), to: new Date('2020-01-01') }
      : { from: new Date(state === 'not yet valid' ? '2098-01-01' : '2020-01-01'), to: new Date('2099-01-01') };
  const { cert } = by.identity(names, { ...dates, selfSigned: state === 'self-signed' });
  return (state === 'self-signed' ? [cert] : [cert, by.pem]).map((pem) => Buffer.from(bare(pem), 'base64'));
}
