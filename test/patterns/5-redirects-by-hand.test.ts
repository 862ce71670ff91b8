// Pattern 5: the program follows redirects itself, as all had to in Qt 4.
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, type QNetworkReply, QNetworkRequest, QObject, QUrl } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, serve } from '../support/server.ts';

type Outcome = { readonly body: string } | { readonly magnet: string } | { readonly problem: string };

const MOST_HOPS = 4;

/** Counts hops in a property, knows loops by the URLs it has seen, and gives its token to nobody else. */
class Fetch extends QObject {
  private readonly visited: string[] = [];
  private done: (outcome: Outcome) => void = () => {};
  private readonly manager: QNetworkAccessManager;
  private readonly token: string;

  constructor(manager: QNetworkAccessManager, token: string) {
    super();
    this.manager = manager;
    this.token = token;
    manager.setRedirectPolicy(QNetworkRequest.ManualRedirectPolicy);
  }

  start(url: string): Promise<Outcome> {
    const outcome = new Promise<Outcome>((resolve) => (this.done = resolve));
    this.get(new QUrl(url), true, 0);
    return within(outcome, 'the end of all hops');
  }

  private get(url: QUrl, trusted: boolean, hops: number): void {
    this.visited.push(url.toString());
    const request = new QNetworkRequest(url);
    if (trusted) request.setRawHeader('Authorization', `Bearer ${this.token}`);
    const reply = this.manager.get(request);
    reply.setProperty('hops', hops);
    reply.finished.connect(this, this.onFinished);
  }

  private onFinished(): void {
    const reply = this.sender() as QNetworkReply;
    reply.deleteLater();
    const target = reply.attribute(QNetworkRequest.RedirectionTargetAttribute);
    if (reply.error() !== NetworkError.NoError) return this.done({ problem: reply.errorString() });
    if (target === null) return this.done({ body: reply.readAll().toString() });
    if (target.scheme() === 'magnet') return this.done({ magnet: target.toEncoded().toString() });
    const from = reply.url();
    const next = from.resolved(target);
    if (!['http', 'https'].includes(next.scheme())) return this.done({ problem: `leads to ${next.scheme()}` });
    if (this.visited.includes(next.toString())) return this.done({ problem: 'goes round in circles' });
    const hops = Number(reply.property('hops')) + 1;
    if (hops > MOST_HOPS) return this.done({ problem: 'too many hops' });
    const same = next.scheme() === from.scheme() && next.host() === from.host() && next.port() === from.port();
    this.get(next, same && reply.request().hasRawHeader('Authorization'), hops);
  }
}

const to = (location: string): Answer => ({ status: 302, headers: { Location: location }, body: 'moved' });

describe('a program that follows by itself', () => {
  it('gets there, and its token only as far as it wants', async () => {
    await using other = await serve({ routes: { '/there': to('/end'), '/end': { body: 'the end' } } });
    await using server = await serve({
      routes: { '/from': to('../here?x=1'), '/here': to(`//127.0.0.1:${other.port}/there`) },
    });
    await using manager = new QNetworkAccessManager();
    expect(await new Fetch(manager, 't').start(server.url('/from'))).toEqual({ body: 'the end' });
    const seen = [...server.requests, ...other.requests].map((r) => `${r.target} ${r.header('authorization') ?? '-'}`);
    expect(seen).toEqual(['/from Bearer t', '/here?x=1 Bearer t', '/there -', '/end -']);
  });

  const ends: [what: string, routes: Record<string, Answer>, outcome: Outcome][] = [
    ['a magnet', { '/from': to('magnet:?xt=urn:btih:abc&dn=a%20b') }, { magnet: 'magnet:?xt=urn:btih:abc&dn=a%20b' }],
    ['another scheme', { '/from': to('file:///etc/hostname') }, { problem: 'leads to file' }],
    ['a circle', { '/from': to('/b'), '/b': to('/from') }, { problem: 'goes round in circles' }],
    ['an answer without a target', { '/from': { status: 302, body: 'where to?' } }, { body: 'where to?' }],
  ];
  it.each(ends)('knows %s', async (_what, routes, outcome) => {
    await using server = await serve({ routes });
    await using manager = new QNetworkAccessManager();
    expect(await new Fetch(manager, 't').start(server.url('/from'))).toEqual(outcome);
  });

  it('stops after so many hops as it says', async () => {
    await using server = await serve({
      routes: { '*': (request) => to(`/${Number(request.target.slice(1)) + 1}`) },
    });
    await using manager = new QNetworkAccessManager();
    expect(await new Fetch(manager, 't').start(server.url('/0'))).toEqual({ problem: 'too many hops' });
    expect(server.requests).toHaveLength(MOST_HOPS + 1);
  });
});

describe('a redirect that is left to the program', () => {
  const targets: [location: string, text: string, relative: boolean, resolved: string][] = [
    ['../up?a=b#c', '../up?a=b#c', true, 'http://h.test/up?a=b#c'],
    ['//other.test/x', '//other.test/x', true, 'http://other.test/x'],
    ['?only=query', '?only=query', true, 'http://h.test/dir/from?only=query'],
    ['https://other.test/x/../y', 'https://other.test/x/../y', false, 'https://other.test/y'],
    ['magnet:?xt=urn:btih:abc', 'magnet:?xt=urn:btih:abc', false, 'magnet:?xt=urn:btih:abc'],
    ['/a b/ü', '/a b/ü', true, 'http://h.test/a b/ü'],
    ['mailto:a@b.test', 'mailto:a@b.test', false, 'mailto:a@b.test'],
  ];
  it.each(targets)('to %s has it as the server wrote it', async (location, text, relative, resolved) => {
    await using server = await serve({ routes: { '*': to(location) } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/dir/from'), { redirect: 'manual' });
    let redirected = 0;
    reply.redirected.connect(() => redirected++);
    await within(reply.whenFinished(), 'the answer');
    const target = reply.attribute(QNetworkRequest.RedirectionTargetAttribute)!;
    expect(target.toString()).toBe(text);
    expect(target.isRelative()).toBe(relative);
    expect(new QUrl('http://h.test/dir/from').resolved(target).toString()).toBe(resolved);
    expect(reply.rawHeader('Location').toString()).toBe(location);
    expect(redirected).toBe(0);
  });

  it('is a success with a status and a page', async () => {
    await using server = await serve({ routes: { '*': to('/to') } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/from'), { redirect: 'manual' });
    expect(await reply.text()).toBe('moved');
    expect([reply.error(), reply.status(), reply.ok(), reply.url().path()]).toEqual([0, 302, true, '/from']);
  });

  it('is so for one request, whatever the manager does, and the other way round', async () => {
    await using server = await serve({ routes: { '/from': to('/to'), '/to': { body: 'there' } } });
    await using manager = new QNetworkAccessManager();
    const request = new QNetworkRequest(server.url('/from'));
    request.setAttribute(QNetworkRequest.RedirectPolicyAttribute, QNetworkRequest.ManualRedirectPolicy);
    expect(await manager.get(request).text()).toBe('moved');
    manager.setRedirectPolicy(QNetworkRequest.ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest.RedirectPolicyAttribute, QNetworkRequest.NoLessSafeRedirectPolicy);
    expect(await manager.get(request).text()).toBe('there');
  });
});
