import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is, or null. Debian keeps servers in /usr/sbin, which is not on everybody's PATH. */
export function program(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not here
    }
  }
  return null;
}

/**
 * The title of tests that need a program: says why they are skipped when it is missing. A package that is not called like its program is
 * written `package=program`.
 */
export function needing(title: string, ...packages: readonly string[]): string {
  const missing = packages.map((one) => one.split('=')).filter(([name, command]) => program(command ?? name!) === null);
  const names = missing.map(([name]) => name).join(' ');
  return missing.length === 0 ? title : `${title} (skipped: not installed; on Debian: apt-get install ${names})`;
}
