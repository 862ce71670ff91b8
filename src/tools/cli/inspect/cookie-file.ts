import { type Stats, statSync } from 'node:fs';
import type { Clock } from '../../../contract/clock.ts';
import type { Cookie } from '../../../contract/cookie.ts';
import { cookieFileText, cookiesInFile } from '../../../rules/cookies/cookie-file.ts';
import { cookieKey } from '../../../rules/cookies/made-cookie.ts';
import { MOST_BYTES } from '../../../stores/cookies/cookie-file-store.ts';
import { SharedFile } from '../../../stores/shared-file.ts';
import { LocalFileError } from '../local-file.ts';

const FOREIGN = { message: 'it is no file of cookies that this version can read' };

/** The cookies of a jar's file that have not expired. Throws a LocalFileError when it is missing, or something else. */
export function cookiesOf(path: string, clock: Clock): Cookie[] {
  check(path, false);
  return tried('read', path, () => living(path, new SharedFile(path, MOST_BYTES, clock).read(), clock));
}

/**
 * Puts what `change` makes of the cookies in their place; of those with one name, domain and path the last stays. `makes` allows that there
 * is no file yet. Rejects with a LocalFileError.
 */
export async function changeCookies(
  path: string,
  clock: Clock,
  change: (cookies: readonly Cookie[]) => readonly Cookie[],
  makes = false,
): Promise<void> {
  check(path, makes);
  const file = new SharedFile(path, MOST_BYTES, clock);
  await file
    .replace((text) => {
      const byKey = new Map(change(living(path, text, clock)).map((cookie) => [cookieKey(cookie), cookie]));
      return cookieFileText(byKey.values());
    })
    .catch((problem: unknown) => {
      throw told('write', path, problem);
    });
}

function living(path: string, text: string, clock: Clock): Cookie[] {
  const cookies = cookiesInFile(text);
  if (cookies === null)
    throw new LocalFileError('read', path, FOREIGN, 'cookies of other programs: qnam cookies import FILE FROM');
  return cookies.filter(({ expires }) => expires > clock.wall());
}

/** A shared file takes what it must not read for an empty one. */
function check(path: string, mayMiss: boolean): void {
  const found = tried('read', path, (): Stats | undefined => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) {
    if (mayMiss) return;
    throw new LocalFileError('read', path, { code: 'ENOENT' }, 'qnam get --cookie-jar FILE and qnam cookies import make one');
  }
  if (found.isDirectory()) throw new LocalFileError('read', path, { code: 'EISDIR' });
  if (!found.isFile() || found.size > MOST_BYTES) throw new LocalFileError('read', path, FOREIGN);
}

function tried<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (problem) {
    throw told(action, path, problem);
  }
}

function told(action: string, path: string, problem: unknown): LocalFileError {
  return problem instanceof LocalFileError ? problem : new LocalFileError(action, path, problem);
}
