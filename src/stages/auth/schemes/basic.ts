import { basicAnswer, basicProblem } from '../../../rules/auth/basic.ts';
import { saysUtf8 } from '../../../rules/auth/challenges.ts';
import { type Scheme, unbound } from './scheme.ts';

/** RFC 7617. */
export const basic: Scheme = {
  name: 'basic',
  asks: true,
  fits: () => true,
  begin(challenge, credentials) {
    const { user, password } = credentials!;
    if (basicProblem(user, password) !== '') return null;
    const value = basicAnswer(user, password, saysUtf8(challenge));
    return {
      signer: { scheme: 'basic', sign: () => value, learn() {} },
      bound: false,
      answer: () => unbound(value),
      goesOn: () => false,
    };
  },
};
