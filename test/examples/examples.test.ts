import { spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startOrigin } from '../../examples/demo/origin.mjs';
import { startForms } from '../../examples/servers/forms.mjs';
import { startPalette } from '../../examples/servers/palette.mjs';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/** What each example must have said. They run against the built package. */
const LINES: Readonly<Record<string, readonly RegExp[]>> = {
  'qt-style.mjs': [
    /^\/: \d+ bytes of text\/html$/m,
    /^\/news\.json: \d+ bytes of application\/json$/m,
    /^\/missing: .*Not Found/m,
  ],
  'await-style.mjs': [
    /^400 news, the first is "Item 0"$/m,
    /^the echo says hello world$/m,
    /^3 pages, \d+ \+ \d+ \+ \d+/m,
    /^ContentNotFoundError, status 404$/m,
  ],
  'download-to-file.mjs': [/^8000000 bytes on disk, Content-Length was 8000000$/m],
  'progress.mjs': [
    /^received 8000000 of 8000000 \(100 %\)$/m,
    /^sent 2000000 of 2000000 \(100 %\)$/m,
    /^the server counted 2000000 bytes$/m,
  ],
  'http2-parallel.mjs': [
    /^Hello over TLS\.\nHTTP\/2 was used: true\n99 tiles, the last one is tile 98\n1 connection, 100 requests, up to (?:9\d|100) at a time$/m,
    /^HTTP\/1\.1: 12 requests over 6 connections$/m,
  ],
  'pinned-client.mjs': [
    /^the server has the right key; TLS 1\.3, TLS_\w+\nHello, ada\.$/m,
    /^refused: CertificateUntrusted\n.*; requests at the server: 1$/m,
  ],
  'own-reply.mjs': [
    /^json: \[ 1, 2, 3 \]$/m,
    /^length: 100000$/m,
    /^the long one came in pieces$/m,
    /^finished: mem:\/nothing, error 203$/m,
    /^ContentNotFoundError: Nothing in memory at \/nothing$/m,
  ],
  'fetch.mjs': [
    /^fetch: 200, 400 news\nstreamed: 8000000 bytes$/m,
    /^ky: hello ky\nopenapi-fetch: hello openapi-fetch\noctokit: hello octokit$/m,
    /^fetch failed: connection refused .*\n\d connections?$/m,
  ],
  'testing.mjs': [
    /^trouble: asked 3 times, rain\nsilence: TimeoutError after 30 s, in no time\nrun 1: record, 400 news\nrun 2: replay, 400 news$/m,
    /^a jar: 1 of \d+ cases failed: there is room for 50 cookies of a host, and for one of 4096 bytes$/m,
  ],
  'abort-and-timeout.mjs': [
    /^aborted: OperationCanceledError$/m,
    /^signal: changed my mind, OperationCanceledError$/m,
    /^timeout: TimeoutError: .*200/m,
  ],
  'download-manager.mjs': [
    /^news\.json: \d+ bytes, [\d.]+ [kM]B\/s$/m,
    /^news\.json\.0: \d+ bytes, /m,
    /^\S+\/latest leads to \S+\/style\.css$/m,
    /^latest: 1050 bytes, /m,
    /^photo\.raw: 8000000 bytes, /m,
    /^\S+\/missing failed: .*Not Found/m,
    /^\S+\/cut\.bin failed: .* closed /m,
    /^\S+\/nobody\.txt failed: connection refused/m,
    /^4 of 7 files, 8\d{6} bytes$/m,
  ],
  'form-uploader.mjs': [
    /^\d+ bytes sent\nwith QHttpMultiPart: {"title":"Minutes","author":"Ada Lövelace","file":{"fileName":"minutes\.txt",/m,
    /^\d+ bytes sent\nwith QFormDataBuilder: {"title":"Minutes","author":"Ada Lövelace","file":{"fileName":"minutes\.txt",/m,
  ],
  'rest-client.mjs': [
    /^5 colors: cerulean, .*tigerlily\nnot logged in: 401: log in first\n401: unknown user or wrong password$/m,
    /^ada@example\.org is logged in\nadded {"id":6,"name":"sand dollar","color":"#decdbe"}$/m,
    /^replaced by {"id":6,"name":"chili pepper","color":"#9b1b30"}\nchanged to {"id":6,"name":"pepper","color":"#9b1b30"}$/m,
    /^6 colors: .*, pepper\nno color: 422: a color looks like #12ab34$/m,
    /^removed twice: 404: there is no color 6\n5 colors: .*tigerlily\nlogged out\nnobody there: connection refused/m,
  ],
};

test('every example is here', () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs'));
  expect(files.sort()).toEqual(Object.keys(LINES).sort());
});

test.each(Object.entries(LINES))('%s', async (file, lines) => {
  const { code, out, err } = await run(file);
  expect(err).toBe('');
  expect(code).toBe(0);
  for (const line of lines) expect(out).toMatch(line);
});

test('download-manager.mjs: files are what the server has, under names that were free; what failed leaves nothing', async () => {
  const origin = await startOrigin();
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-'));
  onTestFinished(() => origin.close());
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'style.css'), 'mine');
  const paths = ['/style.css', '/latest', '/missing', '/style.css?again', '/news.json', '/cut.bin', '/'];
  const urls = paths.map((path) => origin.url + path);
  const { code, out, err } = await run('download-manager.mjs', ['-j', '3', ...urls], folder);
  expect(err).toBe('');
  expect(code).toBe(1);
  expect(out).toMatch(/^5 of 7 files, /m);
  const body = async (path: string): Promise<string> => (await fetch(origin.url + path)).text();
  const style = await body('/style.css');
  const want = { download: await body('/'), latest: style, 'news.json': await body('/news.json') };
  const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  expect(files).toEqual({ ...want, 'style.css': 'mine', 'style.css.0': style, 'style.css.1': style });
});

test('form-uploader.mjs: both styles deliver the same form', async () => {
  const server = await startForms();
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-'));
  onTestFinished(() => server.close());
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bytes = randomFillSync(Buffer.alloc(700_000));
  writeFileSync(join(folder, 'photo.jpg'), bytes);
  const { code, err } = await run('form-uploader.mjs', [server.url, join(folder, 'photo.jpg'), 'a=1=2', 'ü=']);
  expect(err).toBe('');
  expect(code).toBe(0);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { fileName: 'photo.jpg', size: bytes.length, sha256 };
  expect(server.forms).toEqual([
    { a: '1=2', ü: '', file: { ...file, type: 'application/octet-stream' } },
    { a: '1=2', ü: '', file: { ...file, type: 'image/jpeg' } },
  ]);
});

test('rest-client.mjs: leaves the service as it was, and nobody logged in', async () => {
  const service = await startPalette(['one', 'two']);
  onTestFinished(() => service.close());
  const { code, out, err } = await run('rest-client.mjs', [service.url, 'ada@example.org', 'engine']);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/^3 colors: one, two, pepper$/m);
  expect([...service.colors.values()].map(({ name }) => name)).toEqual(['one', 'two']);
  expect(service.tokens.size).toBe(0);
});

test('the demo: what the manager counted is what the origin counted', async () => {
  const { code, out, err } = await run('demo/main.mjs');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).not.toContain('\x1b');
  expect(Math.max(...out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);

  // Each request has its line when it ends and its line in the waterfall.
  const labels = [
    '/',
    '/big.iso',
    '/news.json',
    '/film.mp4',
    '/stream.log',
    '/slow',
    '/upload',
    '/article.html',
    '/photo.raw',
    '/cut.bin',
  ];
  labels.push('/missing', '/broken', '/never', '/big.iso?again', '/style.css');
  const waterfall = out.slice(out.indexOf('conn.'));
  for (const label of labels) {
    const escaped = label.replace(/[/.?]/g, '\\$&');
    expect(out).toMatch(new RegExp(`^ *[\\d.]+ m?s  (GET|POST) ${escaped} `, 'm'));
    expect(waterfall, label).toMatch(new RegExp(`^(GET|POST) ${escaped} +#\\d+[↺ ] .*[·○─█] +[\\d.]+ m?s \\w+$`, 'm'));
  }
  expect(waterfall).toMatch(/nobody there.*ConnectionRefusedError/);
  expect(waterfall).toMatch(/↺/);

  const manager = /^manager +(\d+) requests sent on (\d+) connections, .* read, (.+) uploaded/m.exec(out);
  const origin = /^origin +(\d+) requests seen on (\d+) connections, (.+) of uploads taken$/m.exec(out);
  expect(manager?.slice(1)).toEqual(origin?.slice(1));
  expect(Number(manager?.[1])).toBe(15);
  const failed = /^failed +(\d+): ((?:.|\n {9})*)/m.exec(out);
  expect(failed?.[1]).toBe('6');
  for (const name of [
    'RemoteHostClosed',
    'ContentNotFound',
    'InternalServer',
    'Timeout',
    'OperationCanceled',
    'ConnectionRefused',
  ]) {
    expect(failed?.[2]).toContain(`${name}Error`);
  }
});

function run(
  file: string,
  args: readonly string[] = [],
  cwd = EXAMPLES,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(EXAMPLES, file), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
