import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

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
  'abort-and-timeout.mjs': [
    /^aborted: OperationCanceledError$/m,
    /^signal: changed my mind, OperationCanceledError$/m,
    /^timeout: TimeoutError: .*200/m,
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

function run(file: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [file], { cwd: EXAMPLES, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
