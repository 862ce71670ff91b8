import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identity, trustTestAuthority } from '../support/tls.ts';
import { answering, ended, RIGHT, send, VERBS, WRONG } from './asked.ts';
import { GuardedApache, hasNtlmssp } from './guarded-apache.ts';
import { needing, program } from './programs.ts';
import { byConnection, refusedFirst } from './shown.ts';

const DOORS = ['kept', 'closed', 'secure'] as const;
type Door = (typeof DOORS)[number];

const CASES = DOORS.flatMap((door) => VERBS.map(([verb, answer]) => [door, verb, answer] as const));
const KEPT = CASES.filter(([door]) => door !== 'closed');
const PAGE = expect.stringContaining('401 Unauthorized');

/** What may be seen: what is said on one connection, or on one each. */
const on = (door: Door, verb: string, first: string, ...rest: string[]): string[][] =>
  door === 'closed' ? [[first, ...rest].sort()] : refusedFirst(verb, first, ...rest);

const lacks = program('apache2') === null;

describe.skipIf(lacks)(needing('apache that asks who is there', 'apache2'), () => {
  let apache: GuardedApache;
  beforeAll(async () => {
    trustTestAuthority();
    apache = await new GuardedApache().start(identity());
  });
  afterAll(() => apache[Symbol.asyncDispose]());

  /** Schemes and statuses, once there are so many. */
  const heard = async (count: number, url: string): Promise<string[]> =>
    byConnection(await apache.whenLogged(count, url), ({ said: [scheme], status }) => `${scheme} ${status}`);

  describe.each([
    ['basic', 'Basic'],
    ['digest', 'Digest'],
  ] as const)('%s', (guard, scheme) => {
    it.each(CASES)('connections %s, %s: asked once, and right', async (door, verb, answer) => {
      const { manager, questions } = answering(RIGHT);
      await using _ = manager;
      const url = apache.url(door, guard);
      for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
      const good = `${scheme} 200`;
      expect(await heard(4, url)).toBeOneOf(on(door, verb, '- 401', good, good, good));
      expect(questions).toEqual({ server: 1, proxy: 0 });
    });

    it.each(CASES)('connections %s, %s: the same wrong answer twice is the end', async (door, verb) => {
      const { manager, questions } = answering(WRONG);
      await using _ = manager;
      const url = apache.url(door, guard);
      expect(await ended(send(manager, verb, url))).toEqual(['AuthenticationRequiredError', PAGE]);
      expect(await heard(2, url)).toBeOneOf(on(door, verb, '- 401', `${scheme} 401`));
      expect(questions).toEqual({ server: 2, proxy: 0 });
    });
  });

  describe.skipIf(!hasNtlmssp)(
    `NTLM${hasNtlmssp ? '' : ' (skipped: on Debian: apt-get install libapache2-mod-auth-gssapi gss-ntlmssp)'}`,
    () => {
      const user = 'DOMAIN\\alice';

      it.each(KEPT)('connections %s, %s: asked once, and right', async (door, verb, answer) => {
        const { manager, questions } = answering(RIGHT, null, user);
        await using _ = manager;
        const url = apache.url(door, 'ntlm');
        for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
        const seen = refusedFirst(verb, '- 401', 'NTLM 401', 'NTLM 200', '- 200', '- 200');
        expect(await heard(5, url)).toBeOneOf(seen);
        expect(questions).toEqual({ server: 1, proxy: 0 });
      });

      it.each(VERBS)('connections closed, %s: nobody can be let in, which is noticed', async (verb) => {
        const { manager, questions } = answering(RIGHT, null, user);
        await using _ = manager;
        const url = apache.url('closed', 'ntlm');
        expect(await ended(send(manager, verb, url))).toEqual(['AuthenticationRequiredError', PAGE]);
        expect(await heard(2, url)).toEqual(['- 401', 'NTLM 401']);
        expect(questions.server).toBeLessThanOrEqual(2);
      });

      it.each(KEPT)('connections %s, %s: the same wrong answer twice is the end', async (door, verb) => {
        const { manager, questions } = answering(WRONG, null, user);
        await using _ = manager;
        const url = apache.url(door, 'ntlm');
        expect(await ended(send(manager, verb, url))).toEqual(['AuthenticationRequiredError', PAGE]);
        expect(await heard(3, url)).toBeOneOf(refusedFirst(verb, '- 401', 'NTLM 401', 'NTLM 401'));
        expect(questions).toEqual({ server: 2, proxy: 0 });
      });
    },
  );
});
