import { describe, expect, it } from 'vitest';
import { Url } from '../../src/base/url.ts';
import { type Place, socketPathOf, socketPathProblem } from '../../src/rules/local-socket.ts';

const LINUX: Place = { platform: 'linux', temporary: '/tmp' };
const WINDOWS: Place = { platform: 'win32', temporary: 'C:\\Temp' };

describe('socketPathOf', () => {
  const rows: [url: string, wished: string, place: Place, path: string][] = [
    ['unix+http://docker/x', '', LINUX, '/tmp/docker'],
    ['local+http://docker/x', '', LINUX, '/tmp/docker'],
    ['UNIX+HTTP://Docker/x', '', LINUX, '/tmp/docker'],
    ['unix+http://docker:80/x', '', LINUX, '/tmp/docker'],
    ['unix+http://docker.sock', '', LINUX, '/tmp/docker.sock'],
    ['unix+http://docker/x', '', { ...LINUX, temporary: '/var/tmp/' }, '/var/tmp/docker'],
    ['unix+http://%2Fvar%2Frun%2FDocker.sock/x', '', LINUX, '/var/run/Docker.sock'],
    ['unix+http://a%2Fb/x', '', LINUX, '/tmp/a/b'],
    ['unix+http://%2Ftmp%2Fa%20b%C3%A9/x', '', LINUX, '/tmp/a bé'],
    ['unix+http://docker/x', '/run/other.sock', LINUX, '/run/other.sock'],
    ['unix+http://docker/x', 'other', LINUX, '/tmp/other'],
    ['unix+http:///x', '/run/other.sock', LINUX, '/run/other.sock'],
    ['unix+http:/x', '/run/100%25.sock', LINUX, '/run/100%25.sock'],
    ['unix+http:///x', '', LINUX, ''],
    ['unix+http:/x', '', LINUX, ''],
    ['http://docker/x', '', LINUX, ''],
    ['http://docker/x', '/run/other.sock', LINUX, ''],
    ['local+http://docker/x', '', WINDOWS, '\\\\.\\pipe\\docker'],
    ['local+http://docker/x', 'my\\pipe', WINDOWS, '\\\\.\\pipe\\my\\pipe'],
    ['local+http://docker/x', '\\\\.\\pipe\\mine', WINDOWS, '\\\\.\\pipe\\mine'],
    ['local+http://%5C%5C.%5Cpipe%5CMine/x', '', WINDOWS, '\\\\.\\pipe\\Mine'],
    ['local+http:///x', '', WINDOWS, ''],
  ];
  it.each(rows)('%s, wished "%s"', (text, wished, place, path) => {
    const url = Url.parse(text);
    expect(url.error).toBe('');
    expect(socketPathOf(url, wished, place)).toBe(path);
  });
});

describe('socketPathProblem', () => {
  const rows: [what: string, path: string, platform: string, problem: string][] = [
    ['as long as it may be', `/${'x'.repeat(106)}`, 'linux', ''],
    ['a byte more', `/${'x'.repeat(107)}`, 'linux', 'has 108 bytes and the system takes 107'],
    ['bytes, not characters', `/${'é'.repeat(53)}x`, 'linux', 'has 108 bytes and the system takes 107'],
    ['macOS', `/${'x'.repeat(102)}`, 'darwin', ''],
    ['macOS, a byte more', `/${'x'.repeat(103)}`, 'darwin', 'has 104 bytes and the system takes 103'],
    ['Windows', `\\\\.\\pipe\\${'x'.repeat(247)}`, 'win32', ''],
    ['Windows, one more', `\\\\.\\pipe\\${'x'.repeat(248)}`, 'win32', 'has 257 bytes and the system takes 256'],
    ['a NUL', '/run/a\0b', 'linux', 'NUL'],
  ];
  it.each(rows)('%s', (_what, path, platform, problem) => {
    const said = socketPathProblem(path, platform);
    if (problem === '') expect(said).toBe('');
    else expect(said).toContain(problem);
  });
});
