// @ts-check
// A terminal's screen: as many of its control sequences as the programs of this project use.

/**
 * @typedef {{ colour: string, bold: boolean, dim: boolean }} Style
 * @typedef {{ char: string, style: Style }} Cell
 * @typedef {readonly (Cell | undefined)[]} Line
 */

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** @type {Style} */
const PLAIN = Object.freeze({ colour: '', bold: false, dim: false });

export class Screen {
  #columns;
  /** @type {(Cell | undefined)[][]} */
  #lines = [[]];
  #row = 0;
  #column = 0;
  #style = PLAIN;
  #wraps = true;
  /** The beginning of a sequence whose end has not come yet. */
  #rest = '';

  /** @param {number} columns */
  constructor(columns) {
    this.#columns = columns;
  }

  /** What is on the screen and above it now; a copy, without the empty lines at its end. @returns {Line[]} */
  lines() {
    const lines = this.#lines.map((line) => [...line]);
    while (lines.length > 0 && lines.at(-1)?.every((cell) => cell === undefined || cell.char === ' ')) lines.pop();
    return lines;
  }

  /** @param {string} text */
  write(text) {
    const all = this.#rest + text;
    this.#rest = '';
    for (let i = 0; i < all.length; ) {
      if (all[i] === '\x1b') {
        const sequence = /^\x1b\[([?]?)([\d;]*)([A-Za-z])/.exec(all.slice(i, i + 32));
        if (sequence === null) {
          if (all.length - i < 32) {
            this.#rest = all.slice(i);
            return;
          }
          throw new Error(`unknown control sequence ${JSON.stringify(all.slice(i, i + 8))}`);
        }
        this.#control(sequence[1] ?? '', (sequence[2] ?? '').split(';').map(Number), sequence[3] ?? '');
        i += sequence[0].length;
      } else {
        const char = String.fromCodePoint(all.codePointAt(i) ?? 32);
        this.#put(char);
        i += char.length;
      }
    }
  }

  /** @param {string} char */
  #put(char) {
    if (char === '\r') this.#column = 0;
    else if (char === '\n') this.#down();
    else {
      if (this.#column === this.#columns) {
        if (this.#wraps) {
          this.#down();
          this.#column = 0;
        } else this.#column--;
      }
      this.#line()[this.#column++] = { char, style: this.#style };
    }
  }

  #down() {
    this.#row++;
    this.#line();
  }

  #line() {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return /** @type {(Cell | undefined)[]} */ (this.#lines[this.#row]);
  }

  /** @param {string} prefix @param {readonly number[]} numbers @param {string} letter */
  #control(prefix, numbers, letter) {
    const [first = 0] = numbers;
    if (prefix === '?') {
      if (first === 7) this.#wraps = letter === 'h';
    } else if (letter === 'm') for (const number of numbers) this.#paint(number);
    else if (letter === 'A') this.#row = Math.max(0, this.#row - Math.max(1, first));
    else if (letter === 'K') this.#line().length = Math.min(this.#line().length, this.#column);
    else if (letter === 'J') {
      this.#line().length = Math.min(this.#line().length, this.#column);
      this.#lines.length = this.#row + 1;
    } else throw new Error(`unknown control sequence ESC [ ${prefix}${numbers.join(';')} ${letter}`);
  }

  /** @param {number} number */
  #paint(number) {
    if (number === 0) this.#style = PLAIN;
    else if (number === 1) this.#style = { ...this.#style, bold: true };
    else if (number === 2) this.#style = { ...this.#style, dim: true };
    else if (number === 22) this.#style = { ...this.#style, bold: false, dim: false };
    else if (number >= 30 && number <= 37) this.#style = { ...this.#style, colour: COLOURS[number - 30] ?? '' };
    else if (number === 39) this.#style = { ...this.#style, colour: '' };
    else throw new Error(`unknown colour ${number}`);
  }
}
