import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CurlRequest, curlCommand } from '../../src/rules/curl.ts';
import { needing, program } from './programs.ts';

const command = (request: Partial<CurlRequest>): string =>
  curlCommand({
    method: 'GET',
    url: 'http://h.test/',
    socket: '',
    headers: [],
    body: null,
    decodes: false,
    follows: false,
    secrets: true,
    ...request,
  });

/** What a shell makes of the command: its words, an octet to a letter. */
function words(text: string): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${text}\n`;
  const out = execFileSync('bash', ['--norc', '-s'], { input: script, env: { ...process.env, LC_ALL: 'C' } });
  return out.toString('latin1').split('\0').slice(0, -1);
}

const octets = (text: string): string => Buffer.from(text).toString('latin1');

/** What a shell, or the terminal that a command is pasted into, would do something about. */
const ODD = [
  "it's",
  '!!',
  '!a',
  '$(id)',
  '`id`',
  '$HOME',
  '\\',
  "\\'",
  '\\n',
  '"',
  '~',
  '*',
  '#',
  ';&|<>',
  'a\nb',
  'a\r\nb',
  'a\tb',
  '\x03id\n',
  '\x04',
  '\x1b[201~\nid\n',
  '\x15\x7f',
  '\u0085\u009b',
  'ü北🛰',
  "'!\x01",
  '@file',
  '-x',
  '\n\n',
];

describe.skipIf(program('bash') === null)(needing('curl commands in a shell', 'bash'), () => {
  it('is taken by a shell as it is meant, whatever is in it', () => {
    const requests = ODD.map((text) =>
      command({
        method: 'POST',
        headers: [['Content-Type', 'a/b']],
        body: Buffer.from(text),
        url: `http://h.test/?${encodeURIComponent(text)}`,
      }),
    );
    const seen = words(requests.join('\n'));
    const wanted = ODD.flatMap((text) => {
      const url = `http://h.test/?${encodeURIComponent(text)}`;
      return ['--header', 'Content-Type: a/b', '--data-raw', octets(text), url];
    });
    expect(seen).toEqual(wanted);
  });

  it.each([
    ['ü', 'X-A: ü'],
    ['\xff', String.raw`$'X-A: \377'`],
    ['a\tb', String.raw`$'X-A: a\011b'`],
  ])('tells a field of these octets: %j', (value, shown) => {
    const latin1 = value === 'ü' ? octets(value) : value;
    const text = command({ headers: [['X-A', latin1]] });
    expect(text).toContain(shown);
    expect(words(text)).toEqual(['--header', `X-A: ${latin1}`, 'http://h.test/']);
  });

  it.each<[string, Partial<CurlRequest>, string[]]>([
    ['brackets are no patterns', { url: 'http://h.test/?a[]={1,2}' }, ['--globoff', 'http://h.test/?a[]={1,2}']],
    [
      'a body without a type',
      { method: 'POST', body: Buffer.from('x') },
      ['--header', 'Content-Type:', '--data-raw', 'x', 'http://h.test/'],
    ],
    [
      'an empty body',
      { method: 'POST', body: Buffer.alloc(0), headers: [['Content-Type', '']] },
      ['--header', 'Content-Type;', '--data-raw', '', 'http://h.test/'],
    ],
    ['HEAD', { method: 'HEAD' }, ['--head', 'http://h.test/']],
    [
      'HEAD with a body',
      { method: 'HEAD', body: Buffer.from('x') },
      ['--request', 'HEAD', '--header', 'Content-Type:', '--data-raw', 'x', 'http://h.test/'],
    ],
    [
      'NUL',
      { method: 'POST', body: Buffer.from('\0'), headers: [['Content-Type', 'a']] },
      ['--header', 'Content-Type: a', '--data-binary', '@-', 'http://h.test/'],
    ],
  ])('%s', (_title, request, wanted) => {
    expect(words(command(request))).toEqual(wanted);
  });
});
