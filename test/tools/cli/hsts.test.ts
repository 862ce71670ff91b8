import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, folder, serve, text } from './support.ts';

const FILE = 'qnetwork-hsts';
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('hsts', () => {
  test('what is added is listed, checked and forgotten', async () => {
    const cwd = await folder();
    const hsts = (...args: string[]) => cli(['hsts', ...args, '--dir', 'known'], { cwd });

    expect(await hsts('add', 'b.example')).toMatchObject({ code: 0, err: '' });
    await hsts('add', 'A.example', 'Zürich.example', '--include-subdomains', '--max-age', '864000');
    expect(lines((await hsts('ls')).out)).toEqual([
      'HOST                   SUBDOMAINS  ENDS IN',
      'a.example              yes            10 d',
      'b.example              no            365 d',
      'xn--zrich-kva.example  yes            10 d',
      '3 hosts in known',
    ]);

    expect(await hsts('check', 'b.example')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^b\.example goes by https, until 2/),
    });
    expect(await hsts('check', 'x.b.example')).toMatchObject({ code: 31, out: 'x.b.example is not known: http stays http\n' });
    const below = await hsts('check', 'y.x.a.example');
    expect(below).toMatchObject({ code: 0, out: expect.stringContaining('because of a.example and all names below it') });

    expect(await hsts('rm', 'b.example', 'x.a.example')).toMatchObject({
      code: 31,
      out: 'Forgot b.example\nx.a.example was not known; it goes by https all the same, because of a.example and all names below it\n',
    });
    expect(await hsts('clear')).toMatchObject({ code: 0, out: 'Forgot 2 hosts in known\n' });
    expect(await hsts('ls')).toMatchObject({ code: 0, out: 'No known hosts in known\n' });
  });

  test('--json', async () => {
    const cwd = await folder();
    await cli(['hsts', 'add', '--include-subdomains', 'a.example', '--dir', '.'], { cwd });
    const { out } = await cli(['hsts', 'ls', '--json', '--dir', '.'], { cwd });
    const entry = { host: 'a.example', expires: expect.stringMatching(/^20\d\d-.*Z$/), includeSubDomains: true };
    expect(lines(out).map((line) => JSON.parse(line))).toEqual([entry]);
    const check = async (host: string) => JSON.parse((await cli(['hsts', 'check', host, '--json', '--dir', '.'], { cwd })).out);
    expect(await check('x.a.example')).toEqual({ host: 'x.a.example', known: true, because: entry });
    expect(await check('b.example')).toEqual({ host: 'b.example', known: false, because: null });
  });

  test('without --dir it is the directory of the library', async () => {
    const cwd = await folder();
    const env = { XDG_CACHE_HOME: cwd };
    expect((await cli(['hsts', 'ls'], { cwd, env })).out).toBe(`No known hosts in ${join(cwd, 'qnetwork')}\n`);
    await cli(['hsts', 'add', 'a.example'], { cwd, env });
    expect(await readFile(join(cwd, 'qnetwork', FILE), 'utf8')).toMatch(/ 0 a\.example\n$/);
  });

  test('hosts and names of a directory that cannot be used', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'file'), '');
    await mkdir(join(cwd, 'odd', FILE), { recursive: true });
    const tries: [string[], number, RegExp][] = [
      [['ls', '--dir', 'missing'], 60, /cannot read missing: no such file or folder\n.*enableStrictTransportSecurityStore/],
      [['ls', '--dir', 'file'], 60, /cannot read file: a part of the path is no folder/],
      [['add', 'a.example', '--dir', 'odd'], 60, /cannot write odd: /],
      [['add', '127.0.0.1', '--dir', '.'], 2, /'127\.0\.0\.1' is no name of a host/],
      [['check', 'http://a.example/', '--dir', '.'], 2, /is a URL/],
      [['add', 'a.example', '--max-age', '0', '--dir', '.'], 2, /from 1, not '0'\n.*qnam hsts rm/],
      [['ls', '--dir', ''], 2, /--dir needs a directory/],
      [['ls', 'there'], 2, /does not know what to do with 'there'/],
    ];
    for (const [args, exit, message] of tries) {
      const { code, out, err } = await cli(['hsts', ...args], { cwd });
      expect({ args, code, out }).toEqual({ args, code: exit, out: '' });
      expect(err).toMatch(message);
      expect(err).not.toContain('    at ');
    }
  });
});

describe('qnam get --hsts', () => {
  test('a host that is known is reached by TLS only', async () => {
    const server = await serve(text('hello'));
    const cwd = await folder();
    const url = `http://localhost:${server.port}/`;
    expect((await cli(['get', '--hsts', 'known', url], { cwd })).out).toBe('hello');
    await cli(['hsts', 'add', 'localhost', '--dir', 'known'], { cwd });
    const { code, err } = await cli(['get', '--hsts', 'known', url], { cwd });
    expect(code).toBe(16);
    expect(err).toContain('SslHandshakeFailedError');
    expect(server.seen).toHaveLength(1);
  });

  test('a directory that cannot be used is said before anything is sent', async () => {
    const server = await serve(text('hello'));
    const cwd = await folder();
    await writeFile(join(cwd, 'file'), '');
    const { code, err } = await cli(['get', '--hsts', 'file/x', server.url], { cwd });
    expect({ code, seen: server.seen.length }).toEqual({ code: 60, seen: 0 });
    expect(err).toBe('qnam: cannot use file/x: a part of the path is no folder\n');
  });
});
