import { certificatesIn } from './certificates-in.ts';
import { filesTrusted } from './files.ts';
import { keychainsTrusted } from './keychains.ts';
import { here, type Machine } from './machine.ts';
import { windowsTrusted } from './windows.ts';

/**
 * Certificates in PEM that the operating system trusts, each once. Programs are asked where there is no other way, for ten seconds each at
 * most. Nothing is cached. When there are none, a warning of Node.js says so, with the code `QNETWORK_SYSTEM_TRUST`.
 */
export function readTrustStore(machine: Machine = here()): string[] {
  const read = { win32: windowsTrusted, darwin: keychainsTrusted }[machine.platform as string] ?? filesTrusted;
  const found = certificatesIn(read(machine));
  if (found.length === 0) {
    const message = 'the certificates that the system trusts could not be found; SSL_CERT_FILE may name a file with them.';
    process.emitWarning(message, { code: 'QNETWORK_SYSTEM_TRUST' });
  }
  return found;
}
