/** What the exit code of `qnam` says, smallest family first. */
export const EXIT_CODES = [
  { code: 0, text: 'every URL was fetched' },
  { code: 1, text: 'what was compared differs' },
  { code: 2, text: 'the command line makes no sense' },
  { code: 10, text: 'network, none of the following' },
  { code: 11, text: 'connection refused' },
  { code: 12, text: 'the peer closed the connection' },
  { code: 13, text: 'host not found' },
  { code: 14, text: 'timeout' },
  { code: 15, text: 'canceled' },
  { code: 16, text: 'TLS failed' },
  { code: 17, text: 'a redirect that may not be followed, or too many' },
  { code: 20, text: 'proxy' },
  { code: 30, text: 'content: the server refused (4xx), none of the following' },
  { code: 31, text: 'not found (404, 410, no such file; no such entry of a store)' },
  { code: 32, text: 'not allowed (403, 405, no permission)' },
  { code: 33, text: 'authentication required (401)' },
  { code: 40, text: 'protocol: unknown scheme, an operation the scheme lacks, an answer that is not HTTP' },
  { code: 50, text: 'the server failed (5xx)' },
  { code: 60, text: 'a local file could not be read or written' },
  { code: 61, text: 'something in a store is damaged' },
  { code: 130, text: 'interrupted (Ctrl-C); 143 when terminated' },
  { code: 141, text: 'the reader of standard output went away' },
] as const;

export const EXIT_OK = 0;
export const EXIT_DIFFERS = 1;
export const EXIT_USAGE = 2;
export const EXIT_PROXY = 20;
export const EXIT_NOT_FOUND = 31;
export const EXIT_LOCAL_FILE = 60;
export const EXIT_DAMAGED = 61;
export const EXIT_BROKEN_PIPE = 141;

/** QNetworkReply.NetworkError numbers that have a code of their own. */
const BY_ERROR: Readonly<Record<number, number>> = {
  0: EXIT_OK,
  1: 11, // ConnectionRefusedError
  2: 12, // RemoteHostClosedError
  3: 13, // HostNotFoundError
  4: 14, // TimeoutError
  5: 15, // OperationCanceledError
  6: 16, // SslHandshakeFailedError
  10: 17, // TooManyRedirectsError
  11: 17, // InsecureRedirectError
  201: 32, // ContentAccessDenied
  202: 32, // ContentOperationNotPermittedError
  203: 31, // ContentNotFoundError
  204: 33, // AuthenticationRequiredError
  207: 31, // ContentGoneError
};

/** Exit code for one transfer, from its QNetworkReply.NetworkError number and its HTTP status (0 when there was none). */
export function exitCodeFor(error: number, status: number): number {
  const exact = BY_ERROR[error];
  if (exact !== undefined) return exact;
  if (error < 100) return 10;
  if (error < 200) return EXIT_PROXY;
  if (error < 300) return 30;
  // Qt reports 400 and 418 as ProtocolInvalidOperationError; for a script they are the server's refusal like any other 4xx.
  if (error < 400) return status >= 400 && status < 500 ? 30 : 40;
  return 50;
}
