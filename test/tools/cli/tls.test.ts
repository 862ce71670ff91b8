import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mint } from '../../support/mint.ts';
import { serve } from '../../support/server.ts';
import { cli, folder } from './support.ts';

const root = mint({ name: 'root', authority: true });
const site = mint({ name: 'site', by: root });
const serving = () => serve({ tls: { key: site.keyPem, cert: site.pem }, routes: { '*': { body: 'page' } } });

describe('TLS', () => {
  test('whom to trust beside others is said by --cacert, or by the system', async () => {
    await using server = await serving();
    const cwd = await folder();
    await writeFile(join(cwd, 'ca.pem'), root.pem);
    await writeFile(join(cwd, 'other.pem'), mint({ name: 'other', authority: true }).pem);
    // the system trusts what its files say; Node.js is not told
    const env = { SSL_CERT_FILE: join(cwd, 'ca.pem'), SSL_CERT_DIR: '' };
    const runs: [args: string[], code: number][] = [
      [[], 16],
      [['--cacert', 'other.pem'], 16],
      [['--cacert', 'ca.pem'], 0],
      [['--system-trust', '--cacert', 'other.pem'], process.platform === 'linux' ? 0 : 16],
    ];
    for (const [args, code] of runs) {
      const result = await cli(['get', server.url(), ...args], { cwd, env });
      expect({ args, code: result.code, out: result.out }).toEqual({ args, code, out: code === 0 ? 'page' : '' });
    }
  });

  test('--keylog appends the secrets to a file, and the environment does not', async () => {
    await using server = await serving();
    const cwd = await folder();
    await writeFile(join(cwd, 'ca.pem'), root.pem);
    const env = { SSLKEYLOGFILE: join(cwd, 'unwanted') };
    const args = ['get', server.url(), '--cacert', 'ca.pem'];
    expect(await cli([...args, '--keylog', 'keys'], { cwd, env })).toMatchObject({ code: 0, err: '' });
    const once = await readFile(join(cwd, 'keys'), 'latin1');
    expect(once).toMatch(/^SERVER_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+$/m);
    await cli([...args, '--keylog', 'keys'], { cwd, env });
    expect((await readFile(join(cwd, 'keys'), 'latin1')).startsWith(once)).toBe(true);
    expect((await stat(join(cwd, 'keys'))).size).toBeGreaterThan(once.length);
    await expect(stat(join(cwd, 'unwanted'))).rejects.toThrow('ENOENT');
  });

  test('what cannot be used ends it before anything is sent', async () => {
    await using server = await serving();
    const cwd = await folder();
    await writeFile(join(cwd, 'none.pem'), 'none');
    const runs: [args: string[], code: number, err: string][] = [
      [['--keylog', join('no', 'keys')], 60, 'cannot write no/keys: no such file or folder'],
      [['--cacert', 'missing.pem'], 60, 'cannot read missing.pem: no such file or folder'],
      [['--cacert', 'none.pem'], 60, 'cannot use none.pem: there is no certificate in PEM in it'],
      [['--keylog', ''], 2, '--keylog needs a file name'],
      [['--cacert', ''], 2, '--cacert needs a file name'],
    ];
    for (const [args, code, err] of runs)
      expect(await cli(['get', server.url(), ...args], { cwd })).toMatchObject({ code, err: expect.stringContaining(err) });
    expect(server.accepted).toBe(0);
  });
});
