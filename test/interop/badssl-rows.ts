import { DEFAULT_CIPHERS } from 'node:tls';
import * as der from '../support/der.ts';
import { HERE, type Minted, mint, type Wanted } from '../support/mint.ts';

/** A server, and what is to be told of it. */
export interface Row {
  readonly what: string;
  /** The certificates it shows, its own first; none = it has none. */
  readonly chain: () => readonly Minted[];
  /** Whom the client trusts; by default `root`. */
  readonly trusts?: () => Minted;
  /** The name that is meant, if not the address. */
  readonly as?: string;
  /** More for openssl s_server. */
  readonly options?: readonly string[];
  /** The list of `sslErrors`, each with the one it is about; empty = it is a good server; null = no handshake comes about. */
  readonly errors: readonly string[] | null;
}

const DAY = 86_400_000;
const days = (count: number): Date => new Date(Date.now() + count * DAY);

export const root: Minted = mint({ name: 'root', authority: true });
const middle = mint({ name: 'middle', authority: true, by: root });
const strange = mint({ name: 'strange root', authority: true });

/** A server below `root`. */
const site = (wanted: Partial<Wanted> = {}): Minted => mint({ name: 'site', by: root, ...wanted });

const named = (...names: string[]): Minted => site({ for: names.map((name) => `DNS:${name}`) });

/** From 2 on keys of RSA below 2048 bits are weak. */
const STRICT = /SECLEVEL=[2-9]/.test(DEFAULT_CIPHERS) || Number(process.versions.node.split('.')[0]) >= 24;

function longWay(authorities: number): Minted[] {
  const chain: Minted[] = [];
  let by = root;
  for (let i = 1; i <= authorities; i++) {
    by = mint({ name: `authority ${i}`, authority: true, by });
    chain.unshift(by);
  }
  return [site({ by }), ...chain];
}

/** Parameters of a Diffie-Hellman exchange with a prime of 1024 bits (RFC 2409 6.2). */
const SMALL_DH = ((): string => {
  const prime = `FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF`;
  return der.pem('DH PARAMETERS', der.sequence(der.number(BigInt(`0x${prime}`)), der.number(2)));
})();

const UNKNOWN = der.extension('1.3.6.1.4.1.99999.1', true, der.utf8('nobody knows me'));

const NO_ISSUER = ['UnableToGetLocalIssuerCertificate', 'UnableToVerifyFirstCertificate'];

const GOOD: readonly Row[] = [
  { what: 'a good certificate', chain: () => [site()], errors: [] },
  { what: 'one that an intermediate has issued', chain: () => [site({ by: middle }), middle], errors: [] },
  { what: 'eight intermediates', chain: () => longWay(8), errors: [] },
  { what: 'RSA with 2048 bits', chain: () => [site({ key: 2048 })], errors: [] },
  { what: 'names without a common name', chain: () => [site({ name: null })], errors: [] },
  { what: 'a common name without names', chain: () => [site({ name: 'site.test', for: null })], as: 'site.test', errors: [] },
  {
    what: 'a thousand names',
    chain: () => [site({ for: [...Array.from({ length: 1000 }, (_, i) => `DNS:n${i}.test`), ...HERE] })],
    errors: [],
  },
  { what: 'a wildcard', chain: () => [named('*.wild.test')], as: 'a.wild.test', errors: [] },
  {
    what: 'a name within the constraints of its authority',
    chain: () => constrained('.good.test', 'a.good.test'),
    as: 'a.good.test',
    errors: [],
  },
];

function constrained(permitted: string, name: string): Minted[] {
  const by = mint({ name: 'constrained', authority: true, by: root, permitted: [`DNS:${permitted}`] });
  return [site({ by, for: [`DNS:${name}`] }), by];
}

const NAMES: readonly Row[] = [
  { what: 'another host', chain: () => [named('elsewhere.test')], errors: ['HostNameMismatch of site'] },
  { what: 'the address as a name', chain: () => [named('127.0.0.1')], errors: ['HostNameMismatch of site'] },
  {
    what: 'a wildcard for two levels',
    chain: () => [named('*.wild.test')],
    as: 'a.b.wild.test',
    errors: ['HostNameMismatch of site'],
  },
  {
    what: 'a wildcard for the domain itself',
    chain: () => [named('*.wild.test')],
    as: 'wild.test',
    errors: ['HostNameMismatch of site'],
  },
  {
    what: 'a wildcard for a whole top level',
    chain: () => [named('*.test')],
    as: 'site.test',
    errors: ['HostNameMismatch of site'],
  },
  {
    what: 'a name with a NUL in it',
    chain: () => [named('site.test\0.evil.test')],
    as: 'site.test',
    errors: ['HostNameMismatch of site'],
  },
  {
    what: 'a name that looks like two',
    chain: () => [named('evil.test, DNS:site.test')],
    as: 'site.test',
    errors: ['HostNameMismatch of site'],
  },
  {
    what: 'a common name beside other names',
    chain: () => [site({ name: 'site.test', for: ['DNS:other.test'] })],
    as: 'site.test',
    errors: ['HostNameMismatch of site.test'],
  },
  { what: 'neither subject nor names', chain: () => [site({ name: null, for: null })], errors: ['HostNameMismatch of nobody'] },
];

const CHAINS: readonly Row[] = [
  { what: 'expired', chain: () => [site({ from: days(-9), to: days(-1) })], errors: ['CertificateExpired of site'] },
  { what: 'not valid yet', chain: () => [site({ from: days(1), to: days(9) })], errors: ['CertificateNotYetValid of site'] },
  {
    what: 'an intermediate that has expired',
    chain: () => below({ from: days(-9), to: days(-1) }),
    errors: ['CertificateExpired of between'],
  },
  { what: 'self-signed', chain: () => [mint({ name: 'alone' })], errors: ['SelfSignedCertificate of alone'] },
  {
    what: 'an unknown root that is shown',
    chain: () => [site({ by: strange }), strange],
    errors: ['SelfSignedCertificateInChain of strange root'],
  },
  { what: 'an unknown root', chain: () => [site({ by: strange })], errors: NO_ISSUER.map((error) => `${error} of site`) },
  {
    what: 'an intermediate that is not shown',
    chain: () => [site({ by: middle })],
    errors: NO_ISSUER.map((error) => `${error} of site`),
  },
  { what: 'a forged signature', chain: () => [site({ forged: true })], errors: ['CertificateSignatureFailed of site'] },
  {
    what: 'an authority that is none',
    chain: () => below({ authority: false }),
    errors: ['InvalidCaCertificate of between', 'InvalidPurpose of between'],
  },
  {
    what: 'an authority that may not sign certificates',
    chain: () => below({ usage: 'sign data' }),
    // Node.js does not take it for the issuer, so that OpenSSL's last word stands for what is wrong with it
    errors: [...NO_ISSUER.map((error) => `${error} of site`), 'UnspecifiedError of site'],
  },
  { what: 'more authorities than allowed', chain: () => deeper(), errors: ['PathLengthExceeded of strict'] },
  { what: 'for clients only', chain: () => [site({ purpose: 'client' })], errors: ['InvalidPurpose of site'] },
  {
    what: 'a name beyond the constraints of its authority',
    chain: () => constrained('.good.test', 'site.test'),
    as: 'site.test',
    errors: ['UnspecifiedError of site'],
  },
  {
    what: 'a critical extension that nobody knows',
    chain: () => [site({ extension: UNKNOWN })],
    errors: ['UnspecifiedError of site'],
  },
  { what: 'a signature with SHA-1', chain: () => [site({ digest: 'sha1' })], errors: ['UnspecifiedError of site'] },
  {
    what: 'a signature with MD5',
    chain: () => [site({ by: rsaRoot(), digest: 'md5' })],
    trusts: rsaRoot,
    errors: ['UnspecifiedError of site'],
  },
  { what: 'an intermediate signed with SHA-1', chain: () => below({ digest: 'sha1' }), errors: ['UnspecifiedError of site'] },
  { what: 'RSA with 1024 bits', chain: () => [site({ key: 1024 })], errors: STRICT ? ['UnspecifiedError of site'] : [] },
  {
    what: 'RSA with 512 bits',
    chain: () => [site({ key: 512 })],
    options: ['-tls1_2', '-cipher', 'kRSA:@SECLEVEL=0'],
    errors: ['UnspecifiedError of site'],
  },
];

function below(wanted: Partial<Wanted>): Minted[] {
  const between = mint({ name: 'between', authority: true, by: root, ...wanted });
  return [site({ by: between }), between];
}

function deeper(): Minted[] {
  const strict = mint({ name: 'strict', authority: 0, by: root });
  const more = mint({ name: 'more', authority: true, by: strict });
  return [site({ by: more }), more, strict];
}

let rsa: Minted | null = null;
function rsaRoot(): Minted {
  rsa ??= mint({ name: 'RSA root', authority: true, key: 2048 });
  return rsa;
}

const HANDSHAKES: readonly Row[] = [
  { what: 'TLS 1.0 and nothing newer', chain: () => [site()], options: ['-tls1'], errors: null },
  { what: 'TLS 1.1 and nothing newer', chain: () => [site()], options: ['-tls1_1'], errors: null },
  { what: 'no encryption', chain: () => [site()], options: ['-tls1_2', '-cipher', 'eNULL:@SECLEVEL=0'], errors: null },
  { what: 'no certificate', chain: () => [], options: ['-tls1_2'], errors: null },
  { what: 'CAMELLIA only', chain: () => [site()], options: ['-tls1_2', '-cipher', 'CAMELLIA:@SECLEVEL=0'], errors: null },
  {
    what: 'a prime of 1024 bits for Diffie-Hellman',
    chain: () => [site({ key: 2048 })],
    options: ['-tls1_2', '-cipher', 'kDHE:@SECLEVEL=0', '-dhparam', SMALL_DH],
    errors: STRICT ? null : [],
  },
];

export const ROWS: readonly Row[] = [...GOOD, ...NAMES, ...CHAINS, ...HANDSHAKES];
