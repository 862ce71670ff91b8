// Pattern 1: a nested event loop and a timer make one call out of a request.
import { describe, expect, it } from 'vitest';
import { NetworkError, QEventLoop, QNetworkAccessManager, type QNetworkReply } from '../../src/index.ts';
import { child } from '../life/child.ts';
import { within } from '../support/once.ts';
import { serve } from '../support/server.ts';

/** As in old programs: the loop ends with the reply or with the timer; what still runs then is aborted. */
async function ask(manager: QNetworkAccessManager, url: string, patience: number): Promise<string> {
  const reply = manager.get(url);
  const loop = new QEventLoop();
  reply.finished.connect(loop.quit);
  const timer = setTimeout(loop.quit, patience);
  await loop.exec();
  clearTimeout(timer);
  if (reply.isRunning()) {
    reply.abort();
    return 'too late';
  }
  return reply.error() === NetworkError.NoError ? reply.readAll().toString() : reply.errorString();
}

/** The same without a loop. */
async function askShortly(manager: QNetworkAccessManager, url: string, patience: number): Promise<string> {
  const reply = manager.get(url);
  try {
    await reply.whenFinished({ timeout: patience });
  } catch {
    reply.abort();
    return 'too late';
  }
  return reply.ok() ? reply.readAll().toString() : reply.errorString();
}

describe.each([
  ['a loop and a timer', ask],
  ['whenFinished({ timeout })', askShortly],
])('%s', (_what, call) => {
  it('gives the body, or what went wrong', async () => {
    await using server = await serve({ routes: { '/here': { body: 'hello' } } });
    await using manager = new QNetworkAccessManager();
    expect(await within(call(manager, server.url('/here'), 10_000), 'the answer')).toBe('hello');
    expect(await within(call(manager, server.url('/nowhere'), 10_000), 'the answer')).toMatch(/Not Found/);
    expect(await within(call(manager, 'data:,at%20once', 10_000), 'the answer')).toBe('at once');
  });

  it('gives up after the time, and the connection is closed', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    await using manager = new QNetworkAccessManager();
    expect(await within(call(manager, server.url(), 30), 'the timer')).toBe('too late');
    await server.whenIdle();
  });

  it('can be nested: a slot waits in a loop of its own, and the outer one goes on', async () => {
    await using server = await serve({ routes: { '/inner': { body: 'inner', delay: 20 }, '*': { body: 'outer' } } });
    await using manager = new QNetworkAccessManager();
    const inner = new Promise<string>((resolve) => {
      manager.finished.once(async () => resolve(await call(manager, server.url('/inner'), 10_000)));
    });
    expect(await within(call(manager, server.url('/outer'), 10_000), 'the outer loop')).toBe('outer');
    expect(await within(inner, 'the inner loop')).toBe('inner');
  });
});

describe('what replaces exec()', () => {
  it('resolves for every end, HTTP errors and aborts included, and also when the end came before', async () => {
    await using server = await serve({ routes: { '/stall': { fault: 'stall before head' } } });
    await using manager = new QNetworkAccessManager();
    const missing = manager.get(server.url('/missing'));
    await missing.finished.next();
    expect(await within(missing.whenFinished(), 'the end that came before')).toBe(missing);
    const stopped = manager.get(server.url('/stall'));
    stopped.requestSent.connect(() => stopped.abort());
    expect((await within(stopped.whenFinished(), 'the abort')).error()).toBe(NetworkError.OperationCanceledError);
    await within(stopped.whenFinished({ timeout: 1 }), 'the end that came before');
  });

  it('limits the waiting, not the reply', async () => {
    await using server = await serve({ routes: { '*': { body: 'late', delay: 60 } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url());
    await expect(reply.whenFinished({ timeout: 10 })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(reply.isRunning()).toBe(true);
    expect(await within(reply.text(), 'the answer')).toBe('late');
  });

  it('ends with the first of several signals when the loop hears all of them', async () => {
    await using server = await serve({ routes: { '/slow': { body: 'slow', delay: 40 }, '/quick': { body: 'quick' } } });
    await using manager = new QNetworkAccessManager();
    const replies = ['/slow', '/quick'].map((path) => manager.get(server.url(path)));
    const loop = new QEventLoop();
    for (const reply of replies) reply.finished.connect(loop.quit);
    expect(await within(loop.exec(), 'the first end')).toBe(0);
    expect(replies.map((reply) => reply.isFinished())).toEqual([false, true]);
    const all: QNetworkReply[] = await within(Promise.all(replies.map((reply) => reply.whenFinished())), 'all ends');
    expect(all.map((reply) => reply.readAll().toString())).toEqual(['slow', 'quick']);
  });

  it('leaves no timer behind that would keep the process', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const code = `const m = new QNetworkAccessManager();
      const reply = await m.get(args[0]).whenFinished({ timeout: 60_000 }); console.log(reply.readAll().toString());`;
    const ended = await child(code, [server.url()]);
    expect(ended).toMatchObject({ code: 0, out: 'x\n', err: '' });
    expect(ended.lingered).toBeLessThan(1_000);
  });
});
