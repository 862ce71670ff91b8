import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/index.ts';
import { differences } from './lib/compare.ts';
import { useRecordedNames } from './lib/names.ts';
import { recordedGroups, recordings, replay } from './lib/replay.ts';

// Scenarios that real Qt 6.4.2 has played, replayed here: the same signals in the same order, the same bytes on the wire.
beforeAll(useRecordedNames);

for (const group of recordedGroups()) {
  describe(group, () => {
    it.each(recordings(group).map((r) => [r.scenario.id, r] as const))('%s', async (_id, { scenario, trace }) => {
      const actual = await replay(library, scenario);
      const found = differences(scenario, trace, actual);
      expect(Object.fromEntries(found.map((d) => [d.part, d.actual])), scenario.instead?.advice ?? scenario.title).toEqual(
        Object.fromEntries(found.map((d) => [d.part, d.golden])),
      );
    });
  });
}
