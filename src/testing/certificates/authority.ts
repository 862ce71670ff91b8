import { type Minted, mint } from './mint.ts';

/** What a certificate is like. Whatever is not said is as with a good server. */
export interface TestIdentityOptions {
  /** Valid from here; default a year ago. */
  readonly from?: Date;
  /** Valid until here; default in a year. A date that is past makes it expired. */
  readonly to?: Date;
  /** It is signed with its own key, and nobody's authority. Default false. */
  readonly selfSigned?: boolean;
  /** For a server, or for a client that shows it. Default server. */
  readonly purpose?: 'server' | 'client';
  /** A key on the curve P-256, which is quick to make, or the bits of an RSA key (1024 at least). Default ec. */
  readonly key?: 'ec' | number;
}

/** Key and certificate in PEM, as `tls.createServer` and `createTestServer` take them. */
export interface TestIdentity {
  readonly key: string;
  readonly cert: string;
}

/** An authority for tests. Its key is in this process and nowhere else. */
export interface TestAuthority {
  /** Its certificate in PEM. Who trusts it trusts what it issues: `QSslCertificate.fromData(pem)` makes objects of it. */
  readonly pem: string;
  /**
   * Issues a certificate for these names and addresses; `*.site.test` is for all names below. Default: 127.0.0.1, ::1 and localhost.
   *
   * @example createTestServer({ tls: authority.identity() })
   * @example authority.identity(['other.test'])                                          // the wrong host
   * @example authority.identity(undefined, { to: new Date('2020-01-01') })               // expired
   */
  identity(names?: readonly string[], options?: TestIdentityOptions): TestIdentity;
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
const OPTIONS: readonly string[] = ['from', 'to', 'selfSigned', 'purpose', 'key'];
const LEAST_BITS = 1024;

/** An authority of this process that issues certificates for servers of tests. Nothing is written, and nobody else is asked. */
export function createTestAuthority(name = 'Authority for tests'): TestAuthority {
  const authority = mint({ name, authority: true });
  return { pem: authority.pem, identity: (names = LOOPBACK, options = {}) => issue(authority, names, options) };
}

function issue(by: Minted, names: readonly string[], options: TestIdentityOptions): TestIdentity {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string' && name !== ''))
    throw new TypeError(
      `identity(): names have to be a list of host names and addresses, as in ['site.test'], not ${show(names)}`,
    );
  const odd = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (odd !== undefined)
    throw new TypeError(`identity(): unknown option ${JSON.stringify(odd)}; there are ${OPTIONS.join(', ')}`);
  const { from, to, selfSigned, purpose = 'server', key = 'ec' } = options;
  for (const [which, date] of Object.entries({ from, to }))
    if (date !== undefined && !(date instanceof Date && Number.isFinite(date.getTime())))
      throw new TypeError(`identity(): ${which} has to be a valid Date, not ${show(date)}`);
  if (purpose !== 'server' && purpose !== 'client')
    throw new TypeError(`identity(): purpose is 'server' or 'client', not ${show(purpose)}`);
  if (key !== 'ec' && !(Number.isInteger(key) && key >= LEAST_BITS))
    throw new RangeError(`identity(): key is 'ec' or at least ${LEAST_BITS} bits, not ${show(key)}`);
  const minted = mint({
    name: names[0]!,
    for: names.map((name) => (isAddress(name) ? `IP:${name}` : `DNS:${name}`)),
    purpose,
    key,
    ...(selfSigned === true ? {} : { by }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  return { key: minted.keyPem, cert: minted.pem };
}

const show = (value: unknown): string =>
  process.getBuiltinModule('node:util').inspect(value, { breakLength: Number.POSITIVE_INFINITY });

const isAddress = (name: string): boolean => name.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(name);
