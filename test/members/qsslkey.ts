import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { peer } from '../support/tls.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' | 'spki', more: object = {}): string =>
  key.export({ type, format: 'pem', ...more } as never) as unknown as string;
const der = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' | 'spki'): Buffer =>
  key.export({ type, format: 'der' } as never) as unknown as Buffer;

const own = (q: Package) => new q.QSslKey(peer('good').key, q.QSsl.Ec);

export const qsslkey: MemberTests = {
  'QSslKey.constructor': (q) => {
    const { Rsa, Ec, Opaque, Pem, Der, PrivateKey, PublicKey } = q.QSsl;
    const locked = { cipher: 'aes-256-cbc', passphrase: 'open' };
    const file = new q.QBuffer(Buffer.from(pem(rsa.privateKey, 'pkcs8')));
    file.open(q.QIODevice.ReadOnly);
    const read = [
      new q.QSslKey(pem(rsa.privateKey, 'pkcs8'), Rsa),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs1'), Rsa),
      new q.QSslKey(pem(ec.privateKey, 'sec1'), Ec),
      new q.QSslKey(der(rsa.privateKey, 'pkcs8'), Rsa, Der),
      new q.QSslKey(der(rsa.privateKey, 'pkcs1'), Rsa, Der),
      new q.QSslKey(der(ec.privateKey, 'sec1'), Ec, Der),
      new q.QSslKey(pem(ed.privateKey, 'pkcs8'), Opaque),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs8', locked), Rsa, Pem, PrivateKey, 'open'),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs1', locked), Rsa, Pem, PrivateKey, Buffer.from('open')),
      new q.QSslKey(pem(ec.publicKey, 'spki'), Ec, Pem, PublicKey),
      new q.QSslKey(der(rsa.publicKey, 'spki'), Rsa, Der, PublicKey),
      new q.QSslKey(der(rsa.publicKey, 'pkcs1'), Rsa, Der, PublicKey),
      new q.QSslKey(file, Rsa),
      new q.QSslKey(ec.privateKey),
      new q.QSslKey(ec.privateKey, PublicKey),
      new q.QSslKey(new q.QSslKey(ec.privateKey)),
    ];
    expect(read.map((key) => key.isNull())).toEqual(read.map(() => false));
    const unread = [
      new q.QSslKey(),
      new q.QSslKey('', Rsa),
      new q.QSslKey('no key at all', Rsa, Der),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs8'), Ec),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs8', locked), Rsa),
      new q.QSslKey(pem(rsa.privateKey, 'pkcs8', locked), Rsa, Pem, PrivateKey, 'wrong'),
      new q.QSslKey(pem(rsa.publicKey, 'spki'), Rsa),
      new q.QSslKey('none', Rsa, Pem, PublicKey),
      new q.QSslKey('none', Rsa, Der, PublicKey),
    ];
    expect(unread.map((key) => key.isNull())).toEqual(unread.map(() => true));
    expect(() => new q.QSslKey('x', 17 as never)).toThrow(/QSslKey expects QSsl.KeyAlgorithm .* got 17/);
    expect(() => new q.QSslKey({} as never)).toThrow(/expects bytes, a device, or a private or public KeyObject/);
    expect(() => new q.QSslKey(ec.publicKey, PrivateKey)).toThrow(/a public KeyObject is no PrivateKey/);
  },
  'QSslKey.isNull': (q) => {
    expect([new q.QSslKey().isNull(), own(q).isNull()]).toEqual([true, false]);
  },
  'QSslKey.clear': (q) => {
    const key = own(q);
    key.clear();
    expect(key.equals(new q.QSslKey())).toBe(true);
  },
  'QSslKey.length': (q) => {
    const keys = [
      own(q),
      new q.QSslKey(rsa.publicKey),
      new q.QSslKey(ec.privateKey),
      new q.QSslKey(ed.privateKey),
      new q.QSslKey(),
    ];
    expect(keys.map((key) => key.length())).toEqual([256, 2048, 384, -1, -1]);
  },
  'QSslKey.type': (q) => {
    expect([new q.QSslKey(rsa.publicKey).type(), own(q).type(), new q.QSslKey().type()]).toEqual([1, 0, 1]);
  },
  'QSslKey.algorithm': (q) => {
    const keys = [own(q), new q.QSslKey(rsa.publicKey), new q.QSslKey(ed.privateKey), new q.QSslKey()];
    const { Ec, Rsa, Opaque } = q.QSsl;
    expect(keys.map((key) => key.algorithm())).toEqual([Ec, Rsa, Opaque, Opaque]);
  },
  'QSslKey.toPem': (q) => {
    const titles = [new q.QSslKey(rsa.privateKey), own(q), new q.QSslKey(ed.privateKey), new q.QSslKey(rsa.publicKey)].map(
      (key) => key.toPem().toString().split('\n')[0],
    );
    expect(titles).toEqual([
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----BEGIN EC PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN PUBLIC KEY-----',
    ]);
    const locked = own(q).toPem('open');
    expect(locked.toString()).toContain('ENCRYPTED');
    expect(createPrivateKey({ key: locked, passphrase: 'open' }).equals(own(q).handle()!)).toBe(true);
    expect(new q.QSslKey().toPem()).toHaveLength(0);
  },
  'QSslKey.toDer': (q) => {
    const { Ec, Rsa, Der, PrivateKey, PublicKey } = q.QSsl;
    expect(new q.QSslKey(own(q).toDer(), Ec, Der, PrivateKey).equals(own(q))).toBe(true);
    const open = new q.QSslKey(rsa.publicKey);
    expect(new q.QSslKey(open.toDer(), Rsa, Der, PublicKey).equals(open)).toBe(true);
    expect([new q.QSslKey().toDer(), own(q).toDer('secret')].map((bytes) => bytes.length)).toEqual([0, 0]);
  },
  'QSslKey.handle': (q) => {
    expect([new q.QSslKey(rsa.publicKey).handle(), new q.QSslKey().handle()]).toEqual([rsa.publicKey, null]);
  },
  'QSslKey.equals': (q) => {
    const others = [own(q), new q.QSslKey(ec.privateKey), new q.QSslKey(own(q).handle()!, q.QSsl.PublicKey), new q.QSslKey()];
    expect(others.map((other) => own(q).equals(other))).toEqual([true, false, false, false]);
    expect(new q.QSslKey().equals(new q.QSslKey())).toBe(true);
  },
};
