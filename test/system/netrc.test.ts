import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { netrcCredentials, usersNetrc } from '../../src/system/netrc.ts';

describe('the netrc of a user', () => {
  const place = (platform: NodeJS.Platform, env: Record<string, string>, ...files: string[]): string =>
    usersNetrc({ platform, env, home: '/home/u', exists: (path) => files.includes(path) }).replaceAll('\\', '/');

  it.each<[platform: NodeJS.Platform, env: Record<string, string>, files: string[], expected: string]>([
    ['linux', {}, [], '/home/u/.netrc'],
    ['linux', { NETRC: '' }, [], '/home/u/.netrc'],
    ['linux', { NETRC: '/else/where' }, ['/home/u/.netrc'], '/else/where'],
    ['linux', {}, ['/home/u/_netrc'], '/home/u/.netrc'],
    ['win32', {}, [], '/home/u/_netrc'],
    ['win32', {}, ['/home/u/.netrc', '/home/u/_netrc'], '/home/u/.netrc'],
    ['win32', { NETRC: 'mine' }, [], 'mine'],
  ])('on %s with %j and %j: %s', (platform, env, files, expected) => expect(place(platform, env, ...files)).toBe(expected));
});

describe('a netrc file', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qnetwork-netrc-'));
    path = join(folder, 'netrc');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is asked by host', () => {
    writeFileSync(path, 'machine a login u password p');
    const ask = netrcCredentials(path);
    expect(ask('a')).toEqual({ user: 'u', password: 'p', domain: '' });
    expect(ask('b')).toBeNull();
  });

  it('is read again when it has changed, and only then', () => {
    writeFileSync(path, 'machine a login u');
    utimesSync(path, 1, 1);
    const ask = netrcCredentials(path);
    expect(ask('a')?.user).toBe('u');
    // of the same size and time: nothing tells that it is another one
    writeFileSync(path, 'machine a login v');
    utimesSync(path, 1, 1);
    expect(ask('a')?.user).toBe('u');
    utimesSync(path, 2, 2);
    expect(ask('a')?.user).toBe('v');
  });

  it('knows nobody while it does not exist', () => {
    const ask = netrcCredentials(path);
    expect(ask('a')).toBeNull();
    writeFileSync(path, 'machine a login u');
    expect(ask('a')?.user).toBe('u');
    rmSync(path);
    expect(ask('a')).toBeNull();
  });

  it('says where it makes no sense, each time', () => {
    writeFileSync(path, 'machine a login u password "secret');
    const ask = netrcCredentials(path);
    for (let i = 0; i < 2; i++) expect(() => ask('a')).toThrow(`${path}: line 1 has a quote that is not closed`);
  });

  it('has to be a file, and not a large one', () => {
    mkdirSync(path);
    expect(() => netrcCredentials(path)('a')).toThrow(`${path} is no netrc`);
    writeFileSync(join(folder, 'large'), Buffer.alloc((1 << 20) + 1, 32));
    expect(() => netrcCredentials(join(folder, 'large'))('a')).toThrow('is no netrc');
  });
});
