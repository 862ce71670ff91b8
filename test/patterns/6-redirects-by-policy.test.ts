// Pattern 6: redirects are followed by a policy, and the program looks on.
import { describe, expect, it } from 'vitest';
import {
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  type QUrl,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, type Served, serve } from '../support/server.ts';

const { ManualRedirectPolicy, NoLessSafeRedirectPolicy, SameOriginRedirectPolicy, UserVerifiedRedirectPolicy } = QNetworkRequest;
const SERIAL = QNetworkRequest.User + 1;

/** Says for the whole program who asks and what is followed, unless a request says otherwise; writes a log. */
class Manager extends QNetworkAccessManager {
  readonly log: string[] = [];

  constructor() {
    super();
    this.setRedirectPolicy(NoLessSafeRedirectPolicy);
    this.finished.connect((reply) => this.log.push(`${serialOf(reply)} ended at ${reply.url().path()}`));
  }

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null,
  ): QNetworkReply {
    const made = new QNetworkRequest(request);
    made.setHeader(QNetworkRequest.UserAgentHeader, 'Player/1.0');
    const reply = super.createRequest(op, made, data);
    reply.redirected.connect((url: QUrl) => this.log.push(`${serialOf(reply)} on to ${url.path()}`));
    return reply;
  }
}

const serialOf = (reply: QNetworkReply): string => String(reply.request().attribute(SERIAL));

const to = (location: string): Answer => ({ status: 302, headers: { Location: location }, body: 'moved' });
const CHAIN = { '/1': to('/2'), '/2': to('/3'), '/3': { body: 'three' } };
const agents = (server: Served): string[] => server.requests.map((r) => `${r.target} ${r.header('user-agent')}`);

describe('a program whose manager follows', () => {
  it('sees every step, one end, and its own marks on the request', async () => {
    await using server = await serve({ routes: CHAIN });
    await using manager = new Manager();
    const mark = { row: 7 };
    const request = new QNetworkRequest(server.url('/1'));
    request.setAttribute(SERIAL, 'a');
    request.setAttribute(SERIAL + 1, mark);
    const reply = manager.get(request);
    const heads: string[] = [];
    reply.metaDataChanged.connect(() => heads.push(`${reply.status()} ${reply.url().path()}`));
    expect(await reply.text()).toBe('three');
    expect(heads).toEqual(['302 /1', '302 /2', '200 /3']);
    expect(manager.log).toEqual(['a on to /2', 'a on to /3', 'a ended at /3']);
    expect(reply.request().url().path()).toBe('/1');
    expect(reply.request().attribute(SERIAL + 1)).toBe(mark);
    expect(agents(server)).toEqual(['/1 Player/1.0', '/2 Player/1.0', '/3 Player/1.0']);
  });

  it('never mistakes the page of a redirect for the body', async () => {
    await using server = await serve({ routes: CHAIN });
    await using manager = new Manager();
    const reply = manager.get(server.url('/1'));
    const pieces: string[] = [];
    reply.readyRead.connect(() => pieces.push(reply.readAll().toString()));
    await within(reply.whenFinished(), 'the end');
    expect(pieces.join('')).toBe('three');
    expect(reply.rawHeader('Location')).toHaveLength(0);
  });
});

describe('which policy counts', () => {
  type Set = (request: QNetworkRequest) => void;
  const attribute =
    (name: 'FollowRedirectsAttribute' | 'RedirectPolicyAttribute', value: unknown): Set =>
    (request) =>
      request.setAttribute(QNetworkRequest[name], value);
  const rows: [what: string, manager: number, set: Set, follows: boolean][] = [
    ['that of the manager', NoLessSafeRedirectPolicy, () => {}, true],
    ['that of the manager, manual', ManualRedirectPolicy, () => {}, false],
    ["Qt 5.6's attribute before it", ManualRedirectPolicy, attribute('FollowRedirectsAttribute', true), true],
    ["Qt 5.6's attribute, switched off", NoLessSafeRedirectPolicy, attribute('FollowRedirectsAttribute', false), false],
    [
      'that of the request before it',
      NoLessSafeRedirectPolicy,
      attribute('RedirectPolicyAttribute', ManualRedirectPolicy),
      false,
    ],
    ['the same the other way', ManualRedirectPolicy, attribute('RedirectPolicyAttribute', SameOriginRedirectPolicy), true],
  ];
  it.each(rows)('%s', async (_what, policy, set, follows) => {
    await using server = await serve({ routes: CHAIN });
    await using manager = new QNetworkAccessManager();
    manager.setRedirectPolicy(policy as 0);
    const request = new QNetworkRequest(server.url('/2'));
    set(request);
    expect(await manager.get(request).text()).toBe(follows ? 'three' : 'moved');
  });

  it('when both attributes are there: the one that was set last', async () => {
    await using server = await serve({ routes: CHAIN });
    await using manager = new QNetworkAccessManager();
    const request = new QNetworkRequest(server.url('/2'));
    request.setAttribute(QNetworkRequest.FollowRedirectsAttribute, true);
    request.setAttribute(QNetworkRequest.RedirectPolicyAttribute, ManualRedirectPolicy);
    expect(await manager.get(request).text()).toBe('moved');
    request.setAttribute(QNetworkRequest.FollowRedirectsAttribute, true);
    expect(await manager.get(request).text()).toBe('three');
  });
});

describe('limits', () => {
  it('a maximum counts hops; 0 is none at all', async () => {
    await using server = await serve({ routes: CHAIN });
    await using manager = new QNetworkAccessManager();
    const ask = async (most: number): Promise<QNetworkReply> => {
      const request = new QNetworkRequest(server.url('/1'));
      request.setMaximumRedirectsAllowed(most);
      return within(manager.get(request).whenFinished(), 'the end');
    };
    expect((await ask(2)).readAll().toString()).toBe('three');
    const one = await ask(1);
    expect([one.error(), one.status(), one.url().path()]).toEqual([NetworkError.TooManyRedirectsError, 302, '/2']);
    const none = await ask(0);
    expect([none.error(), none.status()]).toEqual([NetworkError.TooManyRedirectsError, 302]);
  });

  it('an origin: the other host is not asked', async () => {
    await using other = await serve({ routes: { '*': { body: 'other' } } });
    await using server = await serve({ routes: { '/near': to('/far'), '/far': to(other.url('/')) } });
    await using manager = new QNetworkAccessManager();
    manager.setRedirectPolicy(SameOriginRedirectPolicy);
    const reply = await within(manager.get(server.url('/near')).whenFinished(), 'the end');
    expect(reply.error()).toBe(NetworkError.InsecureRedirectError);
    expect(server.requests).toHaveLength(2);
    expect(other.requests).toHaveLength(0);
  });

  it('a question to the user: what he allows is followed, the rest is not, and he may take his time', async () => {
    await using server = await serve({ routes: { ...CHAIN, '*': { body: 'other' } } });
    await using manager = new QNetworkAccessManager();
    manager.setRedirectPolicy(UserVerifiedRedirectPolicy);
    const asked = (reply: QNetworkReply): Promise<[QUrl]> => within(reply.redirected.next(), 'the question');
    const reply = manager.get(server.url('/1'));
    const body = reply.text();
    for (const path of ['/2', '/3']) {
      expect((await asked(reply))[0].path()).toBe(path);
      expect(await manager.get(server.url('/meanwhile')).text()).toBe('other');
      expect(reply.isRunning()).toBe(true);
      reply.redirectAllowed();
    }
    expect(await within(body, 'the answer')).toBe('three');
    const refused = manager.get(server.url('/2'));
    await asked(refused);
    refused.abort();
    expect(refused.error()).toBe(NetworkError.OperationCanceledError);
    const seen = ['/1', '/meanwhile', '/2', '/meanwhile', '/3', '/2'];
    expect(server.requests.map((r) => r.target)).toEqual(seen);
  });
});
