// Subresource Integrity 3.3: does a body have one of the digests that were given?
import { failure } from '../../contract/failure.ts';
import { networkError } from './errors.ts';

const STRENGTH = ['sha256', 'sha384', 'sha512'];

interface Digest {
  readonly strength: number;
  readonly value: string;
}

/** The bytes, which have one of the digests; null is the body of an answer that has none. Throws for others, as for an answer without a body. */
export function insistOn<T extends Uint8Array>(bytes: T | null, metadata: string): T {
  if (bytes !== null && fitsIntegrity(bytes, metadata)) return bytes;
  const why = bytes === null ? 'there is no body that could have' : 'the body has none of';
  throw networkError(failure('protocol', 'receive', `${why} the digests that integrity names`));
}

/** True when nothing was asked that we know, or one of the strongest digests fits. */
export function fitsIntegrity(bytes: Uint8Array, metadata: string): boolean {
  const digests = parse(metadata);
  if (digests.length === 0) return true;
  const strength = Math.max(...digests.map((digest) => digest.strength));
  const actual = process.getBuiltinModule('node:crypto').createHash(STRENGTH[strength]!).update(bytes).digest('base64');
  return digests.some((digest) => digest.strength === strength && sameDigest(digest.value, actual));
}

function parse(metadata: string): Digest[] {
  const digests: Digest[] = [];
  for (const item of metadata.split(/[\t\n\f\r ]+/)) {
    // what cannot be read is a digest that no body has: a slip of the pen must not switch the check off
    const match = /^(sha256|sha384|sha512)(?:-([^?]*))?(?:\?.*)?$/i.exec(item);
    if (match !== null) digests.push({ strength: STRENGTH.indexOf(match[1]!.toLowerCase()), value: match[2] ?? '' });
  }
  return digests;
}

/** The alphabet for URLs and missing padding are taken as well. */
function sameDigest(given: string, actual: string): boolean {
  return given.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '') === actual.replace(/=+$/, '');
}
