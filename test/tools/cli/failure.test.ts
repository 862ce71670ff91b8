import { describe, expect, test } from 'vitest';
import { serve as serveAt } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import { cli, ended, folder, nobody, serve, serveRaw, startCli, text } from './support.ts';

describe('exit codes', () => {
  test.each([
    [200, 0],
    [300, 0],
    [400, 30],
    [401, 33],
    [403, 32],
    [404, 31],
    [405, 32],
    [409, 30],
    [410, 31],
    [418, 30],
    [429, 30],
    [500, 50],
    [501, 50],
    [503, 50],
    [599, 50],
  ])('status %i ends with %i; the body is written all the same', async (status, exit) => {
    const { url } = await serve(text('why', status));
    const { code, out, err } = await cli(['get', url]);
    expect({ code, out }).toEqual({ code: exit, out: 'why' });
    if (exit === 0) expect(err).toBe('');
    else expect(err).toMatch(new RegExp(`^qnam: ${url}: ${status} .*\\((\\w+Error|ContentAccessDenied)\\)$`, 'm'));
  });

  test('-f writes no body of a refusal', async () => {
    const { url } = await serve({ '/bad': text('why', 404), '/good': text('fine') });
    expect(await cli(['get', '-f', `${url}/bad`, `${url}/good`])).toMatchObject({ code: 31, out: 'fine' });
  });

  test('-s says nothing', async () => {
    expect(await cli(['get', '-s', await nobody()])).toEqual(expect.objectContaining({ code: 11, out: '', err: '' }));
  });

  test('refused: the message names the address', async () => {
    const url = await nobody();
    const { code, err } = await cli(['get', url]);
    expect(code).toBe(11);
    expect(err).toContain('ConnectionRefusedError');
    expect(err).toContain(url.slice('http://'.length));
    expect(err).toMatch(/^ {6}Start the server, or correct the port.*\n {6}qnam doctor finds out more$/m);
  });

  test('what helps is said in words of the command line', async () => {
    await using server = await serveAt({ tls: identity('selfsigned'), routes: { '*': { body: 'page' } } });
    expect((await cli(['get', server.url()])).err).toMatch(/^ {6}Trust this very certificate.* \(--cacert server\.pem\)$/m);
  });

  test('closed in the middle', async () => {
    const url = await serveRaw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')),
    );
    const { code, out, err } = await cli(['get', url]);
    expect({ code, out }).toEqual({ code: 12, out: 'half' });
    expect(err).toContain('RemoteHostClosedError');
  });

  test('host not found', async () => {
    const { code, err } = await cli(['get', 'http://nowhere.invalid/']);
    expect(code).toBe(13);
    expect(err).toContain('nowhere.invalid');
  });

  test.each([
    ['--timeout', ''],
    ['--first-byte-timeout', ''],
    ['--total-timeout', ''],
    ['--idle-timeout', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('%s', async (option, answer) => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.write(answer)));
    const { code, err } = await cli(['get', option, '150ms', url]);
    expect(code).toBe(14);
    expect(err).toMatch(/TimeoutError/);
    expect(err).toMatch(/150/);
  });

  test('TLS to somebody who speaks none', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await cli(['get', url.replace('http:', 'https:')])).code).toBe(16);
  });

  test.each([
    ['gopher://h/x', 40],
    ['file:///no/such/file', 31],
    ['file:///', 32],
  ])('%s ends with %i', async (url, exit) => {
    expect((await cli(['get', url])).code).toBe(exit);
  });

  test('the first URL in the order given decides, not the first to fail', async () => {
    const { url } = await serve({
      '/404': (response) => void setTimeout(() => response.writeHead(404).end(), 50),
      '/500': text('', 500),
    });
    expect((await cli(['get', `${url}/404`, `${url}/500`])).code).toBe(31);
    expect((await cli(['get', `${url}/500`, `${url}/404`])).code).toBe(50);
  });

  test.each<[string[], number, RegExp]>([
    [[], 2, /^qnam: fetch and send/],
    [['get'], 2, /get needs at least one URL/],
    [['gte', 'http://h'], 2, /did you mean qnam get/],
    [['get', '--jsno', 'http://h'], 2, /did you mean --json\?/],
    [['post', '--json-body', '{a', 'http://h'], 2, /not JSON/],
    [['get', 'http://[::1'], 2, /is no URL/],
    [['post', '-d', '@no-such-file', 'http://h'], 60, /cannot read no-such-file: no such file/i],
    [['post', '-d', '@.', 'http://h'], 60, /cannot read \./],
    [['get', '-H', '@no-such-file', 'http://h'], 60, /cannot read no-such-file/],
  ])('%j is refused before anything is sent', async (args, exit, message) => {
    const { code, out, err } = await cli(args, { cwd: await folder() });
    expect({ code, out }).toEqual({ code: exit, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });

  test.each([['--help'], ['help'], ['help post'], ['post --help'], ['--version']])('%s goes to standard output', async (line) => {
    const { code, out, err } = await cli(line.split(' '));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      line.includes('version') ? /^qnam \d+\.\d+\.\d+/ : line.includes('post') ? /^Usage: qnam post/ : /Exit code/,
    );
  });
});

describe('interruptions', () => {
  /** Answers with bytes for as long as somebody takes them. */
  const endless = (): Promise<string> =>
    serveRaw((socket) =>
      socket.once('data', () => {
        const piece = Buffer.alloc(65_536, 'x');
        const more = (): void => {
          while (!socket.destroyed && socket.write(piece));
        };
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.on('drain', more);
        more();
      }),
    );

  test('a reader that goes away ends it quietly', async () => {
    const child = startCli(['get', await endless()]);
    const result = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await result).toMatchObject({ code: 141, err: '' });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s aborts and ends with %i, without a word', async (signal, exit) => {
    const child = startCli(['get', await endless()]);
    const result = ended(child);
    child.stdout.once('data', () => child.kill(signal));
    expect(await result).toMatchObject({ code: exit, err: '' });
  });

  test('Ctrl-C while a body waits for its turn', async () => {
    const url = await serveRaw((socket) =>
      socket.once('data', (head) => {
        if (String(head).startsWith('GET /2 ')) socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(3_000_000)}`);
      }),
    );
    const child = startCli(['get', '-v', `${url}/1`, `${url}/2`]);
    const result = ended(child);
    child.stderr.on('data', (lines: Buffer) => {
      if (lines.includes('[2] < HTTP/1.1 200 OK')) child.kill('SIGINT');
    });
    expect(await result).toMatchObject({ code: 130, out: '' });
  });

  test('Ctrl-C while the connection is still silent', async () => {
    const child: { current?: ReturnType<typeof startCli> } = {};
    const url = await serveRaw((socket) => socket.once('data', () => child.current?.kill('SIGINT')));
    child.current = startCli(['get', url]);
    const result = ended(child.current);
    expect(await result).toMatchObject({ code: 130, out: '', err: '' });
  });
});
