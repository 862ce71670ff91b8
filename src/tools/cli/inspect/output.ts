import { makePaint, type Paint } from '../bars.ts';
import { jsonLine, printable } from '../text.ts';
import { type Column, tableLines } from './table.ts';

/** The part of a stream that is needed here. */
interface Page {
  write(text: string | Uint8Array, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Writes for people, or for machines. Whatever text it is given, none of it steers the terminal. */
export class Output {
  private readonly page: Page;
  private readonly paint: Paint;

  constructor(page: Page, env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined }) {
    this.page = page;
    this.paint = makePaint(page.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb');
  }

  line(text: string): void {
    this.page.write(`${printable(text)}\n`);
  }

  /** A line beside the matter, such as a sum. */
  aside(text: string): void {
    this.page.write(`${this.paint.dim(printable(text))}\n`);
  }

  /** Columns below their heads. They fit a terminal; elsewhere nothing is cut. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const width = this.page.isTTY === true ? (this.page.columns ?? 80) : Number.POSITIVE_INFINITY;
    const [head = '', ...lines] = tableLines(columns, rows, width);
    this.page.write(`${[this.paint.dim(head), ...lines].join('\n')}\n`);
  }

  /** A title with named values below it. */
  record(title: string, fields: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...fields.map(([name]) => name.length));
    this.page.write(`${this.paint.cyan(printable(title))}\n`);
    for (const [name, value] of fields) this.page.write(`  ${this.paint.dim(name.padEnd(width))}  ${printable(value)}\n`);
  }

  /** A document for machines, on a line of its own. */
  json(document: unknown): void {
    this.page.write(`${jsonLine(document)}\n`);
  }

  /** As it is: what was asked for. Resolves when there is room for more; the memory is free by then. */
  raw(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.page.write(bytes, () => resolve());
    });
  }
}
