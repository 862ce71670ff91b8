/**
 * Request fields that are known to carry credentials. They stay with the origin they were given for, and tools do not show them.
 * RFC 9110 11.6.2, RFC 6265, and the names that the interfaces of large services use for their keys.
 */
const KNOWN: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'api-key',
  'apikey',
  'circle-token',
  'dd-api-key',
  'dd-application-key',
  'deploy-token',
  'job-token',
  'ocp-apim-subscription-key',
  'private-token',
  'x-access-token',
  'x-amz-security-token',
  'x-api-key',
  'x-api-token',
  'x-apikey',
  'x-auth-key',
  'x-auth-token',
  'x-authorization',
  'x-consul-token',
  'x-csrf-token',
  'x-csrftoken',
  'x-figma-token',
  'x-functions-key',
  'x-goog-api-key',
  'x-honeycomb-team',
  'x-jfrog-art-api',
  'x-plex-token',
  'x-rapidapi-key',
  'x-session-token',
  'x-shopify-access-token',
  'x-subscription-token',
  'x-token',
  'x-vault-token',
  'x-xsrf-token',
  'xi-api-key',
]);

/** True for a field that must not be seen by others; `own` are names, in lower case, that the caller called secret. */
export function isSecretHeader(name: string, own: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return KNOWN.has(lower) || own.includes(lower);
}
