import type { TlsVersion, TlsWish } from '../../contract/security.ts';
import { defaultCiphers } from './tls-facts.ts';

type Backend = ReadonlyMap<string, string>;

/** What commands for OpenSSL make of a wish: they come last. */
export function withBackend<W extends Omit<TlsWish, 'key'>>(wish: W, backend: Backend): W {
  if (backend.size === 0) return wish;
  const [lowest, highest] = wish.versions;
  return {
    ...wish,
    versions: [
      (backend.get('MinProtocol') as TlsVersion | undefined) ?? lowest,
      (backend.get('MaxProtocol') as TlsVersion | undefined) ?? highest,
    ],
    ciphers: ciphersOf(wish.ciphers, backend),
    groups: backend.get('Groups') ?? backend.get('Curves') ?? wish.groups,
    signatures: backend.get('SignatureAlgorithms') ?? wish.signatures,
  };
}

/** Node.js takes the suites of TLS 1.3 in one text with the others; for OpenSSL they are two commands. */
function ciphersOf(ciphers: string | null, backend: Backend): string | null {
  const older = backend.get('CipherString');
  const newer = backend.get('Ciphersuites');
  if (older === undefined && newer === undefined) return ciphers;
  const usual = (ciphers ?? defaultCiphers()).split(':');
  const isNew = (name: string): boolean => name.startsWith('TLS_');
  return [newer ?? usual.filter(isNew).join(':'), older ?? usual.filter((name) => !isNew(name)).join(':')]
    .filter((part) => part !== '')
    .join(':');
}
