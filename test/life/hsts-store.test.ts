import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { child } from './child.ts';

// One file for many processes: what they learn is in it, whoever dies meanwhile.

const FILE = 'qnetwork-hsts';

/** `writer FOLDER NAME COUNT`: learns so many hosts of its own one after the other, and says so. */
const WRITER = `
const [folder, name, count] = args;
const manager = new QNetworkAccessManager();
manager.enableStrictTransportSecurityStore(true, folder);
process.on('warning', (warning) => console.error(warning.message));
for (let i = 0; i < Number(count); i++) {
  const end = new Date(Date.now() + 1e9);
  manager.addStrictTransportSecurityHosts([new QHstsPolicy(end, 0, name + i + '.test')]);
  await manager.close();
  console.log(i);
}
`;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hsts-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function known(place: string): string[] {
  const manager = new QNetworkAccessManager();
  manager.enableStrictTransportSecurityStore(true, place);
  return manager.strictTransportSecurityHosts().map((policy) => policy.host());
}

it('processes that write at the same time lose nothing', async () => {
  const place = folder();
  const writers = ['a', 'b', 'c', 'd'].map((name) => child(WRITER, [place, name, '5']));
  for (const { code, err } of await within(Promise.all(writers), 'four writers', 14_000))
    expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(known(place)).toHaveLength(20);
  expect(readdirSync(place)).toEqual([FILE]);
});

it('a process that is killed while it writes leaves a whole file, and the next one goes on', async () => {
  const place = folder();
  for (const after of [3, 1, 2]) {
    const before = known(place);
    const writer = child(WRITER, [place, `k${after}-`, '1000000'], process.env, {
      spoke: (process_, lines) => lines > after && process_.kill('SIGKILL'),
    });
    expect((await within(writer, 'the end of the writer', 14_000)).signal).toBe('SIGKILL');
    const now = known(place);
    // all that was said to be written is there, and nothing that was there is gone
    expect(now).toEqual(expect.arrayContaining([...before, ...Array.from({ length: after }, (_, i) => `k${after}-${i}.test`)]));
    expect(readFileSync(join(place, FILE), 'utf8').endsWith('\n')).toBe(true);
  }
  const { code } = await within(child(WRITER, [place, 'last', '1']), 'the last writer', 14_000);
  expect(code).toBe(0);
  expect(known(place)).toContain('last0.test');
  await until(() => readdirSync(place).length === 1, 'a tidy folder');
});

it('a full disk costs nothing but the memory of it, and is written when there is room', async () => {
  const place = folder();
  // files of no length are all that this one may write
  const cramped = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
  const full = await child(WRITER, [place, 'a', '2'], process.env, { shell: cramped });
  expect(full).toMatchObject({ code: 0, out: '0\n1\n' });
  expect(full.err).toMatch(/hosts cannot be kept in .* \(EFBIG/);
  expect(readdirSync(place)).toEqual([]);
  expect((await child(WRITER, [place, 'b', '1'])).code).toBe(0);
  expect(known(place)).toEqual(['b0.test']);
});

it('a process that ends by itself has written what it learned', async () => {
  const place = folder();
  const { code } = await child(
    `const manager = new QNetworkAccessManager();
     manager.enableStrictTransportSecurityStore(true, args[0]);
     manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 1e9), 0, 'a.test')]);`,
    [place],
  );
  expect(code).toBe(0);
  expect(known(place)).toEqual(['a.test']);
});
