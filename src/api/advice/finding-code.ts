import type { Failure, FailureKind } from '../../contract/failure.ts';
import type { Doubt } from '../../contract/security.ts';
import { BLACKLISTED, CHAIN_TOO_LONG, NO_CERTIFICATE, WRONG_NAME } from '../../rules/certificate-doubts.ts';
import { PIN_MISMATCH } from '../../rules/pins.ts';
import type { FindingCode } from './advice.ts';

/** What a failure is called that the failure alone can tell. */
export function codeOfFailure(failure: Failure): FindingCode {
  return BY_KIND[failure.kind]?.(failure) ?? 'failed';
}

type Reading = (failure: Failure) => FindingCode;

const BY_KIND: Readonly<Partial<Record<FailureKind, Reading>>> = {
  input: ({ phase }) => (phase === 'proxy' ? 'proxy-cannot-carry' : 'url-invalid'),
  scheme: ({ phase }) => (phase === 'receive' ? 'redirect-nowhere' : 'url-scheme'),
  refused: ({ phase, attempts }) =>
    phase === 'proxy' ? 'proxy-cannot-reach' : isSocket(attempts[0]) ? 'socket-dead' : 'connection-refused',
  'not-found': notFound,
  timeout: ({ phase, limit }) => (limit?.name === 'total' ? 'too-slow' : (BY_SILENCE[phase] ?? 'no-answer')),
  network: network,
  offline: () => 'offline',
  session: () => 'session-closed',
  'proxy-refused': () => 'proxy-unreachable',
  'proxy-not-found': ({ phase }) => (phase === 'setup' ? 'proxy-settings' : 'proxy-unknown'),
  'proxy-timeout': () => 'proxy-silent',
  'proxy-closed': () => 'proxy-closes',
  'proxy-auth': () => 'proxy-credentials',
  tls: handshake,
  closed: ({ phase }) => (phase === 'tls' ? 'tls-closed' : phase === 'receive' ? 'cut-off' : 'closed-without-answer'),
  // of `wire/h1/head-parser`, where nothing that came looks like an answer
  protocol: ({ message }) => (message.includes('does not start with HTTP') ? 'not-http' : 'broken-http'),
  'peer-internal': () => 'http2-broken',
  'peer-overload': () => 'http2-broken',
  decode: () => 'broken-coding',
  'too-many-redirects': () => 'redirect-loop',
  'insecure-redirect': ({ message }) => (message.includes('NoLessSafe') ? 'redirect-insecure' : 'redirect-policy'),
};

const BY_SILENCE: Readonly<Partial<Record<Failure['phase'], FindingCode>>> = {
  resolve: 'dns-silent',
  connect: 'connect-timeout',
  proxy: 'proxy-silent',
  tls: 'tls-silent',
  receive: 'stalls',
};

/** A path, and no IP address on port 0. */
function isSocket(attempt: Failure['attempts'][number] | undefined): boolean {
  return attempt?.port === 0 && !/^[\d.]+$|:/.test(attempt.address);
}

function systemCode({ cause }: Failure): string {
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function notFound(failure: Failure): FindingCode {
  if (failure.phase === 'proxy') return 'proxy-cannot-resolve';
  if (failure.phase === 'connect') return 'socket-missing';
  const code = systemCode(failure);
  if (code === 'EAI_AGAIN') return 'dns-silent';
  return code === '' && failure.attempts.length === 0 && failure.message.includes('names no host')
    ? 'url-no-host'
    : 'host-unknown';
}

function network(failure: Failure): FindingCode {
  const { phase, proxyAnswer, message } = failure;
  if (phase === 'proxy') {
    if (proxyAnswer !== undefined) return DENIALS.has(proxyAnswer.status) ? 'proxy-denies' : 'proxy-fails';
    return PROXY_WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'proxy-fails';
  }
  // of a proxy that cannot be reached for a reason of its own; see `unreachedFailure`
  if (message.startsWith('no connection to the proxy')) return phase === 'resolve' ? 'proxy-unknown' : 'proxy-unreachable';
  if (phase === 'resolve') return 'host-unknown';
  return UNREACHABLE.has(systemCode(failure)) ? 'network-unreachable' : 'connection-failed';
}

/** The words of `rules/http-connect` and `rules/socks`. */
const PROXY_WORDS: readonly (readonly [pattern: RegExp, code: FindingCode])[] = [
  [/^Did not receive HTTP|^the proxy does not speak SOCKS/, 'proxy-no-proxy'],
  [/^Connection not allowed/, 'proxy-denies'],
  [/^Network unreachable|^TTL expired/, 'proxy-cannot-reach'],
];

const DENIALS: ReadonlySet<number> = new Set([403, 405]);
const UNREACHABLE: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EHOSTDOWN']);

function handshake(failure: Failure): FindingCode {
  if (failure.phase === 'proxy') return 'proxy-certificate';
  const code = systemCode(failure);
  const known = codeOfDoubt({ code, at: 0 });
  if (known !== 'tls-distrusted') return known;
  return HANDSHAKES.find(([pattern]) => pattern.test(code === 'EPROTO' ? textOf(failure) : code))?.[1] ?? 'tls-failed';
}

function textOf({ cause }: Failure): string {
  return String((cause as Error | undefined)?.message).replaceAll(' ', '_');
}

/** OpenSSL's words, and what they come to. */
const HANDSHAKES: readonly (readonly [pattern: RegExp, code: FindingCode])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER|HTTP_REQUEST/i, 'tls-not-spoken'],
  [/CERTIFICATE_REQUIRED/i, 'tls-client-certificate'],
  [
    /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(?:EXPIRED|REVOKED|UNKNOWN)|UNSUPPORTED_CERTIFICATE)/i,
    'tls-client-certificate-refused',
  ],
  [/UNRECOGNIZED_NAME/i, 'tls-name-refused'],
  [/PSK_IDENTITY|UNKNOWN_PSK/i, 'tls-shared-key'],
  [/DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|MD_TOO_WEAK|UNSAFE_LEGACY|BAD_SIGNATURE_ALGORITHM|WRONG_SIGNATURE_TYPE/i, 'tls-no-common'],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_CIPHER|NO_SHARED|NO_PROTOCOLS|INSUFFICIENT_SECURITY|INTERNAL_ERROR|INAPPROPRIATE/i,
    'tls-no-common',
  ],
];

/** What speaks against a certificate, as a finding. */
export function codeOfDoubt({ code, at }: Doubt): FindingCode {
  if (code === 'CERT_HAS_EXPIRED') return at > 0 ? 'tls-issuer-expired' : 'tls-expired';
  if (code.startsWith('OCSP_')) return 'tls-revocation-unknown';
  return BY_DOUBT[code] ?? 'tls-distrusted';
}

const BY_DOUBT: Readonly<Record<string, FindingCode>> = {
  [WRONG_NAME]: 'tls-wrong-name',
  [NO_CERTIFICATE]: 'tls-no-certificate',
  [BLACKLISTED]: 'tls-blacklisted',
  [CHAIN_TOO_LONG]: 'tls-chain-too-long',
  [PIN_MISMATCH]: 'tls-pin',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-unknown-issuer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-unknown-root',
  CERT_NOT_YET_VALID: 'tls-not-yet-valid',
  CERT_SIGNATURE_FAILURE: 'tls-signature',
  CERT_REVOKED: 'tls-revoked',
  INVALID_CA: 'tls-bad-authority',
  PATH_LENGTH_EXCEEDED: 'tls-bad-authority',
  PERMITTED_VIOLATION: 'tls-bad-authority',
  EXCLUDED_VIOLATION: 'tls-bad-authority',
  INVALID_PURPOSE: 'tls-not-for-servers',
  EE_KEY_TOO_SMALL: 'tls-weak',
  CA_KEY_TOO_SMALL: 'tls-weak',
  CA_MD_TOO_WEAK: 'tls-weak',
};

/** What a final status says is wrong; null below 400. */
export function codeOfStatus(status: number): FindingCode | null {
  if (status < 400) return null;
  return BY_STATUS[status] ?? (status < 500 ? 'client-error' : 'server-error');
}

const BY_STATUS: Readonly<Record<number, FindingCode>> = {
  401: 'auth-needed',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-allowed',
  407: 'proxy-credentials',
  410: 'not-found',
  421: 'wrong-server',
  429: 'rate-limited',
  431: 'fields-too-large',
  502: 'gateway-error',
  503: 'unavailable',
  504: 'gateway-error',
  511: 'captive-portal',
};
