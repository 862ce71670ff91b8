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
  const settled = async (done) => { for (let i = 0; i < 2000 && !done(); i++) { gc(); await turn(); } return done(); };
  ${body}`;

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
    const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, server.url()], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stdout.trim()).toBe('3 true');
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
    const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, server.url()], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stdout.trim()).toBe('300000 true');
  });
});
