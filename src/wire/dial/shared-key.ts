import type { SecureInfo, SharedKey } from '../../contract/security.ts';

/** What a connection remembers of the key that opened it. */
export function rememberKey(hint: string, { identity, key }: SharedKey): NonNullable<SecureInfo['sharedKey']> {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  return { hint, digest: hash.update(`${identity.length} ${identity}`).update(key).digest('base64') };
}

/** Whether `shared` would have opened it, too. */
export function isSameKey(remembered: NonNullable<SecureInfo['sharedKey']>, shared: SharedKey | null): boolean {
  return shared !== null && rememberKey(remembered.hint, shared).digest === remembered.digest;
}
