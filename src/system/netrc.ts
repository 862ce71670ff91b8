import type { Credentials } from '../contract/auth.ts';
import { type Netrc, netrcEntry, readNetrc } from '../rules/auth/netrc.ts';

/** More than that is no netrc. */
const MOST = 1 << 20;

/**
 * Looks names and passwords up in a netrc file by host. The file is read when it is first asked for, and again after it has changed; one
 * that does not exist knows nobody. Asking throws what the system says to a file that may not be read, and an Error that names the
 * place when a file makes no sense. `path` '' = the file of this user: `NETRC`, else `.netrc` at home (`_netrc` on Windows, if there is no
 * `.netrc`).
 */
export function netrcCredentials(path = ''): (host: string) => Credentials | null {
  let file = '';
  let stamp = '';
  let known: Netrc = { entries: [], problem: '' };
  return (host) => {
    file ||= path || usersNetrc();
    const found = stampOf(file);
    if (found === '') return null;
    if (found !== stamp) {
      known = read(file);
      stamp = found;
    }
    const entry = netrcEntry(known, host);
    return entry === null ? null : { user: entry.user, password: entry.password, domain: '' };
  };
}

function read(file: string): Netrc {
  const netrc = readNetrc(process.getBuiltinModule('node:fs').readFileSync(file, 'utf8'));
  if (netrc.problem !== '') throw new Error(`${file}: ${netrc.problem}`);
  return netrc;
}

/** What changes when the file does; '' when there is none. */
function stampOf(file: string): string {
  const found = process.getBuiltinModule('node:fs').statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return '';
  // a pipe would never end
  if (!found.isFile() || found.size > MOST) throw new Error(`${file} is no netrc: it is not a file of at most ${MOST} bytes`);
  return `${found.mtimeMs} ${found.size} ${found.ino}`;
}

/** What of the machine decides where a user's netrc is. */
export interface NetrcPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly exists: (path: string) => boolean;
}

/** The netrc of this user, whether there is one or not. */
export function usersNetrc({ platform, env, home, exists }: NetrcPlace = here()): string {
  const said = env['NETRC'] ?? '';
  if (said !== '') return said;
  const usual = process.getBuiltinModule('node:path').join(home, '.netrc');
  return platform === 'win32' && !exists(usual) ? usual.replace(/\.netrc$/, '_netrc') : usual;
}

function here(): NetrcPlace {
  const { platform, env } = process;
  return {
    platform,
    env,
    home: process.getBuiltinModule('node:os').homedir(),
    exists: process.getBuiltinModule('node:fs').existsSync,
  };
}
