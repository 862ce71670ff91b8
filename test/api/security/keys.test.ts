import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readBer } from '../../../src/base/ber.ts';
import { QBuffer, QIODevice, QSsl, QSslKey } from '../../../src/index.ts';
import * as der from '../../support/der.ts';

const { Rsa, Dsa, Ec, Pem, Der, PrivateKey, PublicKey } = QSsl;

const pairs: Readonly<Record<string, { algorithm: QSsl.KeyAlgorithm; bits: number; key: KeyObject }>> = {
  RSA: { algorithm: Rsa, bits: 1024, key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey },
  DSA: { algorithm: Dsa, bits: 1024, key: generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey },
  'P-256': { algorithm: Ec, bits: 256, key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
  secp521r1: { algorithm: Ec, bits: 521, key: generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey },
};

type Written = readonly [form: string, encoded: string | Buffer, format: QSsl.EncodingFormat, passPhrase?: string];

/** OpenSSL's own form for DSA: 0, prime, order, generator, public and private number. */
function oldDsa(key: KeyObject): Buffer {
  const [, algorithm, secret] = readBer(key.export({ type: 'pkcs8', format: 'der' }))!.inside;
  const shown = readBer(createPublicKey(key).export({ type: 'spki', format: 'der' }))!.inside[1]!;
  const parameters = algorithm!.inside[1]!.inside.map(({ whole }) => whole);
  return der.sequence(der.number(0), ...parameters, readBer(shown.bits)!.whole, secret!.first!.whole);
}

function writings(key: KeyObject): Written[] {
  const all: Written[] = [
    ['PKCS #8', key.export({ type: 'pkcs8', format: 'pem' }), Pem],
    ['PKCS #8 in DER', key.export({ type: 'pkcs8', format: 'der' }), Der],
  ];
  for (const cipher of ['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc']) {
    const locked = { cipher, passphrase: 'pässe' };
    all.push([`PKCS #8 with ${cipher}`, key.export({ type: 'pkcs8', format: 'pem', ...locked }), Pem, 'pässe']);
    all.push([`PKCS #8 in DER with ${cipher}`, key.export({ type: 'pkcs8', format: 'der', ...locked }), Der, 'pässe']);
  }
  const locked = { cipher: 'aes-256-cbc', passphrase: 'pässe' };
  const own = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
  if (key.asymmetricKeyType === 'dsa') {
    const old = oldDsa(key);
    return [...all, ['OpenSSL’s form', der.pem('DSA PRIVATE KEY', old), Pem], ['OpenSSL’s form in DER', old, Der]];
  }
  all.push([own, key.export({ type: own, format: 'pem' } as never) as unknown as string, Pem]);
  all.push([`${own} in DER`, key.export({ type: own, format: 'der' } as never) as unknown as Buffer, Der]);
  all.push([`${own} encrypted`, key.export({ type: own, format: 'pem', ...locked } as never) as unknown as string, Pem, 'pässe']);
  return all;
}

describe('a private key', () => {
  for (const [name, { algorithm, bits, key }] of Object.entries(pairs))
    for (const [form, encoded, format, passPhrase] of writings(key))
      it(`is read: ${name}, ${form}`, () => {
        const read = new QSslKey(encoded, algorithm, format, PrivateKey, passPhrase);
        expect([read.type(), read.algorithm(), read.length()]).toEqual([PrivateKey, algorithm, bits]);
        expect(read.handle()!.equals(key)).toBe(true);
        const device = new QBuffer(Buffer.from(encoded as string));
        device.open(QIODevice.ReadOnly);
        expect(new QSslKey(device, algorithm, format, PrivateKey, passPhrase).equals(read)).toBe(true);
        const other = algorithm === Rsa ? Ec : Rsa;
        expect(new QSslKey(encoded, other, format, PrivateKey, passPhrase).isNull()).toBe(true);
        if (passPhrase === undefined) return;
        for (const wrong of ['', 'passe'])
          expect(new QSslKey(encoded, algorithm, format, PrivateKey, wrong).isNull(), wrong).toBe(true);
      });

  for (const [name, { algorithm, key }] of Object.entries(pairs))
    it(`is written so that it can be read: ${name}`, () => {
      const own = new QSslKey(key);
      expect(new QSslKey(own.toPem(), algorithm).equals(own)).toBe(true);
      expect(new QSslKey(own.toDer(), algorithm, Der).equals(own)).toBe(true);
      expect(own.toPem('lock').toString()).toContain('ENCRYPTED');
      expect(new QSslKey(own.toPem('lock'), algorithm, Pem, PrivateKey, 'lock').equals(own)).toBe(true);
    });
});

describe('a public key', () => {
  for (const [name, { algorithm, bits, key }] of Object.entries(pairs))
    it(`is read: ${name}`, () => {
      const half = createPublicKey(key);
      const forms = [
        new QSslKey(half.export({ type: 'spki', format: 'pem' }), algorithm, Pem, PublicKey),
        new QSslKey(half.export({ type: 'spki', format: 'der' }), algorithm, Der, PublicKey),
        new QSslKey(key, PublicKey),
      ];
      for (const read of forms)
        expect([read.type(), read.length(), read.handle()!.equals(half)]).toEqual([PublicKey, bits, true]);
      expect(new QSslKey(half.export({ type: 'spki', format: 'pem' }), algorithm, Pem, PrivateKey).isNull()).toBe(true);
    });
});
