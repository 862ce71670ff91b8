import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The package kerberos as a module of a child process, where `.ci/run` has compiled it; null when it has not. */
export function kerberosPackage(): string | null {
  const tool = readFileSync(new URL('../../tools/kerberos/package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(tool) as { dependencies: { kerberos: string } };
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'qnetwork', 'kerberos', dependencies.kerberos, 'node_modules', 'kerberos');
  const built = existsSync(join(folder, 'build', 'Release', 'kerberos.node'));
  return built ? pathToFileURL(join(folder, 'lib', 'index.js')).href : null;
}
