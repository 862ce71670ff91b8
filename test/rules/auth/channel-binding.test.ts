import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindingDigest, serverEndPoint } from '../../../src/rules/auth/channel-binding.ts';
import * as der from '../../support/der.ts';
import { mint } from '../../support/mint.ts';

const OID = { sha1: '1.3.14.3.2.26', sha384: '2.16.840.1.101.3.4.2.2', pss: '1.2.840.113549.1.1.10' } as const;

/** As much of a certificate as counts here: how it was signed. */
function signedWith(algorithm: Buffer): Buffer {
  return der.sequence(der.sequence(der.number(1)), algorithm, der.bits(Buffer.from('signature')));
}

const plain = (oid: string): Buffer => signedWith(der.sequence(der.oid(oid), der.NULL));
const pss = (...parameters: Buffer[]): Buffer => signedWith(der.sequence(der.oid(OID.pss), ...parameters));
const hashOf = (oid: string): Buffer => der.tagged(0xa0, der.sequence(der.oid(oid), der.NULL));
const SALT = der.tagged(0xa2, der.number(48));

describe('the end point of a server', () => {
  const table: [what: string, certificate: Buffer, digest: string][] = [
    ['a certificate signed by ECDSA with SHA-256', mint({ name: 'a' }).raw, 'sha256'],
    ['one with SHA-1, which is too weak', mint({ name: 'a', digest: 'sha1' }).raw, 'sha256'],
    ['one by RSA with MD5, which is weaker', mint({ name: 'a', key: 1024, digest: 'md5' }).raw, 'sha256'],
    ['RSA with SHA-224', plain('1.2.840.113549.1.1.14'), 'sha224'],
    ['RSA with SHA-256', plain('1.2.840.113549.1.1.11'), 'sha256'],
    ['RSA with SHA-384', plain('1.2.840.113549.1.1.12'), 'sha384'],
    ['RSA with SHA-512', plain('1.2.840.113549.1.1.13'), 'sha512'],
    ['ECDSA with SHA-224', plain('1.2.840.10045.4.3.1'), 'sha224'],
    ['ECDSA with SHA-384', plain('1.2.840.10045.4.3.3'), 'sha384'],
    ['ECDSA with SHA-512', plain('1.2.840.10045.4.3.4'), 'sha512'],
    ['DSA with SHA-1', plain('1.2.840.10040.4.3'), 'sha256'],
    ['DSA with SHA-224', plain('2.16.840.1.101.3.4.3.1'), 'sha224'],
    ['DSA with SHA-256', plain('2.16.840.1.101.3.4.3.2'), 'sha256'],
    ['RSA-PSS with SHA-1', pss(der.sequence(hashOf(OID.sha1))), 'sha256'],
    ['RSA-PSS with SHA-224', pss(der.sequence(hashOf('2.16.840.1.101.3.4.2.4'))), 'sha224'],
    ['RSA-PSS with SHA-256', pss(der.sequence(hashOf('2.16.840.1.101.3.4.2.1'))), 'sha256'],
    ['RSA-PSS with SHA-384', pss(der.sequence(hashOf(OID.sha384), SALT)), 'sha384'],
    ['RSA-PSS with SHA-512', pss(der.sequence(hashOf('2.16.840.1.101.3.4.2.3'))), 'sha512'],
    ['RSA-PSS that relies on SHA-1 being the default', pss(der.sequence(SALT)), 'sha256'],
    ['RSA-PSS that relies on all defaults', pss(), 'sha256'],
  ];
  for (const [what, certificate, digest] of table) {
    it(`of ${what} is its ${digest}`, () => {
      const expected = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash(digest).update(certificate).digest()]);
      expect(serverEndPoint(certificate)).toEqual(expected);
    });
  }

  const undefinedFor: [what: string, certificate: Buffer][] = [
    ['Ed25519, which has no digest apart', signedWith(der.sequence(der.oid('1.3.101.112')))],
    ['an algorithm nobody knows', plain('1.2.3.4')],
    ['a digest nobody knows', pss(der.sequence(hashOf('1.2.3.4')))],
    ['a digest that is missing', pss(der.sequence(der.tagged(0xa0)))],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no certificate')],
    ['an empty sequence', der.sequence()],
    ['an empty algorithm', signedWith(der.sequence())],
  ];
  for (const [what, certificate] of undefinedFor) {
    it(`of ${what} is not defined`, () => expect(serverEndPoint(certificate)).toBeNull());
  }

  it('is digested for NTLM as Microsoft has published', () => {
    const digest = Buffer.from('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95', 'hex');
    const binding = Buffer.concat([Buffer.from('tls-server-end-point:'), digest]);
    expect(bindingDigest(binding).toString('hex')).toBe('6586e99d81c2fc984e47172fd4dd0310');
  });
});
