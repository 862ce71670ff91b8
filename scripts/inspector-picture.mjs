// @ts-check
// Pictures of the inspector for the guides: `node scripts/inspector-picture.mjs [FOLDER]` (after a build; needs chromium).
// A shop of several hosts is played by one server of this machine, which all requests reach as their proxy.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { smallPng } from './house/small-png.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '500' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
});
const [folder = 'docs/images'] = positionals;
const count = Number(values.count);
/** What is built. @param {string} name @returns {Promise<any>} */
const built = (name) => import(new URL(`../dist/${name}.js`, import.meta.url).href);
const { QNetworkAccessManager, QNetworkMemoryCache, QNetworkProxy, QNetworkRequest } = await built('index');
const { startInspector } = await built('inspector');

/** Chance that is the same each time. */
let state = 7;
const chance = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
/** @param {number} ms */
const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** A picture with a colour of its own. @param {number} hue */
function png(hue) {
  const size = 160;
  const raw = Buffer.alloc((size * 3 + 1) * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      raw.set([(hue + x) & 255, (120 + y / 2) & 255, (200 - x / 2) & 255], y * (size * 3 + 1) + 1 + x * 3);
  /** @param {string} type @param {Buffer} data */
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const mark = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([mark, chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]);
}

/** @param {Buffer} bytes */
function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const product = (/** @type {number} */ id) => ({
  id,
  name: ['Teapot', 'Lamp', 'Notebook', 'Kettle', 'Chair'][id % 5],
  price: { amount: 990 + id * 35, currency: 'EUR' },
  stock: id % 7,
  tags: ['new', 'kitchen', 'sale'].slice(0, 1 + (id % 3)),
  rating: { mean: 3.5 + (id % 3) / 2, votes: id * 11 },
});

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://shop.example');
  const id = Number(/\d+/.exec(url.pathname)?.[0] ?? 0);
  request.resume();
  await later(chance() < 0.06 ? 180 + chance() * 400 : 4 + chance() * 45);
  /** @param {number} status @param {Record<string, string>} headers @param {string | Buffer} body */
  const answer = (status, headers, body = '') => response.writeHead(status, headers).end(body);
  if (url.pathname.startsWith('/login'))
    answer(302, { Location: '/account', 'Set-Cookie': 'session=9f2c41d7; Path=/; HttpOnly; SameSite=Lax' });
  else if (url.pathname.startsWith('/images'))
    answer(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=600', ETag: `"${id}"` }, png(id * 9));
  else if (url.pathname.endsWith('.css'))
    answer(200, { 'Content-Type': 'text/css', 'Cache-Control': 'max-age=3600' }, 'body{margin:0}'.repeat(300));
  else if (url.pathname.endsWith('.js'))
    answer(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=3600' }, 'export const n = 1;\n'.repeat(900));
  else if (url.pathname.startsWith('/missing')) answer(404, { 'Content-Type': 'application/json' }, '{"error":"not found"}');
  else if (url.pathname.startsWith('/stock') && chance() < 0.12)
    answer(503, { 'Content-Type': 'application/json', 'Retry-After': '1' }, '{"error":"busy"}');
  else if (url.pathname.startsWith('/broken')) request.socket.destroy();
  else if (url.pathname === '/' || url.pathname === '/account')
    answer(
      200,
      { 'Content-Type': 'text/html; charset=utf-8' },
      `<!doctype html><title>Shop</title>${'<p>Hello</p>'.repeat(200)}`,
    );
  else if (url.pathname.startsWith('/products') && id === 0)
    answer(
      200,
      { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache', ETag: '"list"' },
      JSON.stringify({ page: Number(url.searchParams.get('page')), items: Array.from({ length: 12 }, (_, i) => product(i + 1)) }),
    );
  else answer(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }, JSON.stringify(product(id)));
});
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const manager = new QNetworkAccessManager();
manager.setProxy(new QNetworkProxy(QNetworkProxy.ProxyType.HttpCachingProxy, '127.0.0.1', port));
manager.setCache(new QNetworkMemoryCache());
const inspector = await startInspector(manager, { title: 'shop.mjs' });

/** @param {number} most */
const some = (most) => 1 + Math.floor(chance() * most);

/** @param {string} url */
function get(url) {
  const request = new QNetworkRequest(url);
  request.setRawHeader('Accept', '*/*');
  return manager.get(request).whenFinished();
}

function addToCart() {
  const request = new QNetworkRequest('http://api.shop.example/cart');
  request.setRawHeader('Content-Type', 'application/json');
  request.setRawHeader('Authorization', 'Bearer abc');
  return manager.post(request, JSON.stringify({ product: 7, count: 2, voucher: 'SPRING', password: 'hunter2' })).whenFinished();
}

/** What a program does that looks at one page of the shop: about twenty requests, some of which wait for others. */
async function visit() {
  await get(chance() < 0.3 ? 'http://www.shop.example/login' : 'http://www.shop.example/');
  const files = ['theme.css', 'main.css', 'main.js', 'cart.js'].map((name) => get(`http://static.shop.example/${name}`));
  await Promise.all([...files, get(`http://api.shop.example/products?page=${some(5)}&token=s3cret`)]);
  const products = Array.from({ length: 4 + some(4) }, () => some(60));
  await Promise.all([
    ...products.map((id) => get(`http://api.shop.example/products/${id}`)),
    ...products.slice(0, 5).map((id) => get(`http://images.shop.example/images/${id}.png`)),
    get(`http://api.shop.example/stock/${some(60)}`),
  ]);
  const rest = [addToCart(), get(`http://api.shop.example/reviews/${some(40)}`)];
  if (chance() < 0.3) rest.push(get(`http://api.shop.example/missing/${some(9)}`));
  if (chance() < 0.12) rest.push(get('http://api.shop.example/broken'));
  await Promise.all(rest);
}

const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, deviceScaleFactor: 1.5 });
page.on('console', (message) => console.error(message.text()));
page.on('pageerror', (error) => console.error(error));
// the page of the inspector itself fetches nothing from elsewhere
const decoder = await browser.newPage();
await page.goto(inspector.url);
await page.waitForSelector('.grid');

// rows are seen whole
const spare = await page.evaluate(() => {
  const grid = /** @type {any} */ (globalThis).document.querySelector('.grid');
  return (grid.clientHeight - 30) % 28;
});
await page.setViewportSize({ width: 1440, height: 860 - spare });

const running = [];
const seen = async () => Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
while ((await seen()) < count - 40) {
  running.push(visit());
  await later(400 + chance() * 2600);
}
await Promise.all(running);
await Promise.all([visit(), later(130).then(visit)]);
await later(300);
await page.evaluate(() => /** @type {any} */ (globalThis).document.activeElement.blur());

/** What was shot; making it small takes its time, and the chart goes on. @type {[name: string, picture: Buffer][]} */
const shot = [];
/** @param {string} name */
const shoot = async (name) => {
  await later(200);
  shot.push([name, await page.screenshot()]);
};
/** @param {string} text */
const filter = async (text) => {
  await page.getByRole('searchbox').fill(text);
  await later(200);
};
/** @param {string} text */
const row = (text) => page.locator('.rows .row:not([hidden])', { hasText: text }).last();

await page.emulateMedia({ colorScheme: 'light' });
await shoot('light');
await page.emulateMedia({ colorScheme: 'dark' });
await shoot('dark');
await page.emulateMedia({ colorScheme: 'light' });
await filter('products?');
await row('/products?').click();
await page.getByRole('tab', { name: 'Body' }).click();
await shoot('body');
await page.emulateMedia({ colorScheme: 'dark' });
await filter('');
await page.getByRole('tab', { name: 'Timing' }).click();
await shoot('timing');
await page.getByRole('tab', { name: 'Headers' }).click();
await filter('cart');
await row('/cart').click();
await shoot('headers');
await page.getByRole('tab', { name: 'Sent' }).click();
await shoot('sent');
await page.emulateMedia({ colorScheme: 'light' });
await filter('png');
await row('.png').click();
await page.getByRole('tab', { name: 'Body' }).click();
await shoot('image');
await filter('');
await page.keyboard.press('Escape');
const burst = Array.from({ length: 12 }, visit);
await page.locator('.grid').focus();
await page.keyboard.press('o');
await later(300);
await shoot('connections');
await Promise.all(burst);
await page.keyboard.press('Escape');
await page.keyboard.press('?');
await shoot('keys');
for (const [name, picture] of shot) {
  writeFileSync(join(folder, `inspector-${name}.png`), await smallPng(decoder, picture));
  console.log(`inspector-${name}.png`);
}
await browser.close();
await inspector.close();
await manager.close();
server.close();
