import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identity, trustTestAuthority } from '../support/tls.ts';
import { answering, ended, RIGHT, send, VERBS, WRONG } from './asked.ts';
import { Behind, type Manner, type Target } from './behind.ts';
import { needing, program } from './programs.ts';
import { byConnection, refusedFirst } from './shown.ts';
import { Squid, type SquidLine, type SquidScheme } from './squid.ts';

const PROGRAMS = ['squid', 'nginx'];
const TARGETS: readonly Target[] = ['http', 'https'];
const MANNERS: readonly Manner[] = ['kept', 'closed'];

const SCHEMES = ['basic', 'digest', 'ntlm'] as const;
const WORDS = { basic: 'Basic', digest: 'Digest', ntlm: 'NTLM' } as const;
const CASES = TARGETS.flatMap((target) => VERBS.map(([verb, answer]) => [target, verb, answer] as const));

const shown = (lines: readonly SquidLine[]): string[] =>
  byConnection(lines, ({ method, said, status }) => `${method} ${said} ${status}`);

/** What squid has in its log from this moment on; `such` are the lines that count. */
const since = (squid: Squid, such?: (line: SquidLine) => boolean): ((count: number) => Promise<SquidLine[]>) => {
  const start = squid.log().filter(such ?? (() => true)).length;
  return async (count) => (await squid.whenLogged(start + count, such)).slice(start);
};

const saysNtlm = ({ said }: SquidLine): boolean => said === 'NTLM';

async function expectHeard(log: (count: number) => Promise<SquidLine[]>, stories: string[][]): Promise<void> {
  const count = stories[0]!.join(', ').split(', ').length;
  expect(shown(await log(count))).toBeOneOf(stories);
}

/** What squid may hear when somebody answers right for three requests, or wrong for one. */
function story(scheme: (typeof SCHEMES)[number], target: Target, manner: Manner, verb: string, end: 200 | 407): string[][] {
  const method = target === 'http' ? verb : 'CONNECT';
  // a tunnel that is kept is asked for once
  const count = end === 407 || (target === 'https' && manner === 'kept') ? 1 : 3;
  const answers = Array.from({ length: count }, () => `${method} ${WORDS[scheme]} ${end}`);
  const first = `${method} - 407`;
  if (manner === 'closed') return [[first, ...answers].sort()];
  if (scheme !== 'ntlm') return refusedFirst(method, first, ...answers);
  const later = Array.from({ length: count - 1 }, () => `${method} - 200`);
  return refusedFirst(method, first, `${method} NTLM 407`, answers[0]!, ...later);
}

describe.skipIf(PROGRAMS.some((name) => program(name) === null))(needing('squid', ...PROGRAMS), () => {
  let behind: Behind;
  beforeAll(async () => {
    trustTestAuthority();
    behind = await new Behind().start();
  });
  afterAll(async () => {
    // credentials are for the proxy
    for (const fields of behind.seen) expect(fields).not.toHaveProperty('proxy-authorization');
    await behind[Symbol.asyncDispose]();
  });

  describe('that lets everybody through', () => {
    let squid: Squid;
    beforeAll(async () => {
      squid = await new Squid().start({ schemes: [], identity: identity() });
    });
    afterAll(() => squid[Symbol.asyncDispose]());

    const rows = (['open', 'secure'] as const).flatMap((door) => CASES.map((one) => [door, ...one] as const));
    it.each(rows)('door %s, %s, %s', async (door, target, verb, answer) => {
      const log = since(squid);
      const { manager } = answering(WRONG, squid.url(door));
      const url = behind.url(target);
      for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
      // squid writes down a tunnel when it is over
      manager.clearConnectionCache();
      const got = `${verb} - 200`;
      if (target === 'http') expect(shown(await log(3))).toEqual([`${got}, ${got}, ${got}`]);
      else expect(shown(await log(1))).toEqual(['CONNECT - 200']);
    });

    it('the page that it shows in the place of a target can be read', async () => {
      const { manager } = answering(WRONG, squid.url('open'));
      await using _ = manager;
      const open = manager.get('http://forbidden.test/');
      expect(await ended(open)).toEqual(['ContentAccessDenied', expect.stringContaining('ERR_ACCESS_DENIED')]);
      const hidden = manager.get('https://forbidden.test/');
      expect(await ended(hidden)).toEqual(['UnknownNetworkError', '']);
      const { status, body } = hidden.failure()!.proxyAnswer!;
      expect([status, Buffer.from(body).toString()]).toEqual([403, expect.stringContaining('ERR_ACCESS_DENIED')]);
    });
  });

  it('is not there any more', async () => {
    const squid = await new Squid().start({ schemes: [] });
    const { manager } = answering(WRONG, squid.url('open'));
    await using _ = manager;
    expect(await ended(manager.get(behind.url('http')))).toEqual(['NoError', 'GET 0']);
    await squid[Symbol.asyncDispose]();
    for (const target of TARGETS)
      expect(await ended(manager.get(behind.url(target)))).toEqual(['ProxyConnectionRefusedError', '']);
  });

  describe.each(MANNERS)('that asks who is there, connections %s', (manner) => {
    const squids = new Map<SquidScheme, Squid>();
    beforeAll(async () => {
      for (const scheme of SCHEMES)
        squids.set(scheme, await new Squid().start({ schemes: [scheme], closes: manner === 'closed' }));
    });
    afterAll(async () => {
      await Promise.all([...squids.values()].map((squid) => squid[Symbol.asyncDispose]()));
    });

    const rows = SCHEMES.filter((scheme) => scheme !== 'ntlm' || manner === 'kept').flatMap((scheme) =>
      TARGETS.flatMap((target) => VERBS.map(([verb, answer]) => [scheme, target, verb, answer] as const)),
    );

    it.each(rows)('%s, %s, %s: asked once, and right', async (scheme, target, verb, answer) => {
      const squid = squids.get(scheme)!;
      const { manager, questions } = answering(RIGHT, squid.url('guarded'));
      const log = since(squid);
      const url = behind.url(target, manner);
      for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
      manager.clearConnectionCache();
      await expectHeard(log, story(scheme, target, manner, verb, 200));
      expect(questions).toEqual({ server: 0, proxy: 1 });
    });

    it.each(rows)('%s, %s, %s: the same wrong answer twice is the end', async (scheme, target, verb) => {
      const squid = squids.get(scheme)!;
      const { manager, questions } = answering(WRONG, squid.url('guarded'));
      await using _ = manager;
      const log = since(squid);
      const seen = behind.seen.length;
      const reply = send(manager, verb, behind.url(target, manner));
      expect((await ended(reply))[0]).toBe('ProxyAuthenticationRequiredError');
      await expectHeard(log, story(scheme, target, manner, verb, 407));
      expect(questions).toEqual({ server: 0, proxy: 2 });
      expect(behind.seen.length).toBe(seen);
    });
  });

  describe('that knows NTLM', () => {
    let squid: Squid;
    beforeAll(async () => {
      squid = await new Squid().start({ schemes: ['ntlm'], closes: true });
    });
    afterAll(() => squid[Symbol.asyncDispose]());

    it.each(CASES)('and closes its connections, but not while it is spoken to: %s, %s', async (target, verb, answer) => {
      const { manager, questions } = answering(RIGHT, squid.url('guarded'));
      const log = since(squid, saysNtlm);
      const url = behind.url(target, 'closed');
      for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
      manager.clearConnectionCache();
      const method = target === 'http' ? verb : 'CONNECT';
      const heard = shown(await log(6));
      expect(heard).toEqual(Array(3).fill(`${method} NTLM 407, ${method} NTLM 200`));
      expect(questions).toEqual({ server: 0, proxy: 1 });
    });

    it('each tunnel is opened anew, and nobody is asked again', async () => {
      await using patient = await new Squid().start({ schemes: ['ntlm'] });
      const { manager, questions } = answering(RIGHT, patient.url('guarded'));
      const url = behind.url('https', 'closed');
      for (let i = 0; i < 3; i++) expect(await ended(manager.get(url))).toEqual(['NoError', 'GET 0']);
      manager.clearConnectionCache();
      const heard = shown(await patient.whenLogged(6, saysNtlm));
      expect(heard).toEqual(Array(3).fill('CONNECT NTLM 407, CONNECT NTLM 200'));
      expect(questions).toEqual({ server: 0, proxy: 1 });
    });
  });

  it.each([
    [['basic', 'digest'], 'Digest'],
    [['basic', 'digest', 'ntlm'], 'NTLM'],
  ] as const)('that knows %s is answered in %s', async (schemes, answered) => {
    await using squid = await new Squid().start({ schemes });
    const { manager } = answering(RIGHT, squid.url('guarded'));
    await using _ = manager;
    expect(await ended(manager.get(behind.url('http')))).toEqual(['NoError', 'GET 0']);
    expect((await squid.whenLogged(2)).at(-1)!.said).toBe(answered);
  });
});
