import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QNetworkAccessManager, QNetworkCookie, QPersistentCookieJar } from '../../../src/index.ts';
import { once, until, within } from '../../support/once.ts';
import { serve } from '../../support/server.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cookies-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const URL_ = 'http://example.org/';
const FUTURE = 'Max-Age=1000';
const open = (path: string): QPersistentCookieJar => new QPersistentCookieJar(path);
const names = (jar: QPersistentCookieJar): string =>
  jar
    .allCookies()
    .map((one) => one.toRawForm(QNetworkCookie.NameAndValueOnly).toString())
    .join('; ');
const set = (jar: QPersistentCookieJar, ...lines: string[]): boolean => jar.setCookiesFromHeader(lines, URL_);

describe('a jar in a file', () => {
  it('is read again, without the cookies of the session', async () => {
    const path = join(folder(), 'deep', 'er', 'cookies.json');
    const jar = open(path);
    expect([jar.fileName(), existsSync(path)]).toEqual([path, false]);
    set(
      jar,
      `a=1; ${FUTURE}; Path=/x; HttpOnly; SameSite=Lax`,
      `b=2; ${FUTURE}; Domain=example.org`,
      'session=1',
      'gone=1; Max-Age=0',
    );
    await jar.save();
    const again = open(path);
    expect(again.allCookies().map((one) => one.toRawForm().toString())).toEqual(
      jar
        .allCookies()
        .filter((one) => !one.isSessionCookie())
        .map((one) => one.toRawForm().toString()),
    );
    expect(names(again)).toBe('a=1; b=2');
  });

  it('is for its owner only', async () => {
    const place = folder();
    const path = join(place, 'made', 'cookies.json');
    const jar = open(path);
    set(jar, `a=1; ${FUTURE}`);
    await jar.save();
    expect([statSync(path).mode & 0o777, statSync(join(place, 'made')).mode & 0o777]).toEqual([0o600, 0o700]);
    chmodSync(path, 0o644);
    set(jar, `a=2; ${FUTURE}`);
    await jar.save();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(place, 'made'))).toEqual(['cookies.json']);
  });

  it('writes by itself, and before its manager is closed', async () => {
    const path = join(folder(), 'cookies.json');
    await using server = await serve({ routes: { '*': { headers: { 'Set-Cookie': `a=1; ${FUTURE}` } } } });
    const jar = open(path);
    set(jar, `first=1; ${FUTURE}`);
    await until(() => existsSync(path), 'the file');
    const manager = new QNetworkAccessManager();
    manager.setCookieJar(jar);
    await within(manager.get(server.url()).whenFinished(), 'the reply');
    await manager.close();
    expect(names(open(path))).toBe('first=1; a=1');
  });

  it('does not write what did not change', async () => {
    const path = join(folder(), 'cookies.json');
    const jar = open(path);
    set(jar, `a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT`);
    await jar.save();
    const before = statSync(path).ino;
    set(jar, `a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT`, 'session=1');
    await jar.save();
    expect(statSync(path).ino).toBe(before);
  });

  it('keeps the cookies of the session where that is wished', async () => {
    const path = join(folder(), 'cookies.json');
    const jar = open(path);
    expect(jar.keepSessionCookies()).toBe(false);
    set(jar, 's=1');
    jar.setKeepSessionCookies(true);
    await jar.save();
    const other = open(path);
    expect(names(other)).toBe('');
    // a jar that does not keep them leaves those of others where they are
    set(other, `a=1; ${FUTURE}`);
    await other.save();
    other.setKeepSessionCookies(true);
    other.load();
    expect(names(other)).toBe('a=1; s=1');
    other.setKeepSessionCookies(false);
    await other.save();
    expect(readFileSync(path, 'utf8')).not.toContain('"s"');
  });

  it('brings together what several processes change', async () => {
    const path = join(folder(), 'cookies.json');
    const [one, two] = [open(path), open(path)];
    set(one, `a=1; ${FUTURE}`, `b=1; ${FUTURE}`);
    await one.save();
    two.load();
    expect(names(two)).toBe('a=1; b=1');
    set(one, `a=one; ${FUTURE}`, 'b=; Max-Age=0');
    set(two, `c=two; ${FUTURE}`);
    await Promise.all([one.save(), two.save()]);
    one.load();
    two.load();
    expect([names(one), names(two)].map((text) => text.split('; ').sort().join('; '))).toEqual(['a=one; c=two', 'a=one; c=two']);
  });

  it('keeps what changed here when it changed there, too, until the last one writes', async () => {
    const path = join(folder(), 'cookies.json');
    const one = open(path);
    set(one, `a=0; ${FUTURE}`);
    await one.save();
    const two = open(path);
    set(one, `a=one; ${FUTURE}`);
    await one.save();
    set(two, `a=two; ${FUTURE}`);
    two.load();
    expect(names(two)).toBe('a=two');
    await two.save();
    one.load();
    expect([names(one), names(open(path))]).toEqual(['a=two', 'a=two']);
  });

  it('sees after a while what others wrote', async () => {
    const path = join(folder(), 'cookies.json');
    const [one, two] = [open(path), open(path)];
    expect(names(two)).toBe('');
    set(one, `a=1; ${FUTURE}`);
    await one.save();
    await until(() => two.cookieHeaderForUrl(URL_).length > 0, 'the cookie of the other');
    rmSync(path);
    await until(() => two.cookieHeaderForUrl(URL_).length === 0, 'the end of all cookies');
  });

  it('refuses a file that is something else, and does not touch it', async () => {
    const place = folder();
    const path = join(place, 'notes.txt');
    writeFileSync(path, 'do not lose this');
    expect(() => open(path)).toThrow(`${path} is no file of cookies that this version can read; give the jar a file of its own.`);
    expect(() => open(place)).toThrow(/is no file of cookies/);
    expect(() => open('')).toThrow(/expects the name of the file/);
    // … nor one that became something else
    const jar = open(join(place, 'cookies.json'));
    set(jar, `a=1; ${FUTURE}`);
    writeFileSync(join(place, 'cookies.json'), 'something else');
    await expect(jar.save()).rejects.toThrow(/is no file of cookies/);
    expect(readFileSync(join(place, 'cookies.json'), 'utf8')).toBe('something else');
  });

  it('replaces a link and not what it leads to', async () => {
    const place = folder();
    writeFileSync(join(place, 'target'), '');
    symlinkSync(join(place, 'target'), join(place, 'cookies.json'));
    const jar = open(join(place, 'cookies.json'));
    set(jar, `a=1; ${FUTURE}`);
    await jar.save();
    expect(readFileSync(join(place, 'target'), 'utf8')).toBe('');
    expect(names(open(join(place, 'cookies.json')))).toBe('a=1');
  });

  it('says so when it cannot write, and goes on in memory', async () => {
    const place = folder();
    const jar = open(join(place, 'file', 'cookies.json'));
    writeFileSync(join(place, 'file'), '');
    const failed = once(jar.saveFailed, 'saveFailed');
    set(jar, `a=1; ${FUTURE}`);
    const [error] = await failed;
    expect((error as NodeJS.ErrnoException).code).toMatch(/ENOTDIR|EEXIST/);
    await expect(jar.save()).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(jar.cookieHeaderForUrl(URL_).toString()).toBe('a=1');
  });

  it('warns once where nobody listens', async () => {
    const place = folder();
    const jar = open(join(place, 'file', 'cookies.json'));
    writeFileSync(join(place, 'file'), '');
    const warnings: (string | undefined)[] = [];
    const warned = (warning: Error & { code?: string }): void => void warnings.push(warning.code);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    set(jar, `a=1; ${FUTURE}`);
    await until(() => warnings.length > 0, 'the warning');
    await jar._flush();
    expect(warnings).toEqual(['QNETWORK_COOKIE_FILE']);
  });
});

describe('files of others', () => {
  it('are taken in and written', async () => {
    const path = join(folder(), 'cookies.json');
    const jar = open(path);
    const text =
      '# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tFALSE\t4096250880\ta\t1\nexample.org\tFALSE\t/\tFALSE\t1\told\t1\n';
    expect(jar.importNetscape(text)).toBe(1);
    expect(jar.cookieHeaderForUrl('http://www.example.org/').toString()).toBe('a=1');
    const state = {
      cookies: [
        {
          name: 'b',
          value: 'ä',
          domain: 'example.org',
          path: '/',
          expires: -1,
          httpOnly: true,
          secure: false,
          sameSite: 'Strict' as const,
        },
      ],
      origins: [],
    };
    expect(jar.importStorageState(JSON.stringify(state))).toBe(1);
    expect(jar.cookieHeaderForUrl(URL_).toString()).toBe('a=1; b=ä');
    expect(jar.exportNetscape().toString()).toBe(
      '# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tFALSE\t4096250880\ta\t1\n#HttpOnly_example.org\tFALSE\t/\tFALSE\t0\tb\tä\n',
    );
    expect(jar.exportStorageState().cookies[1]).toEqual(state.cookies[0]);
    await jar.save();
    expect(names(open(path))).toBe('a=1');
    expect(() => jar.importStorageState('{}')).toThrow(/importStorageState expects what storageState\(\) of Playwright gives/);
    expect(() => jar.importStorageState('nonsense')).toThrow(TypeError);
  });

  it('replace everything where setAllCookies is public', async () => {
    const path = join(folder(), 'cookies.json');
    const jar = open(path);
    set(jar, `a=1; ${FUTURE}`);
    await jar.save();
    jar.setAllCookies([]);
    await jar.save();
    expect(names(open(path))).toBe('');
  });
});
