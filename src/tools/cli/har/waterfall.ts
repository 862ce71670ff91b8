import type { HarEntry, HarTimings } from '../../har/format.ts';

/** The phases in their order, and how each is drawn. `connect` has `ssl` in it. */
const DRAWN: readonly (readonly [keyof HarTimings & ('blocked' | 'dns' | 'connect' | 'send' | 'wait' | 'receive'), string])[] = [
  ['blocked', '·'],
  ['dns', '-'],
  ['connect', '-'],
  ['send', '='],
  ['wait', '='],
  ['receive', '#'],
];

/** A request as a line of `width` letters, of which each stands for a part of `whole` milliseconds; it began `start` milliseconds after the first. */
export function waterfall({ timings, time }: HarEntry, start: number, whole: number, width: number): string {
  const column = (milliseconds: number): number => (whole > 0 ? Math.min(width, Math.floor((milliseconds / whole) * width)) : 0);
  const line: string[] = new Array<string>(width).fill(' ');
  let at = start;
  for (const [phase, letter] of DRAWN) {
    const took = Math.max(0, timings?.[phase] ?? 0);
    for (let i = column(at); i < column(at + took); i++) line[i] = letter;
    at += took;
  }
  // what is shorter than a letter is seen as well
  const first = Math.min(width - 1, column(start));
  if (line[first] === ' ') line[first] = (time ?? 0) > 0 ? '|' : '.';
  return line.join('').trimEnd();
}
