import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseHar } from '../../src/har.ts';
import { QNetworkRequest } from '../../src/index.ts';
import * as inPage from '../support/in-page.mjs';
import { type Served, serve } from '../support/server.ts';
import { identity, trustTestAuthority } from '../support/tls.ts';
import { CHROMIUM, row, scenes } from './inspected.ts';
import { needing } from './programs.ts';

describe.skipIf(CHROMIUM === null)(needing('the inspector in a browser', 'chromium'), () => {
  const { scene } = scenes();

  async function shop(): Promise<Served> {
    return serve({
      routes: {
        '/list': { body: '{"items":[{"name":"Lamp","token":"t0psecret"}]}', headers: { 'Content-Type': 'application/json' } },
        '/style.css': { body: 'a{}', headers: { 'Content-Type': 'text/css' } },
        '/missing': { status: 404 },
        '*': { body: 'ok', headers: { 'Content-Type': 'text/plain', 'Set-Cookie': 'sid=t0psecret; Path=/' } },
      },
    });
  }

  it('shows what happens without a complaint, and asks nobody else', async () => {
    await using server = await shop();
    const { manager, page, complaints, hosts, inspector } = await scene();
    for (const path of ['/list', '/style.css', '/missing', '/<img src=x onerror=alert(1)>'])
      await manager.get(server.url(path)).whenFinished();
    await manager.get('http://127.0.0.1:1/refused').whenFinished();
    await row(page, '/refused').waitFor();
    expect(await page.locator('.rows .row:not([hidden])').allInnerTexts()).toMatchObject([
      expect.stringMatching(/^\/list\s+GET\s+200\s+json/),
      expect.stringMatching(/^\/style.css\s+GET\s+200\s+style/),
      expect.stringMatching(/^\/missing\s+GET\s+404/),
      expect.stringMatching(/^\/%3Cimg%20src=x%20onerror=alert\(1\)%3E\s+GET/),
      expect.stringMatching(/^\/refused\s+GET\s+refused/),
    ]);
    expect(await page.locator('.sum').innerText()).toMatch(/^5 requests/);
    expect(await page.locator('canvas.waterfall').evaluate(inPage.painted)).toBe(true);
    expect(await page.locator('.plot canvas').evaluate(inPage.painted)).toBe(true);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(inspector.url).host]);
  });

  it('is used by the keyboard alone', async () => {
    await using server = await shop();
    const { manager, page, complaints } = await scene();
    for (const path of ['/a', '/list', '/b']) await manager.get(server.url(path)).whenFinished();
    await row(page, '/b').waitFor();
    const keys = async (...names: string[]): Promise<void> => {
      for (const name of names) await page.keyboard.press(name);
    };
    await keys('Home', 'ArrowDown', 'Enter');
    await page.getByRole('heading', { name: '/list' }).waitFor();
    expect(await page.locator('.grid').getAttribute('aria-activedescendant')).toBe('row-1');
    await page.getByRole('tab', { name: 'Headers' }).focus();
    await keys('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Body');
    expect(await page.locator('.json').innerText()).toContain('items: [1]');
    await keys('Escape');
    expect(await page.locator('.details').count()).toBe(0);
    await keys('/');
    await page.keyboard.type('list');
    await expect.poll(() => page.evaluate(inPage.lines)).toBe(1);
    expect(await page.locator('.sum').innerText()).toMatch(/^1 of 3 requests/);
    await keys('Escape', 'Escape', 'o');
    await page.getByRole('heading', { name: server.url('').replace(/\/$/, '') }).waitFor();
    await keys('o', '?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await keys('Escape', 't');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    await keys('p');
    await page.locator('.live', { hasText: 'paused' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('lets the tabulator reach everything that can be pressed, and gives it a name', async () => {
    await using server = await shop();
    const { manager, page } = await scene();
    await manager.get(server.url('/list')).whenFinished();
    await row(page, '/list').click();
    await page.getByRole('tab', { name: 'Body' }).click();
    const wanted = await page.evaluate(inPage.markStops);
    expect(wanted.filter((name) => name === '')).toEqual([]);
    const reached = new Set<string>();
    for (let i = 0; i < wanted.length + 5; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(inPage.stop));
    }
    reached.delete('');
    expect(reached.size).toBe(wanted.length);
  });

  it.each(['light', 'dark'] as const)('can be read: contrast of at least 4.5, %s', async (colorScheme) => {
    await using server = await shop();
    const { manager, page } = await scene();
    await page.emulateMedia({ colorScheme });
    for (const path of ['/list', '/missing', '/style.css']) await manager.get(server.url(path)).whenFinished();
    await manager.get('http://127.0.0.1:1/refused').whenFinished();
    await row(page, '/refused').click();
    await page.getByText('Failed (refused').waitFor();
    const faint = await page.evaluate(inPage.faintTexts);
    await row(page, '/list').click();
    await page.getByRole('tab', { name: 'Body' }).click();
    await page.locator('.json').waitFor();
    expect([...faint, ...(await page.evaluate(inPage.faintTexts))]).toEqual([]);
  });

  it('keeps ten thousand rows, and only what is seen in the document', async () => {
    await using server = await shop();
    const { manager, page, complaints } = await scene();
    for (let i = 0; i < 10_000; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, k) => manager.get(server.url(`/item/${i + k}`)).whenFinished()));
    await expect.poll(() => page.evaluate(inPage.sum), { timeout: 30_000 }).toContain('10,000 requests');
    expect(await page.locator('.rows .row').count()).toBeLessThan(60);
    await page.locator('.grid').evaluate(inPage.scrollToRow, 5000);
    await row(page, '/item/5000').waitFor();
    await page.locator('.grid').focus();
    await page.keyboard.press('End');
    await row(page, '/item/9999').waitFor();
    expect(await page.locator('.rows .row[aria-selected="true"]').getAttribute('aria-rowindex')).toBe('10001');
    expect(complaints).toEqual([]);
  });

  it('copies, sends again and saves, without secrets', async () => {
    await using server = await shop();
    const { manager, page } = await scene();
    const request = new QNetworkRequest(server.url('/list?token=t0psecret'));
    request.setRawHeader('Authorization', 'Bearer t0psecret');
    await manager.get(request).whenFinished();
    await row(page, '/list').click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('The command is copied.').waitFor();
    const copied = await page.evaluate(inPage.clipboard);
    expect(copied).toMatch(/^curl \\\n.*Bearer \*\*\*.*\/list\?token=\*\*\*'$/s);
    await page.getByRole('button', { name: 'Replay' }).click();
    await server.whenRequests(2);
    expect(server.requests[1]!.header('Authorization')).toBe('Bearer t0psecret');
    await expect.poll(() => page.evaluate(inPage.sum), { timeout: 30_000 }).toContain('2 requests');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'HAR' }).click()]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(parseHar(text).log.entries.length).toBe(2);
    expect(text).not.toContain('t0psecret');
    expect(await page.content()).not.toContain('t0psecret');
  });

  it('asks before it sends again what may change something, and goes by the first trip', async () => {
    await using server = await serve({
      routes: { '/order': { status: 303, headers: { Location: '/receipt' } }, '*': { body: 'ok' } },
    });
    const { manager, page, complaints } = await scene();
    await manager.post(new QNetworkRequest(server.url('/order')), 'one').whenFinished();
    await row(page, '/receipt').click();
    await page.getByRole('heading', { name: '/receipt' }).waitFor();
    // the dialog is answered with no
    await page.keyboard.press('r');
    await expect
      .poll(() => complaints)
      .toEqual(['a dialog: Send this POST again? The server may do once more what it asks for.']);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
    page.removeAllListeners('dialog');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.keyboard.press('r');
    await server.whenRequests(4);
    expect(server.requests.slice(2).map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('still says which host is shown when all was forgotten', async () => {
    await using server = await shop();
    const { manager, page } = await scene();
    await manager.get(server.url('/list')).whenFinished();
    await row(page, '/list').waitFor();
    const host = page.getByLabel('Host');
    const { host: name } = new URL(server.url('/'));
    await host.selectOption(name);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.evaluate(inPage.sum)).toMatch(/^0 of 0 requests/);
    expect(await host.inputValue()).toBe(name);
    await manager.get(server.url('/list').replace('127.0.0.1', 'localhost')).whenFinished();
    await expect.poll(() => page.evaluate(inPage.sum)).toMatch(/^0 of 1 request/);
    expect(await host.inputValue()).toBe(name);
  });

  it('tells what TLS was spoken, and with whom', async () => {
    trustTestAuthority();
    await using server = await serve({ tls: identity(), http2: true, routes: { '*': { body: 'ok' } } });
    const { manager, page, complaints } = await scene();
    await manager.get(server.url('/safe')).whenFinished();
    await row(page, '/safe').click();
    await page.getByRole('tab', { name: 'TLS' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('verified', { exact: true }).waitFor();
    expect(await panel.innerText()).toMatch(
      /Protocol\s+TLSv1\.3\s+Cipher\s+TLS_\w+.*ALPN\s+h2\s+Session\s+new.*Issued by.*Valid\s+\d{4}-\d\d-\d\d to \d{4}/s,
    );
    expect(complaints).toEqual([]);
  });

  it('shows nothing new while it is paused, and then all of it, where one was', async () => {
    await using server = await shop();
    const { manager, page, complaints } = await scene();
    const fetched = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) await manager.get(server.url(`/item/${i}`)).whenFinished();
    };
    await fetched(0, 60);
    await row(page, '/item/59').waitFor();
    await page.locator('.grid').evaluate(inPage.scrollToRow, 10);
    await row(page, '/item/10').click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await fetched(60, 80);
    await page.locator('.live', { hasText: 'paused' }).waitFor();
    expect(await page.evaluate(inPage.sum)).toMatch(/^60 requests/);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => page.evaluate(inPage.sum), { timeout: 30_000 }).toMatch(/^80 requests/);
    expect(await page.locator('.grid').evaluate(inPage.scrolledTo)).toBe(10);
    await page.getByRole('heading', { name: '/item/10' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('hangs up when nobody has looked for a while, and goes on when somebody does', async () => {
    await using server = await shop();
    const { manager, page, inspector } = await scene();
    await manager.get(server.url('/before')).whenFinished();
    await row(page, '/before').waitFor();
    await page.clock.install();
    await page.evaluate(inPage.hide, true);
    const hungUp = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/feed'));
    await page.clock.fastForward(31_000);
    await hungUp;
    await manager.get(server.url('/meanwhile')).whenFinished();
    const again = page.waitForRequest(`${new URL(inspector.url).origin}/feed?from=1`);
    await page.evaluate(inPage.hide, false);
    await again;
    await page.clock.resume();
    await row(page, '/meanwhile').waitFor();
    expect(await page.evaluate(inPage.sum)).toMatch(/^2 requests/);
  });

  it.each([320, 800])('fits a window that is %i pixels wide', async (width) => {
    await using server = await shop();
    const { manager, page } = await scene();
    await page.setViewportSize({ width, height: 700 });
    await manager.get(server.url('/list')).whenFinished();
    await row(page, '/list').click();
    await page.getByRole('tab', { name: 'Timing' }).click();
    expect(await page.evaluate(inPage.cutOff)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(inPage.cutOff)).toEqual([]);
  });
});
