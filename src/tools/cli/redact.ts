import { HIDDEN } from '../../base/redaction.ts';

export { hideInHeader as redactHeader } from '../../base/redaction.ts';

/** A URL without its user information: a token is often the name and not the password. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${HIDDEN}@`);
}
