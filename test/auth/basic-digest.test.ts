import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { ask, run } from '../engine/rig.ts';
import { basicRoute, DigestServer } from '../support/auth-server.ts';
import { serve } from '../support/server.ts';
import { knows } from './people.ts';

test('Basic: asked once, then sent unasked below the path', async () => {
  await using server = await serve({ routes: { '*': basicRoute({ u: 'p' }) } });
  const engine = new Engine();
  const first = await knows(engine, ask(server.url('/d/s')), ['u', 'p']);
  expect(first.text).toBe('in 0');
  expect(first.questions).toMatchObject([{ proxy: null, realm: 'R', scheme: 'basic', user: '' }]);
  const second = await run(engine, ask(server.url('/d/e/t')));
  expect(second.text).toBe('in 0');
  expect(second.questions).toEqual([]);
  expect(server.requests.map((r) => r.header('authorization'))).toEqual([undefined, 'Basic dTpw', 'Basic dTpw']);
  expect(server.connections).toHaveLength(1);
  engine.clearConnections();
});

test.each([
  ...['', 'MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'].flatMap((algorithm) =>
    ['auth', 'auth-int', 'auth,auth-int'].map((qop) => ({ algorithm, qop })),
  ),
  { algorithm: 'MD5', qop: '' },
  { algorithm: 'SHA-256', qop: 'auth', more: 'userhash=true' },
])('Digest $algorithm $qop', async (settings) => {
  const digest = new DigestServer({ users: { Mufasa: 'Circle of Life' }, ...settings });
  await using server = await serve({ routes: { '*': digest.route } });
  const engine = new Engine();
  const first = await knows(engine, ask(server.url('/a?b=%20'), { method: 'POST', body: 'hello' }), ['Mufasa', 'Circle of Life']);
  expect(digest.verdicts).toEqual(['absent', 'valid']);
  expect(first.text).toBe('in 5');
  await run(engine, ask(server.url('/elsewhere')));
  expect(digest.verdicts).toEqual(['absent', 'valid', 'valid']);
  engine.clearConnections();
});
