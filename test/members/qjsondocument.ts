import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qjsondocument: MemberTests = {
  'QJsonDocument.fromJson': (q) => {
    expect(q.QJsonDocument.fromJson('{"a": [1]}').toVariant()).toEqual({ a: [1] });
    const error = new q.QJsonParseError();
    expect(q.QJsonDocument.fromJson(Buffer.from('[1'), error).isNull()).toBe(true);
    expect([error.error, error.offset]).toEqual([6, 2]);
  },
  'QJsonDocument.fromVariant': (q) => {
    expect(q.QJsonDocument.fromVariant({ a: 1 }).toJson('Compact').toString()).toBe('{"a":1}');
    expect(q.QJsonDocument.fromVariant('text').isNull()).toBe(true);
  },
  'QJsonDocument.toJson': (q) => {
    const document = q.QJsonDocument.fromVariant([1]);
    expect(document.toJson().toString()).toBe('[\n    1\n]\n');
    expect(document.toJson('Compact').toString()).toBe('[1]');
  },
  'QJsonDocument.toVariant': (q) => {
    expect(q.QJsonDocument.fromVariant(new Map([['a', 1]])).toVariant()).toEqual({ a: 1 });
    expect(q.QJsonDocument.fromJson('').toVariant()).toBeNull();
  },
  'QJsonDocument.isNull': (q) => {
    expect([q.QJsonDocument.fromJson('{}').isNull(), q.QJsonDocument.fromJson('1').isNull()]).toEqual([false, true]);
  },
};
