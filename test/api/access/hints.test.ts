import { describe, expect, test } from 'vitest';
import { ADVICE, type FindingCode } from '../../../src/api/advice/advice.ts';
import { codeOfDoubt, codeOfFailure, codeOfStatus } from '../../../src/api/advice/finding-code.ts';
import { hintFor, remedyFor } from '../../../src/api/advice/hint.ts';
import { fillIn, lineOf } from '../../../src/api/advice/words.ts';
import { type Failure, type FailureKind, failure, type Phase } from '../../../src/contract/failure.ts';
import { createFetch, type FetchError } from '../../../src/fetch.ts';
import type { QNetworkReplyError } from '../../../src/index.ts';
import { managers } from '../../support/managers.ts';
import { serve } from '../../support/server.ts';

const made = managers();
const caused = (kind: FailureKind, phase: Phase, code: string, message = 'm'): Failure =>
  failure(kind, phase, message, { cause: Object.assign(new Error(code), { code }) });
const attempt = (port: number) => [{ address: 'a', port, outcome: 'refused', milliseconds: 1 }];

const FAILURES: readonly (readonly [problem: Failure, code: FindingCode])[] = [
  [failure('refused', 'connect', 'm', { attempts: attempt(80) }), 'connection-refused'],
  [failure('refused', 'connect', 'm', { attempts: attempt(0) }), 'socket-dead'],
  [failure('refused', 'proxy', 'm'), 'proxy-cannot-reach'],
  [failure('not-found', 'resolve', 'the URL names no host'), 'url-no-host'],
  [caused('not-found', 'resolve', 'ENOTFOUND'), 'host-unknown'],
  [caused('not-found', 'resolve', 'EAI_AGAIN'), 'dns-silent'],
  [caused('network', 'resolve', 'EINVAL'), 'host-unknown'],
  [caused('network', 'resolve', 'EINVAL', 'no connection to the proxy http://p:1: x'), 'proxy-unknown'],
  [caused('network', 'connect', 'EHOSTUNREACH', 'no connection to the proxy http://p:1: x'), 'proxy-unreachable'],
  [caused('network', 'connect', 'EHOSTUNREACH'), 'network-unreachable'],
  [caused('network', 'connect', 'EMFILE'), 'connection-failed'],
  [failure('timeout', 'resolve', 'm'), 'dns-silent'],
  [failure('timeout', 'connect', 'm'), 'connect-timeout'],
  [failure('timeout', 'tls', 'm'), 'tls-silent'],
  [failure('timeout', 'wait', 'm'), 'no-answer'],
  [failure('timeout', 'receive', 'm'), 'stalls'],
  [failure('closed', 'tls', 'm'), 'tls-closed'],
  [failure('closed', 'wait', 'm'), 'closed-without-answer'],
  [failure('closed', 'receive', 'm'), 'cut-off'],
  [caused('tls', 'tls', 'CERT_HAS_EXPIRED'), 'tls-expired'],
  [caused('tls', 'proxy', 'CERT_HAS_EXPIRED'), 'proxy-certificate'],
  [caused('tls', 'tls', 'ERR_SSL_WRONG_VERSION_NUMBER'), 'tls-not-spoken'],
  [caused('tls', 'tls', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), 'tls-name-refused'],
  [caused('tls', 'wait', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'tls-client-certificate'],
  [caused('tls', 'wait', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'tls-client-certificate-refused'],
  [caused('tls', 'tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'tls-no-common'],
  [caused('tls', 'tls', 'ERR_SSL_SOMETHING_NEW'), 'tls-failed'],
  [failure('network', 'proxy', 'Connection not allowed by SOCKSv5 server (the proxy …)'), 'proxy-denies'],
  [failure('network', 'proxy', 'Network unreachable (the proxy …)'), 'proxy-cannot-reach'],
  [failure('session', 'setup', 'm'), 'session-closed'],
  [failure('canceled', 'receive', 'm'), 'failed'],
  [
    failure('refused', 'connect', 'm', { attempts: [{ address: '127.0.0.1', port: 0, outcome: 'x', milliseconds: 1 }] }),
    'connection-refused',
  ],
  [failure('input', 'proxy', 'SOCKS 4 needs the IPv4 address'), 'proxy-cannot-carry'],
  [failure('timeout', 'receive', 'm', { limit: { name: 'total', milliseconds: 9 } }), 'too-slow'],
  [failure('protocol', 'wait', 'the server broke HTTP: the answer does not start with HTTP/1.0 or HTTP/1.1'), 'not-http'],
  [failure('protocol', 'wait', 'the server broke HTTP: two lengths'), 'broken-http'],
];

describe('what a failure is called', () => {
  test.each(FAILURES.map(([problem, code]) => [problem.kind, problem.phase, code, problem] as const))(
    '%s in %s: %s',
    (_k, _p, code, problem) => {
      expect(codeOfFailure(problem)).toBe(code);
    },
  );

  test.each([
    [200, null],
    [302, null],
    [401, 'auth-needed'],
    [404, 'not-found'],
    [418, 'client-error'],
    [503, 'unavailable'],
    [599, 'server-error'],
  ])('status %i: %s', (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });

  test('what OpenSSL may say one day is a refusal all the same', () => {
    expect(codeOfDoubt({ code: 'SOMETHING_NEW', at: 0 })).toBe('tls-distrusted');
    expect(codeOfDoubt({ code: 'CERT_HAS_EXPIRED', at: 1 })).toBe('tls-issuer-expired');
    expect(codeOfDoubt({ code: 'OCSP_EXPIRED', at: 0 })).toBe('tls-revocation-unknown');
  });
});

describe('the advice', () => {
  test('sentences are of one kind', () => {
    for (const [code, { what, fix }] of Object.entries(ADVICE)) {
      expect(code).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(what, code).toMatch(/[^.!]$/);
      expect(fix, code).toMatch(/^[A-Z].*\.$/s);
    }
  });

  test('what is not known stands as dots', () => {
    expect(fillIn('{host} and {port}, { host: 1 }', { host: 'a' })).toBe('a and …, { host: 1 }');
  });
});

describe('what is to be copied', () => {
  test('stays within its quotes, and is none when something is not known', () => {
    expect(lineOf("f('{name}')", { name: "a'\\\n\u202e" })).toBe("f('a\\'\\\\\\u000a\\u202e')");
    expect(lineOf("f('{name}', { g: 1 })", { name: '' })).toBe(null);
    expect(lineOf(undefined, {})).toBe(null);
  });

  test('raises the limit that has struck', () => {
    const place = { scheme: 'http', host: 'a.test' };
    const waited = (name: string): Failure => failure('timeout', 'wait', 'm', { limit: { name, milliseconds: 9 } });
    expect(hintFor(waited('transfer'), 0, place)).toMatch(/wait longer: manager\.get\(url, \{ timeout: 60_000 \}\)$/);
    expect(remedyFor(waited('transfer'), 0, place)!.option).toBe('--timeout 60s');
    expect(remedyFor(waited('firstByte'), 0, place)!.option).toBe('--first-byte-timeout 60s');
    const connecting = failure('timeout', 'connect', 'm', { limit: { name: 'transfer', milliseconds: 9 } });
    expect(remedyFor(connecting, 0, place)!.code).toBe(null);
  });

  test('ends the sentence of a hint', () => {
    const place = { scheme: 'https', host: 'a.test' };
    expect(hintFor(failure('timeout', 'wait', 'm'), 0, place)).toMatch(/wait longer: manager\.get\(url, \{ timeout/);
    expect(remedyFor(failure('timeout', 'wait', 'm'), 0, place)).toMatchObject({ option: '--first-byte-timeout 60s' });
    expect(remedyFor(caused('tls', 'tls', 'HOSTNAME_MISMATCH'), 0, place)).toMatchObject({ code: null, option: null });
  });
});

/** The words are in a file of the built package, dist/hints.cjs. */
describe('hints of errors', () => {
  const hintOf = (problem: Promise<unknown>): Promise<string> =>
    problem.then(
      () => 'no error',
      (error: QNetworkReplyError) => error.hint,
    );

  test('of a status', async () => {
    await using server = await serve({ routes: { '/': { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' } } } });
    expect(await hintOf(made().get(server.url()).text())).toMatch(
      /^Give it a user name and a password, or a token: manager\.authenticationRequired/,
    );
  });

  test('of a failure', async () => {
    expect(await hintOf(made().get('http://127.0.0.1:1/').text())).toMatch(/^Start the server, or correct the port/);
  });

  test('also when the reply is gone', async () => {
    const reply = made().get('http://127.0.0.1:1/');
    const error = await reply.text().catch((problem: QNetworkReplyError) => problem);
    reply._destroy();
    expect((error as QNetworkReplyError).hint).toMatch(/^Start the server/);
  });

  test('of a fetch, as its cause has it', async () => {
    const problem = await createFetch()('http://127.0.0.1:2/').catch((error: TypeError) => error);
    expect(((problem as TypeError).cause as FetchError).hint).toMatch(/^Start the server/);
    const local = await createFetch()('blob:nodedata:none').catch((error: TypeError) => error);
    expect(((local as TypeError).cause as FetchError).hint).toBe('');
  });

  test('goes along into logs', async () => {
    const error = await made()
      .get('http://127.0.0.1:1/')
      .text()
      .catch((problem: QNetworkReplyError) => problem);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ hint: (error as QNetworkReplyError).hint });
  });

  test('of what is no HTTP there is none', async () => {
    expect(await hintOf(made().get('file:///nothing/here').text())).toBe('');
    expect(hintFor(null, 200, { scheme: 'http', host: 'a' })).toBe('');
  });
});
