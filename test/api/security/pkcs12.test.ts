import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { QBuffer, QIODevice, QSsl, QSslCertificate, QSslKey } from '../../../src/index.ts';
import * as der from '../../support/der.ts';
import { within } from '../../support/once.ts';
import { peer } from '../../support/tls.ts';
import { certificate } from './support.ts';

const file = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../support/certs/pkcs12/${name}.p12`, import.meta.url)));

function device(bytes: Buffer): QIODevice {
  const buffer = new QBuffer(bytes);
  buffer.open(QIODevice.ReadOnly);
  return buffer;
}

/** `below.test, qnetwork intermediate CA` and so on; null when it was not read. */
function imported(bytes: Buffer, passPhrase: string): string[] | null {
  const key = new QSslKey();
  const own = new QSslCertificate();
  const above: QSslCertificate[] = [];
  if (!QSslCertificate.importPkcs12(device(bytes), key, own, above, passPhrase)) {
    expect([key.isNull(), own.isNull(), above]).toEqual([true, true, []]);
    return null;
  }
  expect(key.equals(new QSslKey(peer('below').key, QSsl.Ec))).toBe(true);
  return [own, ...above].map((one) => one.subjectDisplayName());
}

const ALL = ['below.test', 'qnetwork intermediate CA', 'qnetwork peers CA'];

describe('importPkcs12', () => {
  for (const name of ['aes256', 'aes128', 'des3', 'old', 'oldest', 'plain'])
    it(`reads ${name}`, () => {
      expect(imported(file(name), 'open')).toEqual(ALL);
      expect(imported(file(name), 'shut')).toBeNull();
    });

  it('reads files without a pass phrase, with umlauts in it, and without certificates', () => {
    expect(imported(file('nopassphrase'), '')).toEqual(['below.test']);
    expect(imported(file('umlaut'), 'pässe')).toEqual(['below.test']);
    expect(imported(file('nocertificate'), 'open')).toEqual(['']);
  });

  it('does not read what is no such file, has no key or no checksum', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('text'),
      file('nokey'),
      file('nochecksum'),
      file('aes256').subarray(0, 900),
    ])
      expect(imported(bytes, 'open')).toBeNull();
    expect(QSslCertificate.importPkcs12(null, null, null)).toBe(false);
  });

  it('fills what it is given, and nothing else', () => {
    const above = [certificate('good'), certificate('good')];
    expect(QSslCertificate.importPkcs12(device(file('nopassphrase')), null, null, above)).toBe(true);
    expect(above).toEqual([]);
    const own = certificate('good');
    expect(QSslCertificate.importPkcs12(device(file('aes256')), null, own, null, Buffer.from('open'))).toBe(true);
    expect(own.subjectDisplayName()).toBe('below.test');
  });

  it('warns of a cipher that is not there', async () => {
    const warned = within(once(process, 'warning') as Promise<[Error]>, 'the warning');
    expect(imported(file('rc4'), 'open')).toBeNull();
    const [warning] = await warned;
    expect(warning.message).toMatch(/^QSslCertificate.importPkcs12: the cipher 1.2.840.113549.1.12.1.1 is not supported/);
  });

  it('survives any damage', () => {
    for (const name of ['old', 'aes256']) {
      const bytes = file(name);
      for (let i = 0; i < 60; i++) {
        const broken = Buffer.from(bytes);
        broken[i]! ^= 0x55;
        imported(broken, 'open');
      }
    }
  });
});

describe('importPkcs12 of files by other programs', () => {
  const sized = (tag: number, ...parts: Buffer[]): Buffer => der.tagged(tag, ...parts);
  /** The same with a length that is not told. */
  const endless = (tag: number, ...parts: Buffer[]): Buffer =>
    Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.alloc(2)]);
  type Writer = typeof sized;

  const DATA = der.oid('1.2.840.113549.1.7.1');
  const key = new QSslKey(peer('below').key, QSsl.Ec).handle()!.export({ type: 'pkcs8', format: 'der' });
  const salt = randomBytes(8);
  const kdf = (rounds: number, size?: number): Buffer =>
    der.sequence(
      der.oid('1.2.840.113549.1.5.12'),
      der.sequence(
        der.octets(salt),
        der.number(rounds),
        ...(size === undefined ? [] : [der.number(size)]),
        der.sequence(der.oid('1.2.840.113549.2.9'), der.NULL),
      ),
    );

  /** In pieces, where the length is not told. */
  const octets = (bytes: Buffer, write: Writer): Buffer =>
    write === sized ? der.octets(bytes) : write(0x24, der.octets(bytes.subarray(0, 100)), der.octets(bytes.subarray(100)));
  const data = (bytes: Buffer, write: Writer): Buffer => write(0x30, DATA, write(0xa0, octets(bytes, write)));

  function store(write: Writer, rounds = 10, depth = 0): Buffer {
    let bag = write(0x30, der.oid('1.2.840.113549.1.12.10.1.1'), write(0xa0, key));
    for (let i = 0; i < depth; i++) bag = write(0x30, der.oid('1.2.840.113549.1.12.10.1.6'), write(0xa0, write(0x30, bag)));
    const own = write(
      0x30,
      der.oid('1.2.840.113549.1.12.10.1.3'),
      write(0xa0, write(0x30, der.oid('1.2.840.113549.1.9.22.1'), write(0xa0, der.octets(certificate('below').toDer())))),
    );
    const vector = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync('open', salt, 10, 32, 'sha256'), vector);
    const hidden = Buffer.concat([cipher.update(write(0x30, own)), cipher.final()]);
    const scheme = der.sequence(der.oid('2.16.840.1.101.3.4.1.42'), der.octets(vector));
    const algorithm = der.sequence(der.oid('1.2.840.113549.1.5.13'), der.sequence(kdf(10), scheme));
    const encrypted = write(
      0x30,
      der.oid('1.2.840.113549.1.7.6'),
      write(0xa0, write(0x30, der.number(0), write(0x30, DATA, algorithm, sized(0x80, hidden)))),
    );
    const content = write(0x30, data(write(0x30, bag), write), encrypted);
    // RFC 9579
    const digest = createHmac('sha256', pbkdf2Sync('open', salt, 10, 32, 'sha256'))
      .update(content)
      .digest();
    const hmac = der.sequence(der.oid('1.2.840.113549.2.9'), der.NULL);
    const checked = der.sequence(der.oid('1.2.840.113549.1.5.14'), der.sequence(kdf(rounds, 32), hmac));
    const mac = der.sequence(der.sequence(checked, der.octets(digest)), der.octets(salt), der.number(1));
    return write(0x30, der.number(3), data(content, write), mac);
  }

  it('takes PBMAC1, lengths that are not told, and bags in bags', () => {
    expect(imported(store(sized), 'open')).toEqual(['below.test']);
    expect(imported(store(endless), 'open')).toEqual(['below.test']);
    expect(imported(store(sized, 10, 4), 'open')).toEqual(['below.test']);
    expect(imported(store(sized), 'shut')).toBeNull();
  });

  it('does not follow files into the depth, nor count for hours', async () => {
    expect(imported(store(sized, 10, 40), 'open')).toBeNull();
    const warned = within(once(process, 'warning') as Promise<[Error]>, 'the warning');
    expect(imported(store(sized, 2_000_000_000), 'open')).toBeNull();
    expect((await warned)[0].message).toContain('a key is to be derived in 2000000000 rounds; at most 10000000 are made');
    expect(imported(endless(0x30, ...Array.from({ length: 5000 }, () => Buffer.from([0x30, 0x80]))), 'open')).toBeNull();
  });
});
