import { closeSync, openSync, readFileSync } from 'node:fs';
import type * as Api from '../../index.ts';
import type { TlsPlan } from './args.ts';
import { LocalFileError } from './local-file.ts';

/** A manager that speaks TLS as it was told. Throws a LocalFileError when a file cannot be used. */
export function managerFor(api: typeof Api, { caFile, systemTrust, keyLog }: TlsPlan): Api.QNetworkAccessManager {
  const options: Api.ManagerOptions = {};
  if (systemTrust) options.trust = 'system';
  if (caFile !== undefined) options.extraCaCertificates = authorities(api, caFile);
  if (keyLog !== undefined) options.keyLog = writable(keyLog);
  return new api.QNetworkAccessManager(options);
}

function authorities(api: typeof Api, path: string): Api.QSslCertificate[] {
  let found: Api.QSslCertificate[];
  try {
    found = api.QSslCertificate.fromData(readFileSync(path));
  } catch (problem) {
    throw new LocalFileError('read', path, problem);
  }
  if (found.length === 0) throw new LocalFileError('use', path, { message: 'there is no certificate in PEM in it' });
  return found;
}

/** The library fails no request for a log; who names one here wants to hear that it cannot be written. */
function writable(path: string): string {
  try {
    closeSync(openSync(path, 'a', 0o600));
    return path;
  } catch (problem) {
    throw new LocalFileError('write', path, problem);
  }
}
