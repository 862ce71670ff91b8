import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type PeerName, peerPem, peersFolder } from '../support/tls.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const of = (q: Package, name: PeerName = 'good') => new q.QSslCertificate(peerPem(name));
const names = (all: readonly { subjectDisplayName(): string }[]): string[] => all.map((one) => one.subjectDisplayName());
const text = (bytes: Buffer): string => bytes.toString();
const derOf = (name: PeerName): Buffer => new X509Certificate(peerPem(name)).raw;

export const qsslcertificate: MemberTests = {
  'QSslCertificate.constructor': (q) => {
    const file = new q.QBuffer(Buffer.from(peerPem('good')));
    file.open(q.QIODevice.ReadOnly);
    const made = [
      of(q),
      new q.QSslCertificate(peerPem('good') + peerPem('ca')),
      new q.QSslCertificate(derOf('good'), q.QSsl.Der),
      new q.QSslCertificate(of(q)),
      new q.QSslCertificate(file),
    ];
    expect(names(made)).toEqual(made.map(() => 'good.test'));
    const none = [new q.QSslCertificate(), new q.QSslCertificate('x'), new q.QSslCertificate(null)];
    expect(none.map((one) => one.isNull())).toEqual([true, true, true]);
  },
  'QSslCertificate.equals': (q) => {
    const others = [of(q), of(q, 'ca'), new q.QSslCertificate()];
    expect(others.map((other) => of(q).equals(other))).toEqual([true, false, false]);
    expect(new q.QSslCertificate().equals(new q.QSslCertificate())).toBe(true);
  },
  'QSslCertificate.isNull': (q) => {
    expect([new q.QSslCertificate().isNull(), of(q).isNull()]).toEqual([true, false]);
  },
  'QSslCertificate.isValid': (q) => {
    const valid = [of(q), of(q, 'expired'), of(q, 'future'), new q.QSslCertificate()].map((one) => one.isValid());
    expect(valid).toEqual([true, false, false, false]);
  },
  'QSslCertificate.clear': (q) => {
    const certificate = of(q);
    certificate.clear();
    expect([certificate.isNull(), certificate.subjectDisplayName()]).toEqual([true, '']);
  },
  'QSslCertificate.version': (q) => {
    expect([of(q), new q.QSslCertificate()].map((one) => text(one.version()))).toEqual(['3', '']);
  },
  'QSslCertificate.serialNumber': (q) => {
    expect(text(of(q).serialNumber())).toBe('10:01');
    expect(text(of(q, 'ca').serialNumber())).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){19}$/);
    expect(text(new q.QSslCertificate().serialNumber())).toBe('');
  },
  'QSslCertificate.digest': (q) => {
    const node = new X509Certificate(peerPem('good'));
    const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();
    expect(of(q).digest('sha256').toString('hex')).toBe(plain(node.fingerprint256));
    expect(of(q).digest(2).toString('hex')).toBe(plain(node.fingerprint));
    expect([of(q).digest(), new q.QSslCertificate().digest()].map((bytes) => bytes.length)).toEqual([16, 0]);
    expect(() => of(q).digest(99)).toThrow(/QSslCertificate.digest: there is no algorithm 99/);
  },
  'QSslCertificate.issuerInfo': (q) => {
    expect([of(q).issuerInfo('CN'), of(q).issuerInfo(q.QSslCertificate.Organization)]).toEqual([
      ['qnetwork peers CA'],
      ['qnetwork'],
    ]);
    expect(() => of(q).issuerInfo(99 as never)).toThrow(/issuerInfo expects QSslCertificate.SubjectInfo/);
  },
  'QSslCertificate.subjectInfo': (q) => {
    const { CommonName, OrganizationalUnitName, CountryName, EmailAddress } = q.QSslCertificate;
    const infos = [CommonName, OrganizationalUnitName, CountryName, EmailAddress].map((info) => of(q).subjectInfo(info));
    expect(infos).toEqual([['good.test'], ['peers', 'tests'], ['DE'], []]);
    expect(of(q).subjectInfo(Buffer.from('OU'))).toEqual(['peers', 'tests']);
    expect(() => of(q).subjectInfo(99 as never)).toThrow(/subjectInfo expects QSslCertificate.SubjectInfo/);
  },
  'QSslCertificate.alternateSubjectNames': (q) => {
    const all = of(q).alternateSubjectNames();
    expect([...all.keys()].sort()).toEqual([q.QSsl.EmailEntry, q.QSsl.DnsEntry]);
    expect(all.get(q.QSsl.EmailEntry)).toEqual(['post@good.test']);
  },
  'QSslCertificate.effectiveDate': (q) => {
    expect(of(q).effectiveDate().toISOString()).toBe('2024-01-01T00:00:00.000Z');
    expect(new q.QSslCertificate().effectiveDate().getTime()).toBeNaN();
  },
  'QSslCertificate.expiryDate': (q) => {
    expect(of(q).expiryDate().toISOString()).toBe('2048-01-01T00:00:00.000Z');
    expect(new q.QSslCertificate().expiryDate().getTime()).toBeNaN();
  },
  'QSslCertificate.publicKey': (q) => {
    const key = of(q).publicKey();
    expect([key.type(), key.algorithm(), key.length()]).toEqual([q.QSsl.PublicKey, q.QSsl.Ec, 256]);
    expect(new q.QSslCertificate().publicKey().isNull()).toBe(true);
  },
  'QSslCertificate.toPem': (q) => {
    expect(text(of(q).toPem())).toBe(peerPem('good'));
    expect(new q.QSslCertificate().toPem()).toHaveLength(0);
  },
  'QSslCertificate.toDer': (q) => {
    const der = of(q).toDer();
    expect(der.equals(derOf('good'))).toBe(true);
    der.fill(0);
    expect(of(q).toDer()).not.toEqual(der);
    expect(new q.QSslCertificate().toDer()).toHaveLength(0);
  },
  'QSslCertificate.fromPath': (q) => {
    const { Wildcard, RegularExpression, FixedString } = q.QSslCertificate;
    const found = (path: string, syntax: number): string[] =>
      names(q.QSslCertificate.fromPath(path, q.QSsl.Pem, syntax as never));
    expect(found(`${peersFolder}good.pem`, FixedString)).toEqual(['good.test']);
    expect(found(`${peersFolder}no*.pem`, FixedString)).toEqual([]);
    expect(found(`${peersFolder}exp*d.pem`, Wildcard)).toEqual(['expired.test']);
    expect(found(`${peersFolder}[cb]?*w.pem`, Wildcard)).toEqual(['below.test']);
    expect(found(`${peersFolder}(good|future)\\.pem`, RegularExpression)).toEqual(['future.test', 'good.test']);
    expect(found('/no/such/folder/*.pem', Wildcard)).toEqual([]);
    expect(() => found('x', 7)).toThrow(/expects QSslCertificate.PatternSyntax; got 7/);
  },
  'QSslCertificate.fromDevice': (q) => {
    const file = new q.QFile(`${peersFolder}good.pem`);
    file.open(q.QIODevice.ReadOnly);
    expect(names(q.QSslCertificate.fromDevice(file))).toEqual(['good.test']);
    expect(q.QSslCertificate.fromDevice(null)).toEqual([]);
    file.close();
  },
  'QSslCertificate.fromData': (q) => {
    const { fromData } = q.QSslCertificate;
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(names(fromData(`text${peerPem('good')}more${broken}${peerPem('ca')}`))).toEqual(['good.test', 'qnetwork peers CA']);
    expect(names(fromData(Buffer.concat([derOf('good'), derOf('ca')]), q.QSsl.Der))).toEqual(['good.test', 'qnetwork peers CA']);
    expect(fromData(readFileSync(`${peersFolder}good-key.pem`))).toEqual([]);
  },
  'QSslCertificate.fromFile': (q) => {
    expect(names(q.QSslCertificate.fromFile(`${peersFolder}good.pem`))).toEqual(['good.test']);
    expect(q.QSslCertificate.fromFile(`${peersFolder}none.pem`)).toEqual([]);
  },
  'QSslCertificate.handle': (q) => {
    expect(of(q).handle()).toBeInstanceOf(X509Certificate);
    expect(new q.QSslCertificate().handle()).toBeNull();
  },
  'QSslCertificate.isBlacklisted': (q) => {
    expect([of(q, 'blacklisted'), of(q), new q.QSslCertificate()].map((one) => one.isBlacklisted())).toEqual([
      true,
      false,
      false,
    ]);
  },
  'QSslCertificate.extensions': (q) => {
    expect(
      of(q, 'intermediate')
        .extensions()
        .map((one) => one.name()),
    ).toEqual(['basicConstraints', 'keyUsage', 'subjectKeyIdentifier', 'authorityKeyIdentifier']);
    expect(new q.QSslCertificate().extensions()).toEqual([]);
  },
  'QSslCertificate.toText': (q) => {
    expect(of(q).toText()).toContain('Subject: C=DE, O=qnetwork, OU=peers, OU=tests, CN=good.test\n');
    expect(new q.QSslCertificate().toText()).toBe('');
  },
  'QSslCertificate.verify': (q) => {
    const configuration = new q.QSslConfiguration();
    configuration.setCaCertificates([of(q, 'ca')]);
    q.QSslConfiguration.setDefaultConfiguration(configuration);
    const errors = [q.QSslCertificate.verify([of(q)], 'good.test'), q.QSslCertificate.verify([of(q)], 'x.test')];
    q.QSslConfiguration.setDefaultConfiguration(new q.QSslConfiguration());
    expect(errors.map((list) => list.map((error) => error.error()))).toEqual([[], [q.QSslError.HostNameMismatch]]);
    expect(() => q.QSslCertificate.verify([null as never])).toThrow(/verify expects certificates/);
  },
  'QSslCertificate.importPkcs12': (q) => {
    const file = new q.QFile(fileURLToPath(new URL('../support/certs/pkcs12/aes256.p12', import.meta.url)));
    file.open(q.QIODevice.ReadOnly);
    const key = new q.QSslKey();
    const certificate = of(q);
    const above = [of(q)];
    expect(q.QSslCertificate.importPkcs12(file, key, certificate, above, 'open')).toBe(true);
    file.close();
    expect([key.algorithm(), ...names([certificate, ...above])]).toEqual([
      q.QSsl.Ec,
      'below.test',
      'qnetwork intermediate CA',
      'qnetwork peers CA',
    ]);
  },
  'QSslCertificate.isSelfSigned': (q) => {
    const signed = [of(q, 'selfsigned'), of(q, 'ca'), of(q), new q.QSslCertificate()].map((one) => one.isSelfSigned());
    expect(signed).toEqual([true, true, false, false]);
  },
  'QSslCertificate.issuerDisplayName': (q) => {
    expect(of(q).issuerDisplayName()).toBe('qnetwork peers CA');
  },
  'QSslCertificate.subjectDisplayName': (q) => {
    expect(of(q).subjectDisplayName()).toBe('good.test');
  },
  'QSslCertificate.subjectInfoAttributes': (q) => {
    expect(of(q).subjectInfoAttributes().map(text)).toEqual(['C', 'O', 'OU', 'CN']);
  },
  'QSslCertificate.issuerInfoAttributes': (q) => {
    expect(of(q).issuerInfoAttributes().map(text)).toEqual(['O', 'CN']);
  },
  'QSslCertificate.subjectAlternativeNames': (q) => {
    const all = of(q).subjectAlternativeNames();
    expect(all.get(q.QSsl.IpAddressEntry)).toEqual(['127.0.0.1', '::1']);
    expect(all.get(q.QSsl.DnsEntry)).toEqual(expect.arrayContaining(['localhost', 'good.test', '*.www.test']));
    expect(all.get(q.QSsl.EmailEntry)).toEqual(['post@good.test']);
    expect(of(q, 'client').subjectAlternativeNames().size).toBe(0);
  },
  'QSslCertificate.SubjectInfo': (q) => {
    expect(q.QSslCertificate.SubjectInfo[1]).toBe('CommonName');
  },
  'QSslCertificate.PatternSyntax': (q) => {
    expect(q.QSslCertificate.PatternSyntax[1]).toBe('Wildcard');
  },
};
