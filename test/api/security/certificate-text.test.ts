import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { QSsl, QSslCertificate } from '../../../src/index.ts';

const folder = fileURLToPath(new URL('../../support/certs/text/', import.meta.url));
const rich = (): QSslCertificate => QSslCertificate.fromFile(`${folder}rich.pem`)[0]!;

describe('toText', () => {
  for (const name of ['rich', 'timestamps', 'small', 'negative', 'farnegative', 'rsa', 'pss', 'curve25519', 'koblitz'])
    it(`prints what OpenSSL prints: ${name}`, () => {
      const [certificate] = QSslCertificate.fromFile(`${folder}${name}.pem`);
      // some versions of OpenSSL forget the end of a line
      const printed = readFileSync(`${folder}${name}.txt`, 'utf8').replace(/(?<=\S)(?= {16}(?:Reasons|CRL Issuer):)/g, '\n');
      expect(certificate!.toText()).toBe(printed);
    });
});

describe('extensions', () => {
  it('have the values that Qt gives them', () => {
    const rows = rich()
      .extensions()
      .map((one) => {
        const value = one.value();
        return [one.name(), one.isCritical(), one.isSupported(), Buffer.isBuffer(value) ? value.toString() : value];
      });
    const keyid = expect.any(Buffer);
    expect(rows).toEqual([
      ['basicConstraints', true, true, { ca: true, pathLenConstraint: 3 }],
      ['keyUsage', true, false, ['Digital Signature', 'Certificate Sign', 'CRL Sign']],
      [
        'extendedKeyUsage',
        false,
        false,
        ['TLS Web Server Authentication', 'TLS Web Client Authentication', '1.2.3.4', 'E-mail Protection'],
      ],
      ['subjectKeyIdentifier', false, true, expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/)],
      ['authorityKeyIdentifier', false, true, { keyid, serial: expect.any(BigInt) }],
      [
        'subjectAltName',
        false,
        false,
        {
          DNS: '*.rich.test',
          DirName: '/C=DE/CN=direct',
          'IP Address': '2001:DB8:0:0:0:0:0:1',
          'Registered ID': '1.2.3.4',
          URI: 'http://rich.test/a,b',
          email: 'post@rich.test',
          'othername: UPN:': 'user@rich.test',
        },
      ],
      ['issuerAltName', false, false, { DirName: '/C=DE/CN=direct', URI: 'http://issuer.test/' }],
      ['authorityInfoAccess', false, true, { OCSP: 'http://ocsp.test/', caIssuers: 'http://ca.test/ca.cer' }],
      ['crlDistributionPoints', false, false, expect.stringContaining('Full Name:\n  URI:http://crl.test/a.crl\n  URI:ldap:')],
      [
        'certificatePolicies',
        false,
        false,
        expect.stringContaining('Policy: 1.3.5.8\n  CPS: http://cps.test/\n  User Notice:\n'),
      ],
      [
        'nameConstraints',
        false,
        false,
        expect.stringContaining('Permitted:\n  DNS:.rich.test\n  IP:10.0.0.0/255.0.0.0\nExcluded:\n'),
      ],
      ['policyConstraints', false, false, { 'Inhibit Policy Mapping': '0', 'Require Explicit Policy': '3' }],
      ['inhibitAnyPolicy', false, false, '2'],
      ['tlsfeature', false, false, ['status_request']],
      ['nsComment', false, false, 'a comment'],
      ['nsCertType', false, false, ['SSL Client', 'SSL Server']],
      ['1.2.3.4.5', false, false, '\x0c\runknown thing'],
      ['noCheck', true, false, ''],
    ]);
  });

  it('tell the key of an authority in hexadecimal, and small numbers as such', () => {
    const extension = rich().extensions()[4]!;
    const { keyid } = extension.value() as { keyid: Buffer };
    expect(keyid.toString()).toBe(String(rich().extensions()[3]!.value()).replaceAll(':', '').toLowerCase());
    expect(extension.oid()).toBe('2.5.29.35');
  });

  it('survive whatever stands in them', () => {
    const der = rich().toDer();
    const at = der.indexOf(Buffer.from('551d13', 'hex'));
    let read = 0;
    for (let i = at; i < der.length - 80; i += 2) {
      const broken = Buffer.from(der);
      broken[i]! ^= [0x01, 0x80, 0x20][i % 3]!;
      const certificate = new QSslCertificate(broken, QSsl.Der);
      if (certificate.isNull()) continue;
      read++;
      expect(certificate.toText()).toContain('Certificate:');
      for (const extension of certificate.extensions()) extension.value();
    }
    // or nothing was looked at
    expect(read).toBeGreaterThan(300);
  });
});
