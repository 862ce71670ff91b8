import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/contract/clock.ts';
import type { HstsEntry } from '../../src/contract/hsts.ts';
import { hostsIn, hostsText } from '../../src/stores/hsts/hosts-text.ts';
import { StoredHosts } from '../../src/stores/hsts/stored-hosts.ts';
import { until } from '../support/once.ts';

const FILE = 'qnetwork-hsts';
const DAY = 86_400_000;

let skew = 0;
/** Goes on by itself, as others hold the lock for a while; a test may turn it. */
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + skew,
  wall: () => Date.UTC(2026, 0) + skew,
};
const entry = (host: string, days = 100, includeSubDomains = false): HstsEntry => ({
  host,
  expires: clock.wall() + days * DAY,
  includeSubDomains,
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hsts-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A store of a process; everything it finds wrong fails the test. */
const opened = (place: string, most?: number): StoredHosts =>
  new StoredHosts(place, clock, (problem) => expect.fail(String(problem)), most);

const names = (store: StoredHosts): string[] =>
  store
    .entries()
    .map(({ host }) => host)
    .sort();

/** What the file says. */
const written = (place: string): HstsEntry[] => [...hostsIn(readFileSync(join(place, FILE), 'utf8'), clock.wall()).values()];

describe('the text of known hosts', () => {
  const two = [entry('a.test'), entry('xn--bcher-kva.b_c.test', 1, true)];
  const now = clock.wall();

  it('can be read again', () => {
    expect([...hostsIn(hostsText(two), now).values()]).toEqual(two);
    expect([...hostsIn(hostsText([]), now).values()]).toEqual([]);
  });

  it('leaves out what has expired', () => {
    expect([...hostsIn(hostsText(two), now + DAY).values()]).toEqual([two[0]]);
  });

  const [first = '', ...lines] = hostsText(two).split(/(?<=\n)/);
  const damaged: readonly [what: string, text: string, hosts: string[]][] = [
    ['nothing', '', []],
    ['no title', lines.join(''), []],
    ['another title', first.replace('format 1', 'format 2') + lines.join(''), []],
    ['zeros', '\0'.repeat(200), []],
    ['the end is missing', (first + lines.join('')).slice(0, -3), ['a.test']],
    ['a line of something else', `${first}hello\n${lines[0]}`, ['a.test']],
    ['half a line', `${first}${lines[0]!.slice(0, 9)}\n${lines[1]}`, ['xn--bcher-kva.b_c.test']],
    ['no such flag', `${first}${lines[0]!.replace(' 0 ', ' 2 ')}`, []],
    ['an address', `${first}${now + DAY} 1 127.0.0.1\n`, []],
    ['no name', `${first}${now + DAY} 1 \n`, []],
    ['a final dot', `${first}${now + DAY} 1 a.test.\n`, []],
    ['capitals', `${first}${now + DAY} 1 A.test\n`, []],
    ['other line ends', (first + lines.join('')).replaceAll('\n', '\r\n'), []],
    ['a time too long', `${first}${'9'.repeat(17)} 1 a.test\n`, []],
  ];
  it.each(damaged)('damaged: %s', (_what, text, hosts) => {
    expect([...hostsIn(text, now).keys()]).toEqual(hosts);
  });
});

describe('known hosts in a file', () => {
  it('are known to the next who opens it', async () => {
    const place = folder();
    const one = opened(place);
    one.note(entry('a.test', 10, true));
    one.note(entry('b.test'));
    await one.flush();
    expect(opened(place).entries()).toEqual([entry('a.test', 10, true), entry('b.test')]);
    one.note(entry('a.test', 0));
    await one.flush();
    expect(opened(place).entries()).toEqual([entry('b.test')]);
  });

  it('are written without being asked, all that came in the meantime at once', async () => {
    const place = folder();
    const store = opened(place);
    for (let i = 0; i < 500; i++) store.note(entry(`h${i}.test`));
    await until(() => readdirSync(place).includes(FILE) && written(place).length === 500, 'five hundred hosts in the file');
  });

  it('are not written again for a little more of the same', async () => {
    const place = folder();
    const store = opened(place);
    store.note(entry('a.test', 100));
    await store.flush();
    const text = readFileSync(join(place, FILE), 'utf8');
    store.note(entry('a.test', 105));
    await store.flush();
    expect(readFileSync(join(place, FILE), 'utf8')).toBe(text);
    expect(store.find('a.test')).toEqual(entry('a.test', 105));
    store.note(entry('a.test', 105, true));
    await store.flush();
    expect(written(place)).toEqual([entry('a.test', 105, true)]);
  });

  it('change on both sides of several processes', async () => {
    const place = folder();
    const first = opened(place);
    first.note(entry('gone.test'));
    first.note(entry('stays.test'));
    await first.flush();
    const second = opened(place);
    first.note(entry('gone.test', 0));
    first.note(entry('first.test'));
    second.note(entry('second.test'));
    await Promise.all([first.flush(), second.flush()]);
    expect(written(place).map(({ host }) => host)).toEqual(expect.arrayContaining(['stays.test', 'first.test', 'second.test']));
    expect(written(place)).toHaveLength(3);
    // each has read what the other wrote once it has written again
    first.note(entry('third.test'));
    await first.flush();
    expect(names(first)).toEqual(['first.test', 'second.test', 'stays.test', 'third.test']);
  });

  it('what another one wrote does not take back what was learned since', async () => {
    const place = folder();
    const [first, second] = [opened(place), opened(place)];
    first.note(entry('a.test', 50));
    first.note(entry('b.test', 50));
    await first.flush();
    second.note(entry('a.test', 10, true));
    // forgotten while a write is under way that reads it from the file
    second.note(entry('b.test'));
    second.note(entry('b.test', 0));
    await second.flush();
    expect(second.entries()).toEqual([entry('a.test', 10, true)]);
    expect(written(place)).toEqual([entry('a.test', 10, true)]);
  });

  it('has as many as fit, the newest', async () => {
    const place = folder();
    const store = opened(place, 4);
    for (const host of ['a', 'b', 'c']) store.note(entry(host));
    await store.flush();
    const other = opened(place, 4);
    for (const host of ['d', 'e', 'f']) other.note(entry(host));
    await other.flush();
    expect(
      written(place)
        .map(({ host }) => host)
        .sort(),
    ).toEqual(['c', 'd', 'e', 'f']);
    expect(names(opened(place, 4))).toHaveLength(4);
  });

  it('a damaged file is no error, and the next write repairs it', async () => {
    const place = folder();
    writeFileSync(join(place, FILE), Buffer.from('fffe00ff0a0a', 'hex'));
    const store = opened(place);
    expect(store.entries()).toEqual([]);
    store.note(entry('a.test'));
    await store.flush();
    expect(opened(place).entries()).toEqual([entry('a.test')]);
  });

  it('where nothing can be written they are known all the same, and somebody is told', async () => {
    const problems: unknown[] = [];
    const place = folder();
    writeFileSync(join(place, 'file'), '');
    const store = new StoredHosts(join(place, 'file', 'folder'), clock, (problem) => problems.push(problem));
    store.note(entry('a.test'));
    await store.flush();
    expect(store.entries()).toEqual([entry('a.test')]);
    expect(problems).toHaveLength(2);
    expect(String(problems[1])).toMatch(/ENOTDIR|EEXIST/);
    // not with every host, but after a while
    store.note(entry('b.test'));
    await store.flush();
    expect(problems).toHaveLength(3);
    store.note(entry('c.test'));
    // as long as a try would take
    const probe = new StoredHosts(join(place, 'file', 'folder'), clock, () => {});
    probe.note(entry('c.test'));
    await probe.flush();
    expect(problems).toHaveLength(3);
    skew += 10_000;
    rmSync(join(place, 'file'));
    store.note(entry('d.test'));
    await store.flush();
    expect(written(join(place, 'file', 'folder')).map(({ host }) => host)).toEqual(['a.test', 'b.test', 'c.test', 'd.test']);
  });
});
