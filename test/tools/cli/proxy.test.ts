import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cli, folder } from './support.ts';

/** No variable of the machine that runs the test. */
const NOTHING = {
  http_proxy: '',
  HTTP_PROXY: '',
  https_proxy: '',
  HTTPS_PROXY: '',
  all_proxy: '',
  ALL_PROXY: '',
  no_proxy: '',
  NO_PROXY: '',
  XDG_CURRENT_DESKTOP: '',
};

const explain = (env: Record<string, string>, ...args: string[]) =>
  cli(['proxy', 'explain', ...args], { env: { ...NOTHING, ...env } });

/** A desktop whose settings a script prints. */
async function gnome(settings: string): Promise<Record<string, string>> {
  const bin = join(await folder(), 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'gsettings'), `#!/bin/sh\ncat <<'END'\n${settings}\nEND\n`);
  await chmod(join(bin, 'gsettings'), 0o755);
  return { XDG_CURRENT_DESKTOP: 'GNOME', PATH: `${bin}:${process.env['PATH']}` };
}

describe('proxy explain', () => {
  test('the environment', async () => {
    const env = { http_proxy: 'http://user:secret@p.test:3128', no_proxy: '.inside.test' };
    expect(await explain(env, 'http://me:secret@a.test/x', 'b.inside.test')).toEqual({
      code: 0,
      err: '',
      stdout: expect.anything(),
      out:
        'http://a.test/x\n  proxy    http://p.test:3128\n  because  the environment: http_proxy names http://p.test:3128\n' +
        'http://b.inside.test\n  proxy    directly\n  because  the environment: no_proxy has the entry .inside.test\n',
    });
  });

  test('nothing said, and this machine', async () => {
    const { code, out } = await explain({}, 'https://a.test/', 'http://localhost/');
    expect(code).toBe(0);
    expect(out).toContain(
      '  because  the environment: none of https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY is set\n           no settings of a desktop\n',
    );
    expect(out).toContain(
      'http://localhost/\n  proxy    directly\n  because  localhost is this machine, which is always reached directly\n',
    );
  });

  test('a script that the settings of a desktop name', async () => {
    const file = join(await folder(), 'proxy.pac');
    await writeFile(
      file,
      "function FindProxyForURL(url, host) { alert('hi'); return dnsDomainIs(host, '.in.test') ? 'DIRECT' : 'PROXY p:1; DIRECT' }",
    );
    const env = await gnome(`org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'file://${file}'`);
    const { code, out, err } = await explain(env, '--json', 'https://a.test/', 'https://b.in.test/');
    expect([code, err]).toEqual([0, '']);
    const steps = [
      'the environment: none of https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY is set',
      `the settings of GNOME name the proxy script file://${file}`,
      `the script file://${file} says: hi`,
    ];
    const returned = (text: string): string => `the script file://${file} returned: ${text}`;
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        url: 'https://a.test/',
        proxies: ['http://p:1', 'directly'],
        steps: [...steps, returned('PROXY p:1; DIRECT')],
        problem: null,
      },
      { url: 'https://b.in.test/', proxies: ['directly'], steps: [...steps, returned('DIRECT')], problem: null },
    ]);
  });

  test('what cannot be told', async () => {
    const env = await gnome(
      "org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'file:///nothing/here.pac'",
    );
    const { code, out } = await explain(env, 'http://a.test/');
    expect(code).toBe(20);
    expect(out).toContain('  problem  the proxy script cannot be fetched: file:///nothing/here.pac (');
    expect(await explain({ http_proxy: 'gopher://p/' }, 'http://a.test/')).toMatchObject({ code: 20 });
    expect(await explain({}, 'http://u:secret@/')).toMatchObject({ code: 2, err: "qnam: '…@/' is no URL with a host\n" });
  });
});

describe('which proxy is taken', () => {
  async function proxy(): Promise<{ url: string; targets: string[] }> {
    const targets: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      targets.push(request.url!);
      response.end('by proxy');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, targets };
  }

  test('that of the environment', async () => {
    const { url, targets } = await proxy();
    expect(await cli(['get', 'http://a.invalid/x'], { env: { ...NOTHING, http_proxy: url } })).toMatchObject({
      code: 0,
      out: 'by proxy',
    });
    expect(targets).toEqual(['http://a.invalid/x']);
  });

  test('--proxy goes before it, --no-proxy wants none', async () => {
    const { url, targets } = await proxy();
    const env = { ...NOTHING, http_proxy: 'http://127.0.0.1:1' };
    expect(await cli(['get', '--proxy', url, 'http://a.invalid/y'], { env })).toMatchObject({ code: 0, out: 'by proxy' });
    expect(targets).toEqual(['http://a.invalid/y']);
    expect(await cli(['get', '--no-proxy', `${url}/z`], { env: { ...NOTHING, http_proxy: 'http://127.0.0.1:1' } })).toMatchObject(
      { code: 0 },
    );
    expect(targets.at(-1)).toBe('/z');
  });

  test('command lines that make no sense', async () => {
    expect(await cli(['get', '--proxy', 'a', '--no-proxy', 'http://a/'])).toMatchObject({
      code: 2,
      err: 'qnam: --proxy and --no-proxy exclude each other\n',
    });
    expect((await cli(['get', '--proxy', 'gopher://u:secret@a', 'http://a/'])).err).toMatch(/^qnam: --proxy cannot be used: /);
    expect((await cli(['get', '--proxy', 'gopher://u:secret@a', 'http://a/'])).err).not.toContain('secret');
  });
});
