import assert from 'node:assert/strict';
import { assertBytes, bytesOf, type Trial } from '../case.ts';
import { type CacheOnTrial, LIMIT, metaOf, opened, read, urlOf } from './trial.ts';

const OLD = metaOf('a', { reason: 'old' });
const NEW = metaOf('a', { reason: 'new', headers: [['X-New', '1']] });
/** Bodies that are read at once, and those that take a while. */
const LENGTHS = [100, 300_000];

/** Reads the old body while something else happens after its first bytes: what comes is the old one, or its beginning. */
function readDuring(trial: CacheOnTrial, length: number, event: () => void): void {
  const old = bytesOf(length, 1);
  trial.put(OLD, old);
  const device = opened(trial.cache, urlOf('a'));
  const begin = device.read(10);
  event();
  const seen = Buffer.concat([begin, read(device)]);
  assertBytes(seen, old.subarray(0, seen.length), 'the body that was being read');
}

/** What is stored is replaced, changed and removed. */
export const changing: readonly Trial<CacheOnTrial>[] = [
  {
    name: 'an answer takes the place of another',
    run(trial) {
      for (const [i, length] of [10, 300_000, 20, 200_000, 0].entries()) {
        const meta = metaOf('a', { reason: `${i}` });
        trial.put(meta, bytesOf(length, i));
        trial.holds(meta, bytesOf(length, i));
      }
    },
  },
  {
    name: 'what is there stays until the next one is inserted',
    run(trial) {
      for (const length of LENGTHS) {
        trial.put(OLD, bytesOf(length, 1));
        const device = trial.prepared(NEW);
        trial.fill(device, bytesOf(length, 2));
        trial.holds(OLD, bytesOf(length, 1));
        trial.cache.insert(device);
        trial.holds(NEW, bytesOf(length, 2));
      }
    },
  },
  {
    name: 'an answer that broke off is given up by remove',
    run(trial) {
      const device = trial.prepared(OLD);
      trial.fill(device, bytesOf(1000));
      trial.cache.remove(urlOf('a'));
      trial.holdsNothing('a');
      trial.put(NEW, bytesOf(100));
      trial.holds(NEW, bytesOf(100));
    },
  },
  {
    name: 'what is removed is gone, and remove says whether there was something',
    run(trial) {
      trial.put(metaOf('b'), bytesOf(5));
      for (const length of LENGTHS) {
        trial.put(OLD, bytesOf(length));
        assert.equal(trial.cache.remove(urlOf('a')), true, 'remove says that there was nothing');
        trial.holdsNothing('a');
        assert.equal(trial.cache.remove(urlOf('a')), false, 'remove says that there was something');
      }
      trial.holds(metaOf('b'), bytesOf(5));
    },
  },
  {
    name: 'clear takes everything out, and the cache goes on',
    run(trial) {
      for (const name of ['a', 'b', 'c']) trial.put(metaOf(name), bytesOf(1000));
      trial.cache.clear();
      for (const name of ['a', 'b', 'c']) trial.holdsNothing(name);
      trial.put(OLD, bytesOf(10));
      trial.holds(OLD, bytesOf(10));
    },
  },
  {
    name: 'cacheSize grows with what is stored, and shrinks with what goes',
    run(trial) {
      const sizes = (): number => {
        const size = trial.cache.cacheSize();
        assert.ok(Number.isFinite(size) && size >= 0, `cacheSize is ${size}`);
        return size;
      };
      const empty = sizes();
      trial.put(metaOf('a'), bytesOf(50_000, 1));
      const one = sizes();
      trial.put(metaOf('b'), bytesOf(50_000, 2));
      const two = sizes();
      assert.ok(empty < one && one < two, `cacheSize is ${empty} without answers, ${one} with one, ${two} with two`);
      trial.cache.remove(urlOf('b'));
      assert.ok(sizes() < two, 'cacheSize is the same after remove');
      trial.cache.clear();
      assert.ok(sizes() < one, 'cacheSize is the same after clear');
    },
  },
  {
    name: 'updateMetaData changes what is known, and not the body',
    run(trial) {
      for (const length of LENGTHS) {
        trial.put(OLD, bytesOf(length));
        trial.cache.updateMetaData(NEW);
        trial.holds(NEW, bytesOf(length));
        trial.cache.updateMetaData(OLD);
        trial.holds(OLD, bytesOf(length));
      }
    },
  },
  {
    name: 'updateMetaData of what is not there does nothing',
    run(trial) {
      trial.cache.updateMetaData(NEW);
      trial.holdsNothing('a');
    },
  },
  {
    name: 'a body that is replaced while it is read does not get mixed up with the new one',
    run(trial) {
      for (const length of LENGTHS) {
        readDuring(trial, length, () => trial.put(NEW, bytesOf(length, 2)));
        trial.holds(NEW, bytesOf(length, 2));
      }
    },
  },
  {
    name: 'so it is when everything is removed while it is read',
    run(trial) {
      for (const length of LENGTHS) {
        readDuring(trial, length, () => void trial.cache.remove(urlOf('a')));
        trial.holdsNothing('a');
        readDuring(trial, length, () => trial.cache.clear());
        trial.holdsNothing('a');
      }
    },
  },
  {
    name: 'a cache does not keep more than its limit, and keeps what came last',
    on: 'limited',
    run(trial) {
      const length = 100_000;
      const count = Math.ceil((3 * LIMIT) / length);
      for (let i = 0; i < count; i++) {
        trial.put(metaOf(`${i}`), bytesOf(length, i));
        trial.holds(metaOf(`${i}`), bytesOf(length, i));
      }
      const left = Array.from({ length: count }, (_, i) => i).filter((i) => trial.cache.metaData(urlOf(`${i}`)).isValid());
      for (const i of left) trial.holds(metaOf(`${i}`), bytesOf(length, i));
      const bytes = left.length * length;
      assert.ok(bytes <= 1.1 * LIMIT, `${bytes} bytes of bodies are kept, where ${LIMIT} are allowed`);
      assert.ok(bytes >= LIMIT / 4, `only ${bytes} bytes of bodies are kept, where ${LIMIT} are allowed`);
    },
  },
  {
    name: 'what is larger than the limit is not kept, and the cache goes on',
    on: 'limited',
    run(trial) {
      const device = trial.offered(metaOf('large'));
      if (device !== null) {
        trial.fill(device, bytesOf(3 * LIMIT));
        trial.cache.insert(device);
      }
      trial.holdsNothing('large');
      trial.put(OLD, bytesOf(100));
      trial.holds(OLD, bytesOf(100));
    },
  },
];
