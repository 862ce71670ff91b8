import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identity, trustTestAuthority } from '../support/tls.ts';
import { answering, ended, RIGHT, send, VERBS } from './asked.ts';
import { GuardedApache, hasNtlmssp } from './guarded-apache.ts';
import { needing, program } from './programs.ts';
import { Squid, type SquidScheme } from './squid.ts';

const PROGRAMS = ['squid', 'apache2'];
const PROXIES = ['basic', 'digest', 'ntlm'] as const;
const SERVERS = hasNtlmssp ? PROXIES : (['basic', 'digest'] as const);
const WORDS = { basic: 'Basic', digest: 'Digest', ntlm: 'NTLM' } as const;

describe.skipIf(PROGRAMS.some((name) => program(name) === null))(
  needing('a proxy that asks who is there, and a server behind it that does, too', ...PROGRAMS),
  () => {
    let apache: GuardedApache;
    const squids = new Map<SquidScheme, Squid>();
    beforeAll(async () => {
      trustTestAuthority();
      apache = await new GuardedApache().start(identity());
      for (const scheme of PROXIES) squids.set(scheme, await new Squid().start({ schemes: [scheme] }));
    });
    afterAll(async () => {
      await Promise.all([...squids.values()].map((squid) => squid[Symbol.asyncDispose]()));
      await apache[Symbol.asyncDispose]();
    });

    const rows = PROXIES.flatMap((proxy) =>
      SERVERS.flatMap((server) =>
        (['kept', 'secure'] as const).flatMap((door) =>
          VERBS.map(([verb, answer]) => [proxy, server, door, verb, answer] as const),
        ),
      ),
    );
    it.each(rows)('%s, %s, %s, %s', async (proxy, server, door, verb, answer) => {
      const squid = squids.get(proxy)!;
      // a domain is for NTLM alone, and a proxy that knows none has another alice
      const { manager, questions } = answering(RIGHT, squid.url('guarded'), server === 'ntlm' ? 'DOMAIN\\alice' : 'alice');
      if (proxy !== 'ntlm') manager.proxyAuthenticationRequired.connect((_, authenticator) => authenticator.setUser('alice'));
      const url = apache.url(door, server);
      for (let i = 0; i < 2; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
      manager.clearConnectionCache();
      expect(questions).toEqual({ server: 1, proxy: 1 });
      // each hears what is for it
      const heard = await apache.whenLogged(server === 'ntlm' ? 4 : 3, url);
      expect(new Set(heard.map(({ said }) => said[0]))).toEqual(new Set(['-', WORDS[server]]));
      expect(new Set(heard.map(({ said }) => said[1]))).toEqual(new Set(['-']));
      // a line is written when all is over, so the last one of another door may come only now
      const asked = await squid.whenLogged(2, (line) => line.url.includes(`:${new URL(url).port}`));
      expect(new Set(asked.map(({ said }) => said))).toEqual(new Set(['-', WORDS[proxy]]));
      expect(asked.every(({ method }) => (method === 'CONNECT') === (door === 'secure'))).toBe(true);
    });
  },
);
