import { expect } from 'vitest';
import type { QJsonParseError } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** What is wrong with `json`. */
function wrong(q: Package, json: string): QJsonParseError {
  const error = new q.QJsonParseError();
  q.QJsonDocument.fromJson(json, error);
  return error;
}

export const qjsonparseerror: MemberTests = {
  'QJsonParseError.error': (q) => {
    expect(wrong(q, '[1 2]').error).toBe(q.QJsonParseError.MissingValueSeparator);
    expect(wrong(q, '[]').error).toBe(q.QJsonParseError.NoError);
  },
  'QJsonParseError.offset': (q) => {
    expect([wrong(q, '[1 2]').offset, wrong(q, '[]').offset]).toEqual([4, 0]);
  },
  'QJsonParseError.errorString': (q) => {
    expect(wrong(q, '[1 2]').errorString()).toBe('missing value separator');
    expect(wrong(q, '[]').errorString()).toBe('no error occurred');
  },
};
