import { describe, expect, test } from 'vitest';
import { QByteArray, QJsonDocument, QJsonParseError, QUrl } from '../../../src/index.ts';

const { ParseError } = QJsonParseError;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

// What Qt 6.4.2 says to the same bytes.
test.each<[what: string, json: string | Buffer, error: keyof typeof ParseError, offset: number]>([
  ['an object', '{"a": 1}', 'NoError', 0],
  ['an array', ' [1, "b", null, true, false, -2.5e3] ', 'NoError', 0],
  ['a byte order mark', bytes('\xef\xbb\xbf[]'), 'NoError', 0],
  ['nothing', '', 'IllegalValue', 0],
  ['a number alone', '1', 'IllegalValue', 1],
  ['a text alone', '"a"', 'IllegalValue', 1],
  ['a literal alone', 'null', 'IllegalValue', 1],
  ['a page', '<html>', 'IllegalValue', 1],
  ['an open array', '[', 'UnterminatedArray', 1],
  ['an open array after a value', '[[1]', 'UnterminatedArray', 4],
  ['an open object', '{"a":', 'UnterminatedObject', 5],
  ['a name without quotes', '{a: 1}', 'UnterminatedObject', 2],
  ['no colon', '{"a" 1}', 'MissingNameSeparator', 6],
  ['no comma', '[1 2]', 'MissingValueSeparator', 4],
  ['a comma too many in an array', '[1,]', 'MissingObject', 4],
  ['a comma too many in an object', '{"a":1,}', 'MissingObject', 8],
  ['a comma in place of a value', '[,1]', 'IllegalValue', 2],
  ['half a literal', '[tru]', 'IllegalValue', 2],
  ['a misspelled literal', '[nuXl, 1]', 'IllegalValue', 4],
  ['a number at the end', '[12', 'TerminationByNumber', 3],
  ['a minus alone', '[-]', 'IllegalNumber', 2],
  ['an exponent without digits', '[1e+]', 'IllegalNumber', 4],
  ['an unknown value', '[abc]', 'IllegalNumber', 1],
  ['a number with a leading zero', '[01]', 'MissingValueSeparator', 3],
  ['an escape that is cut off', '["\\u12"]', 'IllegalEscapeSequence', 6],
  ['an escape without hex digits', '["\\u12xy"]', 'IllegalEscapeSequence', 6],
  ['bytes that are no UTF-8', bytes('["a\xff"]'), 'IllegalUTF8String', 3],
  ['an overlong form', bytes('["\xc0\xaf"]'), 'IllegalUTF8String', 2],
  ['a surrogate in UTF-8', bytes('["\xed\xa0\x80"]'), 'IllegalUTF8String', 2],
  ['a text without its end', '["a', 'UnterminatedString', 4],
  ['a backslash at the end', '["a\\', 'UnterminatedString', 4],
  ['1025 arrays in each other', '['.repeat(1025), 'DeepNesting', 1025],
  ['more behind the end', '[] x', 'GarbageAtEnd', 3],
])('%s', (_what, json, error, offset) => {
  const report = new QJsonParseError();
  report.error = 14;
  report.offset = 99;
  expect(QJsonDocument.fromJson(json, report).isNull()).toBe(error !== 'NoError');
  expect(ParseError[report.error]).toBe(error);
  expect(report.offset).toBe(offset);
});

// Qt takes these.
test.each<[what: string, json: string, error: keyof typeof ParseError, offset: number]>([
  ['an unknown escape', '["\\q"]', 'IllegalEscapeSequence', 4],
  ['a line feed within a text', '["a\nb"]', 'IllegalValue', 3],
  ['a fraction without digits', '[1.]', 'IllegalNumber', 3],
  ['a fraction without a whole', '[.5]', 'IllegalNumber', 3],
])('stricter than Qt, as RFC 8259: %s', (_what, json, error, offset) => {
  const report = new QJsonParseError();
  expect(QJsonDocument.fromJson(json, report).isNull()).toBe(true);
  expect([ParseError[report.error], report.offset]).toEqual([error, offset]);
});

test('a long number that ends wrongly does no harm', () => {
  const report = new QJsonParseError();
  QJsonDocument.fromJson(`[${'1'.repeat(1_000_000)}.]`, report);
  expect([report.error, report.offset]).toEqual([QJsonParseError.IllegalNumber, 1_000_002]);
});

test('what can go wrong has a number and words', () => {
  const report = new QJsonParseError();
  const texts = (Object.keys(ParseError) as (keyof typeof ParseError)[]).map((name) => {
    report.error = ParseError[name] as QJsonParseError.ParseError;
    return report.errorString();
  });
  expect(texts).toHaveLength(15);
  expect(new Set(texts).size).toBe(15);
  expect(texts[0]).toBe('no error occurred');
});

test('the error can be left out', () => {
  expect(QJsonDocument.fromJson('[').isNull()).toBe(true);
  expect(QJsonDocument.fromJson('[]', null).isNull()).toBe(false);
});

describe('of values', () => {
  test.each<[what: string, value: unknown, json: string]>([
    ['an object', { b: 1, a: [true, null] }, '{"b":1,"a":[true,null]}'],
    ['an array', [1, 'ä'], '[1,"ä"]'],
    ['a Map', new Map<string, unknown>([['k', new Map([['n', 1]])]]), '{"k":{"n":1}}'],
    ['bytes as text', { b: Buffer.from('hä'), u: new Uint8Array([65]), q: new QByteArray('x') }, '{"b":"hä","u":"A","q":"x"}'],
    ['a date and a URL', [new Date(0), new QUrl('http://h/a b')], '["1970-01-01T00:00:00.000Z","http://h/a%20b"]'],
    ['a document', QJsonDocument.fromVariant({ a: 1 }), '{"a":1}'],
    ['no number', [Number.NaN], '[null]'],
  ])('%s', (_what, value, json) => {
    expect(QJsonDocument.fromVariant(value).toJson('Compact').toString()).toBe(json);
  });

  test.each<[string, unknown]>([
    ['text', 'a'],
    ['a number', 1],
    ['null', null],
    ['undefined', undefined],
    ['a function', () => 1],
    ['what writes itself as text', new Date(0)],
    ['bytes', Buffer.from('{}')],
  ])('%s makes the null document', (_what, value) => {
    const made = QJsonDocument.fromVariant(value);
    expect([made.isNull(), made.toVariant(), made.toJson().length, JSON.stringify(made)]).toEqual([true, null, 0, 'null']);
  });

  test('a circle is refused by name', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => QJsonDocument.fromVariant(circle)).toThrow(/QJsonDocument\.fromVariant: the value cannot be written as JSON/);
    expect(() => QJsonDocument.fromVariant([1n])).toThrow(TypeError);
  });
});

test('two forms, indented by default', () => {
  const made = QJsonDocument.fromJson('{"a":[1,{"b":"c"}]}');
  const indented = '{\n    "a": [\n        1,\n        {\n            "b": "c"\n        }\n    ]\n}\n';
  expect(made.toJson().toString()).toBe(indented);
  expect(made.toJson(QJsonDocument.JsonFormat.Indented).toString()).toBe(indented);
  expect(made.toJson('Indented').toString()).toBe(indented);
  expect(QJsonDocument.fromJson(' { "a" : 1 } ').toJson(QJsonDocument.Compact).toString()).toBe('{"a":1}');
  expect(() => made.toJson('Pretty' as 'Compact')).toThrow(/'Indented' or 'Compact'; got Pretty/);
});

test('a document is a value: neither its source nor what it gave out changes it', () => {
  const source = { list: [1] };
  const made = QJsonDocument.fromVariant(source);
  source.list.push(2);
  const first = made.toVariant<typeof source>();
  expect(first).toEqual({ list: [1] });
  first.list.push(3);
  expect(made.toVariant()).toEqual({ list: [1] });
  const read = QJsonDocument.fromJson('{"list":[1]}');
  read.toVariant<typeof source>().list.push(4);
  expect([read.toVariant(), JSON.stringify(read)]).toEqual([{ list: [1] }, '{"list":[1]}']);
});
