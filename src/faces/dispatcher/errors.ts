import type { Failure } from '../../contract/failure.ts';

/**
 * Errors as users of undici test for them: by `name` and `code`, and by `instanceof`, which for undici's classes looks for a symbol and
 * so works across copies of undici. `cause` is the failure of the engine: its kind, phase, attempts and sentence.
 */
class DispatchError extends Error {
  readonly code: string;

  constructor(name: string, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    hide(this, 'name', name);
    this.code = code;
    // what does not come from undici's own family is no UndiciError there either
    const brands = code.startsWith('UND_ERR') ? ['UND_ERR', code] : ['UND_ERR_HTTP_PARSER'];
    for (const brand of brands) hide(this, Symbol.for(`undici.error.${brand}`), true);
  }
}

function hide(on: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(on, key, { value, configurable: true, writable: true });
}

export function invalidArgument(message: string): Error {
  return new DispatchError('InvalidArgumentError', 'UND_ERR_INVALID_ARG', message);
}

export function notSupported(message: string): Error {
  return new DispatchError('NotSupportedError', 'UND_ERR_NOT_SUPPORTED', message);
}

export function lengthMismatch(cause?: unknown): Error {
  const message = 'Request body length does not match content-length header';
  return new DispatchError('RequestContentLengthMismatchError', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', message, cause);
}

export function aborted(cause?: unknown): Error {
  return new DispatchError('AbortError', 'UND_ERR_ABORTED', 'Request aborted', cause);
}

export function destroyed(): Error {
  return new DispatchError('ClientDestroyedError', 'UND_ERR_DESTROYED', 'The client is destroyed');
}

export function closed(): Error {
  return new DispatchError('ClientClosedError', 'UND_ERR_CLOSED', 'The client is closed');
}

/** A failure of the engine in undici's words. */
export function errorOf(failure: Failure): Error {
  const { kind } = failure;
  switch (kind) {
    case 'timeout':
    case 'proxy-timeout':
      return timeoutError(failure);
    case 'upload':
      return failure.cause instanceof Error ? failure.cause : lengthMismatch(failure);
    case 'proxy-auth':
      return proxyRefusal(failure);
    case 'protocol':
      return new DispatchError('HTTPParserError', 'HPE_STRICT', failure.message, failure);
    case 'input':
    case 'scheme':
    case 'operation':
      return new DispatchError('InvalidArgumentError', 'UND_ERR_INVALID_ARG', failure.message, failure);
    case 'canceled':
      return aborted(failure);
    case 'closed':
    case 'proxy-closed':
    case 'resend':
      return systemError(failure) ?? new DispatchError('SocketError', 'UND_ERR_SOCKET', 'other side closed', failure);
    default:
      return systemError(failure) ?? new DispatchError('InformationalError', 'UND_ERR_INFO', failure.message, failure);
  }
}

/** In the words of undici's ProxyAgent, but for the name: fetch takes an AbortError for the caller's own wish. */
function proxyRefusal(failure: Failure): Error {
  const message = `Proxy response (${failure.proxyAnswer?.status ?? 407}) !== 200 when HTTP Tunneling`;
  return new DispatchError('ProxyConnectionError', 'UND_ERR_ABORTED', message, failure);
}

function timeoutError(failure: Failure): Error {
  const { limit, phase } = failure;
  // without a limit of ours it was the system that gave up
  const system = limit === undefined ? systemError(failure) : null;
  if (system !== null) return system;
  if (phase === 'receive') return new DispatchError('BodyTimeoutError', 'UND_ERR_BODY_TIMEOUT', 'Body Timeout Error', failure);
  if (phase === 'wait' || phase === 'send')
    return new DispatchError('HeadersTimeoutError', 'UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error', failure);
  const message = `Connect Timeout Error (${failure.message})`;
  return new DispatchError('ConnectTimeoutError', 'UND_ERR_CONNECT_TIMEOUT', message, failure);
}

const FACTS = ['errno', 'syscall', 'hostname', 'address', 'port'] as const;

/** What Node.js calls otherwise than OpenSSL. */
const NODES_CODES: Readonly<Record<string, string>> = { HOSTNAME_MISMATCH: 'ERR_TLS_CERT_ALTNAME_INVALID' };

/** The system's own words (ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED …), where it was the system that said no. */
export function systemError(failure: Failure): Error | null {
  const { cause } = failure;
  if (!(cause instanceof Error) || typeof (cause as { code?: unknown }).code !== 'string') return null;
  const error = new Error(cause.message, { cause: failure });
  for (const fact of FACTS) {
    const value = (cause as unknown as Record<string, unknown>)[fact];
    if (value !== undefined) (error as unknown as Record<string, unknown>)[fact] = value;
  }
  const { code } = cause as NodeJS.ErrnoException;
  return Object.assign(error, { code: NODES_CODES[code!] ?? code });
}
