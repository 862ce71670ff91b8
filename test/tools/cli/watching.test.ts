import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, folder, nobody, serve, serveRaw, text } from './support.ts';

describe('-v', () => {
  test('shows what went over the wire, the connection and the times', async () => {
    const { url, port } = await serve({ '/x': text('hello', 200, { 'X-One': '1' }) });
    const { code, out, err } = await cli(['get', '-v', '-H', 'X-Mine: yes', `${url}/x`]);
    expect({ code, out }).toEqual({ code: 0, out: 'hello' });
    const lines = err.split('\n');
    expect(lines).toContain('> GET /x HTTP/1.1');
    expect(lines).toContain(`> Host: 127.0.0.1:${port}`);
    expect(lines).toContain('> X-Mine: yes');
    expect(lines).toContain('< HTTP/1.1 200 OK');
    expect(lines).toContain('< X-One: 1');
    expect(err).toMatch(new RegExp(`^\\* connect to 127\\.0\\.0\\.1:${port}: `, 'm'));
    expect(err).toMatch(/^\* connection \d+, new$/m);
    expect(err).toMatch(/^\* 200, 5 B body in .* \(.*wait .*receive .*\)$/m);
    expect(lines.indexOf('> GET /x HTTP/1.1')).toBeLessThan(lines.indexOf('< HTTP/1.1 200 OK'));
  });

  test('one URL after another: the second reuses the connection, each line says which URL', async () => {
    const { url } = await serve(text('x'));
    const { err } = await cli(['get', '-v', '--parallel', '1', `${url}/1`, `${url}/2`]);
    expect(err).toMatch(/^\[1\] > GET \/1 /m);
    expect(err).toMatch(/^\[2\] > GET \/2 /m);
    expect(err).toMatch(/^\[1\] \* connection \d+, new$/m);
    expect(err).toMatch(/^\[2\] \* connection \d+, reused$/m);
  });

  const secrets = ['-H', 'Authorization: Basic aGk6aG8=', '-H', 'Cookie: sid=aGk6aG8='];

  test('secrets are hidden, in both directions', async () => {
    const { url, seen } = await serve(text('x', 200, { 'Set-Cookie': 'token=aGk6aG8=; HttpOnly' }));
    const { err, out } = await cli(['get', '-v', '--json', ...secrets, url]);
    expect(seen[0]?.headers.authorization).toBe('Basic aGk6aG8=');
    expect(err + out).not.toContain('aGk6aG8=');
    expect(err).toContain('> Authorization: Basic ***\n');
    expect(err).toContain('> Cookie: sid=***\n');
    expect(err).toContain('< Set-Cookie: token=***; HttpOnly\n');
  });

  test('--show-secrets shows them', async () => {
    const { url } = await serve(text('x', 200, { 'Set-Cookie': 'token=aGk6aG8=' }));
    const { err } = await cli(['get', '-v', '--show-secrets', ...secrets, url]);
    expect(err.match(/aGk6aG8=/g)).toHaveLength(3);
  });

  test('the server cannot steer the terminal', async () => {
    const head = Buffer.from('HTTP/1.1 200 \x9b31mred\r\nX-Evil: \x9b2J\x85\r\nContent-Length: 0\r\n\r\n', 'latin1');
    const url = await serveRaw((socket) => socket.once('data', () => socket.end(head)));
    const { code, out, err } = await cli(['get', '-vi', url]);
    expect(code).toBe(0);
    for (const shown of [out, err]) {
      expect(shown).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
      expect(shown).toContain('\\x9b2J');
    }
  });

  test('an address that refuses is shown', async () => {
    const url = await nobody();
    expect((await cli(['get', '-v', url])).err).toMatch(/^\* connect to 127\.0\.0\.1:\d+: .*refused/im);
  });
});

describe('--json', () => {
  test('one document a line and URL', async () => {
    const { url } = await serve({ '/a': text('hello', 200, { 'X-Two': ['1', '2'] }) });
    const { code, out } = await cli(['get', '--json', '--parallel', '1', `${url}/a`, `${url}/b`]);
    expect(code).toBe(31);
    const documents = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents).toHaveLength(2);
    expect(documents[0]).toMatchObject({
      url: `${url}/a`,
      finalUrl: `${url}/a`,
      method: 'GET',
      status: 200,
      reason: 'OK',
      httpVersion: '1.1',
      headers: { 'content-type': ['text/plain'], 'x-two': ['1', '2'] },
      error: null,
      exitCode: 0,
      bytes: 5,
      savedTo: null,
      reused: false,
      hops: 1,
      tls: null,
    });
    const { timings } = documents[0];
    for (const phase of ['queue', 'connect', 'send', 'wait', 'receive', 'total'])
      expect(timings[phase], phase).toBeGreaterThanOrEqual(0);
    expect(timings.tls).toBeNull();
    expect(documents[1]).toMatchObject({
      status: 404,
      error: { name: 'ContentNotFoundError', code: 203 },
      exitCode: 31,
      reused: true,
    });
    expect(documents[1].connection).toBe(documents[0].connection);
    expect(documents[1].timings.connect).toBeNull();
  });

  test('with -o the body goes to the file', async () => {
    const { url } = await serve(text('hello'));
    const dir = await folder();
    const { out } = await cli(['get', '--json', '-o', 'a', url], { cwd: dir });
    expect(JSON.parse(out)).toMatchObject({ bytes: 5, savedTo: 'a' });
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('hello');
  });

  test('a failure has its attempts, its phase and its limit', async () => {
    const refused = JSON.parse((await cli(['get', '--json', '-s', await nobody()])).out);
    expect(refused).toMatchObject({
      status: 0,
      exitCode: 11,
      error: { name: 'ConnectionRefusedError', code: 1, kind: 'refused', phase: 'connect' },
    });
    expect(refused.error.attempts).toHaveLength(1);
    const url = await serveRaw(() => {});
    const late = JSON.parse((await cli(['get', '--json', '-s', '--first-byte-timeout', '100', url])).out);
    expect(late).toMatchObject({ exitCode: 14, error: { name: 'TimeoutError', kind: 'timeout', limit: { milliseconds: 100 } } });
  });

  test('a local file that fails is in it', async () => {
    const { url } = await serve(text('hello'));
    const { code, out } = await cli(['get', '--json', '-o', 'no/such/a', url], { cwd: await folder() });
    expect(code).toBe(60);
    expect(JSON.parse(out)).toMatchObject({ error: { name: 'LocalFileError' }, exitCode: 60, savedTo: null });
  });
});
