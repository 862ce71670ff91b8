import type { PinRule } from '../../contract/security.ts';
import { appendingTo } from '../../stores/key-log.ts';
import { fileBytes } from './certificate-files.ts';
import { readPins } from './pinned-keys.ts';
import { QSsl } from './qssl.ts';
import { QSslCertificate } from './qsslcertificate.ts';
import type { CaCertificateInit, CaCertificatesInit, TrustOptions } from './trust-options.ts';

/** The options, checked and ready. */
export interface TrustSettings {
  readonly system: boolean;
  /** In PEM. */
  readonly extra: readonly string[];
  /** null = nothing is said. */
  readonly pins: readonly PinRule[] | null;
  readonly fetchIntermediates: boolean;
  readonly keyLog: ((line: string) => void) | null;
}

export const NO_TRUST: TrustSettings = Object.freeze({
  system: false,
  extra: Object.freeze([]),
  pins: null,
  fetchIntermediates: false,
  keyLog: null,
});

const KNOWN: ReadonlySet<string> = new Set<keyof TrustOptions>([
  ...(['trust', 'extraCaCertificates', 'pinnedPublicKeys', 'fetchIntermediates', 'keyLog'] as const),
]);

/** Those of the options of a manager; `others` are read elsewhere. Throws a TypeError that names the one that cannot be used. */
export function trustSettings(options: TrustOptions, others: readonly string[] = []): TrustSettings {
  if (typeof options !== 'object')
    throw new TypeError(`QNetworkAccessManager expects a parent and options; got ${typeof options}.`);
  const where = 'QNetworkAccessManager option';
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name) && !others.includes(name))
      throw new TypeError(`Unknown ${where} "${name}"; the options are ${[...KNOWN, ...others].join(', ')}.`);
  }
  const { trust = 'node', extraCaCertificates: extra, pinnedPublicKeys: pins, fetchIntermediates = false, keyLog } = options;
  if (trust !== 'node' && trust !== 'system')
    throw new TypeError(`${where} trust expects 'node' or 'system'; got ${String(trust)}.`);
  if (typeof fetchIntermediates !== 'boolean')
    throw new TypeError(`${where} fetchIntermediates expects true or false; got ${String(fetchIntermediates)}.`);
  const settings: TrustSettings = {
    system: trust === 'system',
    extra: extra === undefined ? [] : readExtra(extra, `${where} extraCaCertificates`),
    pins: pins === undefined ? null : readPins(pins, `${where} pinnedPublicKeys`),
    fetchIntermediates,
    keyLog: keyLog === undefined ? null : readKeyLog(keyLog, `${where} keyLog`),
  };
  return saysNothing(settings) ? NO_TRUST : settings;
}

function saysNothing({ system, extra, pins, fetchIntermediates, keyLog }: TrustSettings): boolean {
  return !system && extra.length === 0 && pins === null && !fetchIntermediates && keyLog === null;
}

/** Authorities in PEM. Throws a TypeError when there is nothing in what is given. */
export function readExtra(init: CaCertificatesInit, where: string): string[] {
  const list =
    typeof init === 'object' && init !== null && !isOne(init) && Symbol.iterator in init
      ? [...init]
      : [init as CaCertificateInit];
  return list.flatMap((one) => certificatesIn(one, where).map((certificate) => certificate.toPem().toString()));
}

function isOne(init: object): init is QSslCertificate | Uint8Array {
  return init instanceof QSslCertificate || init instanceof Uint8Array;
}

const PEM = '-----BEGIN';

function certificatesIn(init: CaCertificateInit, where: string): QSslCertificate[] {
  if (init instanceof QSslCertificate) {
    if (init.isNull()) throw new TypeError(`${where} expects certificates; one of them is null.`);
    return [init];
  }
  if (typeof init !== 'string' && !(init instanceof Uint8Array))
    throw new TypeError(`${where} expects certificates, PEM or paths of PEM files; got ${typeof init}.`);
  const isPath = typeof init === 'string' && !init.includes(PEM);
  const bytes = isPath ? fileBytes(init) : typeof init === 'string' ? Buffer.from(init, 'latin1') : init;
  if (bytes === null) throw new TypeError(`${where}: the file '${String(init)}' cannot be read.`);
  const format = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(PEM) ? QSsl.Pem : QSsl.Der;
  const found = QSslCertificate.fromData(bytes, format);
  if (found.length === 0)
    throw new TypeError(`${where}: ${isPath ? `the file '${init}'` : 'what is given'} has no certificate in it.`);
  return found;
}

function readKeyLog(init: NonNullable<TrustOptions['keyLog']>, where: string): TrustSettings['keyLog'] {
  if (typeof init === 'function') return init;
  const path = init === true ? (process.env['SSLKEYLOGFILE'] ?? '') : init;
  if (typeof path !== 'string' || (path === '' && init !== true))
    throw new TypeError(`${where} expects the path of a file, true or a function; got ${path === '' ? "''" : typeof init}.`);
  return path === '' ? null : appendingTo(path);
}

/** What a request says, made once for requests that say the same: options are given anew with every request. */
const said = new Map<string, TrustSettings>();
const MOST_SAID = 64;

/** What is said together with what was said before. */
export function saying(before: TrustSettings, more: Pick<Partial<TrustSettings>, 'extra' | 'pins'>): TrustSettings {
  const settings = { ...before, ...more };
  const key = JSON.stringify([settings.extra, settings.pins]);
  const known = said.get(key);
  if (known !== undefined) return known;
  if (said.size >= MOST_SAID) said.delete(said.keys().next().value!);
  said.set(key, settings);
  return settings;
}

/** Made once for each manager and all requests that say the same. */
const both = new WeakMap<TrustSettings, WeakMap<TrustSettings, TrustSettings>>();

/** What a manager and a request of it say together. */
export function bothTrusts(manager: TrustSettings, request: TrustSettings): TrustSettings {
  if (request === NO_TRUST) return manager;
  if (manager === NO_TRUST) return request;
  const made = both.get(manager) ?? new WeakMap<TrustSettings, TrustSettings>();
  both.set(manager, made);
  const known = made.get(request);
  if (known !== undefined) return known;
  const together = { ...manager, extra: [...manager.extra, ...request.extra], pins: request.pins ?? manager.pins };
  made.set(request, together);
  return together;
}

/** True when both say the same. */
export function sameTrust(a: TrustSettings, b: TrustSettings): boolean {
  return a === b || JSON.stringify([a.extra, a.pins]) === JSON.stringify([b.extra, b.pins]);
}
