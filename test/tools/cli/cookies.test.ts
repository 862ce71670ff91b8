import { writeFileSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { QNetworkCookie } from '../../../src/api/cookies/qnetworkcookie.ts';
import { QPersistentCookieJar } from '../../../src/api/cookies/qpersistentcookiejar.ts';
import { cli, folder, serve, text } from './support.ts';

/** Lines of Set-Cookie fields that are kept, and from where. */
const KEPT = [
  ['sid=s3cret; HttpOnly; SameSite=Lax', 'http://shop.example/'],
  ['theme=dark; Max-Age=864000; Path=/a', 'http://shop.example/a'],
  ['id=1; Domain=example.org; Max-Age=7200; Secure', 'https://www.example.org/'],
  ['\x9bname\u202e=x', 'http://odd.example/'],
] as const;

/** A folder with a jar in `jar.json`, written by the library. */
async function jarFolder(): Promise<string> {
  const dir = await folder();
  const jar = new QPersistentCookieJar(join(dir, 'jar.json'));
  jar.setKeepSessionCookies(true);
  for (const [line, url] of KEPT) jar.setCookiesFromHeader(line, url);
  await jar.save();
  return dir;
}

/** The cookies of a file as the library reads them: `name=value` by name. */
function inLibrary(dir: string, file: string): string[] {
  const jar = new QPersistentCookieJar(join(dir, file));
  jar.setKeepSessionCookies(true);
  jar.load();
  const pairs = jar.allCookies().map((cookie) => cookie.toRawForm(QNetworkCookie.RawForm.NameAndValueOnly).toString());
  return pairs.filter((pair) => !pair.includes('name')).sort();
}

const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('cookies ls', () => {
  test('shows whose they are, how long they live and their flags, by domain, and no value', async () => {
    const { code, out, err } = await cli(['cookies', 'ls', 'jar.json'], { cwd: await jarFolder() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines(out)).toEqual([
      'DOMAIN        PATH  NAME            ENDS IN  FLAGS',
      '.example.org  /     id                  2 h  Secure',
      'odd.example   /     \\x9bname\\u202e  session',
      'shop.example  /     sid             session  HttpOnly SameSite=Lax',
      'shop.example  /a    theme              10 d',
      '4 cookies of 3 domains',
    ]);
  });

  test.each([
    [
      ['sid', 'id'],
      ['id', 'sid'],
    ],
    [['--domain', 'example.org'], ['id']],
    [['--domain', '.EXAMPLE.org'], ['id']],
    [
      ['--domain', 'example'],
      ['\x9bname\u202e', 'sid', 'theme'],
    ],
    [
      ['--domain', 'org', '--domain', 'shop.example'],
      ['id', 'sid', 'theme'],
    ],
    [['--session', '--domain', 'shop.example'], ['sid']],
    [['sid', '--domain', 'example.org'], []],
  ])('%j', async (more, names) => {
    const { code, out } = await cli(['cookies', 'ls', 'jar.json', '--json', ...more], { cwd: await jarFolder() });
    expect(code).toBe(0);
    const found = out === '' ? [] : lines(out).map((line) => JSON.parse(line).name);
    expect(found).toEqual(names);
  });

  test('--json says all but the value, in characters that steer nothing', async () => {
    const { out } = await cli(['cookies', 'ls', 'jar.json', '--json'], { cwd: await jarFolder() });
    expect(out).toContain('"\\u009bname\\u202e"');
    expect(out).not.toContain('s3cret');
    const sid = lines(out).map((line) => JSON.parse(line))[2];
    expect(sid).toEqual({
      name: 'sid',
      domain: 'shop.example',
      hostOnly: true,
      path: '/',
      expires: null,
      secure: false,
      httpOnly: true,
      sameSite: 'lax',
      partitioned: false,
    });
  });

  test('--show-values shows the values', async () => {
    const cwd = await jarFolder();
    expect((await cli(['cookies', 'ls', 'jar.json', '--show-values'], { cwd })).out).toMatch(/sid +s3cret/);
    const { out } = await cli(['cookies', 'ls', 'jar.json', 'sid', '--show-values', '--json'], { cwd });
    expect(JSON.parse(out).value).toBe('s3cret');
  });

  test('says that there is nothing', async () => {
    const cwd = await jarFolder();
    expect((await cli(['cookies', 'ls', 'jar.json', 'x'], { cwd })).out).toBe('None of the 4 cookies in jar.json is meant\n');
    await cli(['cookies', 'clear', 'jar.json'], { cwd });
    expect(await cli(['cookies', 'ls', 'jar.json'], { cwd })).toMatchObject({ code: 0, out: 'No cookies in jar.json\n' });
  });

  test('changes nothing', async () => {
    const cwd = await jarFolder();
    const before = await stat(join(cwd, 'jar.json'));
    await cli(['cookies', 'ls', 'jar.json'], { cwd });
    expect((await stat(join(cwd, 'jar.json'))).ino).toBe(before.ino);
  });
});

describe('cookies show', () => {
  test('shows everything', async () => {
    const { code, out } = await cli(['cookies', 'show', 'jar.json', 'id', 'sid'], { cwd: await jarFolder() });
    expect(code).toBe(0);
    expect(out.replace(/\d{4}-[\d: -]+ UTC/, 'DATE')).toBe(
      [
        'id',
        '  value    1',
        '  domain   example.org and all below',
        '  path     /',
        '  expires  DATE, in 2 h',
        '  flags    Secure',
        'sid',
        '  value    s3cret',
        '  domain   shop.example alone',
        '  path     /',
        '  expires  with the session',
        '  flags    HttpOnly SameSite=Lax',
        '',
      ].join('\n'),
    );
  });

  test('of what is not there ends with 31', async () => {
    const cwd = await jarFolder();
    expect((await cli(['cookies', 'show', 'jar.json', 'x'], { cwd })).code).toBe(31);
    expect(await cli(['cookies', 'show', 'jar.json', 'x', '--json'], { cwd })).toMatchObject({ code: 31, out: '' });
  });
});

describe('cookies rm and clear', () => {
  test.each([
    [['sid'], ['id=1', 'theme=dark'], 'Removed 1 cookie from jar.json\n'],
    [['--domain', 'shop.example'], ['id=1'], 'Removed 2 cookies from jar.json\n'],
    [['--session'], ['id=1', 'theme=dark'], 'Removed 2 cookies from jar.json\n'],
    [['x'], ['id=1', 'sid=s3cret', 'theme=dark'], 'No such cookie in jar.json\n'],
  ])('rm %j', async (more, left, said) => {
    const cwd = await jarFolder();
    const { code, out } = await cli(['cookies', 'rm', 'jar.json', ...more], { cwd });
    expect({ code, out }).toEqual({ code: said.startsWith('No') ? 31 : 0, out: said });
    expect(inLibrary(cwd, 'jar.json')).toEqual(left);
  });

  test('clear removes all, and programs that use the jar hear of it', async () => {
    const cwd = await jarFolder();
    const jar = new QPersistentCookieJar(join(cwd, 'jar.json'));
    expect(await cli(['cookies', 'clear', 'jar.json'], { cwd })).toMatchObject({
      code: 0,
      out: 'Removed 4 cookies from jar.json\n',
    });
    jar.load();
    expect(jar.allCookies()).toEqual([]);
  });
});

describe('cookies of other programs', () => {
  const NETSCAPE =
    '# Netscape HTTP Cookie File\n.a.example\tTRUE\t/\tFALSE\t4102444800\tk\tv\n#HttpOnly_b.example\tFALSE\t/x\tTRUE\t0\ts\t1\n';
  const STATE = JSON.stringify({
    cookies: [
      { name: 'p', value: '2', domain: 'c.example', path: '/', expires: -1, httpOnly: true, secure: true, sameSite: 'Strict' },
    ],
    origins: [],
  });

  test('a Netscape file, its cookies of the session included, goes in and comes out', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'cookies.txt'), `${NETSCAPE}old.example\tFALSE\t/\tFALSE\t1000\to\tx\n`);
    const { code, out } = await cli(['cookies', 'import', 'new/jar.json', 'cookies.txt'], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: 'Added 2 cookies to new/jar.json; 1 had expired\n' });
    expect(inLibrary(cwd, 'new/jar.json')).toEqual(['k=v', 's=1']);
    expect((await cli(['cookies', 'export', 'new/jar.json'], { cwd })).out).toBe(NETSCAPE);
  });

  test('so does a storage state, from standard input', async () => {
    const cwd = await folder();
    expect((await cli(['cookies', 'import', 'jar.json', '-'], { cwd, input: STATE })).code).toBe(0);
    expect(inLibrary(cwd, 'jar.json')).toEqual(['p=2']);
    const { out } = await cli(['cookies', 'export', 'jar.json', '--format', 'playwright'], { cwd });
    expect(JSON.parse(out)).toEqual(JSON.parse(STATE));
  });

  test('what is imported comes to what was there, and replaces its like', async () => {
    const cwd = await jarFolder();
    const input = 'shop.example\tFALSE\t/\tFALSE\t0\tsid\tnew\n';
    await cli(['cookies', 'import', 'jar.json', '-'], { cwd, input });
    expect(inLibrary(cwd, 'jar.json')).toEqual(['id=1', 'sid=new', 'theme=dark']);
  });

  test('export takes names and domains, and writes a file for its owner alone', async () => {
    const cwd = await jarFolder();
    const { out } = await cli(['cookies', 'export', 'jar.json', '--domain', 'example.org', '-o', 'out.txt'], { cwd });
    expect(out).toBe('Wrote 1 cookie to out.txt\n');
    expect(await readFile(join(cwd, 'out.txt'), 'utf8')).toMatch(/^# .*\n\.example\.org\t.*\tid\t1\n$/);
    expect((await stat(join(cwd, 'out.txt'))).mode & 0o777).toBe(0o600);
  });

  test.each<[string, string[], RegExp]>([
    ['hello', [], /it is no Netscape cookie file/],
    ['{"a":1}', [], /it is no storage state of Playwright/],
    ['{', [], /it is no storage state of Playwright/],
    [NETSCAPE, ['--format', 'playwright'], /it is no storage state/],
    ['{"format":"qnetwork-cookies","version":1,"cookies":[]}', [], /qnam cookies export from \| qnam cookies import FILE -/],
  ])('%j is refused', async (content, more, message) => {
    const cwd = await folder();
    await writeFile(join(cwd, 'from'), content);
    const { code, err } = await cli(['cookies', 'import', 'jar.json', 'from', ...more], { cwd });
    expect(code).toBe(60);
    expect(err).toMatch(message);
  });
});

describe('what is no jar', () => {
  test.each<[string, RegExp]>([
    ['missing.json', /cannot read missing\.json: no such file.*\n.*--cookie-jar/],
    ['folder', /cannot read folder: it is a folder/],
    ['other.json', /cannot read other\.json: it is no file of cookies.*\n.*qnam cookies import/],
    ['other.json/x', /cannot read other\.json\/x: (no such file|a part of the path is no folder)/],
  ])('%s is neither read nor changed', async (path, message) => {
    const cwd = await folder();
    await mkdir(join(cwd, 'folder'));
    await writeFile(join(cwd, 'other.json'), '{"my":"data"}');
    for (const action of ['ls', 'clear']) {
      const { code, err, out } = await cli(['cookies', action, path], { cwd });
      expect({ code, out }).toEqual({ code: 60, out: '' });
      expect(err).toMatch(message);
      expect(err).not.toContain('    at ');
    }
    expect((await cli(['cookies', 'import', 'other.json', '-'], { cwd, input: '' })).code).toBe(60);
    expect(await readFile(join(cwd, 'other.json'), 'utf8')).toBe('{"my":"data"}');
  });
});

describe('qnam get --cookie-jar', () => {
  test('keeps what servers set and sends it with the next run', async () => {
    const server = await serve({
      '/login': text('in', 200, { 'Set-Cookie': ['sid=1', 'lang=de; Max-Age=60'] }),
      '/': text('hello'),
    });
    const cwd = await folder();
    expect((await cli(['get', '--cookie-jar', 'jar.json', `${server.url}/login`], { cwd })).code).toBe(0);
    expect(inLibrary(cwd, 'jar.json')).toEqual(['lang=de', 'sid=1']);
    await cli(['get', '--cookie-jar', 'jar.json', `${server.url}/`], { cwd });
    const sent = server.seen.map(({ headers }) => headers.cookie?.split('; ').sort());
    expect(sent).toEqual([undefined, ['lang=de', 'sid=1']]);
  });

  test('a jar that cannot be used is said before anything is sent', async () => {
    const server = await serve(text('hello'));
    const cwd = await folder();
    await writeFile(join(cwd, 'other.json'), 'mine');
    const { code, err } = await cli(['get', '--cookie-jar', 'other.json', server.url], { cwd });
    expect(code).toBe(60);
    expect(err).toBe('qnam: cannot use other.json: it is no file of cookies that this version can read\n');
    expect(server.seen).toEqual([]);
  });

  test('a jar that cannot be written ends with 60, the answer is written all the same', async () => {
    const cwd = await folder();
    const server = await serve((response) => {
      writeFileSync(join(cwd, 'sub'), 'a file where the folder of the jar would be');
      response.setHeader('Set-Cookie', 'a=1').end('hello');
    });
    const { code, out, err } = await cli(['get', '--cookie-jar', 'sub/jar.json', server.url], { cwd });
    expect({ code, out }).toEqual({ code: 60, out: 'hello' });
    expect(err).toMatch(/^qnam: cannot write .*\/sub\/jar\.json: .*\n$/);
  });
});
