import { type Doubt, NO_DOUBTS, type PinRule } from '../../contract/security.ts';
import { certificateFields } from '../../rules/certificate-fields.ts';
import { PIN_MISMATCH, pinsFor } from '../../rules/pins.ts';
import { isSignedBy } from './staple.ts';

/** What speaks against a chain by the keys that are pinned for the name. */
export function pinDoubts(rules: readonly PinRule[], name: string, chain: readonly Uint8Array[]): readonly Doubt[] {
  const pins = pinsFor(rules, name);
  if (pins === null) return NO_DOUBTS;
  for (const der of proven(chain)) if (pins.has(digestOf(der))) return NO_DOUBTS;
  return [{ code: PIN_MISMATCH, at: chain.length === 0 ? -1 : 0 }];
}

/**
 * The chain as far as each certificate has signed the one below. Node.js puts together by name what a peer shows, so that without a look at the
 * signatures anybody could lay a certificate with the right key beside his own.
 */
function* proven(chain: readonly Uint8Array[]): Generator<Uint8Array> {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  for (let at = 0; at < chain.length; at++) {
    const above = chain[at]!;
    if (at > 0 && !isSignedBy(new X509Certificate(chain[at - 1]!), new X509Certificate(above))) return;
    yield above;
  }
}

function digestOf(der: Uint8Array): string {
  const key = certificateFields(der)?.publicKey;
  return key === undefined ? '' : process.getBuiltinModule('node:crypto').createHash('sha256').update(key).digest('base64');
}
