import { request } from '@octokit/request';
import ky from 'ky';
import openapi from 'openapi-fetch';
import { expect, test } from 'vitest';
import { createFetch } from '../../../src/fetch.ts';
import { managers } from '../../support/managers.ts';
import { serve } from '../../support/server.ts';

const manager = managers();

const json = (value: unknown, status = 200) => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

test('ky: JSON both ways, hooks, a retry, and an error with its body', async () => {
  const busy = [{ status: 503, headers: { 'Retry-After': '0' } }, json({ tries: 2 })];
  await using origin = await serve({ routes: { '/busy': busy, '/bad': json({ why: 'no' }, 422), '*': json({ id: 7 }) } });
  const heard: number[] = [];
  const client = ky.create({
    fetch: createFetch(manager()),
    prefixUrl: origin.url('/'),
    headers: { 'X-Client': 'ky' },
    hooks: { afterResponse: [(_request, _options, response) => void heard.push(response.status)] },
  });
  expect(await client.post('things', { json: { name: 'ü' } }).json()).toEqual({ id: 7 });
  const [sent] = origin.requests;
  expect([sent?.method, sent?.header('X-Client'), sent?.body.toString()]).toEqual(['POST', 'ky', '{"name":"ü"}']);
  expect(sent?.header('Content-Length')).toBe('13');
  expect(await client.get('busy').json()).toEqual({ tries: 2 });
  const refused = await client.get('bad').catch((error: { response: Response }) => error);
  expect(await (refused as { response: Response }).response.json()).toEqual({ why: 'no' });
  expect(heard).toContain(503);
});

test('ky: a timeout and a progress', async () => {
  const slow = { fault: 'stall before head' } as const;
  await using origin = await serve({ routes: { '/slow': slow, '*': { body: 'x'.repeat(200_000) } } });
  const client = ky.create({ fetch: createFetch(manager()), prefixUrl: origin.url('/'), retry: 0 });
  await expect(client.get('slow', { timeout: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
  let last = 0;
  const onDownloadProgress = ({ transferredBytes }: { transferredBytes: number }): void => {
    last = transferredBytes;
  };
  expect((await client.get('big', { onDownloadProgress }).text()).length).toBe(200_000);
  expect(last).toBe(200_000);
});

interface Paths {
  '/things/{id}': {
    get: {
      parameters: { path: { id: number }; query?: { deep?: boolean } };
      responses: {
        200: { content: { 'application/json': { id: number } } };
        404: { content: { 'application/json': { why: string } } };
      };
    };
    put: {
      parameters: { path: { id: number } };
      requestBody: { content: { 'application/json': { name: string } } };
      responses: { 200: { content: { 'application/json': { id: number } } } };
    };
  };
}

test('openapi-fetch: data, errors and bodies', async () => {
  await using origin = await serve({ routes: { '/things/8': json({ why: 'none' }, 404), '*': json({ id: 7 }) } });
  const client = openapi<Paths>({ baseUrl: origin.url('/').slice(0, -1), fetch: createFetch(manager()) });
  const found = await client.GET('/things/{id}', { params: { path: { id: 7 }, query: { deep: true } } });
  expect(found.data).toEqual({ id: 7 });
  expect(origin.requests[0]?.target).toBe('/things/7?deep=true');
  const missing = await client.GET('/things/{id}', { params: { path: { id: 8 } } });
  expect([missing.error, missing.response.status]).toEqual([{ why: 'none' }, 404]);
  await client.PUT('/things/{id}', { params: { path: { id: 7 } }, body: { name: 'x' } });
  expect([origin.requests[2]?.method, origin.requests[2]?.body.toString()]).toEqual(['PUT', '{"name":"x"}']);
});

test('octokit: a route, its headers and its errors', async () => {
  await using origin = await serve({ routes: { '/repos/a/b': json({ name: 'b' }), '*': json({ message: 'Not Found' }, 404) } });
  const api = request.defaults({
    baseUrl: origin.url('/').slice(0, -1),
    headers: { authorization: 'token secret' },
    request: { fetch: createFetch(manager()) },
  });
  const { data, status } = await api('GET /repos/{owner}/{repo}', { owner: 'a', repo: 'b' });
  expect([status, data.name]).toEqual([200, 'b']);
  expect(origin.requests[0]?.header('authorization')).toBe('token secret');
  await expect(api('GET /repos/{owner}/{repo}', { owner: 'a', repo: 'c' })).rejects.toMatchObject({ status: 404 });
  await api('POST /repos/a/b', { title: 'Ünïcode' }).catch(() => {});
  expect(JSON.parse(origin.requests[2]!.body.toString())).toEqual({ title: 'Ünïcode' });
});
