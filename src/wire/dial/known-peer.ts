import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import type { TlsWish } from '../../contract/security.ts';
import { isTooLong, nameFits, speaksForItself } from './verdict.ts';

/** A peer that nothing spoke against. */
export interface KnownPeer {
  /** Its certificate is for this name. */
  readonly name: string;
  /** In DER, its own certificate first, its authority last. */
  readonly chain: readonly Uint8Array[];
  /** When all of them are valid, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** The peer of a handshake. */
export function peerShown(name: string, shown: DetailedPeerCertificate, chain: readonly Uint8Array[]): KnownPeer {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let certificate = shown;
  for (const _ of chain) {
    from = Math.max(from, Date.parse(certificate.valid_from));
    to = Math.min(to, Date.parse(certificate.valid_to));
    certificate = certificate.issuerCertificate;
  }
  return { name, chain, from, to };
}

/** The peer of a chain that somebody has kept for us, verified from the ground up; null when anything speaks against it. */
export function peerKept(name: string, chain: readonly Uint8Array[], wish: TlsWish | null, now: number): KnownPeer | null {
  const certificates = readAll(chain);
  const [first] = certificates;
  if (first === undefined || !nameFits(name, first.toLegacyObject()) || isTooLong(chain, wish)) return null;
  if (!speaksForItself(certificates, wish, now)) return null;
  const from = Math.max(...certificates.map(({ validFrom }) => Date.parse(validFrom)));
  const to = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
  return { name, chain, from, to };
}

function readAll(chain: readonly Uint8Array[]): X509Certificate[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    return chain.map((der) => new X509Certificate(der));
  } catch {
    return [];
  }
}
