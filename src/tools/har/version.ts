/** The version of the package this file belongs to: in dist as shipped, in src/tools/har as written. */
export function version(): string {
  const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
  for (const up of ['../', '../../../']) {
    const file = new URL(`${up}package.json`, import.meta.url);
    if (existsSync(file)) return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version);
  }
  return 'unknown';
}
