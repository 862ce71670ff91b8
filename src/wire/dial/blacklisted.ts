import type { Doubt } from '../../contract/security.ts';
import { isBlacklisted } from '../../rules/certificate-blacklist.ts';
import { BLACKLISTED } from '../../rules/certificate-doubts.ts';
import { certificateFields } from '../../rules/certificate-fields.ts';

/** Those in a chain that must not be used whoever vouches for them. */
export function blacklistDoubts(chain: readonly Uint8Array[]): Doubt[] {
  const doubts: Doubt[] = [];
  for (let at = 0; at < chain.length; at++) {
    const der = chain[at]!;
    const serial = certificateFields(der)?.serial.replace(/^00(?=.)/, '') ?? '';
    if (isBlacklisted(serial, () => commonNames(der))) doubts.push({ code: BLACKLISTED, at });
  }
  return doubts;
}

function commonNames(der: Uint8Array): string[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const { subject, issuer } = new X509Certificate(der).toLegacyObject();
  return [subject.CN, issuer.CN].flat().filter((name) => name !== undefined);
}
