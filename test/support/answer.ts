export type {
  TestAnswer as Answer,
  TestBytes as Bytes,
} from '../../src/testing/server/answer.ts';
export { endingOf as ending, stepsOf as script } from '../../src/testing/server/answer-steps.ts';

export type HeaderPairs = readonly (readonly [string, string])[];
