import type { KeyObject, X509Certificate } from 'node:crypto';
import { type Ber, readBer } from '../../../base/ber.ts';
import { decrypted } from './encryption.ts';
import { isAuthentic, type Phrase, phrasesFor } from './integrity.ts';
import { Unsupported } from './unsupported.ts';

/** What is in a PKCS #12 file (RFC 7292). */
export interface Pkcs12 {
  /** The first private key. */
  readonly key: KeyObject;
  readonly certificates: readonly X509Certificate[];
}

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const BAGS = '1.2.840.113549.1.12.10.1.';
const X509 = '1.2.840.113549.1.9.22.1';

/** Opens a file; null when there is nothing in it that could be read, or the pass phrase is not the right one. */
export function openPkcs12(file: Buffer, passPhrase: Buffer): Pkcs12 | null {
  try {
    return opened(file, passPhrase);
  } catch (error) {
    // Node.js throws when what it decrypts is not there in full, and for keys and certificates that are none
    if (error instanceof Unsupported)
      process.emitWarning(`QSslCertificate.importPkcs12: ${error.message}.`, { code: 'QNETWORK_PKCS12' });
    return null;
  }
}

function opened(file: Buffer, passPhrase: Buffer): Pkcs12 | null {
  const [, authSafe, mac] = readBer(file)?.inside ?? [];
  const safe = authSafe === undefined ? null : contentOf(authSafe);
  if (safe?.type !== DATA || mac === undefined) return null;
  const { octets } = safe.content;
  const phrase = phrasesFor(passPhrase).find((one) => isAuthentic(mac, octets, one));
  if (phrase === undefined) return null;
  const keys: Buffer[] = [];
  const certificates: Buffer[] = [];
  for (const info of readBer(octets)?.inside ?? []) collect(safeContents(info, phrase), phrase, keys, certificates, 0);
  const [key] = keys;
  if (key === undefined) return null;
  const { createPrivateKey, X509Certificate } = process.getBuiltinModule('node:crypto');
  return {
    key: createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
    certificates: certificates.map((der) => new X509Certificate(der)),
  };
}

/** ContentInfo: what kind, and what is in it. */
function contentOf({ inside: [type, wrapped] }: Ber): { type: string; content: Ber } | null {
  const content = wrapped?.first;
  return type === undefined || content === undefined ? null : { type: type.oid, content };
}

function safeContents(info: Ber, phrase: Phrase): Ber | null {
  const found = contentOf(info);
  if (found?.type === DATA) return readBer(found.content.octets);
  if (found?.type !== ENCRYPTED_DATA) throw new Unsupported(`the content is of a kind that is not supported (${found?.type})`);
  const [, algorithm, encrypted] = found.content.inside[1]?.inside ?? [];
  return algorithm === undefined || encrypted === undefined ? null : readBer(decrypted(algorithm, encrypted.octets, phrase));
}

/** Bags lie in bags; deeper than this nobody puts them. */
const DEEPEST = 8;

function collect(contents: Ber | null, phrase: Phrase, keys: Buffer[], certificates: Buffer[], depth: number): void {
  for (const {
    inside: [kind, wrapped],
  } of contents?.inside ?? []) {
    const value = wrapped?.first;
    if (kind === undefined || value === undefined || depth > DEEPEST) continue;
    const parts = value.inside;
    if (kind.oid === `${BAGS}1`) keys.push(value.whole);
    else if (kind.oid === `${BAGS}2` && parts.length >= 2) keys.push(decrypted(parts[0]!, parts[1]!.octets, phrase));
    else if (kind.oid === `${BAGS}3` && parts[0]?.oid === X509) certificates.push(parts[1]?.first?.octets ?? Buffer.alloc(0));
    else if (kind.oid === `${BAGS}6`) collect(value, phrase, keys, certificates, depth + 1);
  }
}
