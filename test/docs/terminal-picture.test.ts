import { expect, test } from 'vitest';
import { type Line, Screen } from '../../scripts/house/screen.mjs';
import { svg } from '../../scripts/house/screen-svg.mjs';

const textOf = (lines: readonly Line[]) => lines.map((line) => Array.from(line, (cell) => cell?.char ?? ' ').join(''));

function shown(...pieces: string[]): string[] {
  const screen = new Screen(10);
  for (const piece of pieces) screen.write(piece);
  return textOf(screen.lines());
}

test.each([
  ['lines', ['one\r\ntwo\r\n'], ['one', 'two']],
  ['drawing over', ['one\r\ntwo\r\n\x1b[2A\rONE\x1b[K\n'], ['ONE', 'two']],
  ['erasing to the end of the line', ['something\r\x1b[K\rno'], ['no']],
  ['erasing below', ['a\r\nb\r\nc\x1b[2A\r\x1b[J'], []],
  ['wrapping', ['0123456789ab'], ['0123456789', 'ab']],
  ['no wrapping', ['\x1b[?7l0123456789ab'], ['012345678b']],
  ['a sequence in two pieces', ['a\x1b[3', '1mb'], ['ab']],
])('%s', (_what, pieces, lines) => {
  expect(shown(...pieces)).toEqual(lines);
});

test('what it does not know it does not draw wrongly', () => {
  expect(() => shown('\x1b[5;5Hx')).toThrow('unknown control sequence ESC [ 5;5 H');
});

test('colours come and go', () => {
  const screen = new Screen(10);
  screen.write('\x1b[31ma\x1b[39m\x1b[1mb\x1b[22m\x1b[2mc\x1b[22md');
  expect(screen.lines()[0]?.map((cell) => cell?.style)).toEqual([
    { colour: 'red', bold: false, dim: false },
    { colour: '', bold: true, dim: false },
    { colour: '', bold: false, dim: true },
    { colour: '', bold: false, dim: false },
  ]);
});

test('a picture: words are text, bars are drawn', () => {
  const screen = new Screen(20);
  screen.write('\x1b[32m━━━━\x1b[39m a <b>');
  const picture = svg([{ title: 'one & two', lines: screen.lines() }], 20);
  expect(picture).toMatch(/^<svg [^>]*viewBox="0 0 192 \d+"/);
  expect(picture).toContain('one &amp; two</text>');
  expect(picture).toMatch(/<rect x="16" [^>]*width="32" height="3\.6" fill="#7ee787"\/>/);
  expect(picture).toMatch(/<text x="56" [^>]*textLength="40">a &lt;b&gt;<\/text>/);
});
