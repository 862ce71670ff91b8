import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

const NAME = 'ECDHE-ECDSA-AES256-GCM-SHA384';

export const qsslcipher: MemberTests = {
  'QSslCipher.constructor': (q) => {
    const { TlsV1_2, TlsV1_3 } = q.QSsl;
    const made = [
      new q.QSslCipher(NAME),
      new q.QSslCipher(NAME, TlsV1_2),
      new q.QSslCipher(new q.QSslCipher(NAME)),
      new q.QSslCipher(NAME, TlsV1_3),
      new q.QSslCipher('NO-SUCH'),
      new q.QSslCipher(),
    ];
    expect(made.map((cipher) => cipher.name())).toEqual([NAME, NAME, NAME, '', '', '']);
  },
  'QSslCipher.equals': (q) => {
    const cipher = new q.QSslCipher(NAME);
    expect(cipher.equals(new q.QSslCipher(NAME))).toBe(true);
    expect(cipher.equals(new q.QSslCipher())).toBe(false);
  },
  'QSslCipher.isNull': (q) => {
    expect([new q.QSslCipher().isNull(), new q.QSslCipher(NAME).isNull()]).toEqual([true, false]);
  },
  'QSslCipher.name': (q) => {
    expect(new q.QSslCipher(NAME).name()).toBe(NAME);
  },
  'QSslCipher.supportedBits': (q) => {
    expect([NAME, 'AES128-SHA', 'NO'].map((name) => new q.QSslCipher(name).supportedBits())).toEqual([256, 128, 0]);
  },
  'QSslCipher.usedBits': (q) => {
    expect([NAME, 'TLS_CHACHA20_POLY1305_SHA256'].map((name) => new q.QSslCipher(name).usedBits())).toEqual([256, 256]);
  },
  'QSslCipher.keyExchangeMethod': (q) => {
    const names = [NAME, 'TLS_AES_128_GCM_SHA256', 'DHE-PSK-AES128-GCM-SHA256', 'AES128-SHA'];
    expect(names.map((name) => new q.QSslCipher(name).keyExchangeMethod())).toEqual(['ECDH', 'any', 'DHEPSK', 'RSA']);
  },
  'QSslCipher.authenticationMethod': (q) => {
    const names = [NAME, 'ECDHE-RSA-AES128-SHA', 'RSA-PSK-AES128-GCM-SHA256', 'PSK-AES128-CBC-SHA'];
    expect(names.map((name) => new q.QSslCipher(name).authenticationMethod())).toEqual(['ECDSA', 'RSA', 'RSA', 'PSK']);
  },
  'QSslCipher.encryptionMethod': (q) => {
    const names = [NAME, 'AES128-SHA', 'ECDHE-RSA-CHACHA20-POLY1305', 'SRP-AES-128-CBC-SHA'];
    const methods = ['AESGCM(256)', 'AES(128)', 'CHACHA20/POLY1305(256)', 'AES(128)'];
    expect(names.map((name) => new q.QSslCipher(name).encryptionMethod())).toEqual(methods);
  },
  'QSslCipher.protocolString': (q) => {
    const names = [NAME, 'TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-SHA', 'AES128-SHA', 'AES128-SHA256'];
    expect(names.map((name) => new q.QSslCipher(name).protocolString())).toEqual([
      'TLSv1.2',
      'TLSv1.3',
      'TLSv1',
      'SSLv3',
      'TLSv1.2',
    ]);
  },
  'QSslCipher.protocol': (q) => {
    const { TlsV1_0, TlsV1_2, TlsV1_3, UnknownProtocol } = q.QSsl;
    const names = [NAME, 'TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-SHA', 'AES128-SHA', ''];
    expect(names.map((name) => new q.QSslCipher(name).protocol())).toEqual([
      TlsV1_2,
      TlsV1_3,
      TlsV1_0,
      UnknownProtocol,
      UnknownProtocol,
    ]);
  },
};
