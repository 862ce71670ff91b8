import type { Har } from './format.ts';

const MARGIN = '      ';
/** It is found once: within a string of JSON no line begins. */
const NO_ENTRIES = '\n    "entries": []';

/** A HAR as the text of its file, entry by entry: all of it may be longer than a string can be. */
export function* textOf({ log }: Har): Generator<string> {
  const { entries } = log;
  const frame = JSON.stringify({ log: { ...log, entries: [] } }, null, 2);
  const gap = frame.indexOf(NO_ENTRIES) + NO_ENTRIES.length - 1;
  yield frame.slice(0, gap);
  for (const [i, entry] of entries.entries())
    yield `${i === 0 ? '' : ','}\n${MARGIN}${JSON.stringify(entry, null, 2).replaceAll('\n', `\n${MARGIN}`)}`;
  yield `${entries.length === 0 ? '' : '\n    '}${frame.slice(gap)}\n`;
}
