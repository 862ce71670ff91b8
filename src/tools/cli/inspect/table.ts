import { printable, shorten } from '../text.ts';

export interface Column {
  readonly head: string;
  readonly right?: true;
  /** May be cut down to so many letters where the line is too long; absent = never. */
  readonly shrinks?: number;
}

const GAP = 2;

/** Rows in columns below a line of heads, none longer than `width` as far as columns may shrink. Nothing in them steers a terminal. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = rows.map((row) => row.map(printable));
  // one by one: there may be more rows than a call takes arguments
  const widths = columns.map(({ head }, i) => cells.reduce((most, row) => Math.max(most, letters(row[i]!)), head.length));
  shrink(widths, columns, width);
  const line = (row: readonly string[]): string =>
    columns
      .map(({ right }, i) => {
        const text = shorten(row[i]!, widths[i]!);
        const padding = ' '.repeat(widths[i]! - letters(text));
        return right ? padding + text : text + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [columns.map(({ head }) => head), ...cells].map(line);
}

/** Takes letters from the widest column that has some to give, until the line fits. */
function shrink(widths: number[], columns: readonly Column[], width: number): void {
  let over = widths.reduce((sum, each) => sum + each + GAP, -GAP) - width;
  while (over > 0) {
    let widest = -1;
    for (const [i, { shrinks }] of columns.entries()) {
      if (shrinks !== undefined && widths[i]! > shrinks && (widest < 0 || widths[i]! > widths[widest]!)) widest = i;
    }
    if (widest < 0) return;
    widths[widest]!--;
    over--;
  }
}

function letters(text: string): number {
  return [...text].length;
}
