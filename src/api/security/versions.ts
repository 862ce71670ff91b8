import type { TlsVersion } from '../../contract/security.ts';
import { QSsl } from './qssl.ts';

type Range = readonly [lowest: TlsVersion, highest: TlsVersion];

/** OpenSSL's names for what may be spoken. */
const RANGES: Readonly<Record<number, Range>> = {
  [QSsl.TlsV1_0]: ['TLSv1', 'TLSv1'],
  [QSsl.TlsV1_1]: ['TLSv1.1', 'TLSv1.1'],
  [QSsl.TlsV1_2]: ['TLSv1.2', 'TLSv1.2'],
  [QSsl.TlsV1_3]: ['TLSv1.3', 'TLSv1.3'],
  [QSsl.AnyProtocol]: ['TLSv1', 'TLSv1.3'],
  [QSsl.TlsV1_0OrLater]: ['TLSv1', 'TLSv1.3'],
  [QSsl.TlsV1_1OrLater]: ['TLSv1.1', 'TLSv1.3'],
  [QSsl.TlsV1_2OrLater]: ['TLSv1.2', 'TLSv1.3'],
  [QSsl.TlsV1_3OrLater]: ['TLSv1.3', 'TLSv1.3'],
  [QSsl.SecureProtocols]: ['TLSv1.2', 'TLSv1.3'],
};

/** Whether there is a way to speak it. */
export function isSpoken(protocol: QSsl.SslProtocol): boolean {
  return typeof protocol === 'number' && RANGES[protocol] !== undefined;
}

/** The versions that a number of QSsl.SslProtocol stands for. */
export function versionsOf(protocol: QSsl.SslProtocol): Range {
  return RANGES[protocol]!;
}
