import assert from 'node:assert/strict';
import { assertBytes, bytesOf, type Trial } from '../case.ts';
import { type CacheOnTrial, metaOf, opened, read, urlOf } from './trial.ts';

const MIB = 1024 * 1024;

/** URLs that must not be taken for each other. */
const PATHS: readonly string[] = [
  'a',
  'A',
  'a/',
  'a?',
  'a?q',
  'a?q=1&r=2',
  'a%20',
  'a%2F',
  '',
  `a?${'x'.repeat(4000)}`,
  `a?${'x'.repeat(4001)}`,
];

const lengths: readonly Trial<CacheOnTrial>[] = [0, 1, 1000, 65_536, 65_537, 3 * MIB + 5].map((length) => ({
  name: `a body of ${length} bytes comes back as it was`,
  run(trial) {
    for (const piece of [16_384, 70_001, 4 * MIB]) {
      trial.put(metaOf(`${piece}`), bytesOf(length, piece), piece);
      trial.holds(metaOf(`${piece}`), bytesOf(length, piece));
    }
  },
}));

/** What is stored comes back as it was. */
export const storing: readonly Trial<CacheOnTrial>[] = [
  {
    name: 'an empty cache has nothing',
    run(trial) {
      trial.holdsNothing('nothing');
      assert.equal(trial.cache.remove(urlOf('nothing')), false, 'remove says that there was something');
      trial.cache.clear();
      trial.holdsNothing('nothing');
    },
  },
  ...lengths,
  {
    name: 'what is known of an answer comes back with it',
    run(trial) {
      const headers: [string, string][] = [
        ['ETag', '"\u00fc\u00ff"'],
        ['X-A', '1'],
        ['x-a', '2'],
        ['X-Empty', ''],
        ['Last-Modified', 'Tue, 13 Dec 2011 14:15:16 GMT'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ];
      const meta = metaOf('meta', { reason: 'Quite \u00e4lright', headers: [] });
      meta.setRawHeaders(headers.map(([name, value]) => [name, Buffer.from(value, 'latin1')]));
      meta.setLastModified(new Date('2011-12-13T14:15:16Z'));
      trial.put(meta, bytesOf(10));
      trial.holds(meta, bytesOf(10));
      assert.equal(trial.cache.metaData(urlOf('meta')).saveToDisk(), true, 'saveToDisk');
    },
  },
  {
    name: 'what is written many tiny pieces at a time is whole',
    run(trial) {
      trial.put(metaOf('tiny'), bytesOf(3000), 1);
      trial.holds(metaOf('tiny'), bytesOf(3000));
    },
  },
  {
    name: 'an answer is found when it was inserted, and not before',
    run(trial) {
      const device = trial.prepared(metaOf('a'));
      trial.holdsNothing('a');
      trial.fill(device, bytesOf(100_000));
      trial.holdsNothing('a');
      trial.cache.insert(device);
      trial.holds(metaOf('a'), bytesOf(100_000));
    },
  },
  {
    name: 'URLs that differ have answers that differ',
    run(trial) {
      for (const [i, path] of PATHS.entries()) trial.put(metaOf(path, { reason: `${i}` }), bytesOf(100, i));
      for (const [i, path] of PATHS.entries()) trial.holds(metaOf(path, { reason: `${i}` }), bytesOf(100, i));
      trial.holdsNothing('b');
    },
  },
  {
    name: 'many answers that are written at once do not get mixed up',
    run(trial) {
      const all = Array.from({ length: 30 }, (_, i) => ({ meta: metaOf(`${i}`), body: bytesOf(i * 1000, i) }));
      const devices = all.map(({ meta }) => trial.prepared(meta));
      for (const [i, { body }] of all.entries()) trial.fill(devices[i]!, body, 777);
      // the other way round than they were begun
      for (const device of devices.reverse()) trial.cache.insert(device);
      for (const { meta, body } of all) trial.holds(meta, body);
    },
  },
  {
    name: 'several read a body at once, each at its own pace',
    run(trial) {
      const body = bytesOf(200_000);
      trial.put(metaOf('a'), body);
      const [first, second] = [opened(trial.cache, urlOf('a')), opened(trial.cache, urlOf('a'))];
      const begin = first.read(1000);
      assertBytes(read(second), body);
      assertBytes(Buffer.concat([begin, read(first)]), body);
    },
  },
  {
    name: 'what is given stays as it is, and belongs to who gave it',
    run(trial) {
      const meta = metaOf('a');
      const device = trial.prepared(meta);
      meta.setUrl('https://cache.test/changed');
      meta.setRawHeaders([]);
      trial.fill(device, bytesOf(10));
      trial.cache.insert(device);
      const known = trial.cache.metaData(urlOf('a'));
      assert.ok(known.isValid(), 'what was prepared is not found under its URL');
      known.setRawHeaders([['X-Changed', '1']]);
      const bytes = opened(trial.cache, urlOf('a')).readAll();
      bytes.fill(0);
      trial.holds(metaOf('a'), bytesOf(10));
    },
  },
  {
    name: 'what may not be saved is not found',
    run(trial) {
      const meta = metaOf('private');
      meta.setSaveToDisk(false);
      const device = trial.offered(meta);
      if (device !== null) {
        trial.fill(device, bytesOf(10));
        trial.cache.insert(device);
      }
      trial.holdsNothing('private');
    },
  },
  {
    name: 'what is stored outlives the cache',
    on: 'again',
    async run(trial) {
      const meta = metaOf('a', { headers: [['ETag', '"1"']] });
      for (const length of [10, 300_000]) {
        trial.put(meta, bytesOf(length));
        trial.put(metaOf('b'), bytesOf(10));
        assert.equal(trial.cache.remove(urlOf('b')), true);
        const cache = await trial.again();
        trial.holds(meta, bytesOf(length), cache);
        trial.holdsNothing('b', cache);
      }
    },
  },
];
