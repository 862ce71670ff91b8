import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { schemaProblems } from '../har/schema.ts';
import { cli, folder, nobody, serve, startCli } from './support.ts';

const lines = (text: string): string[] => text.trimEnd().split('\n');

/** A request by the client of Node.js. */
function ask(url: string, options: object = {}): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces).toString() }),
      );
    }).on('error', reject);
  });
}

async function recorded(): Promise<{ cwd: string; url: string; out: string; code: number | null }> {
  const cwd = await folder();
  const server = await serve({
    '/': (response) => response.writeHead(200, { 'Content-Type': 'text/plain', 'Set-Cookie': 'sid=hidden' }).end('hello'),
    '/moved': (response) => response.writeHead(302, { Location: '/' }).end(),
  });
  const { code, out, err } = await cli(['har', 'record', '-o', 'a.har', `${server.url}/moved`, `${server.url}/missing`], { cwd });
  expect(err).toBe('');
  return { cwd, url: server.url, out, code };
}

/** Starts `qnam har replay` and waits until it says where it answers. */
async function replaying(cwd: string, ...args: string[]): Promise<{ url: string; end(): Promise<number | null> }> {
  const child = startCli(['har', 'replay', ...args], { cwd });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^(http:\/\/127\.0\.0\.1:\d+) answers for /.exec(said.toString())![1]!;
  return {
    url,
    async end() {
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    },
  };
}

describe('har', () => {
  test('record writes a HAR, without secrets and for its owner alone', async () => {
    const { cwd, url, out, code } = await recorded();
    expect(code).toBe(31);
    expect(lines(out)).toEqual([`200  ${url}/`, `404  ${url}/missing`, '3 entries in a.har']);
    const text = await readFile(join(cwd, 'a.har'), 'utf8');
    const har = JSON.parse(text);
    expect(schemaProblems(har)).toEqual([]);
    expect(har.log.entries.map(({ response }: { response: { status: number } }) => response.status)).toEqual([302, 200, 404]);
    expect(text).not.toContain('hidden');
    if (process.platform !== 'win32') expect((await stat(join(cwd, 'a.har'))).mode & 0o777).toBe(0o600);
  });

  test('show lists the entries, and when what happened', async () => {
    const { cwd, url } = await recorded();
    const { out, code } = await cli(['har', 'show', 'a.har'], { cwd });
    expect(code).toBe(0);
    const [head, ...rows] = lines(out);
    expect(head).toMatch(/^STATUS {2}METHOD {2}URL +SIZE +TIME {2}WHEN$/);
    expect(rows[0]).toMatch(new RegExp(`^302 +GET +${url}/moved +0 B +[\\d.]+ m?s {2}[·\\-=#|]`));
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatch(/^3 entries, \d+ B in .* waits for the answer, # receives$/);
    const json = lines((await cli(['har', 'show', '--json', 'a.har'], { cwd })).out).map((line) => JSON.parse(line));
    expect(json[1]).toMatchObject({ method: 'GET', url: `${url}/`, status: 200, time: expect.any(Number) });
  });

  test('show takes as many entries as a file may have, and hides what is secret in their URLs', async () => {
    const cwd = await folder();
    const url = 'http://ada:hidden@h.test/?token=hidden&page=2';
    const one = { request: { method: 'GET', url, headers: [] }, response: { status: 200, headers: [] } };
    await writeFile(join(cwd, 'long.har'), JSON.stringify({ log: { entries: new Array(130_000).fill(one) } }));
    const { out, err, code } = await cli(['har', 'show', 'long.har'], { cwd });
    expect([err, code]).toEqual(['', 0]);
    expect(lines(out).at(-1)).toMatch(/^130000 entries, 0 B in /);
    expect(lines(out)[1]).toContain('http://***@h.test/?token=***&page=2');
    await writeFile(join(cwd, 'one.har'), JSON.stringify({ log: { entries: [one] } }));
    expect((await cli(['har', 'show', '--json', 'one.har'], { cwd })).out).toContain('http://***@h.test/?token=***&page=2');
  });

  test('replay ends at once, whatever is still to be answered slowly', async () => {
    const cwd = await folder();
    const request = { method: 'GET', url: 'http://h.test/', headers: [] };
    const slow = { request, response: { status: 200, headers: [] }, timings: { send: 0, wait: 600_000, receive: 0 } };
    await writeFile(join(cwd, 'slow.har'), JSON.stringify({ log: { entries: [slow] } }));
    const server = await replaying(cwd, '--slow', 'slow.har');
    get(server.url, { agent: false }).on('error', () => {});
    // who is answered came behind the one that is not
    expect((await ask(`${server.url}/other`)).status).toBe(404);
    expect(await server.end()).toBe(0);
  });

  test('replay answers as the server, and as a proxy', async () => {
    const { cwd, url } = await recorded();
    const server = await replaying(cwd, 'a.har');
    expect(await ask(`${server.url}/`)).toMatchObject({
      status: 200,
      body: 'hello',
      headers: { 'content-type': 'text/plain' },
    });
    expect(await ask(`${server.url}/moved`)).toMatchObject({ status: 302, headers: { location: '/' } });
    const port = Number(new URL(server.url).port);
    expect(await ask('http://127.0.0.1', { port, path: `${url}/` })).toMatchObject({ status: 200, body: 'hello' });
    expect(await ask(`${server.url}/other`)).toMatchObject({
      status: 404,
      body: expect.stringContaining('the HAR has no answer to GET'),
    });
    expect(await server.end()).toBe(0);
  });

  test('replay is as strict as it is told to be', async () => {
    const { cwd, url } = await recorded();
    const strict = await replaying(cwd, '--once', 'a.har');
    expect((await ask(`${strict.url}/`)).status).toBe(200);
    expect(await ask(`${strict.url}/`)).toMatchObject({ status: 404, body: expect.stringContaining('all 1 were used') });
    const lax = await replaying(cwd, '--fuzzy', '--ignore', 't', '--slow', '--origin', url, 'a.har');
    expect((await ask(`${lax.url}/?t=1`)).body).toBe('hello');
    await Promise.all([strict.end(), lax.end()]);
  });

  test('diff tells what differs', async () => {
    const { cwd, url } = await recorded();
    expect(await cli(['har', 'diff', 'a.har', 'a.har'], { cwd })).toMatchObject({ code: 0, out: 'No differences\n' });
    const har = JSON.parse(await readFile(join(cwd, 'a.har'), 'utf8'));
    har.log.entries[1].response.status = 203;
    har.log.entries.pop();
    await writeFile(join(cwd, 'b.har'), JSON.stringify(har));
    const { code, out } = await cli(['har', 'diff', 'a.har', 'b.har'], { cwd });
    expect(code).toBe(1);
    expect(lines(out)).toEqual([`GET ${url}/: the status was 200 and is 203`, `GET ${url}/missing: only in the first`]);
    const json = lines((await cli(['har', 'diff', '--json', 'a.har', 'b.har'], { cwd })).out).map((line) => JSON.parse(line));
    expect(json[0]).toMatchObject({ kind: 'status', before: 200, after: 203 });
  });

  test.each([
    [['record', 'http://h.test/'], 2, 'har record needs a file to write to'],
    [['record', '-o', 'x.har', 'ftp://h.test/'], 2, "'ftp://h.test/' is no http or https URL"],
    [['show', 'missing.har'], 60, 'cannot read missing.har: no such file or folder'],
    [['show', 'broken.har'], 60, 'cannot use broken.har: not a HAR: log should be an object and is missing'],
    [['replay', 'empty.har'], 60, 'cannot use empty.har: it has no entries'],
    [['replay', '--port', 'x', 'one.har'], 2, "--port is a number up to 65535; got 'x'"],
    [['replay', '--origin', 'x', 'one.har'], 2, '--origin is an http or https URL'],
  ])('%j is refused', async (args, code, words) => {
    const cwd = await folder();
    const one = { request: { method: 'GET', url: 'http://h.test/', headers: [] }, response: { status: 200, headers: [] } };
    await writeFile(join(cwd, 'broken.har'), '{}');
    await writeFile(join(cwd, 'empty.har'), '{"log":{"entries":[]}}');
    await writeFile(join(cwd, 'one.har'), JSON.stringify({ log: { entries: [one] } }));
    const result = await cli(['har', ...args], { cwd });
    expect(result.err).toContain(words);
    expect(result.code).toBe(code);
  });

  test('a port that is taken, a folder that is not there, and a failure that is recorded', async () => {
    const { cwd } = await recorded();
    const server = await replaying(cwd, 'a.har');
    onTestFinished(async () => void (await server.end()));
    const taken = await cli(['har', 'replay', '--port', new URL(server.url).port, 'a.har'], { cwd });
    expect(taken).toMatchObject({ code: 60, err: expect.stringContaining('cannot listen on port') });
    const nowhere = await cli(['har', 'record', '-o', 'no/a.har', await nobody()], { cwd });
    expect(nowhere).toMatchObject({ code: 60, err: expect.stringContaining('cannot write no/a.har') });
    expect((await cli(['har', 'record', '-o', 'c.har', await nobody()], { cwd })).code).toBe(11);
    const { out } = await cli(['har', 'show', 'c.har'], { cwd });
    expect(lines(out)[1]).toMatch(/^refused +GET/);
  });
});
