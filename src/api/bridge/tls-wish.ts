import type { TlsWish } from '../../contract/security.ts';
import { chosenCiphers } from '../security/cipher-choice.ts';
import { QSsl } from '../security/qssl.ts';
import type { QSslCertificate } from '../security/qsslcertificate.ts';
import { PeerVerifyMode } from '../security/qsslsocket.ts';
import { EMPTY_SECURITY, type SecurityState } from '../security/security-state.ts';
import { NO_TRUST, type TrustSettings } from '../security/trust-settings.ts';
import { versionsOf } from '../security/versions.ts';
import { systemAuthorities } from './system-trust.ts';
import { withBackend } from './tls-backend.ts';
import { machineAuthorities } from './tls-facts.ts';

/** Made once for all requests that say the same. */
const made = new WeakMap<SecurityState, WeakMap<TrustSettings, TlsWish>>();

/** What a configuration means to the engine, together with what is said about trust; null = nothing special. */
export function tlsWishOf(state: SecurityState, trust: TrustSettings = NO_TRUST): TlsWish | null {
  if (state === EMPTY_SECURITY && trust === NO_TRUST) return null;
  const wishes = made.get(state) ?? new WeakMap<TrustSettings, TlsWish>();
  made.set(state, wishes);
  const wish = wishes.get(trust) ?? compile(state, trust);
  wishes.set(trust, wish);
  return wish;
}

function compile(state: SecurityState, trust: TrustSettings): TlsWish {
  const { ciphers, options, key, localChain } = state;
  const off = (option: QSsl.SslOption): boolean => (options & option) !== 0;
  const asked: Omit<TlsWish, 'key'> = {
    verify:
      state.verifyMode === PeerVerifyMode.VerifyNone
        ? 'ignore'
        : state.verifyMode === PeerVerifyMode.QueryPeer
          ? 'tell'
          : 'refuse',
    depth: state.verifyDepth,
    certificateNeeded: state.certificateNeeded,
    authorities: authoritiesOf(state, trust),
    identity:
      localChain.length === 0 || key.isNull()
        ? null
        : { certificates: localChain.map(pem).join(''), key: key.toPem().toString() },
    versions: versionsFor(state),
    ciphers: ciphers === '' ? null : ciphers,
    groups: state.curves.length === 0 ? null : state.curves.join(':'),
    signatures: null,
    alpn: state.alpn,
    nameIndication: !off(QSsl.SslOptionDisableServerNameIndication),
    tickets: !off(QSsl.SslOptionDisableSessionTickets),
    sharesSessions: !off(QSsl.SslOptionDisableSessionSharing),
    tellsSession: !off(QSsl.SslOptionDisableSessionPersistence),
    ticket: null,
    legacyRenegotiation: !off(QSsl.SslOptionDisableLegacyRenegotiation),
    stapling: state.stapling && state.verifyMode !== PeerVerifyMode.VerifyNone,
    pins: trust.pins ?? [],
    fetchIntermediates: trust.fetchIntermediates,
    keyLog: trust.keyLog,
  };
  const wish = withBackend(asked, state.backend);
  const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(JSON.stringify(wish)).digest('base64');
  const { ticket } = state.session;
  return { key: digest, ...wish, ticket: wish.tellsSession && ticket.length > 0 ? ticket : null };
}

/** Those that are set go before those of the machine, whichever of them are meant; what was given beside them is added to both. */
function authoritiesOf({ authorities }: SecurityState, { system, extra }: TrustSettings): readonly string[] | null {
  if (authorities === null && !system && extra.length === 0) return null;
  const base = authorities?.map(pem) ?? [...machineAuthorities(), ...(system ? systemAuthorities() : [])];
  return [...new Set([...base, ...extra].map((text) => text.trim()))];
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
