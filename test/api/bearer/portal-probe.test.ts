import { expect, test } from 'vitest';
import { askPortal, type ProbeAnswer } from '../../../src/api/bridge/portal-probe.ts';
import { Url } from '../../../src/base/url.ts';
import { until, within } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';

function asked(url: string): Promise<ProbeAnswer | null> {
  return within(new Promise((resolve) => askPortal(Url.parse(url), resolve)), 'the answer', 20_000);
}

async function answered(answer: Answer): Promise<ProbeAnswer | null> {
  await using server = await serve({ routes: { '/probe': answer, '*': { body: 'elsewhere' } } });
  const said = await asked(server.url('/probe'));
  expect(server.requests.length).toBe(1);
  await server.whenIdle();
  return said;
}

test('the status, and the body of a 200', async () => {
  expect(await answered({ status: 204 })).toEqual({ status: 204, body: '' });
  expect(await answered({ body: 'success\n' })).toEqual({ status: 200, body: 'success\n' });
  expect(await answered({ status: 503, body: 'out of order' })).toEqual({ status: 503, body: '' });
});

test('a redirect is an answer', async () => {
  expect(await answered({ status: 302, headers: { Location: '/login' } })).toEqual({ status: 302, body: '' });
});

test('nobody is asked for credentials', async () => {
  expect(await answered({ status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Hotel"' } })).toEqual({
    status: 401,
    body: '',
  });
});

test('what is too large is cut off', async () => {
  const said = await answered({ body: 'x'.repeat(1_000_000) });
  expect(said?.status).toBe(200);
  expect(said!.body.length).toBeGreaterThan(65_536);
  expect(said!.body.length).toBeLessThan(500_000);
});

test('nobody answers', async () => {
  const server = await serve();
  const url = server.url();
  await server.close();
  expect(await asked(url)).toBeNull();
});

test('what came before the connection broke is an answer', async () => {
  await using server = await serve({ refuse: { write: 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nwel', end: 'close' } });
  expect(await asked(server.url())).toEqual({ status: 200, body: 'wel' });
});

test('given up it is silent, and lets go of the connection', async () => {
  await using server = await serve({ connect: 'hang' });
  let said = 0;
  const giveUp = askPortal(Url.parse(server.url()), () => said++);
  await until(() => server.open === 1, 'the connection');
  giveUp();
  giveUp();
  await server.whenIdle();
  await new Promise<void>((next) => setImmediate(next));
  expect(said).toBe(0);
});
