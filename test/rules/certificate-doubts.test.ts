import { describe, expect, it } from 'vitest';
import { type CertificateFacts, type ChainFacts, chainDoubts } from '../../src/rules/certificate-doubts.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);

const leaf = (other: Partial<CertificateFacts> = {}): CertificateFacts => ({
  from: NOW - DAY,
  to: NOW + DAY,
  selfIssued: false,
  authority: false,
  pathLength: -1,
  forServers: true,
  signed: true,
  ...other,
});
const authority = (other: Partial<CertificateFacts> = {}): CertificateFacts => leaf({ authority: true, ...other });
const root = (other: Partial<CertificateFacts> = {}): CertificateFacts => authority({ selfIssued: true, ...other });

const LATE = { to: NOW - 1 };
const EARLY = { from: NOW + 1 };

/** As OpenSSL would have it: its last word, and the list. */
const rows: [what: string, facts: Partial<ChainFacts>, doubts: string[]][] = [
  ['nothing is wrong', { certificates: [leaf(), root()], verdict: '' }, []],
  ['only the name', { certificates: [leaf(), root()], verdict: '', nameFits: false }, ['HOSTNAME_MISMATCH 0']],
  ['no certificate', { certificates: [], verdict: 'UNSPECIFIED' }, ['NO_PEER_CERTIFICATE -1']],
  ['no certificate, which OpenSSL does not mind', { certificates: [], verdict: '' }, ['NO_PEER_CERTIFICATE -1']],
  [
    'self-signed',
    { certificates: [leaf({ selfIssued: true })], anchored: false, verdict: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ['DEPTH_ZERO_SELF_SIGNED_CERT 0'],
  ],
  [
    'an unknown root',
    { certificates: [leaf(), authority(), root()], anchored: false, verdict: 'SELF_SIGNED_CERT_IN_CHAIN' },
    ['SELF_SIGNED_CERT_IN_CHAIN 2'],
  ],
  [
    'no issuer at all',
    { certificates: [leaf()], anchored: false, verdict: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY 0', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE 0'],
  ],
  [
    'the issuer of an intermediate is missing',
    { certificates: [leaf(), authority()], anchored: false, verdict: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY 1'],
  ],
  ['expired', { certificates: [leaf(LATE), root()], verdict: 'CERT_HAS_EXPIRED' }, ['CERT_HAS_EXPIRED 0']],
  ['not valid yet', { certificates: [leaf(EARLY), root()], verdict: 'CERT_NOT_YET_VALID' }, ['CERT_NOT_YET_VALID 0']],
  [
    'expired from the authority down',
    { certificates: [leaf(LATE), authority(LATE), root(LATE)], verdict: 'CERT_HAS_EXPIRED' },
    ['CERT_HAS_EXPIRED 2', 'CERT_HAS_EXPIRED 1', 'CERT_HAS_EXPIRED 0'],
  ],
  [
    'another host, an unknown issuer, and expired',
    { certificates: [leaf(LATE)], anchored: false, nameFits: false, verdict: 'CERT_HAS_EXPIRED' },
    ['HOSTNAME_MISMATCH 0', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY 0', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE 0', 'CERT_HAS_EXPIRED 0'],
  ],
  [
    'an expired certificate hides that its issuer may not issue any',
    { certificates: [leaf(LATE), leaf(), root()], verdict: 'CERT_HAS_EXPIRED' },
    ['INVALID_CA 1', 'INVALID_PURPOSE 1', 'CERT_HAS_EXPIRED 0'],
  ],
  [
    'an expired certificate hides a wrong signature',
    { certificates: [leaf({ ...LATE, signed: false }), root()], verdict: 'CERT_HAS_EXPIRED' },
    ['CERT_SIGNATURE_FAILURE 0', 'CERT_HAS_EXPIRED 0'],
  ],
  ['not for servers', { certificates: [leaf({ forServers: false }), root()], verdict: 'INVALID_PURPOSE' }, ['INVALID_PURPOSE 0']],
  [
    'too many authorities below one',
    { certificates: [leaf(), authority(), authority({ pathLength: 0 }), root()], verdict: 'PATH_LENGTH_EXCEEDED' },
    ['PATH_LENGTH_EXCEEDED 2'],
  ],
  [
    'a path length that is kept to',
    { certificates: [leaf(LATE), authority({ pathLength: 0 }), root({ pathLength: 1 })], verdict: 'CERT_HAS_EXPIRED' },
    ['CERT_HAS_EXPIRED 0'],
  ],
  [
    'authorities that issued themselves do not count',
    {
      certificates: [leaf(LATE), root(), authority({ pathLength: 0 }), root()],
      verdict: 'CERT_HAS_EXPIRED',
    },
    ['CERT_HAS_EXPIRED 0'],
  ],
  [
    'what only OpenSSL knows is in the list, too',
    { certificates: [leaf(LATE), root()], verdict: 'CERT_REVOKED' },
    ['CERT_HAS_EXPIRED 0', 'CERT_REVOKED 0'],
  ],
  ['a word nobody knows refuses', { certificates: [leaf(), root()], verdict: 'SOMETHING_NEW' }, ['SOMETHING_NEW 0']],
  [
    'where OpenSSL has found nothing, nobody looks for more',
    { certificates: [leaf(LATE), leaf(), root(LATE)], anchored: false, verdict: '' },
    [],
  ],
];

describe('what speaks against a chain of certificates', () => {
  for (const [what, facts, doubts] of rows) {
    it(what, () => {
      const whole: ChainFacts = { certificates: [], anchored: true, nameFits: true, verdict: '', ...facts };
      expect(chainDoubts(whole, NOW).map(({ code, at }) => `${code} ${at}`)).toEqual(doubts);
    });
  }
});
