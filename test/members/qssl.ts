import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qssl: MemberTests = {
  'QSsl.KeyType': (q) => {
    expect([q.QSsl.KeyType.PublicKey, q.QSsl.KeyType[0]]).toEqual([1, 'PrivateKey']);
  },
  'QSsl.EncodingFormat': (q) => {
    expect([q.QSsl.EncodingFormat.Der, q.QSsl.EncodingFormat[0]]).toEqual([1, 'Pem']);
  },
  'QSsl.KeyAlgorithm': (q) => {
    expect([q.QSsl.KeyAlgorithm.Ec, q.QSsl.KeyAlgorithm[0]]).toEqual([3, 'Opaque']);
  },
  'QSsl.AlternateNameEntryType': (q) => {
    expect(q.QSsl.AlternateNameEntryType[1]).toBe('DnsEntry');
  },
  'QSsl.AlternativeNameEntryType': (q) => {
    expect(q.QSsl.AlternativeNameEntryType[2]).toBe('IpAddressEntry');
  },
  'QSsl.SslProtocol': (q) => {
    // Qt 5 had another meaning for these numbers
    const { SslProtocol } = q.QSsl;
    expect([SslProtocol.TlsV1, SslProtocol[2], SslProtocol[0]]).toEqual([SslProtocol.TlsV1_2, 'TlsV1_2', 'TlsV1_0']);
  },
  'QSsl.SslOption': (q) => {
    expect(q.QSsl.SslOption[8]).toBe('SslOptionDisableServerNameIndication');
  },
  'QSsl.AlertLevel': (q) => {
    expect([q.QSsl.AlertLevel.Fatal, q.QSsl.AlertLevel[0]]).toEqual([1, 'Warning']);
  },
  'QSsl.AlertType': (q) => {
    expect([q.QSsl.AlertType.HandshakeFailure, q.QSsl.AlertType[0]]).toEqual([40, 'CloseNotify']);
  },
  'QSsl.ImplementedClass': (q) => {
    expect([q.QSsl.ImplementedClass.Dtls, q.QSsl.ImplementedClass[0]]).toEqual([5, 'Key']);
  },
  'QSsl.SupportedFeature': (q) => {
    expect([q.QSsl.SupportedFeature.Psk, q.QSsl.SupportedFeature[3]]).toEqual([4, 'Ocsp']);
  },
};
