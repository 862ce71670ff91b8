import type { X509Certificate } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { readBareHost } from '../../base/url-host.ts';
import type { Doubt } from '../../contract/security.ts';
import { blacklistDoubts, factsOf, nameFits } from '../../engine/assembly.ts';
import { chainDoubts } from '../../rules/certificate-doubts.ts';
import { restrictionDoubts } from '../../rules/certificate-restrictions.ts';
import type { QSslCertificate } from '../security/qsslcertificate.ts';
import { QSslError } from '../security/qsslerror.ts';
import { sslErrorsOf } from './tls-errors.ts';

/** Longer ways go in circles. */
const LONGEST = 100;
/** In the place of OpenSSL's word: it has none for chains that no peer has shown. */
const NOT_ASKED = 'NOT_ASKED';

/** All that speaks against the first certificate, those behind it being at hand to find the way to an authority. */
export function verifyChain(
  chain: readonly QSslCertificate[],
  hostName: string,
  authorities: readonly QSslCertificate[],
): QSslError[] {
  const [leaf, ...others] = chain.flatMap((one) => one.handle() ?? []);
  if (leaf === undefined || others.length !== chain.length - 1) return [new QSslError(QSslError.UnspecifiedError)];
  const now = systemClock.wall();
  const trusted = authorities.flatMap((one) => one.handle() ?? []);
  const { path, known } = wayUp(leaf, others, trusted, now);
  const certificates = path.map((one, i) => factsOf(one, path[i + 1]));
  const anchored = known && certificates.at(-1)!.selfIssued;
  const found = chainDoubts({ certificates, anchored, nameFits: isFor(leaf, hostName), verdict: NOT_ASKED }, now);
  const raw = path.map((one) => one.raw);
  const doubts = [...blacklistDoubts(raw), ...found.flatMap((doubt) => meant(doubt, known)), ...restrictionDoubts(raw)];
  return sslErrorsOf({ doubts, chain: raw });
}

interface Way {
  readonly path: readonly X509Certificate[];
  /** Its last certificate is one of those that are trusted. */
  readonly known: boolean;
}

/** From a certificate to the one that it all hangs on: trusted ones first, those at hand only below them, as OpenSSL goes about it. */
function wayUp(leaf: X509Certificate, others: readonly X509Certificate[], trusted: readonly X509Certificate[], now: number): Way {
  const path = [leaf];
  let above = false;
  for (let last = leaf; path.length < LONGEST; ) {
    if (last.checkIssued(last)) return { path, known: above || trusted.some(({ raw }) => raw.equals(last.raw)) };
    const authority = issuerAmong(trusted, last, now);
    const next = authority ?? (above ? undefined : issuerAmong(others, last, now));
    if (next === undefined || path.includes(next)) break;
    above ||= authority !== undefined;
    path.push(next);
    last = next;
  }
  return { path, known: above };
}

/** One that is valid now is better than one that is not: authorities have several certificates with one key. */
function issuerAmong(candidates: readonly X509Certificate[], of: X509Certificate, now: number): X509Certificate | undefined {
  const issuers = candidates.filter((one) => of.checkIssued(one));
  return issuers.find((one) => Date.parse(one.validFrom) <= now && now <= Date.parse(one.validTo)) ?? issuers[0];
}

function isFor(leaf: X509Certificate, hostName: string): boolean {
  if (hostName === '') return true;
  const host = readBareHost(hostName).host.replace(/^\[|\]$|\.$/g, '');
  return nameFits(host, leaf.toLegacyObject());
}

/** Nobody has said what the certificate is to be used for. And OpenSSL has another word where a trusted one is not the last. */
function meant({ code, at }: Doubt, known: boolean): Doubt[] {
  if (code === NOT_ASKED || code === 'INVALID_PURPOSE') return [];
  return [{ code: known && code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' ? 'UNABLE_TO_GET_ISSUER_CERT' : code, at }];
}
