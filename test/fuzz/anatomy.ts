/**
 * Takes the text of an answer apart without our parser, which it helps to judge: plain string work, as loose as it can be, because
 * only answers come here that one of two parsers has read.
 */
export interface Anatomy {
  /** Heads of the interim answers and of the final one. */
  readonly heads: readonly HeadText[];
  /** What stands behind the last head. */
  readonly body: string;
}

export interface HeadText {
  /** Empty lines in front. */
  readonly blanks: string;
  /** The head as it stands, with its blank line. */
  readonly text: string;
  readonly statusLine: string;
  /** Field lines without their line ends; folded ones are still several. */
  readonly lines: readonly string[];
}

export function anatomy(text: string): Anatomy {
  const heads: HeadText[] = [];
  let rest = text;
  for (;;) {
    const blanks = /^[\r\n]*/.exec(rest)![0];
    const behind = rest.slice(blanks.length);
    const end = /\r?\n\r?\n/.exec(behind);
    if (end === null) return { heads, body: rest };
    const head = behind.slice(0, end.index + end[0].length);
    const [statusLine = '', ...lines] = head.split(/\r?\n/).slice(0, -2);
    heads.push({ blanks, text: head, statusLine, lines });
    rest = behind.slice(head.length);
    if (!/^HTTP\/1\.[01] 1(?!01)/.test(statusLine)) return { heads, body: rest };
  }
}

/** Values of a field in a head, without white space around. */
export function valuesOf(head: HeadText | undefined, name: string): string[] {
  const prefix = `${name.toLowerCase()}:`;
  return unfolded(head?.lines ?? [])
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => trimmed(line.slice(prefix.length)));
}

/** Items of a list field in a head. */
export function itemsOf(head: HeadText | undefined, name: string): string[] {
  return valuesOf(head, name).flatMap((value) => value.split(',').map(trimmed));
}

/** Joins lines that start with white space to the ones before. */
export function unfolded(lines: readonly string[]): string[] {
  const fields: string[] = [];
  for (const line of lines) {
    if (!/^[ \t]/.test(line) || fields.length === 0) fields.push(line);
    else fields.push(`${fields.pop()!.replace(/[ \t]+$/, '')} ${line.replace(/^[ \t]+/, '')}`);
  }
  return fields;
}

export function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
