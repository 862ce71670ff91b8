import { expect, test } from 'vitest';
import { serve } from '../../support/server.ts';
import { ask } from '../inspector/visitor.ts';
import { cli, startCli } from './support.ts';

test('qnam inspect fetches, serves the page, and ends when it is interrupted', async () => {
  await using server = await serve({ routes: { '*': { body: 'hello' } } });
  const child = startCli(['inspect', server.url('/seen')]);
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().split('\n')[0]!));
  });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\w{32}$/);
  await server.whenRequests(1);
  const entered = await ask(url);
  const cookie = entered.headers['set-cookie']![0]!.split(';')[0]!;
  const page = await ask(new URL('/page.js', url).href, { headers: { Cookie: cookie } });
  expect(page.text).toContain('EventSource');
  const style = await ask(new URL('/page.css', url).href, { headers: { Cookie: cookie } });
  expect(style.text).toContain('light-dark(');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test.each([
  [['inspect'], /inspect needs more words/],
  [['inspect', 'ftp://h/'], /'ftp:\/\/h\/' is no http or https URL/],
  [['inspect', '--port', '70000', 'http://h/'], /--port is a number up to 65535; got '70000'/],
  [['inspect', '--every', 'often', 'http://h/'], /--every is a number up to 86400; got 'often'/],
])('%j is refused', async (args, words) => {
  const { code, err } = await cli(args);
  expect(code).toBe(2);
  expect(err).toMatch(words);
});
