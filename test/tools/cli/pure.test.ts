import { describe, expect, test } from 'vitest';
import type { Timings } from '../../../src/contract/netlog.ts';
import { parseCommandLine } from '../../../src/tools/cli/args.ts';
import { COMMANDS } from '../../../src/tools/cli/commands.ts';
import { EXIT_CODES, exitCodeFor } from '../../../src/tools/cli/exit-codes.ts';
import { GROUPS } from '../../../src/tools/cli/groups.ts';
import { helpText } from '../../../src/tools/cli/help.ts';
import { Output } from '../../../src/tools/cli/inspect/output.ts';
import { tableLines } from '../../../src/tools/cli/inspect/table.ts';
import { OPTIONS } from '../../../src/tools/cli/options.ts';
import { phaseTimes } from '../../../src/tools/cli/phases.ts';
import { redactHeader, redactUrl } from '../../../src/tools/cli/redact.ts';
import { headerFile } from '../../../src/tools/cli/request-parts.ts';
import { suggest } from '../../../src/tools/cli/suggest.ts';
import { safeFileName } from '../../../src/tools/cli/targets.ts';
import { decodeHeader, jsonLine, printable, shorten } from '../../../src/tools/cli/text.ts';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatMoment,
  formatSpan,
  isoTime,
  parseDuration,
} from '../../../src/tools/cli/units.ts';
import { NO_TIMINGS } from '../../support/timings.ts';

describe('exit codes', () => {
  test.each([
    [0, 200, 0],
    [0, 0, 0],
    [0, 302, 0],
    [1, 0, 11],
    [2, 0, 12],
    [2, 200, 12],
    [3, 0, 13],
    [4, 0, 14],
    [5, 0, 15],
    [6, 0, 16],
    [10, 302, 17],
    [99, 0, 10],
    [101, 0, 20],
    [105, 407, 20],
    [201, 403, 32],
    [202, 405, 32],
    [203, 404, 31],
    [203, 0, 31],
    [204, 401, 33],
    [205, 0, 30],
    [206, 409, 30],
    [207, 410, 31],
    [299, 429, 30],
    [299, 200, 30],
    [301, 0, 40],
    [302, 400, 30],
    [302, 418, 30],
    [302, 0, 40],
    [399, 0, 40],
    [399, 200, 40],
    [401, 500, 50],
    [402, 501, 50],
    [499, 599, 50],
  ])('error %i with status %i ends with %i', (error, status, exit) => {
    expect(exitCodeFor(error, status)).toBe(exit);
    expect(EXIT_CODES.map(({ code }) => code)).toContain(exit);
  });
});

describe('units', () => {
  test.each([
    ['500', 500],
    ['500ms', 500],
    ['5s', 5000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0', 0],
    ['', null],
    ['s', null],
    ['-5', null],
    ['5 s', null],
    ['1e3', null],
    ['600h', null],
  ])('the time %j is %j ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9994, '9.99 kB'],
    [9996, '10.0 kB'],
    [99_960, '100 kB'],
    [999_400, '999 kB'],
    [999_600, '1.00 MB'],
    [12_345_678, '12.3 MB'],
    [5e12, '5.00 TB'],
    [5e15, '5000 TB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_900, '59.9 s'],
    [60_000, '1:00'],
    [3_723_000, '1:02:03'],
  ])('%f ms are %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [89_400, '89 s'],
    [90_000, '2 min'],
    [89.4 * 60_000, '89 min'],
    [2 * 3_600_000, '2 h'],
    [47.4 * 3_600_000, '47 h'],
    [365 * 86_400_000 - 1, '365 d'],
    [3 * 365.25 * 86_400_000, '3 y'],
    [8.64e15, '273785 y'],
  ])('%f ms are about %s', (milliseconds, text) => {
    expect(formatSpan(milliseconds)).toBe(text);
  });

  test('moments, also those that no Date can name', () => {
    expect(formatMoment(Date.UTC(2026, 0, 31, 12, 5, 9, 7))).toBe('2026-01-31 12:05:09 UTC');
    expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(isoTime(1e300)).toBe('+275760-09-13T00:00:00.000Z');
    expect(isoTime(Number.NaN)).toBe('1970-01-01T00:00:00.000Z');
  });

  test('a clock of seconds', () => {
    expect([4600, 65_000].map(formatClock)).toEqual(['0:05', '1:05']);
  });
});

describe('text from outside', () => {
  test.each([
    ['plain ü €', 'plain ü €'],
    ['\x1b[31mred', '\\x1b[31mred'],
    ['a\r\nb\tc\0\x7f', 'a\\x0d\\x0ab\\x09c\\x00\\x7f'],
    ['\x9b31m', '\\x9b31m'],
    ['txt\u202egpj.exe', 'txt\\u202egpj.exe'],
    ['a\u2028b', 'a\\u2028b'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('a line of JSON is JSON, and as safe', () => {
    const value = { 'a\x9b': ['\x1b[31m', 'ü\u202e\x7f'] };
    expect(jsonLine(value)).toBe('{"a\\u009b":["\\u001b[31m","ü\\u202e\\u007f"]}');
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });

  test.each([
    [Buffer.from('Zürich'), 'Zürich'],
    [Buffer.from('Zürich', 'latin1'), 'Zürich'],
  ])('header bytes are UTF-8 when they can be', (bytes, text) => {
    expect(decodeHeader(bytes)).toBe(text);
  });

  test('long text is cut in the middle, by letters', () => {
    expect(shorten('http://example.org/a/very/long/file.iso', 20)).toBe('http:/…long/file.iso');
    expect(shorten('short', 20)).toBe('short');
    expect([...shorten('😀'.repeat(30), 10)]).toHaveLength(10);
    expect(shorten('abcdef', 3)).toBe('abc');
  });
});

describe('secrets', () => {
  test.each([
    ['Authorization', 'Basic dTpw', 'Basic ***'],
    ['authorization', 'opaque', '***'],
    ['Proxy-Authorization', 'Bearer a b', 'Bearer ***'],
    ['Cookie', 'a=1; b=2', 'a=***; b=***'],
    ['Cookie', 'token', '***'],
    ['Set-Cookie', 'sid=abc=; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
    ['Set-Cookie', 'sid=abc', 'sid=***'],
    ['Accept', '*/*', '*/*'],
  ])('%s: %s', (name, value, shown) => {
    expect(redactHeader(name, value)).toBe(shown);
  });

  test.each([
    ['http://u:p@h/', 'http://***@h/'],
    ['https://token@h/x?a=b@c', 'https://***@h/x?a=b@c'],
    ['http://u:p@q@h/', 'http://***@h/'],
    ['http://h/u:p@x', 'http://h/u:p@x'],
    ['data:,a@b', 'data:,a@b'],
  ])('%s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });
});

describe('file names out of URLs', () => {
  test.each([
    ['http://h/a/b.iso', 'b.iso'],
    ['http://h/b.iso?x=/y#/z', 'b.iso'],
    ['http://h/a%20b', 'a b'],
    ['http://h/%2e%2e%2fetc%2fpasswd', '____etc_passwd'.slice(1)],
    ['http://h/..%5cboot.ini', '___boot.ini'],
    ['http://h/.bashrc', '_bashrc'],
    ['http://h/-rf', '_rf'],
    ['http://h/a%00b%1b%0a', 'a_b__'],
    ['http://h/a%E2%80%AEgpj.exe', 'a_gpj.exe'],
    ['http://h/c:x', 'c_x'],
    ['http://h/%zz', '%zz'],
    ['http://h/..', null],
    ['http://h/.', null],
    ['http://h/', null],
    ['http://h', null],
    ['http://h?x=/a', null],
    ['data:,/x', null],
    ['file:///tmp/x.txt', 'x.txt'],
  ])('%s is saved as %j', (url, name) => {
    expect(safeFileName(url)).toBe(name);
  });

  test('is never too long for a file system, and keeps its end', () => {
    const name = safeFileName(`http://h/${'ä'.repeat(300)}.tar.gz`)!;
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name.endsWith('.tar.gz')).toBe(true);
  });
});

test('a file of header fields', () => {
  expect(headerFile('# mine\nA: 1\r\n\n b : 2\n', 'h.txt')).toEqual([
    { name: 'A', value: '1' },
    { name: 'b', value: '2' },
  ]);
  expect(() => headerFile('A: 1\nnonsense', 'h.txt')).toThrow(/h\.txt, line 2/);
});

describe('suggestions', () => {
  const words = ['timeout', 'total-timeout', 'header', 'json', 'json-body', 'data'];
  test.each([
    ['timout', 'timeout'],
    ['tiemout', 'timeout'],
    ['headers', 'header'],
    ['jsn', 'json'],
    ['total', 'total-timeout'],
    ['dta', 'data'],
    ['output-everything', undefined],
    ['x', undefined],
  ])('%s: %s', (word, near) => {
    expect(suggest(word, words)).toBe(near);
  });
});

describe('phases', () => {
  const silent = { queue: null, resolve: null, connect: null, tls: null, send: null, wait: null, receive: null };

  test.each<[string, Partial<Timings>, object]>([
    [
      'a new TLS connection',
      { queued: 10, resolveStart: 12, connectStart: 15, tlsStart: 20, connected: 30, sent: 31, headReceived: 50, ended: 60 },
      { queue: 2, resolve: 3, connect: 5, tls: 10, send: 1, wait: 19, receive: 10, total: 50 },
    ],
    [
      'a reused connection',
      { queued: 10, sent: 12.0004, headReceived: 13, ended: 14, reused: true },
      { ...silent, queue: 2, wait: 1, receive: 1, total: 4 },
    ],
    ['refused', { queued: 0, connectStart: 1, ended: 4 }, { ...silent, queue: 1, connect: 3, total: 4 }],
    ['still running', { queued: 0, sent: 5 }, { ...silent, queue: 5, total: 0 }],
    ['nothing', {}, { ...silent, total: 0 }],
  ])('%s', (_, timings, times) => {
    expect(phaseTimes({ ...NO_TIMINGS, ...timings })).toEqual(times);
  });
});

describe('help', () => {
  const text = helpText(null, 80);

  test('names every command, option and exit code', () => {
    for (const { name } of COMMANDS) expect(text).toMatch(new RegExp(`^  ${name}`, 'm'));
    for (const { name } of OPTIONS) expect(text).toContain(`--${name}`);
    for (const { code } of EXIT_CODES) expect(text).toMatch(new RegExp(`^ +${code}  `, 'm'));
  });

  test.each([72, 80, 100, 300])('fits %i columns', (columns) => {
    const lines = helpText(null, columns).split('\n');
    // Commands to copy are not broken.
    const prose = lines.filter((line) => !line.startsWith('  qnam') && !line.includes('| qnam'));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(Math.min(100, columns));
  });

  test('names every store, and in its own help all actions and options', () => {
    for (const group of GROUPS) {
      expect(text).toMatch(new RegExp(`^  ${group.name} .*`, 'm'));
      const own = helpText(group, 80);
      for (const { name } of group.actions) expect(own).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
      for (const { name } of group.options) expect(own).toContain(`--${name}`);
      const prose = own.split('\n').filter((line) => !line.startsWith('  qnam'));
      expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  test('options of stores name actions that exist, and examples can be parsed', () => {
    for (const { name, actions, options, examples } of GROUPS) {
      const names = actions.map((action) => action.name);
      for (const option of options) expect(names).toEqual(expect.arrayContaining([...(option.of ?? [])]));
      for (const example of examples) {
        const parsed = parseCommandLine(example.split(' ').slice(1));
        expect(parsed.kind).toBe(example.startsWith(`qnam ${name}`) ? 'inspect' : 'run');
      }
    }
  });

  test('help for one command shows what fits it', () => {
    const get = helpText(COMMANDS.find(({ name }) => name === 'get')!, 80);
    expect(get).toContain('--output');
    expect(get).not.toContain('--data');
    expect(get).not.toContain('--method');
    expect(helpText(COMMANDS.find(({ name }) => name === 'request')!, 80)).toContain('--method');
  });
});

describe('tables', () => {
  const columns = [
    { head: 'N', right: true },
    { head: 'URL', shrinks: 8 },
    { head: 'NOTE', shrinks: 4 },
  ] as const;

  test('have as much room as they need, and no blanks at the end', () => {
    expect(
      tableLines(
        columns,
        [
          ['1', 'http://h/', ''],
          ['20', 'x', 'y'],
        ],
        Number.POSITIVE_INFINITY,
      ),
    ).toEqual([' N  URL        NOTE', ' 1  http://h/', '20  x          y']);
  });

  test.each([30, 24, 18])('fit %i columns', (width) => {
    const rows = [
      ['1', 'http://example.org/a/long/path/to/something', 'quite a long note'],
      ['2', 'x', 'y'],
    ];
    const made = tableLines(columns, rows, width);
    expect(Math.max(...made.map((line) => [...line].length))).toBe(width);
    expect(made[1]).toMatch(/^1 {2}ht+p?.*…/);
  });

  test('nothing in them steers a terminal', () => {
    expect(tableLines([{ head: 'A' }], [['\x1b[2J\u202e']], 80)).toEqual(['A', '\\x1b[2J\\u202e']);
  });

  test('a terminal has colours and an edge, anything else has not', () => {
    const shown = (page: { isTTY?: boolean; columns?: number }, env = {}): string => {
      let text = '';
      const out = new Output({ ...page, write: (piece) => (text += piece) }, env);
      out.table([{ head: 'A', shrinks: 5 }], [['0123456789']]);
      out.record('\x1b', [['b', '\x9b']]);
      return text;
    };
    expect(shown({})).toBe('A\n0123456789\n\\x1b\n  b  \\x9b\n');
    expect(shown({ isTTY: true, columns: 8 })).toBe(
      '\x1b[2mA\x1b[22m\n01…56789\n\x1b[36m\\x1b\x1b[39m\n  \x1b[2mb\x1b[22m  \\x9b\n',
    );
    expect(shown({ isTTY: true, columns: 8 }, { NO_COLOR: '1' })).not.toContain('\x1b');
  });
});
