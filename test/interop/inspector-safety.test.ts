import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QNetworkRequest } from '../../src/index.ts';
import * as inPage from '../support/in-page.mjs';
import { mint } from '../support/mint.ts';
import { type Answer, serve } from '../support/server.ts';
import { CHROMIUM, row, scenes } from './inspected.ts';
import { needing } from './programs.ts';

/** What would run wherever it became HTML, an attribute or an address. */
const EVIL = `"'></title></script><img src=x onerror=pwned(1)><svg onload=pwned(2)><a href="javascript:pwned(3)" style="color:red">x</a>`;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="pwned(4)"><script>pwned(5)</script></svg>';

/** Each part of an answer that somebody may write as they like. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  '/fields': {
    reason: EVIL,
    headers: { 'X-Evil': EVIL, ETag: `"${EVIL.replaceAll('"', '')}"`, Vary: EVIL, 'Content-Type': `text/html; ${EVIL}` },
    body: EVIL,
  },
  '/cookies': { headers: { 'Set-Cookie': `${EVIL.replaceAll(/[=;]/g, '')}=${EVIL}; Path=${EVIL}; Domain=${EVIL}` }, body: EVIL },
  '/json': { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ [EVIL]: [EVIL, { __proto__x: EVIL }] }) },
  '/svg': { headers: { 'Content-Type': 'image/svg+xml' }, body: SVG },
  '/picture': { headers: { 'Content-Type': `image/png${EVIL}` }, body: EVIL },
  '/page': { headers: { 'Content-Type': 'text/html' }, body: `<!doctype html><script>pwned(6)</script>${EVIL}` },
  '/kind': { headers: { 'Content-Type': EVIL }, body: EVIL },
  '/away': { status: 302, headers: { Location: `/gone?${EVIL}` } },
  '/failed': { raw: `HTTP/1.1 ${EVIL}\r\n${EVIL}\r\n\r\n` },
  '/cut': { headers: { 'X-Evil': EVIL }, body: EVIL.repeat(9), fault: { close: 600 } },
  '*': { body: 'ok' },
};

describe.skipIf(CHROMIUM === null)(needing('the inspector and others', 'chromium'), () => {
  const { browser, scene } = scenes();

  it('runs nothing of what a hostile server says, wherever it says it', async () => {
    const leaf = mint({ name: EVIL, for: ['IP:127.0.0.1', `DNS:${EVIL}`] });
    await using server = await serve({ tls: { key: leaf.keyPem, cert: leaf.pem }, routes: ANSWERS });
    const { manager, page, complaints, hosts, inspector } = await scene({ title: EVIL });
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    const paths = Object.keys(ANSWERS).filter((path) => path !== '*');
    for (const path of paths) {
      const request = new QNetworkRequest(server.url(path));
      request.setRawHeader('X-Evil', EVIL);
      await manager.sendCustomRequest(request, "EVIL'`ON", EVIL).whenFinished();
    }
    await manager.get(`${server.url('/asked')}?${EVIL}#${EVIL}`).whenFinished();
    await row(page, '/asked').waitFor();
    for (const path of [...paths, '/asked', '/gone']) await lookEverywhere(page, path);
    await page.getByRole('searchbox').fill(EVIL);
    for (let i = 0; i < 2; i++) await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    expect(await page.evaluate(inPage.mischief)).toEqual({ run: [], violations: [], elements: [] });
    // a picture that is none is no complaint
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(inspector.url).host, '']);
  });

  /** Opens a row, each tab of it, and each way to look at its body. */
  async function lookEverywhere(page: Page, path: string): Promise<void> {
    const line = row(page, path).first();
    await line.locator('.path').hover();
    await line.click();
    await page.getByRole('heading', { name: path }).waitFor();
    await page.evaluate(inPage.pressTabs);
  }

  it('leaves no token behind: not in the address, not on the way back', async () => {
    const { page, context } = await scene();
    const { origin } = new URL(page.url());
    expect(page.url()).toBe(`${origin}/`);
    await page.goBack();
    expect(page.url()).toBe('about:blank');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 });
  });

  it('is shut to a second browser, and to the page of another site', async () => {
    const { page, manager } = await scene();
    const { origin } = new URL(page.url());
    const stranger = await browser().newContext();
    onTestFinished(() => stranger.close());
    const other = await stranger.newPage();
    expect((await other.goto(`${origin}/`))!.status()).toBe(401);
    const foreign = await page.context().newPage();
    await foreign.goto(`http://localhost:${await evilSite()}/`);
    const tried = await foreign.evaluate(inPage.attack, origin);
    expect(tried).toEqual({ read: 'failed', post: 'failed', script: 'failed', frame: 'refused' });
    // what blind writing has done: nothing
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    await manager.get(server.url('/kept')).whenFinished();
    await row(page, '/kept').waitFor();
    await foreign.evaluate(inPage.writeBlindly, origin);
    await manager.get(server.url('/later')).whenFinished();
    await row(page, '/later').waitFor();
    expect(await row(page, '/kept').count()).toBe(1);
  });

  it('is shut to a page of this machine at another port, which has the cookie sent along', async () => {
    const { page } = await scene();
    const { origin } = new URL(page.url());
    const neighbour = await page.context().newPage();
    await neighbour.goto(`http://127.0.0.1:${await evilSite()}/`);
    const tried = await neighbour.evaluate(inPage.attack, origin);
    expect(tried).toEqual({ read: 'failed', post: 'failed', script: 'failed', frame: 'refused' });
  });

  it('is shut to a name that was bent to this machine', async () => {
    const { page } = await scene();
    const { port } = new URL(page.url());
    const bent = await browser().newContext();
    onTestFinished(() => bent.close());
    const rebound = await bent.newPage();
    // to the browser any name below localhost is this machine, as a bent one would be
    const answer = await rebound.goto(`http://evil.localhost:${port}/`);
    expect([answer!.status(), await answer!.text()]).toEqual([403, 'This is not the host that was asked for.\n']);
  });

  /** The port of a page of somebody else. */
  async function evilSite(): Promise<number> {
    const evil = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<p>evil</p>'));
    await new Promise<void>((resolve) => evil.listen(0, resolve));
    onTestFinished(() => {
      evil.closeAllConnections();
      evil.close();
    });
    return (evil.address() as AddressInfo).port;
  }
});
