import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import { certificateParts } from '../../base/der.ts';
import { type Doubt, NO_DOUBTS, type TlsWish } from '../../contract/security.ts';
import { type CertificateFacts, CHAIN_TOO_LONG, chainDoubts, NO_CERTIFICATE } from '../../rules/certificate-doubts.ts';
import { restrictionDoubts } from '../../rules/certificate-restrictions.ts';
import { blacklistDoubts } from './blacklisted.ts';
import { machineAuthorities } from './tls-facts.ts';

/** RFC 5280 4.2.1.12: for servers, or for anything. */
const FOR_SERVERS = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);

/** What a handshake has shown. */
export interface Shown {
  /** OpenSSL's word for the last thing it found; '' = nothing. */
  readonly verdict: string;
  readonly nameFits: boolean;
  /** A key that both sides know was used in the place of a certificate. */
  readonly keyed: boolean;
}

/** The certificates in DER, the peer's own first. */
export function chainOf(certificate: DetailedPeerCertificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let at: DetailedPeerCertificate | undefined = certificate;
  while (at?.raw !== undefined) {
    chain.push(at.raw);
    // the last one names itself
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain;
}

/** Whether the certificate is for the name. */
export function nameFits(name: string, certificate: PeerCertificate): boolean {
  return process.getBuiltinModule('node:tls').checkServerIdentity(name, certificate) === undefined;
}

/** Everything that speaks against what the peer has shown. */
export function doubtsAbout(shown: Shown, chain: readonly Uint8Array[], wish: TlsWish | null): readonly Doubt[] {
  if (chain.length === 0) return shown.keyed && shown.verdict === '' ? NO_DOUBTS : [{ code: NO_CERTIFICATE, at: -1 }];
  const tooLong = isTooLong(chain, wish);
  const listed = blacklistDoubts(chain);
  if (shown.verdict === '' && shown.nameFits && !tooLong && listed.length === 0) return NO_DOUBTS;
  const { certificates, anchored } = shown.verdict === '' ? TRUSTED : walk(chain, wish);
  const found = chainDoubts({ certificates, anchored, nameFits: shown.nameFits, verdict: shown.verdict }, Date.now());
  const doubts = [...listed, ...found];
  if (tooLong) doubts.push({ code: CHAIN_TOO_LONG, at: wish!.depth + 1 });
  return doubts;
}

/** Whether there are more certificates between the peer's and the authority than the wish allows. */
export function isTooLong(chain: readonly Uint8Array[], wish: TlsWish | null): boolean {
  const depth = wish?.depth ?? 0;
  return depth > 0 && chain.length - 2 > depth;
}

/** Whether the walk finds nothing in a chain that OpenSSL does not see: one that was shown to somebody else. */
export function speaksForItself(chain: readonly X509Certificate[], wish: TlsWish | null, now: number): boolean {
  const doubts = chainDoubts({ ...factsAbout(chain, wish), nameFits: true, verdict: NOT_ASKED }, now);
  const raw = chain.map((certificate) => certificate.raw);
  const others = [...blacklistDoubts(raw), ...restrictionDoubts(raw)];
  return doubts.length === 1 && doubts[0]!.code === NOT_ASKED && others.length === 0;
}

/** In the place of OpenSSL's word. */
const NOT_ASKED = 'NOT_ASKED';

const FINE: CertificateFacts = {
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  selfIssued: false,
  authority: true,
  pathLength: -1,
  forServers: true,
  signed: true,
};
interface Walked {
  readonly certificates: readonly CertificateFacts[];
  readonly anchored: boolean;
}

/** OpenSSL has found nothing, so nobody has to look. */
const TRUSTED: Walked = { certificates: [FINE], anchored: true };

function walk(chain: readonly Uint8Array[], wish: TlsWish | null): Walked {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  return factsAbout(
    chain.map((der) => new X509Certificate(der)),
    wish,
  );
}

function factsAbout(read: readonly X509Certificate[], wish: TlsWish | null): Walked {
  const certificates = read.map((certificate, i) => factsOf(certificate, read[i + 1]));
  const trusted = new Set((wish?.authorities ?? machineAuthorities()).map(base64));
  const last = Buffer.from(read.at(-1)!.raw).toString('base64');
  return { certificates, anchored: certificates.at(-1)!.selfIssued && trusted.has(last) };
}

function base64(pem: string): string {
  return pem.replace(/-----[^-]*-----|\s/g, '');
}

/** What the walk needs to know of one. */
export function factsOf(certificate: X509Certificate, issuer: X509Certificate | undefined): CertificateFacts {
  return {
    from: Date.parse(certificate.validFrom),
    to: Date.parse(certificate.validTo),
    selfIssued: certificate.checkIssued(certificate),
    authority: certificate.ca,
    pathLength: certificateParts(certificate.raw).pathLength,
    forServers: certificate.keyUsage?.some((usage) => FOR_SERVERS.has(usage)) ?? true,
    signed: issuer === undefined || signedBy(certificate, issuer),
  };
}

/** Node.js throws for keys it cannot use. */
function signedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
