import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { QSslCertificate, QSslConfiguration } from '../../src/index.ts';

/** Leaf certificates under `certs/` (made by `certs/make.sh`); all but `selfsigned` are signed by `ca`. */
export type CertificateName = 'good' | 'wronghost' | 'selfsigned';

const file = (name: string): string => fileURLToPath(new URL(`./certs/${name}.pem`, import.meta.url));

/** Path of the test authority, as `NODE_EXTRA_CA_CERTS` or a `ca` option wants it. */
export const caFile: string = file('ca');

export const caPem = (): string => readFileSync(caFile, 'utf8');

/** Key and certificate as `tls.createServer` takes them. `good` is valid for 127.0.0.1, ::1, localhost, good.test and *.good.test. */
export function identity(name: CertificateName = 'good'): { key: string; cert: string } {
  return { key: readFileSync(file(`${name}-key`), 'utf8'), cert: readFileSync(file(name), 'utf8') };
}

/** Environment of a child process that trusts the test authority beside the system's. */
export function trustingEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
}

/** Requests of this thread that say nothing else trust the test authority; certificates are checked as ever. */
export function trustTestAuthority(): void {
  const configuration = QSslConfiguration.defaultConfiguration();
  configuration.setCaCertificates(QSslCertificate.fromData(caPem()));
  QSslConfiguration.setDefaultConfiguration(configuration);
}

/** Servers of all kinds under `certs/peers/` (made by its `make.sh`): good ones, and one for everything that can be wrong. */
export type PeerName =
  | 'ca'
  | 'otherca'
  | 'good'
  | 'wronghost'
  | 'wildcard'
  | 'expired'
  | 'future'
  | 'clientonly'
  | 'client'
  | 'untrusted'
  | 'expiredwrong'
  | 'intermediate'
  | 'below'
  | 'deeper'
  | 'deep'
  | 'forged'
  | 'blacklisted'
  | 'selfsigned';

/** The folder of the peers. */
export const peersFolder: string = fileURLToPath(new URL('./certs/peers/', import.meta.url));

export const peerPem = (name: PeerName): string => readFileSync(`${peersFolder}${name}.pem`, 'utf8');

/** Key and certificates of a server; behind its own it shows those of `above`. */
export function peer(name: PeerName, ...above: PeerName[]): { key: string; cert: string } {
  return { key: readFileSync(`${peersFolder}${name}-key.pem`, 'utf8'), cert: [name, ...above].map(peerPem).join('') };
}
