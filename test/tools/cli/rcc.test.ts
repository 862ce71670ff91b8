import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cli, folder } from './support.ts';

const PACKAGE = new URL('../../../dist/index.js', import.meta.url);

/** A folder of files by their paths. */
async function tree(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = join(await folder(), 'tree');
  await mkdir(root);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** What programs read that import a module which was made, in a process that has no other files. */
async function read(module: string, urls: readonly string[]): Promise<unknown> {
  const text = module.replace("'qnetwork'", JSON.stringify(PACKAGE.href));
  const code = `${text}
    const { QNetworkAccessManager } = await import(${JSON.stringify(PACKAGE.href)});
    const manager = new QNetworkAccessManager();
    const texts = ${JSON.stringify(urls)}.map((url) => manager.get(url).text().catch((error) => error.code));
    console.log(JSON.stringify(await Promise.all(texts)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: '/' });
  return JSON.parse(stdout);
}

describe('rcc', () => {
  test('packs a folder into a module, and a program reads it', async () => {
    const long = 'much the same '.repeat(1_000);
    const root = await tree({ 'b.txt': long, 'a.txt': 'a', 'deep/er/c d.txt': 'grün', 'deep/empty': '' });
    const module = join(root, '..', 'resources.mjs');
    const { code, out, err } = await cli(['rcc', root, '--prefix', '/files', '-o', module]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^4 files of 14(\.\d)? kB in .*resources\.mjs, \S+ (kB|B)\n$/);
    const text = await readFile(module, 'utf8');
    expect(text.length).toBeLessThan(1_000);
    const urls = ['a.txt', 'b.txt', 'deep/er/c%20d.txt', 'deep/empty', 'nothing'].map((name) => `qrc:/files/${name}`);
    expect(await read(text, urls)).toEqual(['a', long, 'grün', '', 'ContentNotFoundError']);
  });

  test('makes the same of the same, in whatever order the files were written', async () => {
    const names = ['b/x', 'a', 'B', 'b.txt', 'ä'];
    const one = await tree(Object.fromEntries(names.map((name) => [name, name])));
    const other = await tree(Object.fromEntries(names.toReversed().map((name) => [name, name])));
    const [first, second] = await Promise.all([one, other].map((root) => cli(['rcc', root])));
    expect(first!.code).toBe(0);
    expect(first!.out).toBe(second!.out);
    expect([...first!.out.matchAll(/^ {2}"(.*)":/gm)].map(([, name]) => name)).toEqual(['B', 'a', 'b.txt', 'b/x', 'ä']);
  });

  test('follows links to files of the folder, and none out of it', async () => {
    const root = await tree({ 'a.txt': 'a' });
    await symlink('a.txt', join(root, 'b.txt'));
    expect((await cli(['rcc', root])).out).toContain('"b.txt": stored(');
    await writeFile(join(root, '..', 'secret.txt'), 'secret');
    await symlink('../secret.txt', join(root, 'out.txt'));
    const { code, out, err } = await cli(['rcc', root]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('out.txt leads out of the folder');
  });

  test.each([
    ['a folder', '.', 'leads'],
    ['nothing', 'none', 'cannot follow the link'],
  ])('refuses a link to %s', async (_what, target, said) => {
    const root = await tree({ 'a/b.txt': 'b' });
    await symlink(target, join(root, 'a', 'link'));
    const { code, err } = await cli(['rcc', root]);
    expect(code).not.toBe(0);
    expect(err).toContain(said);
  });

  test('refuses what is too much', async () => {
    const root = await tree({ 'a.txt': 'a' });
    await writeFile(join(root, 'big'), '');
    await truncate(join(root, 'big'), 67_108_864);
    const { code, err } = await cli(['rcc', root]);
    expect(code).toBe(2);
    expect(err).toMatch(/with .*big there are more than .*\n {6}register the folder itself/);
  });

  test('reads a collection of Qt', async () => {
    const root = await tree({
      'x.qrc': `<!DOCTYPE RCC><RCC version="1.0">
        <qresource prefix="/icons"><file alias="ok.txt">pictures/a.txt</file><file>pictures</file><file>../beside.txt</file></qresource>
        <qresource><file>pictures/a.txt</file></qresource></RCC>`,
      'pictures/a.txt': 'a',
      'pictures/b/c.txt': 'c',
      '../beside.txt': 'beside',
    });
    const { code, out, err } = await cli(['rcc', join(root, 'x.qrc'), '--prefix', 'app']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const names = ['icons/ok.txt', 'icons/pictures/a.txt', 'icons/pictures/b/c.txt', 'icons/beside.txt', 'pictures/a.txt'];
    const urls = names.map((name) => `qrc:/app/${name}`);
    expect(await read(out, urls)).toEqual(['a', 'a', 'c', 'beside', 'a']);
  });

  const wrong: [what: string, args: (root: string) => string[], code: number, said: string][] = [
    ['no folder', () => [], 2, 'rcc needs more words'],
    ['two folders', (root) => [root, root], 2, 'does not know what to do with'],
    ['a folder that is not there', (root) => [join(root, 'none')], 60, 'no such file or folder'],
    ['a folder without files', (root) => [join(root, 'hollow')], 2, 'has no files'],
    ['an output that would be packed', (root) => [root, '-o', join(root, 'sub', 'out.mjs')], 2, 'would lie in'],
    ['an output that cannot be written', (root) => [root, '-o', join(root, '..', 'none', 'out.mjs')], 60, 'cannot write'],
    ['a prefix that climbs', (root) => [root, '--prefix', '/a/../b'], 2, 'is no path of resources'],
    ['a collection that is none', (root) => [join(root, 'a.txt')], 2, 'a.txt:1: "a" stands outside'],
    ['a collection with a file that is not there', (root) => [join(root, 'x.qrc')], 60, 'x.qrc:1'],
    ['a collection with a name twice', (root) => [join(root, 'y.qrc')], 2, 'y.qrc:2: a is named twice under /'],
    ['a collection with an alias that climbs', (root) => [join(root, 'z.qrc')], 2, 'z.qrc:1: "../a" is no name'],
  ];
  test.each(wrong)('%s', async (_what, args, code, said) => {
    const root = await tree({
      'a.txt': 'a',
      'x.qrc': '<RCC><qresource><file>none</file></qresource></RCC>',
      'y.qrc': '<RCC><qresource><file alias="a">a.txt</file>\n<file alias="a">a.txt</file></qresource></RCC>',
      'z.qrc': '<RCC><qresource><file alias="../a">a.txt</file></qresource></RCC>',
    });
    await mkdir(join(root, 'hollow'));
    const result = await cli(['rcc', ...args(root)]);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toContain(said);
  });

  test('has its help', async () => {
    const { code, out } = await cli(['help', 'rcc']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: qnam rcc [OPTION…] FOLDER|FILE.qrc\n');
    expect(out).toContain('--prefix PATH');
    expect((await cli(['rcc', '--help'])).out).toBe(out);
  });
});
