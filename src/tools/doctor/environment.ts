/** Why what NODE_EXTRA_CA_CERTS names cannot be read; null = it can, or nothing is named. Node.js warns of it once, when it starts. */
export function authoritiesProblem(): { file: string; detail: string } | null {
  const file = process.env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (file === '') return null;
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(file, 'latin1');
    return text.includes('-----BEGIN CERTIFICATE-----') ? null : { file, detail: 'there is no certificate in PEM in it' };
  } catch (error) {
    return { file, detail: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
