// netrc as curl reads it. It has no standard: the words are those of ftp(1); quotes, escapes and comments are curl's.

/** What stands behind one `machine` or `default`. The password is a secret. */
export interface NetrcEntry {
  /** In lower case; null = `default`, which is every machine that is not named before it. */
  readonly host: string | null;
  readonly user: string;
  readonly password: string;
}

export interface Netrc {
  /** In the order of the file. */
  readonly entries: readonly NetrcEntry[];
  /** Where the rest could not be read, and why; '' when all could. Repeats nothing of the file. */
  readonly problem: string;
}

interface Word {
  readonly text: string;
  /** In quotes it is nobody's keyword. */
  readonly quoted: boolean;
}

type Draft = { -readonly [K in keyof NetrcEntry]: NetrcEntry[K] };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const BLANK = ' \t\r';

/** Reads the text of a netrc file: `machine`, `default`, `login`, `password`, `account` and `macdef`. Words it does not know are passed over. */
export function readNetrc(text: string): Netrc {
  const entries: Draft[] = [];
  /** The keyword whose value comes next. */
  let awaits = '';
  let inMacro = false;
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    // a macro ends with an empty line
    if (inMacro && line.trim() !== '') continue;
    inMacro = false;
    const words = wordsOf(line);
    if (words === null) return { entries, problem: `line ${i + 1} has a quote that is not closed` };
    for (const { text, quoted } of words) {
      if (awaits !== '') {
        take(entries, awaits, text);
        awaits = '';
        continue;
      }
      const keyword = quoted ? '' : text.toLowerCase();
      if (keyword === 'macdef') {
        inMacro = true;
        break;
      }
      if (keyword === 'default') entries.push({ host: null, user: '', password: '' });
      else if (['machine', 'login', 'password', 'account'].includes(keyword)) awaits = keyword;
    }
  }
  return { entries, problem: '' };
}

/** The first entry for a host, which may stand in brackets; null = there is none, or it says nothing. */
export function netrcEntry({ entries }: Netrc, host: string): NetrcEntry | null {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  const entry = entries.find((one) => one.host === null || one.host === name);
  return entry === undefined || (entry.user === '' && entry.password === '') ? null : entry;
}

function take(entries: Draft[], keyword: string, value: string): void {
  if (keyword === 'machine') entries.push({ host: value.toLowerCase(), user: '', password: '' });
  const entry = entries.at(-1);
  if (entry === undefined) return;
  if (keyword === 'login') entry.user = value;
  if (keyword === 'password') entry.password = value;
}

/** The words of a line; null when a quote is not closed in it. */
function wordsOf(line: string): Word[] | null {
  const words: Word[] = [];
  for (let at = 0; ; ) {
    while (at < line.length && BLANK.includes(line[at]!)) at++;
    // a comment may begin where a word does
    if (at === line.length || line[at] === '#') return words;
    if (line[at] !== '"') {
      const start = at;
      while (at < line.length && !BLANK.includes(line[at]!)) at++;
      words.push({ text: line.slice(start, at), quoted: false });
      continue;
    }
    let text = '';
    for (at++; line[at] !== '"'; at++) {
      if (line[at] === '\\') text += ESCAPES[line[++at] ?? ''] ?? line[at] ?? '';
      else text += line[at] ?? '';
      if (at >= line.length) return null;
    }
    at++;
    words.push({ text, quoted: true });
  }
}
