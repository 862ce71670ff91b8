import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../src/contract/failure.ts';
import {
  distrustFailure,
  localSocketFailure,
  lookupFailure,
  socketFailure,
  tlsFailure,
} from '../../../src/wire/dial/socket-failure.ts';
import { SECURED } from './simulated-network.ts';

const error = (code: string, message = code): Error => Object.assign(new Error(message), code === '' ? {} : { code });

describe('a socket error', () => {
  const rows: [code: string, kind: FailureKind, text: RegExp][] = [
    ['ECONNREFUSED', 'refused', /^connection refused \(here\)$/],
    ['ECONNRESET', 'closed', /reset by the peer/],
    ['EPIPE', 'closed', /peer has closed/],
    ['ECONNABORTED', 'closed', /closed the connection/],
    ['ETIMEDOUT', 'timeout', /no answer/],
    ['ENETUNREACH', 'network', /network unreachable/],
    ['EHOSTUNREACH', 'network', /host unreachable/],
    ['EADDRNOTAVAIL', 'network', /no local address/],
    ['EMFILE', 'network', /too many open files/],
    ['EACCES', 'network', /^EACCES \(here\)$/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls', /^the TLS connection broke: the server wants a certificate of ours/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls', /does not know who has issued our certificate$/],
    ['ERR_SSL_OTHER', 'tls', /^the TLS connection broke: odd$/],
    ['', 'network', /^odd \(here\)$/],
  ];
  for (const [code, kind, text] of rows) {
    it(`${code || 'without a code'} is of the family ${kind}`, () => {
      const cause = error(code, 'odd');
      const problem = socketFailure(cause, 'connect', 'here');
      expect(problem).toMatchObject({ kind, phase: 'connect', cause, maybeProcessed: false });
      expect(problem.message).toMatch(text);
    });
  }
});

describe('a local socket that cannot be connected to', () => {
  const rows: [code: string, kind: FailureKind, text: RegExp][] = [
    ['ENOENT', 'not-found', /^cannot connect to the socket \/run\/x: there is no such socket/],
    ['ENOTDIR', 'not-found', /a part of the path is no folder$/],
    ['ECONNREFUSED', 'refused', /nobody listens on it$/],
    ['ENOTSOCK', 'refused', /it is no socket$/],
    ['EPROTOTYPE', 'refused', /a socket of another kind$/],
    ['EAGAIN', 'refused', /accepts no more connections$/],
    ['EACCES', 'network', /permission denied; connecting takes the right to write to it/],
    ['EPERM', 'network', /does not permit it$/],
    ['EMFILE', 'network', /too many open files.*\(\/run\/x\)$/],
  ];
  for (const [code, kind, text] of rows) {
    it(`${code} is of the family ${kind}`, () => {
      const cause = error(code);
      const problem = localSocketFailure(cause, '/run/x');
      expect(problem).toMatchObject({ kind, phase: 'connect', cause });
      expect(problem.message).toMatch(text);
    });
  }
});

describe('a failed look-up', () => {
  const rows: [code: string, kind: FailureKind, text: RegExp][] = [
    ['ENOTFOUND', 'not-found', /^host h\.test not found: no such host$/],
    ['EAI_AGAIN', 'not-found', /name server did not answer/],
    ['EAI_NODATA', 'not-found', /no such host/],
    ['EAI_NONAME', 'not-found', /no such host/],
    ['EAI_FAIL', 'network', /EAI_FAIL/],
  ];
  for (const [code, kind, text] of rows) {
    it(`${code} is of the family ${kind}`, () => {
      const problem = lookupFailure(error(code), 'h.test');
      expect(problem).toMatchObject({ kind, phase: 'resolve' });
      expect(problem.message).toMatch(text);
    });
  }
});

describe('a failed handshake', () => {
  const rows: [code: string, kind: FailureKind, text: RegExp, message?: string][] = [
    ['ECONNRESET', 'closed', /closed the connection during the TLS handshake \(n\.test\)/],
    ['EPIPE', 'closed', /closed the connection/],
    ['EPROTO', 'tls', /does not speak TLS on this port/, 'wrong version number'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /does not speak TLS on this port/, 'ssl3_get_record:wrong version number'],
    ['EPROTO', 'tls', /no common TLS version/, 'sslv3 alert handshake failure'],
    ['ERR_SSL_PSK_IDENTITY_NOT_FOUND', 'tls', /wants a pre-shared key and was given none/],
    ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'tls', /a pre-shared key may be wrong/],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', 'tls', /a pre-shared key may be wrong/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', /speaks none of the TLS versions that we allow$/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls', /found no common cipher, or wants a certificate of ours$/],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls', /found no common cipher/],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tls', /does not know this name$/],
    ['ERR_OTHER', 'tls', /TLS handshake with n\.test failed: strange$/, 'strange'],
  ];
  for (const [code, kind, text, message] of rows) {
    it(`${code}${message === undefined ? '' : ` (${message})`} is of the family ${kind}`, () => {
      const problem = tlsFailure(error(code, message), 'n.test');
      expect(problem).toMatchObject({ kind, phase: 'tls' });
      expect(problem.message).toMatch(text);
    });
  }
});

it('what OpenSSL says is its reason, and not the line with its source files', () => {
  const cause = Object.assign(
    error('ERR_SSL_ODD', '80BC:error:0A:SSL routines:read:odd thing:record/layer.c:1605:SSL alert number 9\n'),
    {
      reason: 'odd thing',
    },
  );
  expect(tlsFailure(cause, 'n.test').message).toBe('TLS handshake with n.test failed: odd thing');
});

describe('a peer that is not trusted', () => {
  const rows: [code: string, text: RegExp][] = [
    ['HOSTNAME_MISMATCH', /n\.test failed: the certificate is for another host$/],
    ['NO_PEER_CERTIFICATE', /has shown no certificate/],
    ['CERT_CHAIN_TOO_LONG', /longer than the verify depth/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_GET_ISSUER_CERT', /issuer .* unknown/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /issuer .* unknown/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /self-signed/],
    ['CERT_HAS_EXPIRED', /has expired/],
    ['CERT_NOT_YET_VALID', /not valid yet/],
    ['CERT_SIGNATURE_FAILURE', /signature .* wrong/],
    ['INVALID_CA', /who may not issue any/],
    ['INVALID_PURPOSE', /not meant for servers/],
    ['SOME_NEW_CODE', /was refused \(SOME_NEW_CODE\)$/],
  ];
  for (const [code, text] of rows) {
    it(`is told by the first doubt: ${code}`, () => {
      const problem = distrustFailure({ ...SECURED, doubts: [{ code, at: 0 }] }, 'n.test');
      expect(problem).toMatchObject({ kind: 'tls', phase: 'tls', maybeProcessed: false, cause: { code } });
      expect(problem.message).toMatch(text);
    });
  }

  it('names the codes of the others', () => {
    const doubts = ['HOSTNAME_MISMATCH', 'CERT_HAS_EXPIRED', 'INVALID_CA'].map((code) => ({ code, at: 0 }));
    expect(distrustFailure({ ...SECURED, doubts }, 'n.test').message).toMatch(
      /another host \(and CERT_HAS_EXPIRED, INVALID_CA\)$/,
    );
  });
});
