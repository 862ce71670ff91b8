import { afterEach, describe, expect, it } from 'vitest';
import { QSsl, QSslCertificate, QSslConfiguration, QSslError } from '../../../src/index.ts';
import * as der from '../../support/der.ts';
import { type Minted, mint } from '../../support/mint.ts';
import { type PeerName, peerPem } from '../../support/tls.ts';
import { certificate, shown, trusting } from './support.ts';

afterEach(() => QSslConfiguration.setDefaultConfiguration(new QSslConfiguration()));

const MD5 = 'CertificateBlacklisted of MD5 Collisions Inc. (http://www.phreedom.org/md5)';
const UNKNOWN = (name: string): string[] => [
  `UnableToGetLocalIssuerCertificate of ${name}`,
  `UnableToVerifyFirstCertificate of ${name}`,
];

describe('verify', () => {
  // all but the last three as Qt 6.4.2 with OpenSSL 3.0 says
  const rows: [host: string, trusted: PeerName, chain: PeerName[], errors: string[]][] = [
    ['', 'ca', ['good'], []],
    ['good.test', 'ca', ['good'], []],
    ['127.0.0.1', 'ca', ['good'], []],
    ['nope.test', 'ca', ['good'], ['HostNameMismatch of good.test']],
    ['', 'ca', ['expired'], ['CertificateExpired of expired.test']],
    ['', 'ca', ['future'], ['CertificateNotYetValid of future.test']],
    ['', 'ca', ['selfsigned'], ['SelfSignedCertificate of selfsigned.test']],
    ['', 'ca', ['clientonly'], []],
    ['', 'ca', ['untrusted'], UNKNOWN('untrusted.test')],
    ['', 'ca', ['untrusted', 'otherca'], ['SelfSignedCertificateInChain of qnetwork unknown CA']],
    ['', 'ca', ['below'], UNKNOWN('below.test')],
    ['', 'ca', ['below', 'intermediate'], []],
    ['', 'ca', ['below', 'good', 'ca', 'intermediate'], []],
    ['', 'otherca', ['below', 'intermediate'], ['UnableToGetLocalIssuerCertificate of qnetwork intermediate CA']],
    [
      'h',
      'ca',
      ['expiredwrong'],
      ['HostNameMismatch of elsewhere.example', ...UNKNOWN('elsewhere.example'), 'CertificateExpired of elsewhere.example'],
    ],
    ['', 'ca', ['forged', 'good'], ['InvalidCaCertificate of good.test', 'CertificateExpired of forged.test']],
    [
      '',
      'ca',
      ['deep', 'deeper', 'intermediate'],
      ['PathLengthExceeded of qnetwork intermediate CA', 'CertificateExpired of deep.test'],
    ],
    ['', 'ca', [], ['UnspecifiedError of nobody']],
    ['', 'otherca', ['ca'], ['SelfSignedCertificate of qnetwork peers CA']],
    ['', 'ca', ['ca'], []],
    ['', 'good', ['good'], UNKNOWN('good.test')],
    ['', 'ca', ['blacklisted'], [MD5]],
    // the order of those at hand does not matter, and each error is about the certificate in question
    [
      '',
      'ca',
      ['deep', 'intermediate', 'deeper'],
      ['PathLengthExceeded of qnetwork intermediate CA', 'CertificateExpired of deep.test'],
    ],
    ['', 'intermediate', ['below'], ['UnableToGetIssuerCertificate of qnetwork intermediate CA']],
    ['GOOD.test.', 'ca', ['good'], []],
  ];
  for (const [host, trusted, chain, errors] of rows)
    it(`finds ${errors.join(', ') || 'nothing'}: ${chain.join(' below ')}, trusting ${trusted}${host && `, for ${host}`}`, () => {
      QSslConfiguration.setDefaultConfiguration(trusting(trusted));
      expect(shown(QSslCertificate.verify(chain.map(certificate), host))).toEqual(errors);
    });

  it('checks signatures', () => {
    QSslConfiguration.setDefaultConfiguration(trusting('ca'));
    const raw = certificate('good').toDer();
    raw[raw.length - 1]! ^= 1;
    expect(shown(QSslCertificate.verify([new QSslCertificate(raw, QSsl.Der)]))).toEqual([
      'CertificateSignatureFailed of good.test',
    ]);
  });

  it('refuses a null certificate', () => {
    expect(shown(QSslCertificate.verify([new QSslCertificate()]))).toEqual(['UnspecifiedError of nobody']);
  });

  it('does without the authorities of the machine when others are set', () => {
    const [error] = QSslCertificate.verify(QSslCertificate.fromData(peerPem('good')));
    expect(error?.error()).toBe(QSslError.UnableToGetLocalIssuerCertificate);
  });
});

describe('verify heeds what authorities may speak for', () => {
  const NAMES = '2.5.29.17';
  const CONSTRAINTS = '2.5.29.30';
  const name = (kind: number, value: string | Buffer): Buffer => der.tagged(0x80 | kind, Buffer.from(value as string));
  const dns = (value: string): Buffer => name(2, value);
  const mail = (value: string): Buffer => name(1, value);
  const uri = (value: string): Buffer => name(6, value);
  const ip = (...octets: number[]): Buffer => name(7, Buffer.from(octets));
  const rid = (value: string): Buffer => der.tagged(0x88, der.oid(value).subarray(2));
  const directory = (commonName: string): Buffer =>
    der.tagged(0xa4, der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.utf8(commonName)))));
  const subtrees = (tag: number, bases: Buffer[]): Buffer[] =>
    bases.length === 0 ? [] : [der.tagged(tag, ...bases.map((base) => der.sequence(base)))];
  const constraints = (permitted: Buffer[], excluded: Buffer[] = []): Buffer =>
    der.extension(CONSTRAINTS, true, der.sequence(...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)));

  const root = mint({ name: 'root', authority: true, for: null });
  const found = (by: Minted, ...chain: Minted[]): string[] => {
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates([new QSslCertificate(root.pem)]);
    QSslConfiguration.setDefaultConfiguration(configuration);
    return shown(QSslCertificate.verify([...chain, by].map(({ pem }) => new QSslCertificate(pem))));
  };

  const rich = constraints([dns('rich.test'), ip(10, 0, 0, 0, 255, 0, 0, 0)]);
  const not = constraints([], [dns('bad.test'), mail('x@mail.test')]);
  const places = constraints([mail('.mail.test'), uri('.uri.test')]);
  const below = constraints([dns('.rich.test')]);
  const people = constraints([directory('Somebody')]);
  const numbers = constraints([rid('1.2.3')]);
  // each as Qt 6.4.2 with OpenSSL 3.0 says
  const rows: [what: string, limits: Buffer, subject: string, names: Buffer[], fits: boolean][] = [
    ['a host and an address below', rich, 'x', [dns('a.rich.test'), ip(10, 1, 2, 3)], true],
    ['the host itself', rich, 'x', [dns('rich.test')], true],
    ['a host that ends alike', rich, 'x', [dns('arich.test')], false],
    ['another network', rich, 'x', [ip(11, 1, 2, 3)], false],
    ['a kind that is not limited', rich, 'x', [mail('a@b')], true],
    ['another host as the common name', rich, 'other.test', [], false],
    ['capital letters', rich, 'a.RICH.test', [], true],
    ['a name that is no host', rich, 'just a name', [], true],
    ['a host that is excluded', not, 'x', [dns('a.bad.test')], false],
    ['a host that is not', not, 'x', [dns('good.test')], true],
    ['a mailbox that is excluded', not, 'x', [mail('x@mail.test')], false],
    ['a mailbox beside it', not, 'x', [mail('y@mail.test')], true],
    ['mail and a URI below', places, 'x', [mail('y@a.mail.test'), uri('https://u@a.uri.test:80/')], true],
    ['mail not below', places, 'x', [mail('y@mail.test')], false],
    ['a URI elsewhere', places, 'x', [uri('http://b.test/x')], false],
    ['the host itself behind a dot', below, 'x', [dns('rich.test')], false],
    ['a host below a dot', below, 'x', [dns('a.rich.test')], true],
    ['a person', people, 'Somebody', [], true],
    ['a person in other letters', people, 'somebody', [], true],
    ['another person', people, 'Else', [], false],
    ['a kind that nobody can compare', numbers, 'x', [rid('1.2.3')], false],
    ['another kind then', numbers, 'x', [dns('z.test')], true],
  ];
  for (const [what, limits, subject, names, fits] of rows)
    it(`${fits ? 'takes' : 'refuses'} ${what}`, () => {
      const by = mint({ name: 'limited', by: root, authority: true, for: null, extension: limits });
      const extra = names.length === 0 ? {} : { extension: der.extension(NAMES, false, der.sequence(...names)) };
      const leaf = mint({ name: subject, by, for: null, ...extra });
      expect(found(by, leaf)).toEqual(fits ? [] : [`UnspecifiedError of ${subject}`]);
    });

  it('refuses critical extensions that nobody knows', () => {
    const odd = der.extension('1.2.3.4', true, der.utf8('x'));
    const by = mint({ name: 'odd', by: root, authority: true, for: null, extension: odd });
    expect(found(by, mint({ name: 'x', by }))).toEqual(['UnspecifiedError of odd']);
    const fine = mint({ name: 'fine', by: root, authority: true, for: null });
    expect(found(fine, mint({ name: 'y', by: fine, extension: odd }))).toEqual(['UnspecifiedError of y']);
    expect(found(fine, mint({ name: 'z', by: fine, extension: der.extension('1.2.3.4', false, der.utf8('x')) }))).toEqual([]);
  });
});
