// @ts-check
// A page of the inspector with something in it, for the checks.
import { createServer } from 'node:http';

/** @typedef {import('./checks.mjs').Page} Page */

/** What is built. @param {string} name @returns {Promise<any>} */
const built = (name) => import(new URL(`../../dist/${name}.js`, import.meta.url).href);

/** What a server answers, by path. @type {Readonly<Record<string, readonly [number, Record<string, string>, string]>>} */
const ANSWERS = {
  '/': [200, { 'Content-Type': 'text/html', 'Set-Cookie': 'id=1; HttpOnly' }, '<!doctype html><title>Shop</title>'],
  '/list': [
    200,
    { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=60' },
    '{"items":[1,2,3],"more":true,"next":null}',
  ],
  '/old': [302, { Location: '/list' }, ''],
  '/busy': [503, { 'Content-Type': 'text/plain', 'Retry-After': '1' }, 'busy'],
};

/** Starts a manager with an inspector and makes some requests. */
export async function openInspectorPage() {
  const { QNetworkAccessManager, QNetworkMemoryCache } = await built('index');
  const { startInspector } = await built('inspector');
  const server = createServer((request, response) => {
    request.resume();
    const [status, headers, body] = ANSWERS[request.url ?? ''] ?? [404, {}, 'nothing here'];
    response.writeHead(status, headers).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const manager = new QNetworkAccessManager();
  manager.setCache(new QNetworkMemoryCache());
  const inspector = await startInspector(manager, { title: 'a shop' });
  const root = `http://127.0.0.1:${port}`;
  for (const path of ['/', '/list', '/list', '/old', '/busy', '/missing']) await manager.get(root + path).whenFinished();
  await manager.post(`${root}/cart`, JSON.stringify({ product: 7, password: 'hunter2' })).whenFinished();
  await manager.get('http://127.0.0.1:1/').whenFinished();

  /** @type {readonly (readonly [name: string, prepare: (page: Page) => Promise<unknown>])[]} */
  const views = [
    [
      'list',
      (page) =>
        page.waitForFunction(() => Reflect.get(globalThis, 'document').querySelectorAll('.rows .row:not([hidden])').length >= 8),
    ],
    ['details', (page) => page.locator('.rows .row', { hasText: '/list' }).first().click()],
    ...['Headers', 'Body', 'Timing'].map(
      (name) =>
        /** @type {const} */ ([`details, ${name}`, (/** @type {Page} */ page) => page.getByRole('tab', { name }).click()]),
    ),
  ];
  const close = async () => {
    await inspector.close();
    await manager.close();
    server.close();
  };
  return { url: inspector.url, views, close };
}
