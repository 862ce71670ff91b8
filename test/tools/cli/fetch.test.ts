import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { cli, folder, serve, text } from './support.ts';

describe('fetching', () => {
  test('get writes the body, byte for byte, and nothing else', async () => {
    const body = randomBytes(300_000);
    const { url, seen } = await serve((response) => void response.end(body));
    const { code, stdout, err } = await cli(['get', `${url}/x?y=z`]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(stdout.equals(body)).toBe(true);
    expect(seen[0]).toMatchObject({ method: 'GET', path: '/x?y=z' });
    expect(seen[0]?.headers['user-agent']).toMatch(/^qnam\/\d/);
  });

  test('compressed answers are decoded', async () => {
    const { url } = await serve((response) => void response.setHeader('Content-Encoding', 'gzip').end(gzipSync('hello')));
    expect(await cli(['get', url])).toMatchObject({ code: 0, out: 'hello' });
  });

  test('redirects are followed, as often as --redirects says; 0 shows them', async () => {
    const { url, seen } = await serve({
      '/a': text('moved', 302, { Location: '/b' }),
      '/b': text('moved', 301, { Location: '/c' }),
      '/c': text('there'),
    });
    expect(await cli(['get', `${url}/a`])).toMatchObject({ code: 0, out: 'there' });
    expect(await cli(['get', '--redirects', '0', `${url}/a`])).toMatchObject({ code: 0, out: 'moved' });
    const many = await cli(['get', '--redirects=1', `${url}/a`]);
    expect(many).toMatchObject({ code: 17, out: '' });
    expect(many.err).toMatch(/too many redirects/);
    expect(seen.map((request) => request.path).join()).toBe('/a,/b,/c,/a,/a,/b');
  });

  test('head writes the head', async () => {
    const { url, seen } = await serve({ '/': text('hello', 200, { 'X-One': '1' }) });
    const { code, out } = await cli(['head', `${url}/`]);
    expect(code).toBe(0);
    expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(out).toContain('X-One: 1\r\n');
    expect(out).toMatch(/\r\n\r\n$/);
    expect(seen[0]?.method).toBe('HEAD');
  });

  test('-i writes the head in front of the body', async () => {
    const { url } = await serve({ '/': text('hello', 201) });
    expect((await cli(['get', '-i', `${url}/`])).out).toMatch(/^HTTP\/1\.1 201 Created\r\n.*\r\n\r\nhello$/s);
  });

  test('header fields go out as given, also several of one name', async () => {
    const { url, seen } = await serve(text('ok'));
    const dir = await folder();
    await writeFile(join(dir, 'fields'), '# a comment\nX-File: from a file\n');
    const own = ['-H', 'X-Two: 1', '-H', 'x-two: 2', '-H', 'X-Uml: ä', '-H', '@fields', '-H', 'User-Agent: mine'];
    expect((await cli(['get', ...own, url], { cwd: dir })).code).toBe(0);
    const raw = seen[0]!.rawHeaders;
    expect(raw.flatMap((name, i) => (i % 2 === 0 && /two/i.test(name) ? [name, raw[i + 1]] : []))).toEqual([
      'X-Two',
      '1',
      'x-two',
      '2',
    ]);
    expect(Buffer.from(String(seen[0]!.headers['x-uml']), 'latin1').toString()).toBe('ä');
    expect(seen[0]!.headers).toMatchObject({ 'x-file': 'from a file', 'user-agent': 'mine' });
  });

  test('data: and file: URLs', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'a.txt'), 'from disk');
    expect(await cli(['get', 'data:,from%20the%20URL', pathToFileURL(join(dir, 'a.txt')).href])).toMatchObject({
      code: 0,
      out: 'from the URLfrom disk',
    });
  });
});

describe('sending', () => {
  const echo = (): ReturnType<typeof serve> => serve((response, { body }) => void response.end(body));

  test('-d sends a form, joined with &', async () => {
    const { url, seen } = await echo();
    expect(await cli(['post', '-d', 'a=1', '-d', 'b=ü', url])).toMatchObject({ code: 0, out: 'a=1&b=ü' });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '8' },
    });
  });

  test('-H decides on the type', async () => {
    const { url, seen } = await echo();
    await cli(['post', '-d', 'x', '-H', 'content-type: text/plain', url]);
    expect(seen[0]?.rawHeaders.filter((name) => /^content-type$/i.test(name))).toHaveLength(1);
    expect(seen[0]?.headers['content-type']).toBe('text/plain');
  });

  test('--json-body sends JSON', async () => {
    const { url, seen } = await echo();
    expect(await cli(['put', '--json-body', '{"a": 1}', url])).toMatchObject({ code: 0, out: '{"a": 1}' });
    expect(seen[0]).toMatchObject({ method: 'PUT', headers: { 'content-type': 'application/json' } });
  });

  test('-d @file streams a file, its size announced, to several URLs', async () => {
    const { url, seen } = await echo();
    const dir = await folder();
    const bytes = randomBytes(3_000_000);
    await writeFile(join(dir, 'big'), bytes);
    const { code, stdout } = await cli(['put', '-d', '@big', `${url}/1`, `${url}/2`], { cwd: dir });
    expect(code).toBe(0);
    expect(stdout.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    for (const { headers } of seen) {
      expect(headers).toMatchObject({ 'content-length': '3000000', 'content-type': 'application/octet-stream' });
    }
  });

  test('-d @- streams standard input', async () => {
    const { url, seen } = await echo();
    const input = randomBytes(500_000);
    const { code, stdout } = await cli(['post', '-d', '@-', url], { input });
    expect(code).toBe(0);
    expect(stdout.equals(input)).toBe(true);
    expect(seen[0]?.headers['transfer-encoding']).toBe('chunked');
  });

  test('-d @- for two URLs', async () => {
    const { url } = await echo();
    expect(await cli(['post', '-d', '@-', `${url}/1`, `${url}/2`], { input: 'x\n' })).toMatchObject({ code: 0, out: 'x\nx\n' });
  });

  test.each([
    [['delete'], 'DELETE'],
    [['request', '-X', 'PATCH', '-d', 'x'], 'PATCH'],
    [['request', '-X', 'PURGE'], 'PURGE'],
    [['request', '-X', 'DELETE', '-d', 'x'], 'DELETE'],
  ])('%j sends %s', async (args, method) => {
    const { url, seen } = await serve(text('done'));
    expect(await cli([...args, url])).toMatchObject({ code: 0, out: 'done' });
    expect(seen[0]?.method).toBe(method);
    expect(seen[0]?.body.toString()).toBe(args.includes('-d') ? 'x' : '');
  });
});

describe('several URLs', () => {
  test('run at the same time, and their bodies come in the order given', async () => {
    const held: (() => void)[] = [];
    // Nobody is answered before all three have asked, then the last is answered first.
    const { url } = await serve((response, { path }) => {
      held.unshift(() => void response.end(path));
      if (held.length === 3) for (const answer of held) answer();
    });
    expect(await cli(['get', `${url}/a`, `${url}/b`, `${url}/c`])).toMatchObject({ code: 0, out: '/a/b/c' });
  });

  test('--parallel limits how many', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    let asked = 0;
    // One is answered a while after two have come, so that a third had the time to come if it may.
    const { url } = await serve((response) => {
      held.push(() => void response.end('x'));
      most = Math.max(most, held.length);
      asked++;
      if (held.length >= 2) setTimeout(() => held.shift()?.(), 20);
      if (asked === 9) setTimeout(() => held.shift()?.(), 40);
    });
    const urls = Array.from({ length: 9 }, (_, i) => `${url}/${i}`);
    expect(await cli(['get', '--parallel', '2', ...urls])).toMatchObject({ code: 0, out: 'xxxxxxxxx' });
    expect(most).toBe(2);
  });

  test('a body that waits for its turn is not lost, however big', async () => {
    const body = randomBytes(4_000_000);
    let release: (() => void) | null = null;
    let other = false;
    const { url } = await serve({
      '/first': (response) => {
        release = () => void response.end('first');
        if (other) release();
      },
      // The first is answered when the second has filled all buffers it could.
      '/second': (response) => {
        other = true;
        response.write(body, () => {});
        response.end();
        if (release !== null) setImmediate(release);
      },
    });
    const { code, stdout } = await cli(['get', `${url}/first`, `${url}/second`]);
    expect(code).toBe(0);
    expect(stdout.equals(Buffer.concat([Buffer.from('first'), body]))).toBe(true);
  });
});
