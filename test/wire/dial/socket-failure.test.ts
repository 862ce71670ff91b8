import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../src/contract/failure.ts';
import { lookupFailure, socketFailure, tlsFailure } from '../../../src/wire/dial/socket-failure.ts';

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
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', /for another host/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', /issuer .* unknown/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', /self-signed/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', /self-signed/],
    ['CERT_HAS_EXPIRED', 'tls', /has expired/],
    ['CERT_NOT_YET_VALID', 'tls', /not valid yet/],
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
