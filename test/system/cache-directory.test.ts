import { isAbsolute, sep } from 'node:path';
import { expect, it } from 'vitest';
import { type CachePlace, cacheDirectory } from '../../src/system/cache-directory.ts';

const rows: readonly [place: CachePlace, directory: string][] = [
  [{ platform: 'linux', env: {}, home: '/home/me' }, '/home/me/.cache/qnetwork'],
  [{ platform: 'linux', env: { XDG_CACHE_HOME: '/var/mine' }, home: '/home/me' }, '/var/mine/qnetwork'],
  [{ platform: 'linux', env: { XDG_CACHE_HOME: 'relative' }, home: '/home/me' }, '/home/me/.cache/qnetwork'],
  [{ platform: 'linux', env: { XDG_CACHE_HOME: '' }, home: '/home/me' }, '/home/me/.cache/qnetwork'],
  [{ platform: 'freebsd', env: {}, home: '/home/me' }, '/home/me/.cache/qnetwork'],
  [{ platform: 'darwin', env: { XDG_CACHE_HOME: '/var/mine' }, home: '/Users/me' }, '/Users/me/Library/Caches/qnetwork'],
  [{ platform: 'win32', env: { LOCALAPPDATA: '/c/local' }, home: '/c/me' }, '/c/local/qnetwork'],
  [{ platform: 'win32', env: {}, home: '/c/me' }, '/c/me/AppData/Local/qnetwork'],
  [{ platform: 'linux', env: {}, home: '' }, '.'],
];
it.each(rows)('the cache directory: %o', (place, directory) => {
  expect(cacheDirectory(place).split(sep).join('/')).toBe(directory);
});

it('is somewhere on this machine', () => {
  expect(isAbsolute(cacheDirectory())).toBe(true);
});
