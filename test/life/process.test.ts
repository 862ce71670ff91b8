import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../support/server.ts';
import { identity, trustingEnvironment } from '../support/tls.ts';
import { child } from './child.ts';

/** The server keeps its connections open, so a process that ends does so although they stand. */
const KEPT = { '/slow': { body: 'slow', delay: 150 }, '*': { body: 'x' } } as const;

/** Long for a process to end that has nothing to do, short beside the two minutes for which a connection is kept. */
const SOON_MS = 1_000;

describe('a process', () => {
  const idle: [what: string, code: string, says: string][] = [
    ['after a request', `console.log(await new QNetworkAccessManager().get(args[0]).text())`, 'x'],
    [
      'after requests side by side',
      `const m = new QNetworkAccessManager();
       const all = await Promise.all(Array.from({ length: 9 }, () => m.get(args[0]).text()));
       console.log(all.join(''), m.connectionCount());`,
      'xxxxxxxxx 6',
    ],
    [
      'after a connection was opened ahead',
      `const m = new QNetworkAccessManager();
       m.finished.connect(() => console.log(m.connectionCount()));
       m.connectToHost('127.0.0.1', Number(new URL(args[0]).port));`,
      '1',
    ],
    [
      'after an abort',
      `const r = new QNetworkAccessManager().get(args[0] + 'slow');
       r.requestSent.connect(() => { r.abort(); console.log(r.error()); });`,
      '5',
    ],
    [
      'after a limit that was not needed',
      `console.log(await new QNetworkAccessManager().get(args[0], { timeout: { total: 60000, idle: 30000, transfer: 20000 } }).text())`,
      'x',
    ],
    ['that made a manager and nothing else', `new QNetworkAccessManager(); console.log('made')`, 'made'],
    [
      'whose reply was deleted while it ran',
      `const r = new QNetworkAccessManager().get(args[0] + 'slow');
       r.requestSent.connect(() => r.deleteLater());
       r.destroyed.connect(() => console.log('destroyed'));`,
      'destroyed',
    ],
  ];
  for (const [what, code, says] of idle) {
    it(`ends by itself ${what}`, async () => {
      await using server = await serve({ routes: KEPT });
      const ended = await child(code, [server.url()]);
      expect(ended).toMatchObject({ code: 0, signal: null, err: '' });
      expect(ended.out.trim()).toBe(says);
      expect(ended.lingered).toBeLessThan(SOON_MS);
    });
  }

  it('ends by itself after requests over a local socket, and after one that found none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-life-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await using server = await serve({ socket: join(folder, 'x.sock'), routes: KEPT });
    const ended = await child(
      `const m = new QNetworkAccessManager();
       const texts = await Promise.all([1, 2, 3].map(() => m.get(args[0]).text()));
       console.log(texts.join(''), m.connectionCount(), await m.get('unix+http://%2Fnone/').text().catch((e) => e.code));`,
      [server.url()],
    );
    expect(ended).toMatchObject({ code: 0, signal: null, err: '' });
    expect(ended.out.trim()).toBe('xxx 3 HostNotFoundError');
    expect(ended.lingered).toBeLessThan(SOON_MS);
  });

  it('ends by itself after a request over TLS', async () => {
    await using server = await serve({ tls: identity(), routes: KEPT });
    const code = `const m = new QNetworkAccessManager(); console.log(await m.get(args[0]).text(), m.connectionCount())`;
    const ended = await child(code, [server.url()], trustingEnvironment());
    expect(ended).toMatchObject({ code: 0, out: 'x 1\n', err: '' });
    expect(ended.lingered).toBeLessThan(SOON_MS);
  });

  const busy: [what: string, code: string][] = [
    ['a GET is under way', `m.get(slow).finished.connect(done)`],
    ['a POST is under way', `m.post(slow, 'x').finished.connect(done)`],
    ['a GET is under way on a kept connection', `m.get(fast).finished.connect(() => m.get(slow).finished.connect(done))`],
    [
      'a POST is under way on a kept connection',
      `m.post(fast, 'x').finished.connect(() => m.post(slow, 'x').finished.connect(done))`,
    ],
    [
      'POSTs wait for the one connection of their host',
      `const c = new QHttp1Configuration(); c.setNumberOfConnectionsPerHost(1);
       const request = new QNetworkRequest(slow); request.setHttp1Configuration(c);
       m.post(request, 'x'); m.post(request, 'x'); m.post(request, 'x').finished.connect(done)`,
    ],
    [
      'a connection that was opened ahead is used',
      `m.connectToHost('127.0.0.1', port); m.finished.once(() => m.post(slow, 'x').finished.connect(done))`,
    ],
    ['a name is looked up', `m.get('http://localhost:' + port + '/slow').finished.connect(done)`],
    ['a limit is waited for', `m.get(stall, { timeout: { firstByte: 150 } }).finished.connect(done)`],
    [
      'a reply is read slowly',
      `const r = m.get(slow); r.setReadBufferSize(1); r.finished.connect(done); r.readyRead.connect(() => r.read(1))`,
    ],
  ];
  for (const [what, code] of busy) {
    it(`goes on while ${what}`, async () => {
      await using server = await serve({ routes: { ...KEPT, '/stall': { fault: 'stall before head' } } });
      const setup = `const m = new QNetworkAccessManager(); const [fast] = args; const port = Number(new URL(fast).port);
        const slow = fast + 'slow'; const stall = fast + 'stall'; const done = () => console.log('done');`;
      const ended = await child(`${setup}\n${code}`, [server.url()]);
      expect(ended).toMatchObject({ code: 0, out: 'done\n', err: '' });
      expect(ended.lingered).toBeLessThan(SOON_MS);
    });
  }

  it('hears of every slot that throws as an uncaught error, and every transfer comes to its end', async () => {
    await using server = await serve({ routes: KEPT });
    const code = `
      let uncaught = 0;
      process.on('uncaughtException', (error) => { if (error.message === 'mine') uncaught++; else console.log('other', error.stack); });
      const m = new QNetworkAccessManager();
      const names = ['socketStartedConnecting', 'requestSent', 'uploadProgress', 'metaDataChanged', 'readyRead', 'downloadProgress', 'readChannelFinished', 'finished'];
      let thrown = 0;
      const fail = () => { thrown++; throw new Error('mine'); };
      const replies = Array.from({ length: 20 }, () => {
        const reply = m.post(args[0], 'body');
        for (const name of names) reply[name].connect(fail);
        return reply;
      });
      m.finished.connect(async () => fail());
      const texts = await Promise.all(replies.map((reply) => reply.text()));
      await new Promise((next) => setTimeout(next, 20));
      console.log(texts.join(''), thrown > 150, uncaught === thrown, m.connectionCount());`;
    const ended = await child(code, [server.url()]);
    expect(ended).toMatchObject({ code: 0, out: `${'x'.repeat(20)} true true 6\n`, err: '' });
  });

  it('has no unhandled rejection, whatever ends', async () => {
    await using server = await serve({
      routes: {
        '/stall': { fault: 'stall before head' },
        '/lost': { fault: 'close before head' },
        '/short': { body: 'abc', fault: { close: 60 } },
        '*': { body: 'x' },
      },
    });
    const code = `
      process.on('unhandledRejection', (reason) => console.log('unhandled', reason));
      const m = new QNetworkAccessManager();
      const [base] = args;
      const urls = [base, base + 'lost', base + 'short', base + 'missing', 'http://127.0.0.1:1/', 'http://no-such-host.invalid/', 'odd://x/', 'http:///', 'data:,x', 'data:', 'file:///nowhere', 'qrc:/nowhere', 'https://127.0.0.1:1/'];
      const all = [];
      for (const url of urls) for (const verb of ['get', 'post', 'put', 'head', 'deleteResource']) all.push(verb === 'post' || verb === 'put' ? m[verb](url, 'data') : m[verb](url));
      for (const end of ['abort', 'deleteLater', 'close']) {
        for (const when of [0, 1, 5]) {
          const reply = m.get(base + 'stall');
          all.push(reply);
          setTimeout(() => reply[end](), when);
        }
      }
      // bodies that fail, end early or are never wanted
      all.push(m.post(base, (async function* () { yield 'a'; throw new Error('source'); })()));
      all.push(m.post(base, new ReadableStream({ start(c) { c.error(new Error('stream')); } })));
      all.push(m.post(base + 'lost', () => { throw new Error('factory'); }));
      const unwanted = m.post(base + 'stall', (async function* () { for (;;) yield 'a'.repeat(1000); })());
      all.push(unwanted);
      setTimeout(() => unwanted.abort(), 10);
      const signal = AbortSignal.timeout(5);
      all.push(m.get(base + 'stall', { signal }), m.get(base + 'stall', { timeout: 5 }));
      let running = all.length;
      for (const reply of all) { reply.finished.connect(() => running--); reply.destroyed.connect(() => { if (!reply.isFinished()) running--; }); }
      const begun = Date.now();
      while (running > 0 && Date.now() - begun < 5000) await new Promise((next) => setTimeout(next, 5));
      console.log('running', running);
      await m.close();
      await new Promise((next) => setTimeout(next, 20));
      console.log('left', m.connectionCount());`;
    const ended = await child(code, [server.url()]);
    expect(ended).toMatchObject({ code: 0, out: 'running 0\nleft 0\n', err: '' });
  });
});
