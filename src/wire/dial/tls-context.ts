import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsWish } from '../../contract/security.ts';
import { defaultCiphers } from './tls-facts.ts';

/** What a handshake starts from; making one costs more than a request over a connection that stands, so each is made once. */
interface Contexts {
  plain: SecureContext | null;
  /** Also offers suites with a shared key. */
  keyed: SecureContext | null;
}

/** Wishes are made anew by programs that configure each request, so contexts are kept by what they say, the last few of them. */
const MOST_CONTEXTS = 16;
const kept = new Map<string, Contexts>();

/** The context for a wish. Throws when OpenSSL does not take its keys, certificates or suites. */
export function contextFor(wish: TlsWish | null, keyed: boolean): SecureContext {
  const key = wish === null ? '' : wish.key;
  const contexts = kept.get(key) ?? { plain: null, keyed: null };
  const kind = keyed ? 'keyed' : 'plain';
  contexts[kind] ??= process.getBuiltinModule('node:tls').createSecureContext(optionsFor(wish, keyed));
  // the one used last is the last to go
  kept.delete(key);
  kept.set(key, contexts);
  if (kept.size > MOST_CONTEXTS) kept.delete(kept.keys().next().value!);
  return contexts[kind];
}

function optionsFor(wish: TlsWish | null, keyed: boolean): SecureContextOptions {
  const options: SecureContextOptions = {};
  const ciphers = wish?.ciphers ?? null;
  if (ciphers !== null) options.ciphers = ciphers;
  // Node.js leaves out what needs a key that nobody has
  else if (keyed) options.ciphers = defaultCiphers().replace(':!PSK', '');
  if (wish === null) return options;
  const { authorities, identity, versions } = wish;
  if (authorities !== null) options.ca = [...authorities];
  if (identity !== null) {
    options.cert = identity.certificates;
    options.key = identity.key;
  }
  [options.minVersion, options.maxVersion] = versions;
  if (wish.groups !== null) options.ecdhCurve = wish.groups;
  if (wish.signatures !== null) options.sigalgs = wish.signatures;
  options.secureOptions = switches(wish);
  return options;
}

function switches({ tickets, legacyRenegotiation }: TlsWish): number {
  const { SSL_OP_NO_TICKET, SSL_OP_LEGACY_SERVER_CONNECT, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION } =
    process.getBuiltinModule('node:crypto').constants;
  const legacy = SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION;
  return (tickets ? 0 : SSL_OP_NO_TICKET) | (legacyRenegotiation ? legacy : 0);
}
