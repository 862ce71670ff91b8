import { expect } from 'vitest';
import { peerPem } from '../support/tls.ts';
import type { MemberTests } from './types.ts';

export const qsslerror: MemberTests = {
  'QSslError.constructor': (q) => {
    const certificate = new q.QSslCertificate(peerPem('good'));
    const error = new q.QSslError(q.QSslError.CertificateExpired, certificate);
    certificate.clear();
    expect([error.error(), error.certificate().isNull()]).toEqual([6, false]);
    expect([new q.QSslError().error(), new q.QSslError().certificate().isNull()]).toEqual([0, true]);
    expect(() => new q.QSslError(99 as never)).toThrow(/QSslError expects QSslError.SslError; got 99/);
  },
  'QSslError.error': (q) => {
    expect(new q.QSslError(q.QSslError.UnspecifiedError).error()).toBe(-1);
  },
  'QSslError.errorString': (q) => {
    const numbers = Object.values(q.QSslError.SslError).filter((value) => typeof value === 'number');
    const texts = numbers.map((value) => new q.QSslError(value).errorString());
    expect(new Set(texts).size).toBe(38);
    expect(new q.QSslError(q.QSslError.HostNameMismatch).errorString()).toBe('The certificate is for another host');
  },
  'QSslError.certificate': (q) => {
    const certificate = new q.QSslCertificate(peerPem('good'));
    const error = new q.QSslError(q.QSslError.CertificateExpired, certificate);
    error.certificate().clear();
    expect(error.certificate().equals(certificate)).toBe(true);
  },
  'QSslError.equals': (q) => {
    const { CertificateExpired: expired, HostNameMismatch: wrong } = q.QSslError;
    const good = new q.QSslCertificate(peerPem('good'));
    const error = new q.QSslError(expired, good);
    const others = [
      new q.QSslError(expired, new q.QSslCertificate(good)),
      new q.QSslError(wrong, good),
      new q.QSslError(expired),
      new q.QSslError(expired, new q.QSslCertificate(peerPem('ca'))),
    ];
    expect(others.map((other) => error.equals(other))).toEqual([true, false, false, false]);
  },
  'QSslError.SslError': (q) => {
    expect(q.QSslError.SslError[22]).toBe('HostNameMismatch');
  },
};
