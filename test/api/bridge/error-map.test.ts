import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../../src/api/access/access-enums.ts';
import { networkErrorOf, networkErrorOfStatus, statusText } from '../../../src/api/bridge/error-map.ts';
import { type FailureKind, failure, type Phase } from '../../../src/contract/failure.ts';

describe('failures in Qt’s numbers', () => {
  const E = NetworkError;
  const rows: readonly [kind: FailureKind, phase: Phase, scheme: string, error: NetworkError][] = [
    ['refused', 'connect', 'http', E.ConnectionRefusedError],
    ['closed', 'receive', 'http', E.RemoteHostClosedError],
    ['not-found', 'resolve', 'http', E.HostNotFoundError],
    ['not-found', 'setup', 'https', E.HostNotFoundError],
    ['not-found', 'connect', 'unix+http', E.HostNotFoundError],
    ['not-found', 'connect', 'local+http', E.HostNotFoundError],
    ['not-found', 'setup', 'file', E.ContentNotFoundError],
    ['not-found', 'setup', 'qrc', E.ContentNotFoundError],
    ['timeout', 'wait', 'http', E.TimeoutError],
    ['canceled', 'queue', 'http', E.OperationCanceledError],
    ['tls', 'tls', 'https', E.SslHandshakeFailedError],
    ['network', 'connect', 'http', E.UnknownNetworkError],
    ['protocol', 'receive', 'http', E.ProtocolFailure],
    ['scheme', 'setup', 'x', E.ProtocolUnknownError],
    ['operation', 'setup', 'file', E.ProtocolInvalidOperationError],
    ['access', 'setup', 'file', E.ContentAccessDenied],
    ['directory', 'setup', 'file', E.ContentOperationNotPermittedError],
    ['range', 'setup', 'file', E.UnknownContentError],
    ['decode', 'decode', 'http', E.UnknownContentError],
    ['resend', 'send', 'http', E.ContentReSendError],
    ['upload', 'send', 'http', E.UnknownNetworkError],
    ['data-url', 'setup', 'data', E.ProtocolFailure],
    ['input', 'setup', 'http', E.ProtocolInvalidOperationError],
  ];
  it.each(rows)('%s in %s of %s: %d', (kind, phase, scheme, error) => {
    expect(networkErrorOf(failure(kind, phase, ''), scheme)).toBe(error);
  });

  it('every status has its error, none below 400', () => {
    for (let status = 100; status < 400; status++) expect(networkErrorOfStatus(status)).toBe(E.NoError);
    for (let status = 400; status < 500; status++)
      expect([105, 201, 202, 203, 204, 206, 207, 299, 302]).toContain(networkErrorOfStatus(status));
    for (let status = 500; status < 1000; status++) expect([401, 402, 403, 499]).toContain(networkErrorOfStatus(status));
  });

  it('the text of a status', () => {
    expect(statusText(404, 'Not Found', 'http://x/')).toBe('Error transferring http://x/ - server replied: Not Found (404)');
    expect(statusText(404, '', 'http://x/')).toBe('Error transferring http://x/ - server replied: 404');
    expect(statusText(401, 'x', 'http://x/')).toMatch(/^Host requires authentication/);
    expect(statusText(407, 'x', 'http://x/')).toMatch(/^Proxy requires authentication/);
  });
});
