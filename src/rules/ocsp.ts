import { type Doubt, NO_DOUBTS } from '../contract/security.ts';
import type { OcspResponse } from './ocsp-response.ts';

/** What came with a certificate about its revocation (RFC 6066 8). */
export interface OcspFacts {
  /** null = it cannot be read. */
  readonly response: OcspResponse | null;
  /** It was signed by the issuer of the certificate, or by somebody whom the issuer lets sign (RFC 6960 4.2.2.2). */
  readonly trusted: boolean;
  /** Its one statement is about the certificate. */
  readonly fits: boolean;
}

const REVOKED = 'CERT_REVOKED';
const NO_RESPONSE = 'OCSP_NO_RESPONSE';
const MALFORMED = 'OCSP_MALFORMED_RESPONSE';
const UNTRUSTED = 'OCSP_UNTRUSTED';
const OTHER = 'OCSP_OTHER_CERTIFICATE';
const EXPIRED = 'OCSP_EXPIRED';
const UNKNOWN = 'OCSP_UNKNOWN';

/** Why a responder says nothing (RFC 6960 4.2.1), by its number. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'OCSP_MALFORMED_REQUEST',
  2: 'OCSP_INTERNAL_ERROR',
  3: 'OCSP_TRY_LATER',
  5: 'OCSP_SIGNATURE_REQUIRED',
  6: 'OCSP_UNAUTHORIZED',
};

/** Clocks may differ by so much. */
const SKEW_MS = 60_000;
/** For one that does not say when there will be a newer one. Public authorities may let ten days pass. */
const LONGEST_MS = 10 * 86_400_000;

/**
 * What speaks against a certificate after a look at the response that came with it; null = none came. In this order: signature, certificate,
 * time, status. `fits` counts for one statement alone: more than one is no answer to a question about one.
 */
export function ocspDoubts(facts: OcspFacts | null, now: number): readonly Doubt[] {
  if (facts === null) return [{ code: NO_RESPONSE, at: -1 }];
  if (facts.response === null) return [{ code: MALFORMED, at: -1 }];
  const { status, statements } = facts.response;
  if (statements === null) return [{ code: REFUSALS[status] ?? MALFORMED, at: -1 }];
  const doubts: Doubt[] = facts.trusted ? [] : [{ code: UNTRUSTED, at: -1 }];
  const [statement, ...others] = statements.list;
  if (statement === undefined || others.length > 0) return [...doubts, { code: MALFORMED, at: -1 }];
  if (!facts.fits) doubts.push({ code: OTHER, at: 0 });
  const to = Number.isNaN(statement.to) ? statement.from + LONGEST_MS : statement.to;
  if (statement.from > now + SKEW_MS || now - SKEW_MS > to || to < statement.from) doubts.push({ code: EXPIRED, at: 0 });
  if (statement.status === 'revoked') doubts.push({ code: REVOKED, at: 0 });
  if (statement.status === 'unknown') doubts.push({ code: UNKNOWN, at: 0 });
  return doubts.length === 0 ? NO_DOUBTS : doubts;
}

/** What these doubts mean, as the second half of a sentence. */
export const OCSP_TEXTS: Readonly<Record<string, string>> = {
  [NO_RESPONSE]: 'the server has sent no OCSP response along, which the configuration wants',
  [MALFORMED]: 'the OCSP response of the server cannot be read',
  OCSP_MALFORMED_REQUEST: 'the OCSP responder could not read what the server asked',
  OCSP_INTERNAL_ERROR: 'the OCSP responder has an internal error',
  OCSP_TRY_LATER: 'the OCSP responder wants to be asked later',
  OCSP_SIGNATURE_REQUIRED: 'the OCSP responder wants signed questions',
  OCSP_UNAUTHORIZED: 'the OCSP responder does not know the certificate, or does not answer everybody',
  [UNTRUSTED]: 'the OCSP response was not signed by the issuer of the certificate',
  [OTHER]: 'the OCSP response is about another certificate',
  [EXPIRED]: 'the OCSP response is too old, or not valid yet; check the clock',
  [UNKNOWN]: 'the OCSP responder does not know the certificate',
};
