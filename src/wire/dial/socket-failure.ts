import { type Failure, type FailureKind, failure, type Phase } from '../../contract/failure.ts';
import type { Doubt, SecureInfo } from '../../contract/security.ts';
import { doubtText } from '../../rules/certificate-doubts.ts';

const KINDS: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ECONNABORTED: 'closed',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'not-found',
  EAI_AGAIN: 'not-found',
  EAI_NODATA: 'not-found',
  EAI_NONAME: 'not-found',
};

const TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the peer',
  EPIPE: 'the peer has closed the connection',
  ECONNABORTED: 'the system has closed the connection',
  ETIMEDOUT: 'no answer from the address; the system gave up',
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
  EADDRNOTAVAIL: 'no local address to connect from',
  EMFILE: 'the process has too many open files; raise the limit or use fewer connections',
};

/** A Node socket error as a failure value. */
export function socketFailure(error: Error, phase: Phase, where: string): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // with TLS 1.3 a server judges our certificate when our handshake is over
  if (code.startsWith('ERR_SSL_'))
    return failure('tls', phase, `the TLS connection broke: ${tlsText(error, code)}`, { cause: error });
  const text = TEXTS[code] ?? (code === '' ? error.message : code);
  return failure(KINDS[code] ?? 'network', phase, `${text}${where === '' ? '' : ` (${where})`}`, { cause: error });
}

const LOCAL: Readonly<Record<string, readonly [FailureKind, string]>> = {
  ENOENT: ['not-found', 'there is no such socket; is the server running?'],
  ENOTDIR: ['not-found', 'a part of the path is no folder'],
  ECONNREFUSED: ['refused', 'nobody listens on it'],
  ENOTSOCK: ['refused', 'it is no socket'],
  EPROTOTYPE: ['refused', 'it is a socket of another kind'],
  EAGAIN: ['refused', 'the server accepts no more connections'],
  EACCES: ['network', 'permission denied; connecting takes the right to write to it, and to enter its folder'],
  EPERM: ['network', 'the system does not permit it'],
};

/** A socket of this machine, or a named pipe, that cannot be connected to. */
export function localSocketFailure(error: Error, path: string): Failure {
  const known = LOCAL[(error as NodeJS.ErrnoException).code ?? ''];
  if (known === undefined) return socketFailure(error, 'connect', path);
  return failure(known[0], 'connect', `cannot connect to the socket ${path}: ${known[1]}`, { cause: error });
}

/** Failed look-up of a name. */
export function lookupFailure(error: Error, host: string): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const kind = KINDS[code] ?? 'network';
  const hint = code === 'EAI_AGAIN' ? 'the name server did not answer' : 'no such host';
  return failure(
    kind === 'not-found' ? 'not-found' : kind,
    'resolve',
    `host ${host} not found: ${kind === 'not-found' ? hint : code}`,
    { cause: error },
  );
}

/** Failed TLS handshake. */
export function tlsFailure(error: Error, peerName: string): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // a connection lost in mid-handshake says nothing about trust
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return failure('closed', 'tls', `the server closed the connection during the TLS handshake (${peerName})`, { cause: error });
  return failure('tls', 'tls', `TLS handshake with ${peerName} failed: ${tlsText(error, code)}`, { cause: error });
}

/** The certificate is not accepted: the first doubt speaks for all. */
export function distrustFailure({ doubts }: SecureInfo, peerName: string): Failure {
  const [{ code }, ...others] = doubts as [Doubt, ...Doubt[]];
  const text = doubtText(code);
  const more = others.length === 0 ? '' : ` (and ${others.map((doubt) => doubt.code).join(', ')})`;
  const cause = Object.assign(new Error(text), { code });
  return failure('tls', 'tls', `TLS handshake with ${peerName} failed: ${text}${more}`, { cause });
}

/** What the codes of OpenSSL mean here, without the prefixes that differ from version to version. */
const TLS_TEXTS: Readonly<Record<string, string>> = {
  PSK_IDENTITY_NOT_FOUND: 'the server wants a pre-shared key and was given none',
  ALERT_BAD_RECORD_MAC: 'the server could not read what we sent; a pre-shared key may be wrong',
  ALERT_CERTIFICATE_REQUIRED: 'the server wants a certificate of ours; set it with a TLS configuration',
  ALERT_UNKNOWN_CA: 'the server does not know who has issued our certificate',
  ALERT_PROTOCOL_VERSION: 'the server speaks none of the TLS versions that we allow',
  ALERT_HANDSHAKE_FAILURE: 'the server found no common cipher, or wants a certificate of ours',
  UNRECOGNIZED_NAME: 'the server does not know this name',
};

function tlsText(error: Error, code: string): string {
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return /wrong version number/i.test(error.message)
      ? 'the server does not speak TLS on this port'
      : 'no common TLS version or cipher';
  const name = code.replace(/^ERR_SSL_(?:SSLV3_|TLSV1_|TLSV13_|SSL\/TLS_)?/, '');
  // OpenSSL's message names its source files; its reason does not
  return TLS_TEXTS[name] ?? (error as { reason?: string }).reason ?? error.message;
}
