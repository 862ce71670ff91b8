import { describe, expect, test } from 'vitest';
import { serve as serveAt } from '../../support/server.ts';
import { caFile, identity } from '../../support/tls.ts';
import { cli, nobody, serve, text } from './support.ts';

const NOTHING = {
  http_proxy: '',
  https_proxy: '',
  all_proxy: '',
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  ALL_PROXY: '',
  XDG_CURRENT_DESKTOP: '',
};
const doctor = (...args: string[]) => cli(['doctor', ...args], { env: NOTHING });

describe('doctor', () => {
  test('what works', async () => {
    const { url } = await serve({ '/': text('page') });
    const { code, out, err } = await doctor(`${url}/`);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      new RegExp(`^${url}/ works\\n\\nwhat was seen on the way\\n  trips     200  ${url}/\\n  address   127\\.0\\.0\\.1`),
    );
    expect(out).toContain('because: 127.0.0.1 is this machine, which is always reached directly');
  });

  test('what does not, for people and for machines', async () => {
    const here = await nobody();
    const forPeople = await doctor(here.replace('http://', ''));
    expect(forPeople.code).toBe(1);
    expect(forPeople.out).toContain(
      `${here} does not work\n\nerror connection-refused\n  what      nobody listens at ${here.slice(7)}\n`,
    );
    const { url } = await serve({ '/': text('page') });
    const forMachines = await doctor('--json', `${url}/`, here);
    const documents = forMachines.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(forMachines.code).toBe(1);
    expect(documents.map(({ works, findings }) => [works, findings.map(({ code }: { code: string }) => code)])).toEqual([
      [true, []],
      [false, ['connection-refused']],
    ]);
  });

  test('with an authority, a proxy, and bad words', async () => {
    await using server = await serveAt({ tls: identity(), routes: { '*': { body: 'page' } } });
    expect((await doctor('--no-trials', server.url())).out).toContain('error tls-unknown-issuer');
    expect((await doctor('--cacert', caFile, server.url())).code).toBe(0);
    const { port } = new URL(await nobody());
    expect((await doctor('--cacert', caFile, '--proxy', `http://127.0.0.1:${port}`, server.url())).out).toContain(
      'error proxy-needless',
    );
    expect(await doctor('--timeout', 'soon', server.url())).toMatchObject({
      code: 2,
      err: "qnam: --timeout is a number of seconds up to 3600; got 'soon'\n",
    });
    expect((await doctor('--cacert', '/nowhere.pem', server.url())).code).toBe(60);
  });
});
