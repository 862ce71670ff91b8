/**
 * What can be wrong with a request, in words, and the one thing that puts it right. `{names}` in braces are filled in by whoever knows them;
 * in `code` they are literals of a program.
 */
export interface Advice {
  /** What is wrong, as a sentence without a full stop. */
  readonly what: string;
  /** What to do, in the imperative. */
  readonly fix: string;
  /** The same as a line of a program; absent where no program can help. */
  readonly code?: string;
  /** The same as an option of `qnam`; absent where none helps. */
  readonly option?: string;
}

type Known = Readonly<Record<string, string>>;

const NAMES = /\{([a-zA-Z]+)\}/g;

/** Puts what is known in the place of the names in braces; what is not known stands as three dots. */
export function fillIn(text: string, known: Known): string {
  return text.replace(NAMES, (_all, name: string) => known[name] || '…');
}

/** The same for a line that is to be copied: null when something is not known. Servers have said some of it, so it stays within its quotes. */
export function lineOf(line: string | undefined, known: Known): string | null {
  if (line === undefined) return null;
  let whole = true;
  const text = line.replace(NAMES, (_all, name: string) => {
    whole &&= (known[name] ?? '') !== '';
    return literal(known[name] ?? '');
  });
  return whole ? text : null;
}

function literal(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&');
  return escaped.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
