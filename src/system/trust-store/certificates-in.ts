/** The certificates in PEM in texts, each once; what cannot be read is left out, since one of it would spoil a whole list for OpenSSL. */
export function certificatesIn(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [, body] of text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)) {
      const pem = pemOf(body!.replace(/\s/g, ''));
      if (!found.has(pem) && isCertificate(pem)) found.add(pem);
    }
  }
  return [...found];
}

/** A certificate in PEM, from DER in base64. */
export function pemOf(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function isCertificate(pem: string): boolean {
  try {
    return new (process.getBuiltinModule('node:crypto').X509Certificate)(pem) !== null;
  } catch {
    return false;
  }
}
