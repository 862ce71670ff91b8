import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { QrcTransport } from '../../src/transports/qrc/qrc.ts';
import { Resources, registerResource, unregisterResource } from '../../src/transports/qrc/resources.ts';
import { RecordingHop } from './recording-hop.ts';

const base = mkdtempSync(join(tmpdir(), 'qrc-'));
const folder = join(base, 'public');
const resources = new Resources();

beforeAll(() => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  mkdirSync(join(base, 'public-not'));
  writeFileSync(join(folder, 'in.txt'), 'in folder');
  writeFileSync(join(folder, 'sub', 'sp ace.txt'), 'spaced');
  utimesSync(join(folder, 'in.txt'), 784111777, 784111777);
  writeFileSync(join(base, 'secret.txt'), 'secret');
  writeFileSync(join(base, 'public-not', 'secret.txt'), 'secret');
  symlinkSync(join(base, 'secret.txt'), join(folder, 'link-out.txt'));
  symlinkSync(base, join(folder, 'link-up'));
  symlinkSync(join(base, 'public-not'), join(folder, 'link-beside'));
  symlinkSync(join(folder, 'in.txt'), join(folder, 'link-in.txt'));
  resources.register('/files', folder);
  resources.register('/', { 'hello.txt': 'hällo', '/deep/a.bin': Uint8Array.of(1, 2, 3) });
  resources.register('files/more', { 'x.txt': 'more x' });
});

afterAll(() => rmSync(base, { recursive: true }));

function carry(method: string, url: string): RecordingHop {
  const hop = new RecordingHop(method, url);
  new QrcTransport(resources).carry(hop);
  return hop;
}

test.each([
  ['qrc:/hello.txt', 'hällo'],
  ['qrc:///hello.txt', 'hällo'],
  ['qrc:/deep//a.bin', '\x01\x02\x03'],
  ['qrc:/files/in.txt', 'in folder'],
  ['qrc:/files/sub/sp%20ace.txt', 'spaced'],
  ['qrc:/files/link-in.txt', 'in folder'],
  ['qrc:/files/more/x.txt', 'more x'],
])('%s', (url, content) => {
  const hop = carry('GET', url);
  expect(hop.log).toEqual(['served']);
  expect(hop.text).toBe(content);
});

test('head of a resource in memory and in a folder', () => {
  expect(carry('HEAD', 'qrc:/hello.txt').fields).toEqual(['Content-Length', '6']);
  const hop = carry('HEAD', 'qrc:/files/in.txt');
  expect(hop.fields).toEqual(['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Content-Length', '9']);
  expect(hop.pull!.length).toBe(0);
});

test.each([
  ['qrc:/nothing', 'not-found'],
  ['qrc:/files/nothing', 'not-found'],
  ['qrc:/files/in.txt/below', 'not-found'],
  ['qrc:/', 'directory'],
  ['qrc:/deep', 'directory'],
  ['qrc:/files', 'directory'],
  ['qrc:/files/sub/', 'directory'],
  ['qrc://host/hello.txt', 'operation'],
  ['qrc:/files/../secret.txt', 'access'],
  ['qrc:/files/%2e%2e/secret.txt', 'access'],
  ['qrc:/files/..%2Fsecret.txt', 'access'],
  ['qrc:/files/..%5Csecret.txt', 'access'],
  ['qrc:/files/%2Fetc%2Fpasswd', 'access'],
  ['qrc:/files/in.txt%00.png', 'access'],
  ['qrc:/files/link-out.txt', 'access'],
  ['qrc:/files/link-up/secret.txt', 'access'],
  ['qrc:/files/link-beside/secret.txt', 'access'],
])('%s: %s', (url, kind) => {
  for (const method of ['GET', 'HEAD']) expect(carry(method, url).log).toEqual([`fail ${kind}`]);
});

test.each(['POST', 'PUT', 'DELETE', 'LINK'])('%s is not known', (method) => {
  expect(carry(method, 'qrc:/hello.txt').log).toEqual(['fail scheme']);
});

describe('registering', () => {
  test('for the whole process, and forgetting', () => {
    registerResource('/once', { 'a.txt': 'a' });
    const get = (): string => {
      const hop = new RecordingHop('GET', 'qrc:/once/a.txt');
      new QrcTransport().carry(hop);
      return hop.log.join();
    };
    expect(get()).toBe('served');
    expect(unregisterResource('once/')).toBe(true);
    expect(unregisterResource('once')).toBe(false);
    expect(get()).toBe('fail not-found');
  });

  test('contents are copied', () => {
    const bytes = Buffer.from('old');
    const own = new Resources();
    own.register('', { 'a.txt': bytes });
    bytes.fill('x');
    const hop = new RecordingHop('GET', 'qrc:/a.txt');
    new QrcTransport(own).carry(hop);
    expect(hop.text).toBe('old');
  });

  test('contents that are made when they are read', () => {
    let made = 0;
    const own = new Resources();
    own.register('', {
      'bytes.txt': () => Buffer.from(`made ${++made}`),
      'text.txt': () => 'grün',
      broken: () => {
        throw new Error('out of order');
      },
      odd: () => 5 as unknown as string,
    });
    const read = (name: string, method = 'GET'): RecordingHop => {
      const hop = new RecordingHop(method, `qrc:/${name}`);
      new QrcTransport(own).carry(hop);
      return hop;
    };
    expect(made).toBe(0);
    expect([read('bytes.txt').text, read('bytes.txt').text]).toEqual(['made 1', 'made 2']);
    expect(read('text.txt').fields).toEqual(['Content-Length', '5']);
    expect(read('broken').failure!.message).toContain('throws: Error: out of order');
    expect(read('odd').failure!.message).toContain('neither a string nor a Uint8Array');
    expect([read('broken').log, read('odd').log]).toEqual([['fail access'], ['fail access']]);
  });

  test('a range of them', () => {
    const own = new Resources();
    own.register('', { 'a.txt': '0123456789' });
    const hop = new RecordingHop('GET', 'qrc:/a.txt');
    hop.headers = new HeaderList(['Range', 'bytes=2-4']);
    new QrcTransport(own).carry(hop);
    expect(hop.answer!.status).toBe(206);
    expect([hop.fields, hop.text]).toEqual([['Content-Range', 'bytes 2-4/10', 'Content-Length', '3'], '234']);
  });

  test.each<[string, string, string | Record<string, string>, string]>([
    ['a taken prefix', '/files/', {}, 'already'],
    ['a prefix that climbs', '/a/../b', {}, '".."'],
    ['a name that climbs', '/n', { '../x': '' }, '".."'],
    ['a name with a backslash', '/n', { 'a\\b': '' }, 'may not contain'],
    ['an empty name', '/n', { '/': '' }, 'empty or given twice'],
    ['a name given twice', '/n', { a: '', '/a': '' }, 'empty or given twice'],
    ['contents of another kind', '/n', { a: 5 as unknown as string }, 'must be a string, a Uint8Array, or a function'],
    ['a folder that is not there', '/n', join(base, 'none'), 'must exist'],
    ['a file for a folder', '/n', join(base, 'secret.txt'), 'must exist'],
  ])('%s is refused', (_, prefix, source, reason) => {
    expect(() => resources.register(prefix, source)).toThrow(TypeError);
    expect(() => resources.register(prefix, source)).toThrow(reason);
    expect(carry('GET', 'qrc:/n/a').log).toEqual(['fail not-found']);
  });
});
