import { nodeSystemAuthorities } from '../../engine/assembly.ts';
import { readTrustStore } from '../../system/trust-store/trust-store.ts';

let known: readonly string[] | null = null;

/**
 * Certificates in PEM that the operating system trusts. macOS and Windows are asked by Node.js where it can (from 22.15 and 23.9 on), else by a
 * program of theirs, which takes a while. Elsewhere they are in files, and we know more places than Node.js. Read once, when they are first
 * wanted; empty where there are none.
 */
export function systemAuthorities(): readonly string[] {
  known ??= native() ?? readTrustStore();
  return known;
}

function native(): readonly string[] | null {
  return process.platform === 'darwin' || process.platform === 'win32' ? nodeSystemAuthorities() : null;
}
