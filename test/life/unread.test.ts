import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { serve } from '../support/server.ts';

const run = promisify(execFile);
const index = new URL('../../dist/index.js', import.meta.url).href;

/** A program that looks at what is left after its replies could be collected. */
const program = (body: string): string => `
  const { QNetworkAccessManager } = await import(${JSON.stringify(index)});
  const url = process.argv[1];
  const manager = new QNetworkAccessManager();
  const turn = () => new Promise((next) => setImmediate(next));
  // a turn before it, too: what done() has looked at through a WeakRef lives to the end of its turn
  const settled = async (done) => { for (let i = 0; i < 500 && !done(); i++) { await turn(); gc(); await turn(); } return done(); };
  ${body}`;

/** What a program prints. */
async function output(code: string, url: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, url], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  return stdout.trim();
}

describe('a reply that nobody reads', () => {
  it('and nobody has any more lets its connection go', async () => {
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(4 << 20) } } });
    const code = program(`
      await (async () => {
        const full = [];
        for (let i = 0; i < 3; i++) {
          const reply = manager.get(url);
          reply.setReadBufferSize(1000);
          full.push(reply.readyRead.next());
        }
        await Promise.all(full);
      })();
      const before = manager.connectionCount();
      console.log(before, await settled(() => manager.connectionCount() === 0));
      process.exit();`);
    expect(await output(code, server.url())).toBe('3 true');
  });

  it('and nobody has any more is not held by the AbortSignal it was given', async () => {
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(4 << 20) } } });
    const code = program(`
      const stop = new AbortController();
      const dropped = await (async () => {
        const reply = manager.get(url, { signal: stop.signal });
        reply.setReadBufferSize(1000);
        await reply.readyRead.next();
        return new WeakRef(reply);
      })();
      console.log(await settled(() => dropped.deref() === undefined && manager.connectionCount() === 0));
      stop.abort();
      process.exit();`);
    expect(await output(code, server.url())).toBe('true');
  });

  it('stays as long as the program has it, and can be read later', async () => {
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(300_000, 'a') } } });
    const code = program(`
      const reply = manager.get(url);
      reply.setReadBufferSize(1000);
      await reply.readyRead.next();
      for (let i = 0; i < 20; i++) { gc(); await turn(); }
      let n = 0;
      for await (const piece of reply) n += piece.length;
      console.log(n, reply.ok());`);
    expect(await output(code, server.url())).toBe('300000 true');
  });
});

describe('a reply that is over', () => {
  it('is not held by the AbortSignal it was given, nor does that listen on', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const code = program(`
      const { getEventListeners } = await import('node:events');
      const stop = new AbortController();
      const listening = () => getEventListeners(stop.signal, 'abort').length;
      const over = await (async () => {
        const replies = [1, 2, 3].map(() => manager.get(url, { signal: stop.signal }));
        const ends = replies.map((reply) => reply.finished.next());
        console.log(listening());
        await Promise.all(ends);
        return replies.map((reply) => new WeakRef(reply));
      })();
      console.log(listening(), await settled(() => over.every((reply) => reply.deref() === undefined)));
      stop.abort();`);
    expect(await output(code, server.url())).toBe('3\n0 true');
  });
});
