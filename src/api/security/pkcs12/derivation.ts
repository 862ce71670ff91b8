import type { Ber } from '../../../base/ber.ts';
import { rounds, Unsupported } from './unsupported.ts';

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

const PBKDF2 = '1.2.840.113549.1.5.12';
const INTEGER = 0x02;
const SEQUENCE = 0x30;

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
};
/** Digests in HMAC. */
const KEYED_DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** Node.js's name of a digest. */
export function digestNamed(algorithm: Ber | undefined): string {
  const oid = algorithm?.first?.oid ?? '';
  const name = DIGESTS[oid] ?? KEYED_DIGESTS[oid];
  if (name === undefined) throw new Unsupported(`the digest ${oid} is not supported`);
  return name;
}

/** What is derived from a pass phrase: a key, a vector to begin with, or a key for a checksum (RFC 7292 B.3). */
type Purpose = 1 | 2 | 3;

/** RFC 7292 B.2. `phrase` is in UTF-16, with the octets of a 0 behind. */
export function deriveOld(digest: string, purpose: Purpose, phrase: Buffer, salt: Buffer, count: bigint, size: number): Buffer {
  const block = digest === 'sha384' || digest === 'sha512' ? 128 : 64;
  const times = rounds(count);
  const input = Buffer.concat([filled(salt, block), filled(phrase, block)]);
  const out: Buffer[] = [];
  for (let made = 0; made < size; ) {
    let hash = crypto().createHash(digest).update(Buffer.alloc(block, purpose)).update(input).digest();
    for (let i = 1; i < times; i++) hash = crypto().createHash(digest).update(hash).digest();
    out.push(hash);
    made += hash.length;
    const step = filled(hash, block).subarray(0, block);
    for (let at = 0; at < input.length; at += block) addOne(input.subarray(at, at + block), step);
  }
  return Buffer.concat(out).subarray(0, size);
}

/** As often as it takes to fill blocks. */
function filled(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}

/** The sum of two numbers and 1, in the place of the first. */
function addOne(number: Buffer, step: Buffer): void {
  let carry = 1;
  for (let i = number.length - 1; i >= 0; i--) {
    carry += number[i]! + step[i]!;
    number[i] = carry & 0xff;
    carry >>= 8;
  }
}

/** PBKDF2 with its parameters (RFC 8018 A.2). `phrase` is in UTF-8. */
export function deriveNew(kdf: Ber | undefined, phrase: Buffer, usual: number): Buffer {
  const [name, parameters] = kdf?.inside ?? [];
  if (name?.oid !== PBKDF2) throw new Unsupported(`keys derived by ${name?.oid} are not supported`);
  const [salt, count, ...more] = parameters?.inside ?? [];
  if (salt === undefined || count === undefined) throw new TypeError('no parameters');
  const told = more.find(({ tag }) => tag === INTEGER)?.integer ?? 0n;
  const digest = more.find(({ tag }) => tag === SEQUENCE);
  const size = told > 0n && told <= 64n ? Number(told) : usual;
  return crypto().pbkdf2Sync(
    phrase,
    salt.octets,
    rounds(count.integer),
    size,
    digest === undefined ? 'sha1' : digestNamed(digest),
  );
}
