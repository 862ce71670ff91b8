import { once } from 'node:events';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, ended, folder, serve, serveRaw, startCli, text } from './support.ts';

const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n';

describe('files', () => {
  test('-o writes the body, and only the body, there', async () => {
    const { url } = await serve(text('hello'));
    const dir = await folder();
    const { code, out, err } = await cli(['get', '-o', 'a.txt', url], { cwd: dir });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/^a\.txt: 5 B in /);
    expect(await readFile(join(dir, 'a.txt'), 'utf8')).toBe('hello');
    expect(await readdir(dir)).toEqual(['a.txt']);
  });

  test('an empty body makes an empty file', async () => {
    const { url } = await serve((response) => void response.writeHead(204).end());
    const dir = await folder();
    await cli(['get', '-o', 'empty', url], { cwd: dir });
    expect((await stat(join(dir, 'empty'))).size).toBe(0);
  });

  test('-O names the files after the URLs, several at once', async () => {
    const { url } = await serve((response, { path }) => void response.end(path));
    const dir = await folder();
    const paths = ['/x/one.iso?v=1', '/x/two.iso', '/%2e%2e%2fthree'];
    expect((await cli(['get', '-sO', ...paths.map((path) => url + path)], { cwd: dir })).code).toBe(0);
    expect((await readdir(dir)).sort()).toEqual(['___three', 'one.iso', 'two.iso']);
    expect(await readFile(join(dir, 'one.iso'), 'utf8')).toBe('/x/one.iso?v=1');
  });

  test.each(['--no-progress', '-s'])('%s: not a word about a file that was saved', async (option) => {
    const { url } = await serve(text('hello'));
    expect((await cli(['get', option, '-o', 'a', url], { cwd: await folder() })).err).toBe('');
  });

  test('a failure in the middle leaves the old file and no other', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.end(`${HALF}new`)));
    const dir = await folder();
    await writeFile(join(dir, 'a'), 'old');
    expect((await cli(['get', '-o', 'a', url], { cwd: dir })).code).toBe(12);
    expect(await readdir(dir)).toEqual(['a']);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('old');
  });

  test('so does a status of 400 and above, unless its body is wanted', async () => {
    const { url } = await serve(text('nothing here', 404));
    const dir = await folder();
    await writeFile(join(dir, 'a'), 'old');
    expect((await cli(['get', '-o', 'a', url], { cwd: dir })).code).toBe(31);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('old');
    expect((await cli(['get', '--save-error-body', '-o', 'a', url], { cwd: dir })).code).toBe(31);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('nothing here');
  });

  test('while it comes the file has another name; Ctrl-C removes it', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.write(HALF + 'x'.repeat(50_000))));
    const dir = await folder();
    await writeFile(join(dir, 'a'), 'old');
    const child = startCli(['get', '-v', '-o', 'a', url], { cwd: dir });
    const result = ended(child);
    // The partial file exists as soon as the first bytes were taken.
    for (;;) {
      const names = await readdir(dir);
      if (names.length === 2) break;
      if (child.exitCode !== null) throw new Error('it ended before it wrote anything');
      await once(child.stderr, 'data', { signal: AbortSignal.timeout(50) }).catch(() => {});
    }
    expect((await readdir(dir)).sort()).toEqual(['a', `a.${child.pid}.part`]);
    child.kill('SIGINT');
    expect((await result).code).toBe(130);
    expect(await readdir(dir)).toEqual(['a']);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('old');
  });

  test('a replaced file keeps its mode, a link stays a link', async () => {
    const { url } = await serve(text('new'));
    const dir = await folder();
    await writeFile(join(dir, 'real'), 'old');
    await chmod(join(dir, 'real'), 0o600);
    await symlink('real', join(dir, 'link'));
    expect((await cli(['get', '-o', 'link', url], { cwd: dir })).code).toBe(0);
    expect((await lstat(join(dir, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real'), 'utf8')).toBe('new');
    expect((await stat(join(dir, 'real'))).mode & 0o777).toBe(0o600);
  });

  test('a device is written to and not replaced', async () => {
    const { url } = await serve(text('new'));
    expect((await cli(['get', '-o', '/dev/null', url])).code).toBe(0);
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test.each([
    ['no/such/folder/a', /no such file or folder/],
    ['.', /it is a folder/],
  ])('-o %s ends with 60', async (path, message) => {
    const { url } = await serve(text('x'.repeat(2_000_000)));
    const { code, err } = await cli(['get', '-o', path, url], { cwd: await folder() });
    expect(code).toBe(60);
    expect(err).toMatch(message);
  });

  test('one file that cannot be written does not stop the others', async () => {
    const { url } = await serve(text('fine'));
    const dir = await folder();
    const { code } = await cli(['get', '-o', 'no/such/a', '-o', 'b', `${url}/1`, `${url}/2`], { cwd: dir });
    expect(code).toBe(60);
    expect(await readFile(join(dir, 'b'), 'utf8')).toBe('fine');
  });
});
