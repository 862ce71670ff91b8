import { expect, test } from 'vitest';
import { Url } from '../../src/base/url.ts';
import { filePathOf } from '../../src/rules/file-url.ts';

test.each<[string, string, string]>([
  ['linux', 'file:///tmp/a.txt', '/tmp/a.txt'],
  ['linux', 'file:/tmp/a.txt', '/tmp/a.txt'],
  ['linux', 'file://localhost/tmp/a.txt', '/tmp/a.txt'],
  ['linux', 'FILE://LocalHost/tmp/a.txt', '/tmp/a.txt'],
  ['linux', 'file:///sp%20ace', '/sp ace'],
  ['linux', 'file:///sp ace', '/sp ace'],
  ['linux', 'file:///gr%C3%BCn', '/grün'],
  ['linux', 'file:///grün', '/grün'],
  ['linux', 'file:///%EF%BF%BD', '/\ufffd'],
  ['linux', 'file:///a%25b%3F%23', '/a%b?#'],
  ['linux', 'file:///a?query#fragment', '/a'],
  ['linux', 'file:///a%5Cb', '/a\\b'],
  ['linux', 'file:///C:/x', '/C:/x'],
  ['linux', 'file://', '/'],
  ['linux', 'file:name.txt', 'name.txt'],
  ['win32', 'file:///C:/a/b.txt', 'C:\\a\\b.txt'],
  ['win32', 'file:///c:', 'c:\\'],
  ['win32', 'file:///C:/', 'C:\\'],
  ['win32', 'file://localhost/C:/a', 'C:\\a'],
  ['win32', 'file:///C%3A/a', 'C:\\a'],
  ['win32', 'file:name.txt', 'name.txt'],
])('%s: %s is %s', (platform, url, path) => {
  expect(filePathOf(Url.parse(url), platform)).toEqual({ path });
});

test.each([
  ['linux', 'file://server/a', 'host "server"'],
  ['win32', 'file://server/share/a', 'host "server"'],
  ['linux', 'file:///a%2Fb', '%2F'],
  ['linux', 'file:///a%2fb', '%2F'],
  ['win32', 'file:///C:/a%5cb', '%5C'],
  ['linux', 'file:///a%00b', 'NUL'],
  ['linux', 'file:///a%FFb', 'UTF-8'],
  ['win32', 'file:///a/b', 'drive'],
  ['win32', 'file:///', 'drive'],
  ['win32', 'file:////server/share', 'drive'],
])('%s: %s is refused', (platform, url, reason) => {
  expect(filePathOf(Url.parse(url), platform).refused).toContain(reason);
});
