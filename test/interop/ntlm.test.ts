import { beforeAll, describe, expect, it } from 'vitest';
import { QSslConfiguration } from '../../src/index.ts';
import { mint } from '../support/mint.ts';
import { answering, BODY, ended, RIGHT, send, VERBS, WRONG } from './asked.ts';
import { configuration, root } from './client-tls.ts';
import { NtlmOrigin } from './ntlm/origin.ts';
import { byConnection } from './shown.ts';

const site = mint({ name: 'site', by: root });

const DENIED = ['AuthenticationRequiredError', 'who are you?'];

/** Types of messages, bytes and statuses. */
const heard = ({ log }: NtlmOrigin): string[] => byConnection(log, ({ type, size, status }) => `${type} with ${size}: ${status}`);

describe.each([
  ['in the clear', null],
  ['bound to TLS', site],
])('a strict server of NTLMv2, %s', (_, identity) => {
  beforeAll(() => QSslConfiguration.setDefaultConfiguration(configuration()));

  describe.each(VERBS)('%s', (verb) => {
    const size = verb === 'GET' ? 0 : BODY.length;

    it('lets in who knows the password, and the connection with him', async () => {
      await using origin = await new NtlmOrigin(identity).listen();
      const { manager, questions } = answering(RIGHT);
      await using _ = manager;
      for (let i = 0; i < 3; i++)
        expect(await ended(send(manager, verb, origin.url('/')))).toEqual(['NoError', `alice ${verb} ${size}`]);
      // the body does not go along where it is refused in any case
      const last = `0 with ${size}: 200`;
      expect(heard(origin)).toEqual([`0 with ${size}: 401, 1 with 0: 401, 3 with ${size}: 200, ${last}, ${last}`]);
      expect(questions).toEqual({ server: 1, proxy: 0 });
      expect(origin.objections).toEqual([]);
    });

    it('turns away who does not', async () => {
      await using origin = await new NtlmOrigin(identity).listen();
      const { manager, questions } = answering(WRONG);
      await using _ = manager;
      expect(await ended(send(manager, verb, origin.url('/')))).toEqual(DENIED);
      expect(heard(origin)).toEqual([`0 with ${size}: 401, 1 with 0: 401, 3 with ${size}: 401`]);
      expect(questions).toEqual({ server: 2, proxy: 0 });
      expect(origin.objections).toEqual([]);
    });

    it('closes its connections, so that nobody can be let in, which is noticed', async () => {
      await using origin = await new NtlmOrigin(identity, true).listen();
      const { manager, questions } = answering(RIGHT);
      await using _ = manager;
      expect(await ended(send(manager, verb, origin.url('/')))).toEqual(DENIED);
      expect(heard(origin)).toEqual([`0 with ${size}: 401`, '1 with 0: 401']);
      expect(questions.server).toBeLessThanOrEqual(2);
    });
  });
});
