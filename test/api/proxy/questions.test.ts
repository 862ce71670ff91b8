import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedProxy } from '../../../src/api/bridge/proxies.ts';
import { proxyState } from '../../../src/api/proxy/qnetworkproxy.ts';
import { Url } from '../../../src/base/url.ts';
import type { CredentialDelegate, CredentialQuestion, Credentials } from '../../../src/contract/auth.ts';
import type { Way } from '../../../src/contract/proxy.ts';
import {
  BufferReply,
  type QAuthenticator,
  QNetworkAccessManager,
  QNetworkProxy,
  type QNetworkReply,
  QNetworkRequest,
} from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';

const QUESTION: CredentialQuestion = {
  proxy: null,
  url: Url.parse('http://a.test/'),
  realm: 'Library',
  scheme: 'basic',
  user: 'eve',
};

/** What was answered so far; a second answer would show. */
type Answers = (Credentials | null)[];

/** Asks a reply as the engine does. */
function ask(reply: QNetworkReply, question: Partial<CredentialQuestion> = {}): Answers {
  const answers: Answers = [];
  (reply as unknown as CredentialDelegate).credentials({ ...QUESTION, ...question }, (answer) => void answers.push(answer));
  return answers;
}

interface Gate {
  readonly promise: Promise<void>;
  resolve(): void;
}

/** Something that slots wait for. */
function gateway(): Gate {
  let resolve!: () => void;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}

let origin: Served;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { fault: 'stall before head' } } });
});
afterAll(() => origin.close());

async function running(act: (reply: QNetworkReply, manager: QNetworkAccessManager) => unknown): Promise<void> {
  await using manager = new QNetworkAccessManager();
  await act(manager.get(origin.url()), manager);
}

describe('a question', () => {
  it('that nobody hears is a no at once', () => running((reply) => expect(ask(reply)).toEqual([null])));

  it('comes with what is known', () =>
    running((reply, manager) => {
      const told: unknown[] = [];
      manager.authenticationRequired.connect((of, form) => {
        told.push(of === reply, form.realm(), form.option('realm'), form.user(), form.password());
      });
      ask(reply);
      expect(told).toEqual([true, 'Library', 'Library', 'eve', '']);
      ask(reply, { realm: '', scheme: 'ntlm' });
      expect(told.slice(5)).toEqual([true, '', null, 'eve', '']);
    }));

  const rows: [what: string, fill: (form: QAuthenticator) => void, answer: Credentials | null][] = [
    ['left as it was', () => {}, null],
    ['filled in with what was refused', (form) => form.setUser('eve'), null],
    ['with another realm only in words', (form) => form.setRealm('x'), null],
    ['with a user', (form) => form.setUser('ada'), { user: 'ada', password: '', domain: '' }],
    ['with a password', (form) => form.setPassword('x'), { user: 'eve', password: 'x', domain: '' }],
    ['with nobody', (form) => form.setUser(''), { user: '', password: '', domain: '' }],
    ['with a domain', (form) => form.setOption('realm', 'OFFICE'), { user: 'eve', password: '', domain: 'OFFICE' }],
    ['with another option', (form) => form.setOption('x', 'y'), null],
    ['cleared', (form) => form.clear(), null],
  ];
  it.each(rows)('%s', (_what, fill, answer) =>
    running((reply, manager) => {
      manager.authenticationRequired.connect((_reply, form) => fill(form));
      expect(ask(reply)).toEqual([answer]);
    }),
  );

  it('is answered by all slots, when the last promise has settled', () =>
    running(async (reply, manager) => {
      const gates = [gateway(), gateway()];
      manager.authenticationRequired.connect(async (_reply, form) => {
        await gates[0]!.promise;
        form.setUser('ada');
      });
      manager.authenticationRequired.connect(async (_reply, form) => {
        await gates[1]!.promise;
        form.setPassword('x');
      });
      const answers = ask(reply);
      gates[1]!.resolve();
      await new Promise((done) => setImmediate(done));
      expect(answers).toEqual([]);
      gates[0]!.resolve();
      await new Promise((done) => setImmediate(done));
      expect(answers).toEqual([{ user: 'ada', password: 'x', domain: '' }]);
    }));

  it.each<[what: string, end: (reply: QNetworkReply) => void]>([
    ['aborted', (reply) => reply.abort()],
    ['deleted', (reply) => reply.deleteLater()],
  ])('has no answer when the reply is %s meanwhile', (_what, end) =>
    running(async (reply, manager) => {
      const gate = gateway();
      manager.authenticationRequired.connect(async (_reply, form) => {
        form.setUser('ada');
        await gate.promise;
      });
      const answers = ask(reply);
      end(reply);
      await new Promise((done) => setImmediate(done));
      gate.resolve();
      await new Promise((done) => setImmediate(done));
      expect(answers).toEqual([]);
    }),
  );

  it('has no answer when a slot aborts', () =>
    running((reply, manager) => {
      manager.authenticationRequired.connect((_reply, form) => {
        form.setUser('ada');
        reply.abort();
      });
      expect(ask(reply)).toEqual([]);
    }));

  it('is not asked with blocked signals', () =>
    running((reply, manager) => {
      manager.authenticationRequired.connect((_reply, form) => form.setUser('ada'));
      manager.blockSignals(true);
      expect(ask(reply)).toEqual([null]);
    }));
});

describe('the question of a proxy', () => {
  const proxy = new QNetworkProxy(QNetworkProxy.HttpCachingProxy, 'p.test', 3128, 'ada', 'secret');
  proxy.setRawHeader('X-A', '1');
  const [peer] = fixedProxy(proxyState(proxy, 'test'))!.choose(QUESTION.url) as readonly Way[];

  it('says which proxy, without its password', () =>
    running((reply, manager) => {
      const told: QNetworkProxy[] = [];
      manager.authenticationRequired.connect((_reply, form) => form.setUser('wrong'));
      manager.proxyAuthenticationRequired.connect((of, form) => {
        told.push(of);
        form.setUser('bob');
      });
      expect(ask(reply, { proxy: peer! })).toEqual([{ user: 'bob', password: '', domain: '' }]);
      const [of] = told;
      expect([of!.type(), of!.hostName(), of!.port(), of!.user(), of!.password()]).toEqual([4, 'p.test', 3128, 'ada', '']);
      expect(of!.rawHeader('X-A').toString()).toBe('1');
    }));

  it('that nobody hears is a no', () =>
    running((reply, manager) => {
      manager.authenticationRequired.connect((_reply, form) => form.setUser('wrong'));
      expect(ask(reply, { proxy: peer! })).toEqual([null]);
    }));
});

describe('a reply that an override has kept for itself', () => {
  it('asks nobody in the name of the manager', async () => {
    const inner: QNetworkReply[] = [];
    class Own extends QNetworkAccessManager {
      protected override createRequest(...args: Parameters<QNetworkAccessManager['createRequest']>): QNetworkReply {
        inner.push(super.createRequest(...args));
        return new BufferReply(args[0], args[1], 'own');
      }
    }
    await using manager = new Own();
    manager.authenticationRequired.connect((_reply, form) => form.setUser('ada'));
    manager.get(new QNetworkRequest(origin.url()));
    expect(ask(inner[0]!)).toEqual([null]);
    inner[0]!.abort();
  });
});
