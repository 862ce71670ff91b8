import { describe, expect, it } from 'vitest';
import { formDisposition, webDisposition } from '../../src/rules/form-data.ts';

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const FORMS = { extended: true, percent: false, latin1: false };
const rows: readonly [what: string, name: string, fileName: string | null, forms: Partial<typeof FORMS>, expected: string][] = [
  ['a name alone', 'a', null, {}, 'name="a"'],
  ['an empty name', '', null, {}, 'name=""'],
  ['quotes and backslashes', 'a"b\\c', null, {}, 'name="a\\"b\\\\c"'],
  ['a name in UTF-8', 'n\u00e4me', null, {}, latin1('name="n\u00e4me"')],
  ['a line break', 'a\r\nX-Evil: 1', null, {}, 'name="a%0D%0AX-Evil: 1"'],
  ['a quote and a line break', '"\n', null, {}, 'name="\\"%0A"'],
  ['other control characters', '\0\t\x1b\x7f', null, {}, 'name="%00%09%1B%7F"'],
  ['a percent sign stays', '100%', null, {}, 'name="100%"'],
  ['a file', 'a', 'x.txt', {}, 'name="a"; filename="x.txt"'],
  ['a file without a name', 'a', '', {}, 'name="a"; filename=""'],
  ['a file with quotes', 'a', 'my "x"\\.txt', {}, 'name="a"; filename="my \\"x\\"\\\\.txt"'],
  ['a file with a line break', 'a', 'x\r\n\r\n.txt', {}, 'name="a"; filename="x%0D%0A%0D%0A.txt"'],
  ['beyond ASCII', 'a', '\u00e4.txt', {}, `name="a"; filename="${latin1('\u00e4.txt')}"; filename*=UTF-8''%C3%A4.txt`],
  ['beyond Latin-1', 'a', '\u20ac', {}, `name="a"; filename="${latin1('\u20ac')}"; filename*=UTF-8''%E2%82%AC`],
  ['beyond 16 bits', 'a', '\u{1f600} x', {}, `name="a"; filename="${latin1('\u{1f600} x')}"; filename*=UTF-8''%F0%9F%98%80%20x`],
  ['a line break beyond ASCII', 'a', '\u00e4\n', {}, `name="a"; filename="${latin1('\u00e4')}%0A"; filename*=UTF-8''%C3%A4%0A`],
  ['without the extended form', 'a', '\u00e4', { extended: false }, `name="a"; filename="${latin1('\u00e4')}"`],
  [
    'percent-encoded',
    'a',
    '\u00e4 "x"',
    { percent: true },
    `name="a"; filename="%C3%A4%20%22x%22"; filename*=UTF-8''%C3%A4%20%22x%22`,
  ],
  ['percent-encoded ASCII', 'a', 'my file.txt', { percent: true }, 'name="a"; filename="my%20file.txt"'],
  ['strictly RFC 7578', 'a', '\u00e4', { extended: false, percent: true }, 'name="a"; filename="%C3%A4"'],
  ['in Latin-1', 'a', '\u00e4"', { latin1: true }, `name="a"; filename="\u00e4\\""; filename*=ISO-8859-1''%E4%22`],
  [
    'in Latin-1 and percent-encoded',
    'a',
    '\u00e4',
    { latin1: true, percent: true },
    `name="a"; filename="%E4"; filename*=ISO-8859-1''%E4`,
  ],
  ['in Latin-1 without the extended form', 'a', '\u00e4', { latin1: true, extended: false }, 'name="a"; filename="\u00e4"'],
  ['what Latin-1 lacks', 'a', '\u20ac', { latin1: true }, `name="a"; filename="${latin1('\u20ac')}"; filename*=UTF-8''%E2%82%AC`],
  ['the name is never in Latin-1', '\u00e4', null, { latin1: true }, `name="${latin1('\u00e4')}"`],
];

describe('formDisposition', () => {
  it.each(rows)('%s', (_what, name, fileName, forms, expected) => {
    expect(formDisposition(name, fileName, { ...FORMS, ...forms })).toBe(`form-data; ${expected}`);
  });
});

describe('webDisposition (WHATWG HTML)', () => {
  const web: readonly [name: string, fileName: string | null, expected: string][] = [
    ['a', null, 'name="a"'],
    ['a"b\\c', null, 'name="a%22b\\c"'],
    ['a\r\nb\nc\rd', null, 'name="a%0D%0Ab%0D%0Ac%0D%0Ad"'],
    ['\u00e4', 'b"\n.txt', `name="${latin1('\u00e4')}"; filename="b%22%0D%0A.txt"`],
    ['a', '', 'name="a"; filename=""'],
  ];
  it.each(web)('%j, %j', (name, fileName, expected) => {
    expect(webDisposition(name, fileName)).toBe(`form-data; ${expected}`);
  });
});
