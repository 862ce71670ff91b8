import { describe, expect, it } from 'vitest';
import { HarError, parseHar } from '../../../src/har.ts';
import { browserHar, entry, harOf } from './hars.ts';

type Change = (har: { log: { entries: Record<string, never>[] } & Record<string, unknown> }) => unknown;

const at = (path: string, value: unknown): Change => {
  return (har) => {
    const names = path.split('.');
    let holder = har as unknown as Record<string, unknown>;
    for (const name of names.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
    holder[names.at(-1)!] = value;
    return har;
  };
};

const FIRST = 'log.entries.0';

/** What is wrong, how it is made, and what is said of it. */
const BROKEN: readonly (readonly [string, Change, string])[] = [
  ['no object', () => [], 'the file should be an object and is a list'],
  ['null', () => null, 'the file should be an object and is null'],
  ['a number', () => 7, 'the file should be an object and is a number'],
  ['no log', () => ({}), 'log should be an object and is missing'],
  ['no entries', () => ({ log: {} }), 'log.entries should be a list and is missing'],
  ['entries that are none', () => ({ log: { entries: {} } }), 'log.entries should be a list and is a object'],
  ['too many entries', () => ({ log: { entries: new Array(200_001).fill(0) } }), 'log.entries has 200001 entries'],
  ['an entry that is none', at(FIRST, 'x'), 'log.entries[0] should be an object and is a string'],
  ['no request', at(`${FIRST}.request`, undefined), 'log.entries[0].request should be an object and is missing'],
  ['no method', at(`${FIRST}.request.method`, 1), 'log.entries[0].request.method should be a string and is a number'],
  ['a method that is none', at(`${FIRST}.request.method`, 'G E T'), 'log.entries[0].request.method should be a method'],
  ['no URL', at(`${FIRST}.request.url`, undefined), 'log.entries[0].request.url should be a string and is missing'],
  ['a URL that is none', at(`${FIRST}.request.url`, 'http://['), 'log.entries[0].request.url is no URL'],
  ['an empty URL', at(`${FIRST}.request.url`, ''), 'log.entries[0].request.url is no URL'],
  ['headers that are none', at(`${FIRST}.request.headers`, {}), 'log.entries[0].request.headers should be a list'],
  [
    'a header that is none',
    at(`${FIRST}.response.headers.0`, null),
    'log.entries[0].response.headers[0] should be an object and is null',
  ],
  [
    'a header without value',
    at(`${FIRST}.response.headers.0`, { name: 'A' }),
    'headers[0].value should be a string and is missing',
  ],
  ['a name that is none', at(`${FIRST}.response.headers.0`, { name: 'A B', value: '' }), 'headers[0].name is no name of a field'],
  [
    'a value that splits',
    at(`${FIRST}.response.headers.0`, { name: 'A', value: 'b\r\nC: d' }),
    'headers[0].value is no value of a field',
  ],
  [
    'too many headers',
    at(`${FIRST}.response.headers`, new Array(10_001).fill(0)),
    'log.entries[0].response.headers has 10001 fields',
  ],
  ['no response', at(`${FIRST}.response`, null), 'log.entries[0].response should be an object and is null'],
  ['no status', at(`${FIRST}.response.status`, '200'), 'log.entries[0].response.status should be a status and is a string'],
  ['a status that is none', at(`${FIRST}.response.status`, 1000), 'log.entries[0].response.status should be a status'],
  ['half a status', at(`${FIRST}.response.status`, 200.5), 'log.entries[0].response.status should be a status'],
  [
    'content that is none',
    at(`${FIRST}.response.content`, []),
    'log.entries[0].response.content should be an object and is a list',
  ],
  ['text that is none', at(`${FIRST}.response.content.text`, 5), 'log.entries[0].response.content.text should be a string'],
  ['an unknown encoding', at(`${FIRST}.response.content.encoding`, 'rot13'), 'content.encoding should be base64 and is a string'],
  [
    'no base64',
    at(`${FIRST}.response.content`, { encoding: 'base64', text: '***' }),
    'log.entries[0].response.content.text is no base64',
  ],
  [
    'base64 that is missing',
    at(`${FIRST}.response.content`, { encoding: 'base64' }),
    'log.entries[0].response.content.text is no base64',
  ],
  ['timings that are none', at(`${FIRST}.timings`, 5), 'log.entries[0].timings should be an object and is a number'],
  ['a timing that is none', at(`${FIRST}.timings.wait`, 'long'), 'log.entries[0].timings.wait should be a number'],
  ['a body that is none', at(`${FIRST}.request.postData`, 'x'), 'log.entries[0].request.postData should be an object'],
  [
    'posted text that is none',
    at(`${FIRST}.request.postData`, { text: 5 }),
    'log.entries[0].request.postData.text should be a string',
  ],
  ...(
    [
      [
        'parameters that are none',
        'request.postData',
        { params: {} },
        'request.postData.params should be a list and is a object',
      ],
      [
        'a parameter that is none',
        'request.postData',
        { params: [null] },
        'request.postData.params[0] should be an object and is null',
      ],
      [
        'a parameter without name',
        'request.postData',
        { params: [{}] },
        'request.postData.params[0].name should be a string and is missing',
      ],
      [
        'the value of a parameter that is none',
        'request.postData',
        { params: [{ name: 'a', value: { toString: 1 } }] },
        'request.postData.params[0].value should be a string and is a object',
      ],
      ['a beginning that is none', 'startedDateTime', { toString: 1 }, 'startedDateTime should be a string and is a object'],
      ['a duration that is none', 'timings', { blocked: {} }, 'timings.blocked should be a number and is a object'],
    ] as const
  ).map(
    ([title, path, value, words]) => [title, at(`${FIRST}.${path}`, value), `${FIRST.replace('.0', '[0]')}.${words}`] as const,
  ),
  [
    'a failure that is none',
    at(`${FIRST}._failure`, { kind: 'x' }),
    'log.entries[0]._failure.phase should be a string and is missing',
  ],
];

describe('parseHar', () => {
  it.each(BROKEN)('refuses %s', (_title, change, words) => {
    const har = harOf(entry({ headers: [['A', 'b']], text: 'secret-in-it' }));
    const text = JSON.stringify(change(JSON.parse(JSON.stringify(har))));
    const read = (): unknown => parseHar(text);
    expect(read).toThrow(HarError);
    expect(read).toThrow(words);
    expect(read).toThrow(/^not a HAR: (?!.*secret-in-it)/);
  });

  it.each(['', '{', '{"log":', 'null,', '\0', '{"log":{"entries":[]}} more'])('refuses %j, which is no JSON', (text) => {
    expect(() => parseHar(text)).toThrow('not a HAR: it is no JSON, or not all of it is there');
  });

  it('refuses every beginning of a HAR, and survives what is damaged', () => {
    const text = JSON.stringify(browserHar());
    for (let end = 0; end < text.length - 1; end += 7) expect(() => parseHar(text.slice(0, end)), String(end)).toThrow(HarError);
    for (let i = 0; i < text.length; i += 3) {
      const damaged = `${text.slice(0, i)}${'[{"0:,}]x'[i % 9]}${text.slice(i + 1)}`;
      try {
        parseHar(damaged);
      } catch (error) {
        expect(error, damaged).toBeInstanceOf(HarError);
      }
    }
  });

  it('refuses what is nested beyond reason, and what is too large', () => {
    expect(() => parseHar(`${'['.repeat(200_000)}`)).toThrow(HarError);
    expect(() => parseHar({ length: 2 ** 30 } as Uint8Array)).toThrow('1073741824 bytes are more than 536870912');
  });

  it('takes no longer for what is made to take long', () => {
    const before = performance.now();
    const blank = entry({ text: `${' '.repeat(200_000)}!` });
    blank.response.content.encoding = 'base64';
    expect(() => parseHar(JSON.stringify(harOf(blank)))).toThrow('content.text is no base64');
    blank.response.content.text = 'aGk= \n= ';
    parseHar(JSON.stringify(harOf(blank)));
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('takes null where a browser has measured nothing', () => {
    const unknown = entry({});
    Object.assign(unknown, { startedDateTime: null, time: null, timings: { blocked: null, wait: null } });
    Object.assign(unknown.request, { bodySize: null, postData: { mimeType: 'a/b', params: null } });
    unknown.response.content = { size: null, mimeType: '' } as never;
    expect(parseHar(JSON.stringify(harOf(unknown))).log.entries).toHaveLength(1);
  });

  it('lets names that JavaScript knows be names', () => {
    const text = JSON.stringify(
      harOf(
        entry({
          headers: [
            ['__proto__', 'a'],
            ['constructor', 'b'],
          ],
        }),
      ),
    );
    const har = parseHar(text.replace('"log":{', '"__proto__":{"log":5},"log":{"__proto__":{"entries":7},'));
    expect(har.log.entries[0]!.response.headers.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(({} as { log?: unknown }).log).toBeUndefined();
  });

  it('reads strings and bytes, with or without a mark of order', () => {
    const text = JSON.stringify(browserHar());
    for (const source of [text, `\ufeff${text}`, Buffer.from(text), new Uint8Array(Buffer.from(`\ufeff${text}`))])
      expect(parseHar(source)).toEqual(browserHar());
  });
});
