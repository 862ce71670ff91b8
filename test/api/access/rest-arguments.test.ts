import { expect, test } from 'vitest';
import { type RestCall, restCall, type TakesData } from '../../../src/api/access/rest-arguments.ts';
import { QBuffer, QJsonDocument, QObject } from '../../../src/index.ts';

const callback = (): void => {};
const again = (): string => 'body';
const context = new QObject();
class Screen {}
const plain = { a: 1 };
const options = { timeout: 5 };
const text = 'body';
const device = new QBuffer('x');
const form = new FormData();
const search = new URLSearchParams();
const bytes = new Uint8Array(1);
const document = QJsonDocument.fromJson('[1]');
const map = new Map([['a', 1]]);
const screen = new Screen();
const pieces = { *[Symbol.iterator]() {} };

const call = (parts: Partial<RestCall>): RestCall => ({
  data: null,
  options: undefined,
  context: null,
  callback: null,
  ...parts,
});

test.each<[takes: TakesData, args: unknown[], expected: Partial<RestCall>]>([
  // a body always comes first
  ['always', [], {}],
  ['always', [null], {}],
  ['always', [text], { data: text }],
  ['always', [bytes], { data: bytes }],
  ['always', [device], { data: device }],
  // what else may be a body, the manager knows
  ['always', [screen], { data: screen as never }],
  ['always', [form], { data: form }],
  ['always', [search], { data: search }],
  ['always', [again], { data: again }],
  ['always', [pieces], { data: pieces as never }],
  ['always', [plain], { options: { json: plain } }],
  ['always', [[1]], { options: { json: [1] } }],
  ['always', [map], { options: { json: map } }],
  ['always', [document], { options: { json: document } }],
  ['always', [plain, options], { options: { timeout: 5, json: plain } }],
  ['always', [text, options], { data: text, options }],
  ['always', [null, { json: 1 }], { options: { json: 1 } }],
  ['always', [plain, callback], { options: { json: plain }, callback }],
  ['always', [plain, null, callback], { options: { json: plain }, callback }],
  ['always', [plain, undefined, callback], { options: { json: plain }, callback }],
  ['always', [device, context, callback], { data: device, context, callback }],
  ['always', [again, screen, callback], { data: again, context: screen, callback }],
  ['always', [text, device, callback], { data: text, context: device, callback }],
  ['always', [text, undefined, undefined], { data: text }],
  // perhaps one
  ['perhaps', [], {}],
  ['perhaps', [undefined], {}],
  ['perhaps', [callback, undefined], { callback }],
  ['perhaps', [options, undefined], { options }],
  ['perhaps', [options], { options }],
  ['perhaps', [callback], { callback }],
  ['perhaps', [context, callback], { context, callback }],
  ['perhaps', [device, callback], { context: device, callback }],
  ['perhaps', [null, callback], { callback }],
  ['perhaps', [text], { data: text }],
  ['perhaps', [document], { options: { json: document } }],
  ['perhaps', [[1], options], { options: { timeout: 5, json: [1] } }],
  ['perhaps', [text, options], { data: text, options }],
  ['perhaps', [null, options], { options }],
  ['perhaps', [pieces], { data: pieces as never }],
  ['perhaps', [plain, context, callback], { options: { json: plain }, context, callback }],
  ['perhaps', [text, null, callback], { data: text, callback }],
  // never
  ['never', [], {}],
  ['never', [options], { options }],
  ['never', [callback], { callback }],
  ['never', [screen, callback], { context: screen, callback }],
])('%s a body, %o', (takes, args, expected) => {
  expect(restCall('where', takes, args)).toEqual(call(expected));
});

test.each<[takes: TakesData, args: unknown[], message: RegExp]>([
  ['never', [text], /^where: a callback is a function; got a string\. Behind the request/],
  ['never', [plain, callback], /^where: a context is the object that the callback works for, or null; got a plain object/],
  ['never', [text, null, callback], /^where: too many arguments/],
  ['perhaps', [plain, callback], /a context is .* got a plain object\. Behind the request come its body/],
  ['perhaps', [[1], callback], /a context is .* got an array/],
  ['perhaps', [map, callback], /a context is .* got a Map/],
  ['perhaps', [document, callback], /a context is .* got a QJsonDocument/],
  ['perhaps', [bytes, callback], /a context is .* got a Uint8Array/],
  ['perhaps', [text, callback], /a context is .* got a string/],
  ['perhaps', [text, context], /a callback is a function; got a QObject/],
  ['always', [text, context, plain], /a callback is a function; got a plain object/],
  ['always', [text, [callback]], /a callback is a function; got an array/],
  ['always', [text, null, callback, options], /too many arguments/],
  ['always', [plain, { json: 1 }], /give either data or the option json, not both/],
  ['always', [QJsonDocument.fromJson('')], /the QJsonDocument is null/],
])('%s a body, %o is refused', (takes, args, message) => {
  expect(() => restCall('where', takes, args)).toThrow(message);
  expect(() => restCall('where', takes, args)).toThrow(TypeError);
});
