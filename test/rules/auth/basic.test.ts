import { describe, expect, it } from 'vitest';
import { basicAnswer, basicProblem } from '../../../src/rules/auth/basic.ts';

describe('Basic', () => {
  it.each([
    // RFC 7617 2 and 2.1
    ['Aladdin', 'open sesame', false, 'QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123£', true, 'dGVzdDoxMjPCow=='],
    ['test', '123£', false, 'dGVzdDoxMjPCow=='],
    ['', '', false, 'Og=='],
    ['u', 'a:b', false, 'dTphOmI='],
    // decomposed, and composed once UTF-8 is agreed upon
    ['u', 'a\u0308', false, 'dTphzIg='],
    ['u', 'a\u0308', true, 'dTrDpA=='],
  ])('%j %j %j', (user, password, utf8, expected) => {
    expect(basicAnswer(user, password, utf8)).toBe(`Basic ${expected}`);
  });

  it.each([
    ['user', 'pass:word', ''],
    ['a:b', 'x', 'has a colon in the user name, where Basic ends it'],
    ['a\n', 'x', 'has a control character in the user name'],
    ['a', 'x\x7f', 'has a control character in the password'],
    ['ä', '\x80', ''],
  ])('cannot say everything: %j %j', (user, password, problem) => expect(basicProblem(user, password)).toBe(problem));
});
