import type { TlsWish } from '../../contract/security.ts';
import { chosenCiphers } from '../security/cipher-choice.ts';
import { QSsl } from '../security/qssl.ts';
import type { QSslCertificate } from '../security/qsslcertificate.ts';
import { PeerVerifyMode } from '../security/qsslsocket.ts';
import { EMPTY_SECURITY, type SecurityState } from '../security/security-state.ts';
import { versionsOf } from '../security/versions.ts';

/** Made once for all requests that say the same. */
const made = new WeakMap<SecurityState, TlsWish>();

/** What a configuration means to the engine; null = nothing special. */
export function tlsWishOf(state: SecurityState): TlsWish | null {
  if (state === EMPTY_SECURITY) return null;
  const known = made.get(state);
  if (known !== undefined) return known;
  const wish = compile(state);
  made.set(state, wish);
  return wish;
}

function compile(state: SecurityState): TlsWish {
  const { ciphers, options, key, localChain, authorities } = state;
  const off = (option: QSsl.SslOption): boolean => (options & option) !== 0;
  const wish: Omit<TlsWish, 'key'> = {
    verify:
      state.verifyMode === PeerVerifyMode.VerifyNone
        ? 'ignore'
        : state.verifyMode === PeerVerifyMode.QueryPeer
          ? 'tell'
          : 'refuse',
    depth: state.verifyDepth,
    certificateNeeded: state.certificateNeeded,
    authorities: authorities === null ? null : authorities.map(pem),
    identity:
      localChain.length === 0 || key.isNull()
        ? null
        : { certificates: localChain.map(pem).join(''), key: key.toPem().toString() },
    versions: versionsFor(state),
    ciphers: ciphers === '' ? null : ciphers,
    alpn: protocolsOf(state.alpn),
    nameIndication: !off(QSsl.SslOptionDisableServerNameIndication),
    tickets: !off(QSsl.SslOptionDisableSessionTickets),
    legacyRenegotiation: !off(QSsl.SslOptionDisableLegacyRenegotiation),
  };
  const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(JSON.stringify(wish)).digest('base64');
  return { key: digest, ...wish };
}

const pem = (certificate: QSslCertificate): string => certificate.toPem().toString();

/** Who lists suites and none of TLS 1.3 does not want that version, whose suites OpenSSL chooses apart. */
function versionsFor({ protocol, ciphers }: SecurityState): TlsWish['versions'] {
  const [lowest, highest] = versionsOf(protocol);
  if (ciphers === '' || highest !== 'TLSv1.3') return [lowest, highest];
  const listed = chosenCiphers(ciphers);
  const all = listed.length === ciphers.split(':').length;
  return [lowest, all && listed.every((cipher) => cipher.protocol !== 'TLSv1.3') ? 'TLSv1.2' : highest];
}

/** What can be spoken of what is allowed. */
function protocolsOf(allowed: readonly string[]): readonly string[] {
  const spoken = allowed.filter((name) => name !== 'h2');
  return spoken.length === 0 ? ['http/1.1'] : spoken;
}
