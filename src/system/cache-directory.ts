/** What of the machine decides where a user's caches are. */
export interface CachePlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** '' when it is not known. */
  readonly home: string;
}

/** The folder of this user for what programs could do without, `qnetwork` in it; without a home the working directory (as Qt). */
export function cacheDirectory({ platform, env, home }: CachePlace = here()): string {
  const { join, isAbsolute } = process.getBuiltinModule('node:path');
  const said = platform === 'win32' ? env['LOCALAPPDATA'] : platform === 'darwin' ? undefined : env['XDG_CACHE_HOME'];
  // XDG Base Directory Specification: a relative path is to be ignored
  if (said !== undefined && isAbsolute(said)) return join(said, 'qnetwork');
  if (home === '') return '.';
  const usual: Partial<Record<NodeJS.Platform, string>> = { win32: 'AppData/Local', darwin: 'Library/Caches' };
  return join(home, usual[platform] ?? '.cache', 'qnetwork');
}

function here(): CachePlace {
  const { platform, env } = process;
  return { platform, env, home: process.getBuiltinModule('node:os').homedir() };
}
