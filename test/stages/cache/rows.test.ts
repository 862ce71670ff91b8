import { describe, it } from 'vitest';
import { CHANGES, REDIRECTS } from './change-rows.ts';
import { FRESHNESS } from './freshness-rows.ts';
import { MEETINGS, RANGES } from './range-rows.ts';
import { DIRECTIVES, LOADS } from './request-rows.ts';
import { type Kind, play, type Row } from './scene.ts';
import { STALE } from './stale-rows.ts';
import { VALIDATION } from './validation-rows.ts';
import { VARY } from './vary-rows.ts';

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  freshness: FRESHNESS,
  validation: VALIDATION,
  'what requests say': DIRECTIVES,
  'what programs say': LOADS,
  Vary: VARY,
  changes: CHANGES,
  redirects: REDIRECTS,
  ranges: RANGES,
  'parts that meet': MEETINGS,
  stale: STALE,
};
const KINDS: readonly Kind[] = ['memory', 'disk', 'late'];

describe.each(KINDS)('with a store of the kind "%s"', (kind) => {
  describe.each(Object.keys(TABLES))('%s', (name) => {
    it.each(TABLES[name]!.map((row) => [`${row.of}: ${row.title}`, row] as const))('%s', (_title, row) => play(row, kind));
  });
});
