import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
