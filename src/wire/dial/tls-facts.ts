import type { SecureContextOptions } from 'node:tls';

/** What Node.js brings along for TLS, told to those who may not load it themselves. */

const tls = (): typeof import('node:tls') => process.getBuiltinModule('node:tls');

let extra: readonly string[] | null = null;

/** Certificates in PEM that a program of Node.js trusts when it says nothing: its own list and that of `NODE_EXTRA_CA_CERTS`. */
export function machineAuthorities(): readonly string[] {
  // Node.js 22.15 and later know it themselves, the list of the system included if it was asked for
  const { getCACertificates } = tls() as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  extra ??= readExtra(process.env['NODE_EXTRA_CA_CERTS']);
  return [...tls().rootCertificates, ...extra];
}

/** Certificates in PEM that the operating system trusts; null where Node.js (before 22.15 and 23.9) cannot tell. */
export function nodeSystemAuthorities(): readonly string[] | null {
  const { getCACertificates } = tls() as { getCACertificates?: (type: 'system') => string[] };
  return getCACertificates === undefined ? null : getCACertificates('system');
}

/** Whether it is the look at a certificate's names that Node.js itself would take. */
export function isNodesNameCheck(check: unknown): boolean {
  return check === tls().checkServerIdentity;
}

function readExtra(path: string | undefined): readonly string[] {
  if (path === undefined || path === '') return [];
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(path, 'latin1');
    return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  } catch {
    // Node.js warned of it when it started
    return [];
  }
}

/** OpenSSL's names of all cipher suites there are. */
export function cipherNames(): readonly string[] {
  return tls()
    .getCiphers()
    .map((name) => name.toUpperCase());
}

/** The suites a client offers when nothing else is said, in OpenSSL's format. */
export function defaultCiphers(): string {
  return tls().DEFAULT_CIPHERS;
}

/** Why OpenSSL cannot use these options, '' when it can. */
export function contextProblem(options: SecureContextOptions): string {
  try {
    tls().createSecureContext(options);
    return '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
