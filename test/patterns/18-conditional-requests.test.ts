// Pattern 18: the program keeps what it fetched and asks the server whether it is still good.
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, type QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, type SeenRequest, serve } from '../support/server.ts';

interface Entry {
  readonly body: string;
  readonly etag: string | null;
  readonly modified: Date | null;
  /** Good without asking until then, in milliseconds. */
  readonly freshUntil: number;
}

/** A store of feeds with an index of its own; it reads the header fields itself. */
class Feeds {
  readonly index = new Map<string, Entry>();
  private readonly manager: QNetworkAccessManager;
  private readonly now: () => number;

  constructor(manager: QNetworkAccessManager, now: () => number) {
    this.manager = manager;
    this.now = now;
  }

  async read(url: string): Promise<string> {
    const known = this.index.get(url);
    if (known !== undefined && known.freshUntil > this.now()) return `fresh ${known.body}`;
    const request = new QNetworkRequest(url);
    if (known?.etag) request.setRawHeader('If-None-Match', known.etag);
    if (known?.modified) request.setHeader(QNetworkRequest.IfModifiedSinceHeader, known.modified);
    const reply = await within(this.manager.get(request).whenFinished(), 'the answer');
    if (reply.error() !== NetworkError.NoError) return reply.errorString();
    const body = reply.readAll().toString();
    if (reply.status() === 304 && known !== undefined) {
      this.index.set(url, { ...known, freshUntil: this.freshUntil(reply) });
      return `same ${known.body}`;
    }
    this.index.set(url, {
      body,
      etag: reply.header(QNetworkRequest.ETagHeader),
      modified: reply.header(QNetworkRequest.LastModifiedHeader),
      freshUntil: this.freshUntil(reply),
    });
    return `new ${body}`;
  }

  private freshUntil(reply: QNetworkReply): number {
    const seconds = Number(/max-age=(\d+)/.exec(reply.rawHeader('Cache-Control').toString())?.[1] ?? 0);
    const age = Number(reply.rawHeader('Age').toString() || 0);
    return this.now() + (seconds - age) * 1000;
  }
}

const DATE = 'Tue, 03 Mar 2026 08:15:00 GMT';
const VALIDATORS = { ETag: '"v1"', 'Last-Modified': DATE };
const unchanged = (request: SeenRequest): boolean =>
  request.header('if-none-match') === '"v1"' || request.header('if-modified-since') === DATE;

describe('a program that asks whether something has changed', () => {
  it('is told 304, not an old body, and no error', async () => {
    const route = (request: SeenRequest): Answer =>
      unchanged(request) ? { status: 304, headers: VALIDATORS } : { headers: VALIDATORS, body: 'feed 1' };
    await using server = await serve({ routes: { '*': route } });
    await using manager = new QNetworkAccessManager();
    const feeds = new Feeds(manager, () => 0);
    const url = server.url('/feed');
    expect(await feeds.read(url)).toBe('new feed 1');
    expect(feeds.index.get(url)).toMatchObject({ etag: '"v1"', modified: new Date(Date.UTC(2026, 2, 3, 8, 15)) });
    expect(await feeds.read(url)).toBe('same feed 1');
    expect(await feeds.read(url)).toBe('same feed 1');
    const sent = server.requests.map((r) => [r.header('if-none-match'), r.header('if-modified-since')]);
    expect(sent).toEqual([
      [undefined, undefined],
      ['"v1"', DATE],
      ['"v1"', DATE],
    ]);
    // a 304 has no body to wait for: its connection is used again
    expect(server.accepted).toBe(1);
  });

  it('asks nothing while its own index says fresh', async () => {
    const headers = { ...VALIDATORS, 'Cache-Control': 'public, max-age=60', Age: '10' };
    await using server = await serve({ routes: { '*': { headers, body: 'feed 1' } } });
    await using manager = new QNetworkAccessManager();
    let now = 1_000_000;
    const feeds = new Feeds(manager, () => now);
    expect(await feeds.read(server.url('/feed'))).toBe('new feed 1');
    now += 49_999;
    expect(await feeds.read(server.url('/feed'))).toBe('fresh feed 1');
    expect(server.requests).toHaveLength(1);
    now += 1;
    expect(await feeds.read(server.url('/feed'))).toBe('new feed 1');
  });

  it('may look with HEAD before it loads', async () => {
    await using server = await serve({ routes: { '*': { headers: VALIDATORS, body: 'feed 1' } } });
    await using manager = new QNetworkAccessManager();
    const head = await within(manager.head(server.url('/feed')).whenFinished(), 'the head');
    const { ContentLengthHeader, LastModifiedHeader } = QNetworkRequest;
    expect(head.header(LastModifiedHeader)?.toISOString()).toBe('2026-03-03T08:15:00.000Z');
    expect([head.header(ContentLengthHeader), head.bytesAvailable()]).toEqual([6, 0]);
    expect(await manager.get(server.url('/feed')).text()).toBe('feed 1');
    expect(server.accepted).toBe(1);
  });
});

describe('a 304', () => {
  it('is a finished reply with its headers, whatever length it announces', async () => {
    const headers = { ...VALIDATORS, 'Content-Length': '4711', 'Content-Encoding': 'gzip' };
    await using server = await serve({ routes: { '/304': { status: 304, headers }, '*': { body: 'next' } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/304'), { headers: { 'If-None-Match': '"v1"' } });
    const told: string[] = [];
    reply.metaDataChanged.connect(() => told.push('metaDataChanged'));
    reply.readyRead.connect(() => told.push('readyRead'));
    reply.errorOccurred.connect(() => told.push('errorOccurred'));
    reply.finished.connect(() => told.push('finished'));
    expect(await within(reply.text(), 'the end')).toBe('');
    expect(told).toEqual(['metaDataChanged', 'finished']);
    expect([reply.error(), reply.status(), reply.ok()]).toEqual([NetworkError.NoError, 304, true]);
    expect(reply.header(QNetworkRequest.ETagHeader)).toBe('"v1"');
    expect(await manager.get(server.url('/next')).text()).toBe('next');
    expect(server.accepted).toBe(1);
  });

  it('to a change that was guarded is a 412, an error whose page can be read', async () => {
    await using server = await serve({ routes: { 'PUT /x': { status: 412, body: 'somebody else was here' } } });
    await using manager = new QNetworkAccessManager();
    const request = new QNetworkRequest(server.url('/x'));
    request.setHeader(QNetworkRequest.IfMatchHeader, ['"v1"', '"v2"']);
    const reply = await within(manager.put(request, 'mine').whenFinished(), 'the end');
    expect(server.requests[0]?.header('if-match')).toBe('"v1", "v2"');
    expect([reply.status(), reply.ok(), reply.readAll().toString()]).toEqual([412, false, 'somebody else was here']);
  });
});
