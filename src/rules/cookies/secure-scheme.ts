/** Schemes that denote a secure protocol (RFC 6265bis 5.7 step 13 and 5.8.3). */
export function isSecureScheme(scheme: string): boolean {
  return scheme === 'https' || scheme === 'wss';
}
