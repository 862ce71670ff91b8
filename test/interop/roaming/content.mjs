// @ts-check
// What the server of the roaming tests has: bytes that follow from their name, so that everybody can say what should have come.
import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** @param {string} id @param {number} size */
export function content(id, size) {
  const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(id).digest(), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(size));
}

/** The same as text, which can be compressed, and what it is compressed. @param {string} id @param {number} size */
export function text(id, size) {
  const plain = Buffer.from(content(id, size / 2).toString('hex'));
  return { plain, coded: gzipSync(plain, { level: 1 }) };
}

/** @param {Uint8Array} bytes */
export const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
