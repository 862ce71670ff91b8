import { getCurves } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  NetworkError,
  QBuffer,
  QIODevice,
  QNetworkAccessManager,
  QSsl,
  QSslConfiguration,
  QSslDiffieHellmanParameters,
  QSslEllipticCurve,
} from '../../../src/index.ts';
import { within } from '../../support/once.ts';
import { hello, request, serving, trusting } from './support.ts';

/** The content of an extension in a ClientHello (RFC 8446 4.1.2); empty when it is not there. */
function extensionIn(flight: Buffer, type: number): Buffer {
  let at = 5 + 4 + 2 + 32;
  at += 1 + flight[at]!;
  at += 2 + flight.readUInt16BE(at);
  at += 1 + flight[at]!;
  for (at += 2; at < flight.length; at += 4 + flight.readUInt16BE(at + 2))
    if (flight.readUInt16BE(at) === type) return flight.subarray(at + 4, at + 4 + flight.readUInt16BE(at + 2));
  return Buffer.alloc(0);
}

const numbersIn = (list: Buffer): number[] => Array.from({ length: list.length / 2 - 1 }, (_, i) => list.readUInt16BE(2 + 2 * i));
const GROUPS = 10;
const SIGNATURES = 13;
const VERSIONS = 43;
const X25519 = 29;
const P256 = 23;
const P384 = 24;

const changed = (change: (configuration: QSslConfiguration) => void): QSslConfiguration => {
  const configuration = trusting();
  change(configuration);
  return configuration;
};
const curves = (...names: string[]): QSslEllipticCurve[] => names.map((name) => QSslEllipticCurve.fromShortName(name));

describe('curves', () => {
  it('are offered in their order', async () => {
    const set = changed((c) => c.setEllipticCurves(curves('P-384', 'X25519')));
    expect(numbersIn(extensionIn(await hello(set), GROUPS))).toEqual([P384, X25519]);
    const unset = numbersIn(extensionIn(await hello(changed((c) => c.setEllipticCurves([]))), GROUPS));
    expect(unset).toEqual(expect.arrayContaining([X25519, P256, P384]));
  });

  it('decide whether there is a connection', async () => {
    await using server = await serving('good', [], { ecdhCurve: 'P-384' });
    await using manager = new QNetworkAccessManager();
    const got = async (...names: string[]): Promise<NetworkError> => {
      const reply = manager.get(
        request(
          server.url(),
          changed((c) => c.setEllipticCurves(curves(...names))),
        ),
      );
      return (await within(reply.whenFinished(), 'the end')).error();
    };
    expect(await got('X25519', 'P-384')).toBe(NetworkError.NoError);
    expect(await got('X25519')).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.requests).toHaveLength(1);
  });

  it('keep connections apart', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    for (const name of ['X25519', 'P-256', 'X25519']) {
      const wanted = changed((c) => c.setEllipticCurves(curves(name)));
      expect((await within(manager.get(request(server.url(), wanted)).whenFinished(), 'the end')).error()).toBe(0);
    }
    expect(server.accepted).toBe(2);
  });

  it('have the names of OpenSSL and of NIST', () => {
    const rows: [name: string, short: string, long: string, tls: boolean][] = [
      ['P-256', 'prime256v1', 'prime256v1', true],
      ['prime256v1', 'prime256v1', 'prime256v1', true],
      ['secp521r1', 'secp521r1', 'secp521r1', true],
      ['brainpoolP384r1', 'brainpoolP384r1', 'brainpoolP384r1', true],
      ['X25519', 'X25519', 'X25519', true],
      ['secp112r1', 'secp112r1', 'secp112r1', false],
      ['prime239v1', 'prime239v1', 'prime239v1', false],
      ['SM2', 'SM2', 'sm2', false],
      ['x25519', '', '', false],
      ['RSA', '', '', false],
      ['', '', '', false],
    ];
    for (const [name, short, long, tls] of rows) {
      const curve = QSslEllipticCurve.fromShortName(name);
      expect([curve.shortName(), curve.longName(), curve.isTlsNamedCurve(), curve.isValid()]).toEqual([
        short,
        long,
        tls,
        short !== '',
      ]);
      expect(QSslEllipticCurve.fromLongName(long).equals(curve)).toBe(true);
    }
    expect(QSslEllipticCurve.fromLongName('SM2').isValid()).toBe(false);
    expect(new QSslEllipticCurve().equals(QSslEllipticCurve.fromShortName('P-256'))).toBe(false);
  });

  it('can be set when TLS has a number for them', () => {
    const all = QSslConfiguration.supportedEllipticCurves();
    expect(all).toHaveLength(getCurves().length + 2);
    for (const curve of all.filter((one) => !/^sect/.test(one.shortName()))) {
      const set = (): void => new QSslConfiguration().setEllipticCurves([curve]);
      if (curve.isTlsNamedCurve()) expect(set).not.toThrow();
      else expect(set, curve.shortName()).toThrow(RangeError);
    }
  });
});

describe('commands for OpenSSL', () => {
  const told = async (name: string, value: string, type: number): Promise<Buffer> =>
    extensionIn(await hello(changed((c) => c.setBackendConfigurationOption(name, value))), type);

  it('are heard', async () => {
    expect(numbersIn(await told('SignatureAlgorithms', 'ECDSA+SHA256:RSA-PSS+SHA512', SIGNATURES))).toEqual([0x403, 0x806]);
    expect(numbersIn(await told('Groups', 'P-256', GROUPS))).toEqual([P256]);
    expect(numbersIn(await told('Curves', 'X25519:P-256', GROUPS))).toEqual([X25519, P256]);
    // a list of one octet's length, and a version of TLS 1.2 alone is not listed at all
    expect((await told('MinProtocol', 'TLSv1.3', VERSIONS)).toString('hex')).toBe('020304');
    expect((await told('MaxProtocol', 'TLSv1.2', VERSIONS)).toString('hex')).toBe('');
  });

  it('go before what was set otherwise', async () => {
    const configuration = changed((c) => {
      c.setBackendConfigurationOption('Groups', 'P-384');
      c.setEllipticCurves(curves('X25519'));
    });
    expect(numbersIn(extensionIn(await hello(configuration), GROUPS))).toEqual([P384]);
  });

  it('choose suites', async () => {
    await using server = await serving('good');
    await using manager = new QNetworkAccessManager();
    const cipher = async (...commands: [name: string, value: string][]): Promise<string> => {
      const reply = manager.get(
        request(
          server.url(),
          changed((c) => c.setBackendConfiguration(commands)),
        ),
      );
      await within(reply.whenFinished(), 'the end');
      return reply.sslConfiguration().sessionCipher().name();
    };
    expect(await cipher(['Ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'])).toBe('TLS_CHACHA20_POLY1305_SHA256');
    const older: [string, string] = ['CipherString', 'ECDHE-ECDSA-AES128-GCM-SHA256'];
    expect(await cipher(older, ['MaxProtocol', 'TLSv1.2'])).toBe(older[1]);
    // TLS 1.3 goes on with its own
    expect(await cipher(older)).toMatch(/^TLS_/);
  });
});

describe('Diffie-Hellman parameters', () => {
  const file = (name: string): Buffer =>
    readFileSync(fileURLToPath(new URL(`../../support/certs/dh/${name}.pem`, import.meta.url)));
  const derOf = (name: string): Buffer =>
    Buffer.from(
      file(name)
        .toString()
        .replace(/-----.*-----|\s/g, ''),
      'base64',
    );
  const { NoError, InvalidInputDataError, UnsafeParametersError } = QSslDiffieHellmanParameters;

  it('are checked', () => {
    const modified = derOf('modp2048');
    modified[40]! ^= 1;
    const rows: [what: string, parameters: QSslDiffieHellmanParameters, error: number][] = [
      ['a group of RFC 7919', QSslDiffieHellmanParameters.fromEncoded(file('ffdhe2048')), NoError],
      ['a group with its order', QSslDiffieHellmanParameters.fromEncoded(file('ordered')), NoError],
      ['512 bits', QSslDiffieHellmanParameters.fromEncoded(file('short')), UnsafeParametersError],
      ['no prime', QSslDiffieHellmanParameters.fromEncoded(modified, QSsl.Der), UnsafeParametersError],
      ['text', QSslDiffieHellmanParameters.fromEncoded('text'), InvalidInputDataError],
      ['nothing', QSslDiffieHellmanParameters.fromEncoded(null), InvalidInputDataError],
      ['half', QSslDiffieHellmanParameters.fromEncoded(derOf('modp2048').subarray(0, 200), QSsl.Der), InvalidInputDataError],
    ];
    for (const [what, parameters, error] of rows) {
      expect([parameters.error(), parameters.isValid(), parameters.isEmpty()], what).toEqual([error, error === NoError, false]);
      expect(parameters.errorString()).toMatch(error === NoError ? /^No error$/ : /Diffie-Hellman parameters/);
    }
  });

  it('are the same in PEM, in DER and from a device', () => {
    const device = new QBuffer(file('modp2048'));
    device.open(QIODevice.ReadOnly);
    const usual = QSslDiffieHellmanParameters.defaultParameters();
    const same = [
      QSslDiffieHellmanParameters.fromEncoded(file('modp2048')),
      QSslDiffieHellmanParameters.fromEncoded(derOf('modp2048'), QSsl.Der),
      QSslDiffieHellmanParameters.fromEncoded(device),
      new QSslDiffieHellmanParameters(usual),
    ];
    expect(same.map((one) => one.equals(usual))).toEqual([true, true, true, true]);
    expect(QSslDiffieHellmanParameters.fromEncoded(file('ffdhe2048')).equals(usual)).toBe(false);
  });

  it('are empty or the usual ones', () => {
    const empty = new QSslDiffieHellmanParameters();
    expect([empty.isEmpty(), empty.isValid(), empty.errorString()]).toEqual([true, true, 'No error']);
    const configuration = new QSslConfiguration();
    configuration.setDiffieHellmanParameters(QSslDiffieHellmanParameters.defaultParameters());
    expect(configuration.isNull()).toBe(true);
    const other = new QSslConfiguration();
    other.setDiffieHellmanParameters(QSslDiffieHellmanParameters.fromEncoded(file('ffdhe2048')));
    expect([other.isNull(), other.equals(configuration), other.equals(new QSslConfiguration(other))]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
