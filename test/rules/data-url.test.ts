import { expect, test } from 'vitest';
import { Url } from '../../src/base/url.ts';
import { readDataUrl } from '../../src/rules/data-url.ts';

const DEFAULT = 'text/plain;charset=US-ASCII';

test.each<[string, string, string]>([
  ['data:,hello', DEFAULT, 'hello'],
  ['data:,', DEFAULT, ''],
  ['DATA:,hello', DEFAULT, 'hello'],
  ['data:,a%20b', DEFAULT, 'a b'],
  ['data:,a?b=c', DEFAULT, 'a?b=c'],
  ['data:,a?b,c', DEFAULT, 'a?b,c'],
  ['data:,a#b', DEFAULT, 'a'],
  ['data:,a%23b', DEFAULT, 'a#b'],
  ['data:?,x', '?', 'x'],
  ['data:text/html,%3Cb%3Ex%3C/b%3E', 'text/html', '<b>x</b>'],
  ['data:Text/HTML,x', 'Text/HTML', 'x'],
  ['data:%20text/plain%20,%20spaced', 'text/plain', ' spaced'],
  ['data:text/plain;charset=utf-8,gr%C3%BCn', 'text/plain;charset=utf-8', 'grün'],
  ['data:;charset=utf-8,x', 'text/plain;charset=utf-8', 'x'],
  ['data:charset=utf-8,x', 'text/plain;charset=utf-8', 'x'],
  ['data:;a=b,x', 'text/plain;a=b', 'x'],
  ['data:text/plain;a=b;c=%22d,e%22,x', 'text/plain;a=b;c="d', 'e",x'],
  ['data:text/plain;base64,SGVsbG8=', 'text/plain', 'Hello'],
  ['data:text/plain;BASE64,SGVsbG8=', 'text/plain', 'Hello'],
  ['data:;base64,SGVsbG8=', DEFAULT, 'Hello'],
  ['data:text/plain; base64,SGVsbG8=', 'text/plain', 'Hello'],
  ['data:text/plain;charset=x;base64,SGVsbG8=', 'text/plain;charset=x', 'Hello'],
  ['data:base64,SGVsbG8=', 'base64', 'SGVsbG8='],
  ['data:;base64,SGVsbG8', DEFAULT, 'Hello'],
  ['data:;base64,SGVs%0D%0AbG8%3D', DEFAULT, 'Hello'],
  ['data:;base64,', DEFAULT, ''],
  // white space around the word, between the digits and between the padding counts for nothing
  ['data:;%20base64%20,SGVsbG8=', DEFAULT, 'Hello'],
  ['data:;base64,%20S%09G%0CVs%0AbG8%20=%20', DEFAULT, 'Hello'],
  // only at the end does it say how the content is written
  ['data:text/plain;base64;charset=x,SGVsbG8=', 'text/plain;base64;charset=x', 'SGVsbG8='],
  ['data:text/plain;base64=x,SGVsbG8=', 'text/plain;base64=x', 'SGVsbG8='],
  ['data:text/plain;charset=x;x=base64,SGVsbG8=', 'text/plain;charset=x;x=base64', 'SGVsbG8='],
  ['data:,a%zzb', DEFAULT, 'a%zzb'],
])('%s', (text, type, content) => {
  const read = readDataUrl(Url.parse(text));
  if (typeof read === 'string') throw new Error(read);
  expect(read.type).toBe(type);
  expect(Buffer.from(read.bytes).toString('utf8')).toBe(content);
});

test('bytes of any value', () => {
  const text = `data:,${[...Array(256).keys()].map((byte) => '%' + byte.toString(16).padStart(2, '0')).join('')}`;
  const read = readDataUrl(Url.parse(text));
  expect(typeof read === 'string' ? read : [...read.bytes]).toEqual([...Array(256).keys()]);
});

test.each([
  ['data:;base64,@@@@', 'not valid base64'],
  ['data:;base64,SGVsbG8==', 'not valid base64'],
  ['data:;base64,SGVsb=G8', 'not valid base64'],
  ['data:;base64,A', 'not valid base64'],
  ['data:;base64,SG-_', 'not valid base64'],
  ['data:;base64,SGVsbA=', 'not valid base64'],
  ['data:;base64,====', 'not valid base64'],
  ['data:;base64,SGVs%C2%A0bG8=', 'not valid base64'],
  ['data://host/,x', '//host'],
  ['data:hello', 'comma'],
  ['data:a#,b', 'comma'],
  ['data:text/plain%0D%0AX-Evil:%201,x', 'control characters'],
])('%s is refused', (text, reason) => {
  expect(readDataUrl(Url.parse(text))).toContain(reason);
});
