import { expect } from 'vitest';
import type { QRestReply } from '../../src/index.ts';
import type { Answer } from '../support/server.ts';
import { got, type Package, scene } from './support.ts';
import type { MemberTests } from './types.ts';

const JSON_ANSWER: Answer = { headers: { 'Content-Type': 'text/plain; charset=iso-8859-1' }, body: '{"a":[1]}' };
const LATIN1: Answer = { headers: { 'Content-Type': 'text/plain; charset=iso-8859-1' }, body: new Uint8Array([0xe4]) };
const MISSING: Answer = { status: 404, body: 'gone' };
const UNKNOWN_SCHEME = 301;

const rest = (q: Package, look: (reply: QRestReply) => void, answer: Answer = JSON_ANSWER): Promise<void> =>
  got(q, (reply) => look(new q.QRestReply(reply)), answer);

/** A reply to which there was no answer. */
function refused(q: Package): QRestReply {
  class Own extends q.QNetworkReply {
    refuse(): this {
      this.setError(UNKNOWN_SCHEME, 'nobody carries this');
      this.setFinished(true);
      return this;
    }
  }
  return new q.QRestReply(new Own().refuse());
}

export const qrestreply: MemberTests = {
  'QRestReply.constructor': (q) => {
    const reply = new q.QNetworkReply();
    expect(new q.QRestReply(reply).networkReply()).toBe(reply);
  },
  'QRestReply.networkReply': (q) => {
    const reply = new q.QNetworkReply();
    expect(new q.QRestReply(reply).networkReply()).toBe(reply);
    expect(new q.QRestReply(null).networkReply()).toBeNull();
  },
  'QRestReply.readJson': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const [one, two] = [manager.get(origin.url()), manager.get(origin.url())];
        expect(new q.QRestReply(one).readJson()).toBeNull();
        await one.whenFinished();
        await two.whenFinished();
        expect(new q.QRestReply(one).readJson()?.toVariant()).toEqual({ a: [1] });
        two.read(1);
        const error = new q.QJsonParseError();
        expect(new q.QRestReply(two).readJson(error)).toBeNull();
        expect(error.error).toBe(q.QJsonParseError.IllegalValue);
      },
      JSON_ANSWER,
    ),
  'QRestReply.readBody': (q) =>
    rest(q, (reply) => expect([reply.readBody().toString(), reply.readBody().length]).toEqual(['{"a":[1]}', 0])),
  'QRestReply.readText': (q) => rest(q, (reply) => expect(reply.readText()).toBe('ä'), LATIN1),
  'QRestReply.isSuccess': async (q) => {
    await rest(q, (reply) => expect(reply.isSuccess()).toBe(true));
    await rest(q, (reply) => expect(reply.isSuccess()).toBe(false), MISSING);
  },
  'QRestReply.httpStatus': async (q) => {
    await rest(q, (reply) => expect(reply.httpStatus()).toBe(404), MISSING);
    expect(refused(q).httpStatus()).toBe(0);
  },
  'QRestReply.isHttpStatusSuccess': async (q) => {
    await rest(q, (reply) => expect(reply.isHttpStatusSuccess()).toBe(true));
    await rest(q, (reply) => expect(reply.isHttpStatusSuccess()).toBe(false), MISSING);
  },
  'QRestReply.hasError': async (q) => {
    await rest(q, (reply) => expect(reply.hasError()).toBe(false), MISSING);
    expect(refused(q).hasError()).toBe(true);
  },
  'QRestReply.error': async (q) => {
    await rest(q, (reply) => expect(reply.error()).toBe(q.QNetworkReply.NoError), MISSING);
    expect(refused(q).error()).toBe(UNKNOWN_SCHEME);
  },
  'QRestReply.errorString': async (q) => {
    await rest(q, (reply) => expect(reply.errorString()).toBe(''), MISSING);
    expect(refused(q).errorString()).toBe('nobody carries this');
  },
};
