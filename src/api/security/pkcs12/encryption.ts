import type { Ber } from '../../../base/ber.ts';
import { deriveNew, deriveOld } from './derivation.ts';
import type { Phrase } from './integrity.ts';
import { decryptRc2 } from './rc2.ts';
import { Unsupported } from './unsupported.ts';

const PBES2 = '1.2.840.113549.1.5.13';

/** Ciphers of PBES2 (RFC 8018 B.2) and how long their keys are. */
const CIPHERS: Readonly<Record<string, readonly [cipher: string, size: number]>> = {
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
};
/** Those of RFC 7292 appendix C, with SHA-1. */
const OLD_CIPHERS: Readonly<Record<string, readonly [cipher: string, size: number]>> = {
  '1.2.840.113549.1.12.1.3': ['des-ede3-cbc', 24],
  '1.2.840.113549.1.12.1.4': ['des-ede-cbc', 16],
  '1.2.840.113549.1.12.1.5': ['rc2', 16],
  '1.2.840.113549.1.12.1.6': ['rc2', 5],
};
const OLD_BLOCK = 8;

/** What somebody has encrypted with a pass phrase. */
export function decrypted(algorithm: Ber, bytes: Buffer, phrase: Phrase): Buffer {
  const [name, parameters] = algorithm.inside;
  const [first, second] = parameters?.inside ?? [];
  if (name === undefined || first === undefined || second === undefined) throw new TypeError('no parameters');
  if (name.oid === PBES2) return byNew(first, second, bytes, phrase.utf8);
  const old = OLD_CIPHERS[name.oid];
  if (old === undefined) throw unsupported(name.oid);
  const [cipher, size] = old;
  const derive = (purpose: 1 | 2, length: number): Buffer =>
    deriveOld('sha1', purpose, phrase.old, first.octets, second.integer, length);
  return plain(cipher, derive(1, size), derive(2, OLD_BLOCK), bytes);
}

function byNew(kdf: Ber, scheme: Ber, bytes: Buffer, phrase: Buffer): Buffer {
  const [name, vector] = scheme.inside;
  const known = CIPHERS[name?.oid ?? ''];
  if (known === undefined || vector === undefined) throw unsupported(name?.oid ?? '');
  const [cipher, size] = known;
  return plain(cipher, deriveNew(kdf, phrase, size), vector.octets, bytes);
}

function plain(cipher: string, key: Buffer, vector: Buffer, bytes: Buffer): Buffer {
  if (cipher === 'rc2') return decryptRc2(key, vector, bytes);
  const { createDecipheriv } = process.getBuiltinModule('node:crypto');
  const decipher = createDecipheriv(cipher, key, vector);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

function unsupported(oid: string): Unsupported {
  return new Unsupported(`the cipher ${oid} is not supported; write the file anew with AES (openssl pkcs12)`);
}
