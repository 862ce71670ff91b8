import type { Machine } from './machine.ts';

/** Where distributions keep all authorities in one file; the first one with any in it is it. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, Alpine with ca-certificates
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, RHEL, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
  '/var/lib/ca-certificates/ca-bundle.pem', // SUSE
  '/etc/ssl/ca-bundle.pem', // older SUSE
  '/etc/ssl/certs/ca-bundle.crt', // NixOS
  '/etc/ssl/cert.pem', // Alpine, the BSDs
  '/usr/local/share/certs/ca-root-nss.crt', // FreeBSD
];

/** And each in a file of its own. */
const FOLDERS = ['/etc/ssl/certs', '/etc/pki/tls/certs', '/var/lib/ca-certificates/openssl', '/system/etc/security/cacerts'];

/** A folder with more files is none for certificates. */
const MOST_FILES = 4000;

/** Texts with certificates, on Linux and its relatives: those that the environment names as OpenSSL has it, or the usual ones. */
export function filesTrusted(machine: Machine): string[] {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders, NIX_SSL_CERT_FILE: nix } = machine.env;
  if (file || folders) {
    const listed = (folders ?? '').split(':').filter((folder) => folder !== '');
    return [...(file ? [machine.text(file)] : []), ...listed.flatMap((folder) => textsIn(folder, machine))];
  }
  for (const path of nix ? [nix, ...BUNDLES] : BUNDLES) {
    const text = machine.text(path);
    if (hasAny(text)) return [text];
  }
  for (const folder of FOLDERS) {
    const texts = textsIn(folder, machine);
    if (texts.some(hasAny)) return texts;
  }
  return [];
}

function textsIn(folder: string, machine: Machine): string[] {
  return machine.list(folder).slice(0, MOST_FILES).map(machine.text);
}

function hasAny(text: string): boolean {
  return text.includes('-----BEGIN CERTIFICATE-----');
}
