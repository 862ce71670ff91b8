import { cipherNames } from '../bridge/tls-facts.ts';

/** What the name of a cipher suite says, in the words of OpenSSL. */
export interface CipherFacts {
  readonly name: string;
  /** The lowest version that has it: `TLSv1.3`, `TLSv1.2`, `TLSv1` or `SSLv3`. */
  readonly protocol: string;
  readonly keyExchange: string;
  readonly authentication: string;
  readonly encryption: string;
  readonly bits: number;
}

let known: ReadonlyMap<string, CipherFacts> | null = null;

/** The suites there are, by name. */
export function knownCiphers(): ReadonlyMap<string, CipherFacts> {
  known ??= new Map(cipherNames().map((name) => [name, cipherFacts(name)]));
  return known;
}

/** How keys are agreed on, and who says who it is. First match wins. */
const BEGINNINGS: readonly (readonly [RegExp, keyExchange: string, authentication: string])[] = [
  [/^TLS_/, 'any', 'any'],
  [/^ECDHE-ECDSA-/, 'ECDH', 'ECDSA'],
  [/^ECDHE-PSK-/, 'ECDHEPSK', 'PSK'],
  [/^ECDHE-/, 'ECDH', 'RSA'],
  [/^DHE-PSK-/, 'DHEPSK', 'PSK'],
  [/^DHE-DSS-/, 'DH', 'DSS'],
  [/^DHE-/, 'DH', 'RSA'],
  [/^RSA-PSK-/, 'RSAPSK', 'RSA'],
  [/^PSK-/, 'PSK', 'PSK'],
  [/^SRP-DSS-/, 'SRP', 'DSS'],
  [/^SRP-RSA-/, 'SRP', 'RSA'],
  [/^SRP-/, 'SRP', 'SRP'],
  [/^AECDH-/, 'ECDH', 'None'],
  [/^ADH-/, 'DH', 'None'],
  [/^/, 'RSA', 'RSA'],
];

/** Reads a name: `ECDHE-RSA-AES256-GCM-SHA384`, `TLS_CHACHA20_POLY1305_SHA256`. */
export function cipherFacts(name: string): CipherFacts {
  const [, keyExchange, authentication] = BEGINNINGS.find(([beginning]) => beginning.test(name))!;
  const [encryption, bits] = encryptionOf(name);
  return { name, protocol: protocolOf(name, encryption), keyExchange, authentication, encryption, bits };
}

function encryptionOf(name: string): [encryption: string, bits: number] {
  if (/CHACHA20/.test(name)) return ['CHACHA20/POLY1305(256)', 256];
  if (/NULL/.test(name)) return ['None', 0];
  if (/CBC3/.test(name)) return ['3DES(168)', 168];
  const [, cipher = '', size = '0', mode = ''] = /(AES|ARIA|CAMELLIA|SEED)[-_]?(\d*)[-_]?(GCM|CCM[-_]?8|CCM)?/.exec(name) ?? [];
  const bits = cipher === 'SEED' ? 128 : Number(size);
  const spelt = cipher === 'CAMELLIA' ? 'Camellia' : cipher;
  return [`${spelt}${mode.replace(/[-_]/, '')}(${bits})`, bits];
}

function protocolOf(name: string, encryption: string): string {
  if (name.startsWith('TLS_')) return 'TLSv1.3';
  if (/GCM|CCM|CHACHA/.test(encryption)) return 'TLSv1.2';
  // suites with a shared key and a longer digest are older than TLS 1.2 (RFC 5487)
  if (/SHA(256|384)$/.test(name)) return /PSK/.test(name) ? 'TLSv1' : 'TLSv1.2';
  return /^A?ECDH/.test(name) ? 'TLSv1' : 'SSLv3';
}
