import type { Cookie } from '../../../contract/cookie.ts';
import { cookiesInFile } from '../../../rules/cookies/cookie-file.ts';
import { cookiesInNetscape } from '../../../rules/cookies/netscape.ts';
import { cookiesInState } from '../../../rules/cookies/storage-state.ts';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';

/** How other programs write cookies. */
export type CookieFormat = 'netscape' | 'playwright';

/** What `--format` says; undefined when it says nothing. */
export function formatOf(word: string | undefined): CookieFormat | undefined {
  if (word === undefined || word === 'netscape' || word === 'playwright') return word;
  throw new UsageError(`--format is netscape or playwright, not '${word}'`);
}

/** The cookies of a file of another program; without a format it is told by how the text begins. Throws a LocalFileError for other files. */
export function cookiesFrom(bytes: Uint8Array, path: string, format: CookieFormat | undefined): Cookie[] {
  const text = Buffer.from(bytes).toString('utf8');
  const kind = format ?? (/^\ufeff?\s*\{/.test(text) ? 'playwright' : 'netscape');
  const cookies = kind === 'playwright' ? ofState(text, path) : ofNetscape(Buffer.from(bytes).toString('latin1'));
  if (cookies !== null) return cookies;
  const what = kind === 'playwright' ? 'no storage state of Playwright' : 'no Netscape cookie file';
  throw new LocalFileError('use', path, { message: `it is ${what}` }, 'name what it is with --format netscape or playwright');
}

function ofState(text: string, path: string): Cookie[] | null {
  // a jar's own file has cookies, too, and counts other seconds
  if (cookiesInFile(text) !== null) {
    const way = `qnam cookies export ${path} | qnam cookies import FILE -`;
    throw new LocalFileError('import', path, { message: 'it is a cookie jar of its own, which import would misread' }, way);
  }
  try {
    return cookiesInState(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch {
    return null;
  }
}

/** A line of seven fields, or a title, makes it one: all else is passed over by those who read such files. */
function ofNetscape(text: string): Cookie[] | null {
  const isOne = text.trim() === '' || /^# (?:Netscape )?HTTP Cookie File/m.test(text) || /^(?:[^\t\r\n]*\t){5}/m.test(text);
  return isOne ? cookiesInNetscape(text) : null;
}
