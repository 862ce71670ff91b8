import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needing, program } from './programs.ts';
import { Site } from './site.ts';

const QNAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const PATHS = [
  '/page.html',
  '/empty.txt',
  '/nothing',
  '/text.txt',
  '/zipped/text.txt',
  '/packed/text.txt',
  '/straight/pieces',
  '/until-close/pieces',
  '/trailing/text.txt',
  '/folder',
  '/folder/',
  '/missing',
  '/kept/broken',
  '/dead/',
  '/uri/a/./b/../c%20d/%C3%A4%2F~?q=a+b&empty=&c=%25#fragment',
];

interface Fetched {
  readonly status: number;
  readonly body: Buffer;
}

/** What the program prints; its exit code tells of statuses from 400 on, which is not the question here. */
function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 10_000 }, (_, stdout) => resolve(stdout));
  });
}

/** curl may leave out the file of an empty body. */
const content = (file: string): Buffer => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0));

describe.skipIf(program('nginx') === null || program('curl') === null)(needing('qnam beside curl', 'nginx', 'curl'), () => {
  let site: Site;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qnetwork-curl-'));
    site = await new Site().start();
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const files = (name: string): string[] => PATHS.map((_, i) => join(folder, `${name}-${i}`));

  async function curl(args: readonly string[]): Promise<Fetched[]> {
    const to = files('curl');
    const urls = PATHS.flatMap((path, i) => ['-o', to[i]!, site.nginx.url(path)]);
    const format = ['-w', '%{http_code}\\n'];
    const out = await run(program('curl')!, [
      '-q',
      '--silent',
      '--location',
      '--noproxy',
      '*',
      '--compressed',
      ...format,
      ...args,
      ...urls,
    ]);
    const statuses = out.trim().split('\n').map(Number);
    return to.map((file, i) => ({ status: statuses[i]!, body: content(file) }));
  }

  async function qnam(args: readonly string[]): Promise<Fetched[]> {
    if (!existsSync(QNAM)) throw new Error('dist/cli.js is missing: npm run build');
    const to = files('qnam');
    const output = to.flatMap((file) => ['-o', file]);
    const urls = PATHS.map((path) => site.nginx.url(path));
    const out = await run(process.execPath, [QNAM, ...args, '--json', '--silent', '--save-error-body', ...output, ...urls]);
    const documents = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string; status: number });
    const status = (url: string): number => documents.find((one) => one.url === url)?.status ?? -1;
    return to.map((file, i) => ({ status: status(urls[i]!), body: content(file) }));
  }

  it(`gets the same from ${PATHS.length} URLs`, async () => {
    const [ours, theirs] = await Promise.all([qnam(['get']), curl([])]);
    const line = ({ status, body }: Fetched, i: number): string => `${PATHS[i]} ${status} ${body.length}`;
    expect(ours.map(line)).toEqual(theirs.map(line));
    expect(ours.every((one, i) => one.body.equals(theirs[i]!.body))).toBe(true);
    // so that nobody is content with two programs that get nothing
    expect(ours.map(({ status }) => status)).toEqual([200, 200, 204, 200, 200, 200, 200, 200, 200, 403, 403, 404, 500, 502, 200]);
  });

  it('sends a file as curl does', async () => {
    const from = join(site.nginx.folder, 'docs', 'text.txt');
    const url = site.nginx.url('/straight/echo');
    const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
    await Promise.all([
      run(process.execPath, [QNAM, 'post', '--silent', '-d', `@${from}`, '-o', ours, url]),
      run(program('curl')!, ['-q', '--silent', '--noproxy', '*', '--data-binary', `@${from}`, '-o', theirs, url]),
    ]);
    expect(content(ours).equals(readFileSync(from))).toBe(true);
    expect(content(ours).equals(content(theirs))).toBe(true);
  });
});
