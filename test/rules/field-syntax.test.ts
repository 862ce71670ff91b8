import { describe, expect, test } from 'vitest';
import { fieldText, fieldValueProblem, isFieldValue, isToken, tokenProblem, trimOws } from '../../src/rules/field-syntax.ts';

const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

test('a token is made of exactly the characters of RFC 9110 5.6.2', () => {
  for (let c = 0; c < 0x180; c++) {
    const text = String.fromCharCode(c);
    expect(isToken(text), `0x${c.toString(16)}`).toBe(TCHARS.includes(text));
    expect(isToken(`a${text}b`), `a 0x${c.toString(16)} b`).toBe(TCHARS.includes(text));
  }
  expect(isToken('')).toBe(false);
});

test('a field value has no control character but the tab, and nothing beyond an octet (RFC 9110 5.5)', () => {
  for (let c = 0; c < 0x180; c++) {
    const allowed = c === 9 || (c >= 0x20 && c !== 0x7f && c <= 0xff);
    expect(isFieldValue(`x${String.fromCharCode(c)}`), `0x${c.toString(16)}`).toBe(allowed);
  }
  expect(isFieldValue('')).toBe(true);
});

describe('problems name the character and the place', () => {
  test.each([
    ['X-A', ''],
    ['', 'is empty'],
    ['X A', 'contains a space at position 1'],
    ['X:', 'contains ":" at position 1'],
    ['X\r', 'contains a carriage return at position 1'],
    ['Ü', 'contains the octet 0xdc at position 0'],
    ['X\u20ac', 'contains a character beyond Latin-1 at position 1'],
  ])('name %j: %s', (text, problem) => {
    expect(tokenProblem(text)).toBe(problem);
  });

  test.each([
    ['plain \t text \xff', ''],
    ['', ''],
    ['a\r\nX-Evil: 1', 'contains a carriage return at position 1'],
    ['ab\n', 'contains a line feed at position 2'],
    ['\0', 'contains a NUL at position 0'],
    ['a\x1b', 'contains the control character 0x1b at position 1'],
    ['a\x07', 'contains the control character 0x07 at position 1'],
    ['secret\x7f', 'contains the control character 0x7f at position 6'],
  ])('value %j: %s', (text, problem) => {
    expect(fieldValueProblem(text)).toBe(problem);
  });
});

test.each([
  ['a', 'a'],
  [' \ta b\t ', 'a b'],
  [' \t ', ''],
  ['', ''],
  ['\u00a0a', '\u00a0a'],
])('trimOws(%j) is %j', (text, trimmed) => {
  expect(trimOws(text)).toBe(trimmed);
});

test('strings become UTF-8, bytes stay', () => {
  expect(fieldText('plain')).toBe('plain');
  expect(fieldText('Grüße')).toBe('Gr\xc3\xbc\xc3\x9fe');
  expect(fieldText(Uint8Array.of(0x47, 0xfc, 0xff))).toBe('G\xfc\xff');
  expect(fieldText(new Uint8Array(Uint8Array.of(1, 65, 66, 2).buffer, 1, 2))).toBe('AB');
});
