import { expect, test } from 'vitest';
import { readAdvice } from '../../../src/wire/h2/advice.ts';

const frame = (origin: string, text: string, length = origin.length): Buffer =>
  Buffer.from([length >> 8, length & 255, ...Buffer.from(origin + text)]);

const ORIGIN = 'https://h.test';
test.each([
  ['of a stream', 1, frame('', 'h3=":443"'), { origin: '', text: 'h3=":443"' }],
  ['of the connection', 0, frame(ORIGIN, 'clear'), { origin: ORIGIN, text: 'clear' }],
  ['that says nothing', 1, frame('', ''), { origin: '', text: '' }],
  ['of the connection, for nobody', 0, frame('', 'clear'), null],
  ['of a stream, for somebody', 1, frame(ORIGIN, 'clear'), null],
  ['shorter than its origin', 0, frame(ORIGIN, '', 15), null],
  ['too short for a length', 0, Buffer.from([0]), null],
  ['without anything', 1, Buffer.alloc(0), null],
])('an ALTSVC frame %s', (_what, stream, bytes, advice) => {
  const around = Buffer.concat([Buffer.from('..'), bytes, Buffer.from('..')]);
  expect(readAdvice(stream, around, 2, 2 + bytes.length)).toEqual(advice);
});
