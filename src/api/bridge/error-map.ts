import { speaksHttp } from '../../base/local-scheme.ts';
import { hideInText } from '../../base/redaction.ts';
import type { Url } from '../../base/url.ts';
import type { Failure, FailureKind } from '../../contract/failure.ts';
import { NetworkError } from '../access/access-enums.ts';

/** Qt's number for a family of failures. */
const BY_KIND: Readonly<Record<FailureKind, NetworkError>> = {
  refused: NetworkError.ConnectionRefusedError,
  closed: NetworkError.RemoteHostClosedError,
  'not-found': NetworkError.HostNotFoundError,
  timeout: NetworkError.TimeoutError,
  'proxy-refused': NetworkError.ProxyConnectionRefusedError,
  'proxy-closed': NetworkError.ProxyConnectionClosedError,
  'proxy-not-found': NetworkError.ProxyNotFoundError,
  'proxy-timeout': NetworkError.ProxyTimeoutError,
  auth: NetworkError.AuthenticationRequiredError,
  'proxy-auth': NetworkError.ProxyAuthenticationRequiredError,
  canceled: NetworkError.OperationCanceledError,
  tls: NetworkError.SslHandshakeFailedError,
  network: NetworkError.UnknownNetworkError,
  offline: NetworkError.UnknownNetworkError,
  session: NetworkError.NetworkSessionFailedError,
  roamed: NetworkError.TemporaryNetworkFailureError,
  background: NetworkError.BackgroundRequestNotAllowedError,
  protocol: NetworkError.ProtocolFailure,
  'peer-internal': NetworkError.InternalServerError,
  'peer-overload': NetworkError.UnknownServerError,
  'too-many-redirects': NetworkError.TooManyRedirectsError,
  'insecure-redirect': NetworkError.InsecureRedirectError,
  scheme: NetworkError.ProtocolUnknownError,
  operation: NetworkError.ProtocolInvalidOperationError,
  access: NetworkError.ContentAccessDenied,
  directory: NetworkError.ContentOperationNotPermittedError,
  // as for a server's 416
  range: NetworkError.UnknownContentError,
  decode: NetworkError.UnknownContentError,
  resend: NetworkError.ContentReSendError,
  upload: NetworkError.UnknownNetworkError,
  'not-stored': NetworkError.ContentNotFoundError,
  'data-url': NetworkError.ProtocolFailure,
  input: NetworkError.ProtocolInvalidOperationError,
};

export function networkErrorOf(failure: Failure, scheme: string): NetworkError {
  // a name that is not found is a host on the network and content elsewhere
  const { kind, phase } = failure;
  if (kind === 'not-found' && phase !== 'resolve' && phase !== 'proxy' && !speaksHttp(scheme))
    return NetworkError.ContentNotFoundError;
  return BY_KIND[failure.kind];
}

const BY_STATUS: Readonly<Record<number, NetworkError>> = {
  400: NetworkError.ProtocolInvalidOperationError,
  401: NetworkError.AuthenticationRequiredError,
  403: NetworkError.ContentAccessDenied,
  404: NetworkError.ContentNotFoundError,
  405: NetworkError.ContentOperationNotPermittedError,
  407: NetworkError.ProxyAuthenticationRequiredError,
  409: NetworkError.ContentConflictError,
  410: NetworkError.ContentGoneError,
  418: NetworkError.ProtocolInvalidOperationError,
  500: NetworkError.InternalServerError,
  501: NetworkError.OperationNotImplementedError,
  503: NetworkError.ServiceUnavailableError,
};

/** Qt's number for a final status; NoError below 400. */
export function networkErrorOfStatus(status: number): NetworkError {
  if (status < 400) return NetworkError.NoError;
  return BY_STATUS[status] ?? (status < 500 ? NetworkError.UnknownContentError : NetworkError.UnknownServerError);
}

/** The sentence for a failure on the network: what happened, then where, in which phase, and the system's word for it. */
export function failureText({ kind, message, phase, cause }: Failure, url: Url): string {
  if (kind === 'canceled' || !speaksHttp(url.scheme)) return message;
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return `${message} [${url.origin}, phase ${phase}${typeof code === 'string' ? `, ${code}` : ''}]`;
}

/** The sentence for a status error: what, where, and what the server said. */
export function statusText(status: number, reason: string, place: string): string {
  const url = hideInText(place);
  if (status === 401) return `Host requires authentication (${url} answered 401)`;
  if (status === 407) return `Proxy requires authentication (${url} answered 407)`;
  return `Error transferring ${url} - server replied: ${reason === '' ? status : `${reason} (${status})`}`;
}
