import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HstsEntry, HstsStore } from '../../src/contract/hsts.ts';
import { KnownHosts } from '../../src/stores/hsts/known-hosts.ts';
import { StoredHosts } from '../../src/stores/hsts/stored-hosts.ts';
import { ManualClock } from '../support/clock.ts';

const MOST = 3;

const fillings: [name: string, make: (clock: ManualClock) => HstsStore][] = [
  ['in memory', (clock) => new KnownHosts(clock, MOST)],
  [
    'in a file',
    (clock) => {
      const folder = mkdtempSync(join(tmpdir(), 'hsts-'));
      const store = new StoredHosts(folder, clock, (problem) => expect.fail(String(problem)), MOST);
      onTestFinished(async () => {
        await store.flush();
        rmSync(folder, { recursive: true });
      });
      return store;
    },
  ],
  ['in a file that cannot be', (clock) => new StoredHosts(join(import.meta.filename, 'no-folder'), clock, () => {}, MOST)],
];

for (const [name, make] of fillings) {
  describe(`known hosts ${name}`, () => {
    const made = () => {
      const clock = new ManualClock();
      const entry = (host: string, seconds = 60, includeSubDomains = false): HstsEntry => ({
        host,
        expires: clock.wall() + seconds * 1000,
        includeSubDomains,
      });
      return { clock, entry, store: make(clock) };
    };
    const names = (store: HstsStore) => store.entries().map(({ host }) => host);

    it('finds exactly the host that was noted', () => {
      const { store, entry } = made();
      const noted = entry('a.test', 60, true);
      store.note(noted);
      expect(store.find('a.test')).toEqual(noted);
      expect(store.find('b.a.test')).toBeUndefined();
      expect(store.find('test')).toBeUndefined();
      expect(store.entries()).toEqual([noted]);
    });

    it('knows what was said last', () => {
      const { store, entry } = made();
      store.note(entry('a.test', 60, true));
      store.note(entry('a.test', 30));
      expect(store.entries()).toEqual([entry('a.test', 30)]);
    });

    it.each([0, -1, Number.NaN])('forgets, also what it never knew (an entry that ends in %d s)', (seconds) => {
      const { store, entry } = made();
      store.note(entry('a.test'));
      store.note(entry('a.test', seconds));
      store.note(entry('b.test', seconds));
      expect(store.find('a.test')).toBeUndefined();
      expect(names(store)).toEqual([]);
    });

    it('knows nothing that has expired', () => {
      const { store, entry, clock } = made();
      store.note(entry('a.test', 60));
      store.note(entry('b.test', 61));
      clock.advance(60_000);
      expect(store.find('a.test')).toBeUndefined();
      expect(store.find('b.test')).toBeDefined();
      expect(names(store)).toEqual(['b.test']);
    });

    it('has a limit, and forgets first what it has not heard of for longest', () => {
      const { store, entry } = made();
      for (const host of ['a', 'b', 'c', 'a', 'd']) store.note(entry(host));
      expect(names(store).sort()).toEqual(['a', 'c', 'd']);
    });

    it('comes to rest', async () => {
      const { store, entry } = made();
      store.note(entry('a.test'));
      await store.flush?.();
      expect(names(store)).toEqual(['a.test']);
    });
  });
}
