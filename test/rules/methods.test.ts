import { describe, expect, it } from 'vitest';
import { isIdempotent } from '../../src/rules/methods.ts';

describe('a method that may be sent twice', () => {
  const rows: [method: string, idempotent: boolean][] = [
    ['GET', true],
    ['HEAD', true],
    ['PUT', true],
    ['DELETE', true],
    ['OPTIONS', true],
    ['TRACE', true],
    ['POST', false],
    ['PATCH', false],
    ['CONNECT', false],
    ['PROPFIND', false],
    ['get', false],
    ['Put', false],
    ['', false],
  ];
  for (const [method, idempotent] of rows) {
    it(`${method || '(none)'}: ${idempotent}`, () => {
      expect(isIdempotent(method)).toBe(idempotent);
    });
  }
});
