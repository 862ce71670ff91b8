import { certificatesIn } from './certificates-in.ts';
import type { Machine } from './machine.ts';
import { type Listed, readPropertyList } from './property-list.ts';

const SECURITY = '/usr/bin/security';
/** What Apple trusts. */
const ROOTS = '/System/Library/Keychains/SystemRootCertificates.keychain';
/** What administrators have added; without a path those of the user. */
const SYSTEM = '/Library/Keychains/System.keychain';

/** Texts with certificates, on macOS: those of Apple unless denied; of those in other keychains the ones that are marked as trusted. */
export function keychainsTrusted(machine: Machine): string[] {
  const list = (...keychain: string[]): string[] =>
    certificatesIn([machine.output(SECURITY, ['find-certificate', '-a', '-p', ...keychain])]);
  // the settings of the user go before those of administrators
  const settings = [['-d'], []].map((domain) => machine.output(SECURITY, ['trust-settings-export', ...domain, '/dev/stdout']));
  const decided = new Map(settings.flatMap((text) => [...trustSettings(text)]));
  const own = new Set([...list(SYSTEM), ...list()]);
  const roots = list(ROOTS).filter((pem) => decided.get(fingerprint(pem)) !== 'deny');
  return [...roots, ...[...own].filter((pem) => decided.get(fingerprint(pem)) === 'trust')];
}

/** The SHA-1 digest in hex, upper case, as the settings have it. */
function fingerprint(pem: string): string {
  return new (process.getBuiltinModule('node:crypto').X509Certificate)(pem).fingerprint.replaceAll(':', '');
}

type Decision = 'trust' | 'deny';

const POLICY = 'kSecTrustSettingsPolicyName';
/** What settings may depend on that we do not know. */
const UNKNOWN = ['kSecTrustSettingsApplication', 'kSecTrustSettingsPolicyString'];
const RESULT = 'kSecTrustSettingsResult';
const TRUST_ROOT = 1;
const TRUST_AS_ROOT = 2;
const DENY = 3;

/** What an export of trust settings says about TLS servers, by fingerprint. */
export function trustSettings(text: string): Map<string, Decision> {
  const decided = new Map<string, Decision>();
  const whole = readPropertyList(text);
  const list = whole instanceof Map ? whole.get('trustList') : undefined;
  if (!(list instanceof Map)) return decided;
  for (const [print, entry] of list) {
    const settings = entry instanceof Map ? (entry.get('trustSettings') ?? []) : null;
    const decision = Array.isArray(settings) ? decisionOf(settings) : null;
    if (decision !== null) decided.set(print.toUpperCase(), decision);
  }
  return decided;
}

function decisionOf(settings: readonly Listed[]): Decision | null {
  // none at all: trusted for everything
  if (settings.length === 0) return 'trust';
  const results = settings.filter(isAboutServers).map((one) => (one as Map<string, Listed>).get(RESULT) ?? TRUST_ROOT);
  if (results.includes(DENY)) return 'deny';
  return results.includes(TRUST_ROOT) || results.includes(TRUST_AS_ROOT) ? 'trust' : null;
}

function isAboutServers(setting: Listed): boolean {
  if (!(setting instanceof Map) || UNKNOWN.some((name) => setting.has(name))) return false;
  const policy = setting.get(POLICY);
  return policy === undefined ? !setting.has('kSecTrustSettingsPolicy') : policy === 'sslServer';
}
